"""A column for personal or health data that nothing protects at the end of the history."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kmblint.findings import Confidence, Finding
from kmblint.replay.steps import Replay
from kmblint.schema.types import Family

_ABOUT_IT: Final = r"(?!_(?:id|count|required|verified|checked|consent|hash|digest|at)$)"
"""No ending of columns that say something about the data, and not the data."""


def check(replay: Replay, *, words: tuple[str, ...]) -> Iterator[Finding]:
    """Each such column with neither a masking policy, nor a mask, nor a classification."""
    alternatives = "|".join(re.escape(word.lower()) for word in words)
    personal = re.compile(rf"(?:^|_)(?:{alternatives}){_ABOUT_IT}(?:_|$)")
    masked = {(mask.table, mask.column) for mask in replay.end.masks.values()}
    for table in replay.end.tables.values():
        for column in table.columns:
            name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", column.name).lower()
            if not words or not personal.search(name):
                continue
            protected = column.name in table.policies or column.name in table.classifications
            if protected or (table.name, column.name) in masked or column.type.family is Family.BOOLEAN:
                continue
            if column.made.file in replay.history.by_file:
                yield Finding(
                    column.made,
                    f"`{table.name}.{column.name}` sounds like personal or health data, and at the end of the history "
                    "it has neither a masking policy nor a classification",
                    help=f"ALTER TABLE {table.name} MODIFY COLUMN {column.name} SET CLASSIFICATION 'PHI'\n"
                    f"or ALTER TABLE {table.name} ALTER COLUMN {column.name} SET MASKING POLICY …",
                    subject=f"{table.name}.{column.name}",
                    confidence=Confidence.MEDIUM,
                )
