"""A DELETE of rows that a foreign key refers to which the target doesn't keep."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Part, Step
from kmblint.schema.catalog import Table
from kmblint.schema.changes import DeleteRows, DropTable, UpdateRows
from kmblint.schema.parts import ForeignKey
from kmblint.schema.predicate import column_refs
from kmblint.targets import Target


def check(change: DeleteRows, step: Step, part: Part, target: Target) -> Iterator[Finding]:
    """The DELETE from a table that others with rows refer to, unless the same file sees to their rows."""
    table = step.before.table(change.table.text)
    if table is None or target.capabilities.keeps_foreign_keys or not step.populated(table.name):
        return
    moved = next(_moved_later(table, step, part), None)
    if moved is not None:
        yield Finding(
            step.place(change.span.to(change.table.span)),
            f"rows of `{moved.subject}` still refer to what this `DELETE` takes from `{table.name}`: they are given "
            "another only behind it, and if the run stops between the two, they refer to nothing",
            help=f"put the UPDATE of `{moved.subject}` before this statement",
            related=(Related(moved.place(moved.statement.span), "they are given another here"),),
            subject=table.name,
        )
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
        for other in part.steps
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


def _moved_later(table: Table, step: Step, part: Part) -> Iterator[Step]:
    """The statements behind it in the file that give those which refer to the table another row, by what they had."""
    for later in part.later(step, UpdateRows):
        change = later.change
        other = step.before.table(later.subject)
        if not isinstance(change, UpdateRows) or other is None or change.where is None:
            continue
        set_here = {assignment.column.text for assignment in change.assignments}
        asked = {ref.name for ref in column_refs(change.where)}
        if step.populated(other.name) and any(_refers(other, name, table, step) for name in set_here & asked):
            yield later


def _refers(other: Table, column: str, table: Table, step: Step) -> bool:
    """Whether a column refers to a table, by a foreign key or by its name."""
    keys = (declared.constraint for declared in other.constraints if isinstance(declared.constraint, ForeignKey))
    if any(key.table.text == table.name and column in {name.text for name in key.columns} for key in keys):
        return True
    there = other.column(column)
    named = step.before.named_by(there) if there else None
    return named is not None and named.name == table.name
