"""A table or column for one tenant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.schema.changes import AddColumn, AddTable, CreateObject, RenameColumn, RenameTable
from kmblint.schema.parts import Name


def check(
    change: AddTable | AddColumn | RenameTable | RenameColumn | CreateObject, step: Step, *, pattern: str
) -> Iterator[Finding]:
    """Each new name that says a tenant; of a table that does, not its columns too."""
    for kind, name, subject in _named(change, pattern):
        yield Finding(
            step.place(name.span),
            f"{kind} `{name}` is for one tenant, and migrations apply to all of them",
            help="keep one schema for all: what differs by tenant is configuration, or rows",
            subject=subject,
        )


def _named(
    change: AddTable | AddColumn | RenameTable | RenameColumn | CreateObject, pattern: str
) -> Iterator[tuple[str, Name, str]]:
    def says_tenant(name: Name | None) -> bool:
        return name is not None and re.search(pattern, name.text, re.IGNORECASE) is not None

    match change:
        case AddTable(table=table) if says_tenant(table):
            yield "table", table, table.text
        case AddTable(table=table, columns=columns):
            for column in columns:
                if says_tenant(column.name):
                    yield "column", column.name, f"{table}.{column.name}"
        case AddColumn(table=table, column=definition) if says_tenant(definition.name):
            yield "column", definition.name, f"{table}.{definition.name}"
        case RenameTable(new=new) if says_tenant(new):
            yield "table", new, new.text
        case RenameColumn(table=table, new=new) if says_tenant(new):
            yield "column", new, f"{table}.{new}"
        case CreateObject(kind=kind, name=Name() as name) if not kind.is_own and says_tenant(name):
            yield kind, name, name.text
