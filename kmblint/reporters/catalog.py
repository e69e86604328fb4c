"""A catalogue as a table to read, as JSON, Mermaid or DOT (and as SQL: `schema/write.py`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from kmblint.reporters.catalog_sql import as_sql
from kmblint.reporters.characters import fold, measured, visible
from kmblint.reporters.json_document import written
from kmblint.reporters.view import PAGE
from kmblint.schema.catalog import Catalog, Column, Table
from kmblint.schema.kept import Kept
from kmblint.schema.parts import ForeignKey
from kmblint.schema.types import DataType

_NOTES: Final = 24
"""Columns that the notes on a column have at least below it."""
_NO_WORD: Final = re.compile(r"\W", re.ASCII)
_MERMAID_TYPE: Final = re.compile(r"[A-Za-z_][\w()\[\]-]*", re.ASCII)
"""What Mermaid takes as a type, in 10.9 as in 11.17: no comma, so no `NUMERIC(9,2)`."""


# --- JSON -------------------------------------------------------------------------------------------------------------


def as_json(catalog: Catalog, kept: Kept) -> str:
    """The catalogue as data, version 1."""
    tables = [_table_data(catalog, table, kept) for table in catalog.in_order]
    return written({"version": 1, "tables": tables})


def _table_data(catalog: Catalog, table: Table, kept: Kept) -> dict[str, Any]:
    policies = [{"column": column, "policy": policy} for column, (policy, _) in sorted(table.policies.items())]
    masks = [
        {"name": mask.name, "column": mask.column, "strategy": mask.strategy}
        for mask in sorted(catalog.masks.values(), key=lambda mask: mask.name)
        if mask.table == table.name
    ]
    return {
        "name": table.name,
        "columns": [
            {
                "name": column.name,
                "type": str(kept.type(column)),
                "declared_type": str(column.type),
                "nullable": kept.nullable(table, column),
            }
            for column in table.columns
        ],
        "primary_key": list(table.primary_key),
        "indexes": [
            {"name": index.name, "columns": list(kept.columns(index))}
            for index in sorted(table.indexes, key=lambda index: index.name)
        ],
        "foreign_keys": [
            {
                "name": key.name.text if key.name else None,
                "columns": [column.text for column in key.columns],
                "references": {"table": key.table.text, "columns": [target.text for target in key.targets]},
                "kept": kept.constraints,
            }
            for key in kept.references(table)
        ],
        "masks": [*masks, *policies],
        "classifications": [
            {"column": column, "classification": word} for column, (word, _) in sorted(table.classifications.items())
        ],
    }


# --- for eyes ---------------------------------------------------------------------------------------------------------


def as_table(catalog: Catalog, kept: Kept, width: int = PAGE) -> str:
    """Each table with its columns in line, keys, references and indexes named beside them, in lines of `width`."""
    if not catalog.tables:
        return "no tables\n"
    tables = ("\n".join(_table_rows(catalog, table, kept, width)) for table in catalog.in_order)
    return "\n\n".join(tables) + "\n"


def _table_rows(catalog: Catalog, table: Table, kept: Kept, width: int) -> Iterator[str]:
    yield from _hanging(f"{table.name}  ({table.made.file})", width, "")
    rows = [
        (visible(column.name), visible(str(kept.type(column))), _notes(catalog, table, column, kept))
        for column in table.columns
    ]
    names, kinds = (max((measured(row[column]) for row in rows), default=0) for column in (0, 1))
    for name, kind, notes in rows:
        known = f"  {name}{' ' * (names - measured(name))}  {kind}{' ' * (kinds - measured(kind))}  "
        indent = min(measured(known), max(width - _NOTES, 6))
        first, *rest = fold(visible(notes), width, first=measured(known), rest=indent)
        yield f"{known}{first}".rstrip()
        yield from (" " * indent + line for line in rest)
    for index in sorted(table.indexes, key=lambda index: index.name):
        columns = ", ".join(column or "(…)" for column in kept.columns(index))
        yield from _hanging(f"index {index.name} ({columns})", width, "  ")
    for poison in table.poisons if kept.actual else ():
        told = f"unreadable: `{poison.column}` holds {poison.value} ({poison.place.file})"
        yield from _hanging(told, width, "  ")


def _hanging(text: str, width: int, indent: str) -> Iterator[str]:
    first, *rest = fold(visible(text), width, first=len(indent), rest=len(indent) + 4)
    yield indent + first
    yield from (f"{indent}    {line}" for line in rest)


def _notes(catalog: Catalog, table: Table, column: Column, kept: Kept) -> str:
    notes = ["key"] if column.name in table.primary_key else []
    if not kept.nullable(table, column) and not notes:
        notes.append("not null")
    notes += [
        f"→ {key.table.text}{'' if kept.constraints else ' (declared, not kept)'}"
        for key in kept.references(table)
        if column.name in {name.text for name in key.columns}
    ]
    if column.name in table.policies:
        notes.append(f"masked by {table.policies[column.name][0]}")
    masks = (mask for mask in catalog.masks.values() if (mask.table, mask.column) == (table.name, column.name))
    notes += [f"masked by {name}" for name in sorted(mask.name for mask in masks)]
    if column.name in table.classifications:
        notes.append(table.classifications[column.name][0])
    return ", ".join(notes)


def as_mermaid(catalog: Catalog, kept: Kept) -> str:
    """An entity-relationship diagram in Mermaid's language; what it can't write stands as a comment beside."""
    lines = ["erDiagram"]
    for table in catalog.in_order:
        referring = {name.text for key in kept.references(table) for name in key.columns}
        lines.append(f"    {_entity(table.name)} {{")
        for column in table.columns:
            keys = ["PK"] * (column.name in table.primary_key) + ["FK"] * (column.name in referring)
            lines.append("        " + _attribute(column.name, kept.type(column), ", ".join(keys)))
        lines.append("    }")
    for table, key in _references(catalog, kept):
        label = ", ".join(visible(column.text) for column in key.columns).replace('"', "'")
        lines.append(f'    {_entity(key.table.text)} ||--o{{ {_entity(table.name)} : "{label}"')
    return "\n".join(lines) + "\n"


def _attribute(name: str, kind: DataType, keys: str) -> str:
    """A column: Mermaid takes words only as its name, which begin with no digit."""
    whole, word = str(kind), _NO_WORD.sub("_", name)
    shown = whole if _MERMAID_TYPE.fullmatch(whole) else _NO_WORD.sub("_", kind.name) or "unknown"
    called = f"_{word}" if word[:1].isdecimal() else word
    lost = [visible(text).replace('"', "'") for text, kept in ((name, called), (whole, shown)) if text != kept]
    return " ".join(filter(None, (shown, called, keys, f'"{", ".join(lost)}"' if lost else "")))


def _entity(name: str) -> str:
    return '"' + visible(name).replace('"', "'") + '"'


def as_dot(catalog: Catalog, kept: Kept) -> str:
    """A graph of the tables and their references in Graphviz's language."""
    lines = ["digraph schema {", "    node [shape=record];"]
    for table in catalog.in_order:
        columns = "\\l".join(f"{_dot(column.name)} {_dot(str(kept.type(column)))}" for column in table.columns)
        lines.append(f'    "{_dot(table.name)}" [label="{{{_dot(table.name)}|{columns}\\l}}"];')
    for table, key in _references(catalog, kept):
        label = ", ".join(column.text for column in key.columns)
        lines.append(f'    "{_dot(table.name)}" -> "{_dot(key.table.text)}" [label="{_dot(label)}"];')
    return "\n".join([*lines, "}"]) + "\n"


def _dot(text: str) -> str:
    return "".join("\\" + character if character in '"\\{}|<>' else character for character in visible(text))


def _references(catalog: Catalog, kept: Kept) -> list[tuple[Table, ForeignKey]]:
    return [(table, key) for table in catalog.in_order for key in kept.references(table)]


RENDERERS: Final[dict[str, Callable[[Catalog, Kept], str]]] = {
    "table": as_table,
    "sql": as_sql,
    "json": as_json,
    "mermaid": as_mermaid,
    "dot": as_dot,
}
