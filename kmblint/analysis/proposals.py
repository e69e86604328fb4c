"""Statements, and names of migrations, that a fix or a help proposes."""

from __future__ import annotations

import re

from kmblint.schema.catalog import Table
from kmblint.schema.changes import (
    AddColumn,
    AddIndex,
    AddTable,
    Change,
    DeleteRows,
    DropColumn,
    DropTable,
    InsertRows,
    UpdateRows,
)
from kmblint.schema.write import quoted


def create_index(table: Table, columns: tuple[str, ...]) -> str:
    """The CREATE INDEX over these columns, named `{table}_{columns}_idx` as in the guide, or with a free number."""
    base = "_".join((table.name.rpartition(".")[2], *columns))
    names = (f"{base}_idx", *(f"{base}_{number}_idx" for number in range(2, len(table.indexes) + 3)))
    name = next(name for name in names if table.index(name) is None)
    listed = ", ".join(map(quoted, columns))
    return f"CREATE INDEX {quoted(name)} ON {quoted(table.name)} ({listed});"


def migration_description(change: Change) -> str:
    """What a migration that makes this change could be called: `add_phone_to_patients`."""
    match change:
        case AddTable(table=table):
            name = f"add_{table}"
        case AddColumn(table=table, column=column):
            name = f"add_{column.name}_to_{table}"
        case DropColumn(table=table, column=column):
            name = f"drop_{column}_of_{table}"
        case DropTable(table=table):
            name = f"drop_{table}"
        case AddIndex(table=table):
            name = f"index_{table}"
        case InsertRows(table=table):
            name = f"seed_{table}"
        case UpdateRows(table=table):
            name = f"correct_{table}"
        case DeleteRows(table=table):
            name = f"remove_rows_of_{table}"
        case _:
            name = f"change_{change.about or 'schema'}"
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
