"""A DELETE of rows that a foreign key refers to which the target doesn't keep."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Replay, Step
from kmblint.schema.changes import DeleteRows, DropTable, UpdateRows
from kmblint.targets import Target


def check(change: DeleteRows, step: Step, replay: Replay, target: Target) -> Iterator[Finding]:
    """The DELETE from a table that others with rows refer to, unless the same file sees to their rows."""
    table = step.before.table(change.table.text)
    if table is None or target.capabilities.keeps_foreign_keys or not step.populated(table.name):
        return
    referring = [
        (other.name, key, place)
        for other, key, place in step.before.referring(table.name)
        if step.populated(other.name)
    ]
    if not referring:
        return
    seen_to = {
        other.change.table.text
        for other in replay.by_file.get(step.migration.file, ())
        if other is not step and isinstance(other.change, DeleteRows | UpdateRows | DropTable)
    }
    left = [(name, key, place) for name, key, place in referring if name not in seen_to]
    if left:
        names = ", ".join(dict.fromkeys(f"`{name}`" for name, _, _ in left))
        cascade = any(key.on_delete is not None for _, key, _ in left)
        kept = "the engine keeps neither the foreign key nor its ON DELETE" if cascade else "no foreign key is kept"
        yield Finding(
            step.place(change.span.to(change.table.span)),
            f"rows of {names} may refer to what this `DELETE` takes from `{table.name}`, and nothing checks: {kept}",
            help=f"delete or move the rows of {names} first, in the same migration",
            related=tuple(Related(place, f"`{name}` refers to `{table.name}` here") for name, _, place in left),
            subject=table.name,
        )
