"""Statements that a fix or a help proposes."""

from __future__ import annotations

from kmblint.schema.catalog import Table
from kmblint.schema.write import quoted


def create_index(table: Table, columns: tuple[str, ...]) -> str:
    """The CREATE INDEX over these columns, under the guide's name `{table}_{columns}_idx` or the next free one."""
    base = "_".join((table.name.rpartition(".")[2], *columns, "idx"))
    names = (base, *(f"{base}_{number}" for number in range(2, len(table.indexes) + 3)))
    name = next(name for name in names if table.index(name) is None)
    listed = ", ".join(map(quoted, columns))
    return f"CREATE INDEX {quoted(name)} ON {quoted(table.name)} ({listed});"
