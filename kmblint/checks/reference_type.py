"""A column that is named like a reference, of another type than the key that it names."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Confidence, Finding, Related
from kmblint.replay.steps import Replay


def check(replay: Replay) -> Iterator[Finding]:
    """Every such column at the end of the history that no foreign key speaks for."""
    for table in replay.end.in_order:
        referring = {name.text for key, _ in table.foreign_keys for name in key.columns}
        for column in table.columns:
            named = replay.end.named_by(column)
            key = named.column(named.primary_key[0]) if named and len(named.primary_key) == 1 else None
            if named is None or key is None or named.name == table.name or column.name in referring:
                continue
            place = (column.made, *column.changed)[-1]
            # A column that refers numbers no rows of its own, and Kimberlite has no SERIAL to make both of.
            wanted = "BIGINT" if key.type.serial else str(key.type)
            if not column.type.matches(key.type) and place.file in replay.by_file:
                yield Finding(
                    place,
                    f"`{table.name}.{column.name}` is {column.type}, and `{named.name}.{key.name}`, which its name "
                    f"says it refers to, is {key.type}",
                    help=f"make both of one type: {wanted}",
                    related=(Related(key.made, f"`{named.name}.{key.name}` is {key.type}"),),
                    subject=f"{table.name}.{column.name}",
                    confidence=Confidence.MEDIUM,
                )
