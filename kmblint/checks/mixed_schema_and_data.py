"""A migration that changes the schema and the rows of a table that held some before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kmblint.analysis.few_rows import changes_few
from kmblint.findings import Finding, Related
from kmblint.replay.steps import Part, Step
from kmblint.schema.changes import AddColumn, DeleteRows, InsertRows, SchemaChange, UpdateRows


def check(part: Part) -> Iterator[Finding]:
    """The first data change of a populated table behind a change of the schema, or beside one of that table."""
    steps = part.steps
    schemas = [step for step in steps if isinstance(step.change, SchemaChange)]
    mixed = ((_beside(step, schemas), step) for step in steps if schemas and _changes_old_rows(step, schemas))
    schema, data = next(((schema, step) for schema, step in mixed if schema), (None, None))
    if schema is None or data is None or not isinstance(data.change, InsertRows | UpdateRows | DeleteRows):
        return
    table = data.change.table.text
    yield Finding(
        data.place(data.change.span.to(data.change.table.span)),
        f"{part.migration.id} changes the schema and the rows of `{table}` ({data.why_populated(table)}): "
        "if one half fails, the other has happened",
        help="put the data change into a migration of its own, behind the one that changes the schema",
        related=(Related(schema.place(schema.statement.span), "the schema changes here"),),
        subject=table,
    )


def _changes_old_rows(step: Step, schemas: Sequence[Step]) -> bool:
    """Whether rows of a populated table change; a new column that is set in a handful of them is no data change."""
    change = step.change
    if not isinstance(change, InsertRows | UpdateRows | DeleteRows) or not step.populated(change.table.text):
        return False
    if isinstance(change, UpdateRows) and changes_few(change, step):
        adds = [schema.change for schema in schemas if schema.subject == step.subject]
        added = {add.column.name.text for add in adds if isinstance(add, AddColumn)}
        return any(assignment.column.text not in added for assignment in change.assignments)
    return True


def _beside(data: Step, schemas: Sequence[Step]) -> Step | None:
    """A change of the schema that a failure would part from the data change.

    It stands before it, and so can't be run again, or it is about the same table.
    """
    before = (schema for schema in schemas if schema.statement.span < data.statement.span)
    return next(before, None) or next((schema for schema in schemas if schema.subject == data.subject), None)
