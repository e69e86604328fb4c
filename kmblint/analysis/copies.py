"""Whether a change copies all of a table, or all of a column, so that dropping the old one loses nothing."""

from __future__ import annotations

from kmblint.schema.catalog import Catalog, Table
from kmblint.schema.changes import Change, InsertRows, UpdateRows
from kmblint.schema.predicate import ColumnRef, IsNull, column_refs


def copies_table(change: Change | None, table: Table, catalog: Catalog) -> bool:
    """Whether it is `INSERT INTO other SELECT … FROM table`, unfiltered, and the other table has all of its columns."""
    if not isinstance(change, InsertRows) or change.query is None:
        return False
    query = change.query
    other = catalog.table(change.table.text)
    written = other and (other.column_names if change.columns is None else [name.text for name in change.columns])
    return (
        query.tables == (table.name,)
        and not query.filtered
        and query.limit is None
        and set(table.column_names) <= set(written or ())
    )


def copies_column(change: Change | None, table: Table, column: str) -> bool:
    """Whether it is an UPDATE of every row (or of those not copied yet) that sets another column from this one."""
    if not isinstance(change, UpdateRows) or change.table.text != table.name or change.limit is not None:
        return False
    targets = {
        assignment.column.text
        for assignment in change.assignments
        if any(ref.name == column for ref in column_refs(assignment.value)) and table.column(assignment.column.text)
    } - {column}
    match change.where:
        case None:
            return bool(targets)
        case IsNull(value=ColumnRef(name=name), negated=negated):
            return (name in targets and not negated) or (name == column and negated and bool(targets))
        case _:
            return False
