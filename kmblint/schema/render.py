"""A catalogue as a table to read, as SQL, JSON, Mermaid or DOT.

`Kept` says what of it is shown: what was written (`intended`), or what a target keeps of that (`actual`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import msgspec

from kmblint.schema.catalog import Catalog, Column, Index, Table
from kmblint.schema.changes import Check, Constraint, ForeignKey, Name, PrimaryKey, Unique
from kmblint.schema.types import DataType


class Kept(msgspec.Struct, frozen=True):
    """What a target keeps of a declaration, and whether the rendering shows that or what was written."""

    stored_type: Callable[[DataType], DataType | None]
    constraints: bool
    """Whether foreign keys, UNIQUE and CHECK are enforced."""
    actual: bool = False

    def type(self, column: Column) -> DataType:
        """The type to show for a column."""
        return (self.stored_type(column.type) or column.type) if self.actual else column.type

    def nullable(self, table: Table, column: Column) -> bool:
        """Whether the column takes NULL, the key's own rule included."""
        return column.nullable and column.name not in table.primary_key

    def shown(self, table: Table) -> tuple[Constraint, ...]:
        """The constraints beside the primary key that are shown."""
        if self.actual and not self.constraints:
            return ()
        return tuple(d.constraint for d in table.constraints if not isinstance(d.constraint, PrimaryKey))


def _tables(catalog: Catalog) -> list[Table]:
    return sorted(catalog.tables.values(), key=lambda table: table.name)


# --- SQL --------------------------------------------------------------------------------------------------------------


def as_sql(catalog: Catalog, kept: Kept) -> str:
    """The statements that would make the schema."""
    statements = [statement for table in _tables(catalog) for statement in _create(table, kept)]
    return "\n\n".join(statements) + ("\n" if statements else "")


def _create(table: Table, kept: Kept) -> list[str]:
    lines = [
        f"{quoted(column.name)} {kept.type(column)}{'' if kept.nullable(table, column) else ' NOT NULL'}"
        for column in table.columns
    ]
    if table.primary_key:
        lines.append(f"PRIMARY KEY ({_list(table.primary_key)})")
    lines += [constraint_text(constraint) for constraint in kept.shown(table)]
    create = f"CREATE TABLE {quoted(table.name)} (\n    " + ",\n    ".join(lines) + "\n);"
    indexes = sorted(table.indexes, key=lambda index: index.name)
    return [create, *(_index(table, index, unique=index.unique and not _drops_unique(kept)) for index in indexes)]


def _drops_unique(kept: Kept) -> bool:
    return kept.actual and not kept.constraints


def _index(table: Table, index: Index, *, unique: bool) -> str:
    columns = ", ".join("(…)" if column is None else quoted(column) for column in index.columns)
    return f"CREATE {'UNIQUE ' if unique else ''}INDEX {quoted(index.name)} ON {quoted(table.name)}({columns});"


def constraint_text(constraint: Constraint) -> str:
    """A constraint as CREATE TABLE writes it, the condition of a CHECK left out."""
    named = f"CONSTRAINT {quoted(constraint.name.text)} " if constraint.name else ""
    match constraint:
        case PrimaryKey(columns=columns):
            return f"{named}PRIMARY KEY ({_names(columns)})"
        case Unique(columns=columns):
            return f"{named}UNIQUE ({_names(columns)})"
        case ForeignKey(columns=columns, table=table, targets=targets):
            target = f"({_names(targets)})" if targets else ""
            return f"{named}FOREIGN KEY ({_names(columns)}) REFERENCES {quoted(table.text)}{target}"
        case Check():
            return f"{named}CHECK (…)"


def quoted(name: str) -> str:
    """A name as SQL takes it, in double quotes where it isn't a plain word."""
    plain = name.isidentifier() and name.isascii()
    return name if plain else '"' + name.replace('"', '""') + '"'


def _list(columns: tuple[str, ...]) -> str:
    return ", ".join(map(quoted, columns))


def _names(columns: tuple[Name, ...]) -> str:
    return _list(tuple(column.text for column in columns))


# --- JSON -------------------------------------------------------------------------------------------------------------


def as_json(catalog: Catalog, kept: Kept) -> str:
    """The catalogue as data, version 1."""
    tables = [_table_data(catalog, table, kept) for table in _tables(catalog)]
    return json.dumps({"version": 1, "tables": tables}, indent=2, ensure_ascii=False) + "\n"


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
            {"name": index.name, "columns": list(index.columns)}
            for index in sorted(table.indexes, key=lambda index: index.name)
        ],
        "foreign_keys": [
            {
                "name": key.name.text if key.name else None,
                "columns": [column.text for column in key.columns],
                "references": {"table": key.table.text, "columns": [target.text for target in key.targets]},
                "kept": kept.constraints,
            }
            for key in kept.shown(table)
            if isinstance(key, ForeignKey)
        ],
        "masks": [*masks, *policies],
        "classifications": [
            {"column": column, "classification": word} for column, (word, _) in sorted(table.classifications.items())
        ],
    }


# --- for eyes ---------------------------------------------------------------------------------------------------------


def as_table(catalog: Catalog, kept: Kept) -> str:
    """Each table with its columns in line, keys, references and indexes named beside them."""
    return "\n".join(_table_text(table, kept) for table in _tables(catalog))


def _table_text(table: Table, kept: Kept) -> str:
    rows = [(column.name, str(kept.type(column)), _notes(table, column, kept)) for column in table.columns]
    widths = [max((len(row[at]) for row in rows), default=0) for at in (0, 1)]
    lines = [f"  {name:{widths[0]}}  {kind:{widths[1]}}  {notes}".rstrip() for name, kind, notes in rows]
    lines += [
        f"  index {index.name} ({', '.join(column or '(…)' for column in index.columns)})"
        for index in sorted(table.indexes, key=lambda index: index.name)
    ]
    return "\n".join([f"{table.name}  ({table.made.file})", *lines, ""])


def _notes(table: Table, column: Column, kept: Kept) -> str:
    notes = ["key"] if column.name in table.primary_key else []
    if not kept.nullable(table, column) and not notes:
        notes.append("not null")
    notes += [
        f"→ {constraint.table.text}{'' if kept.constraints else ' (declared, not kept)'}"
        for constraint in kept.shown(table)
        if isinstance(constraint, ForeignKey) and column.name in {name.text for name in constraint.columns}
    ]
    if column.name in table.policies:
        notes.append(f"masked by {table.policies[column.name][0]}")
    if column.name in table.classifications:
        notes.append(table.classifications[column.name][0])
    return ", ".join(notes)


def as_mermaid(catalog: Catalog, kept: Kept) -> str:
    """An entity-relationship diagram in Mermaid's language."""
    lines = ["erDiagram"]
    for table in _tables(catalog):
        lines.append(f'    "{table.name}" {{')
        for column in table.columns:
            kind = str(kept.type(column)).replace(" ", "_").replace(",", "_")
            lines.append(f'        {kind} "{column.name}"{" PK" if column.name in table.primary_key else ""}')
        lines.append("    }")
    lines += [f'    "{target}" ||--o{{ "{table}" : "{label}"' for table, target, label in _references(catalog, kept)]
    return "\n".join(lines) + "\n"


def as_dot(catalog: Catalog, kept: Kept) -> str:
    """A graph of the tables and their references in Graphviz's language."""
    lines = ["digraph schema {", "    node [shape=record];"]
    for table in _tables(catalog):
        columns = "\\l".join(f"{_dot(column.name)} {_dot(str(kept.type(column)))}" for column in table.columns)
        lines.append(f'    "{_dot(table.name)}" [label="{{{_dot(table.name)}|{columns}\\l}}"];')
    lines += [
        f'    "{_dot(table)}" -> "{_dot(target)}" [label="{_dot(label)}"];'
        for table, target, label in _references(catalog, kept)
    ]
    return "\n".join([*lines, "}"]) + "\n"


def _dot(text: str) -> str:
    return "".join("\\" + character if character in '"\\{}|<>' else character for character in text)


def _references(catalog: Catalog, kept: Kept) -> list[tuple[str, str, str]]:
    return [
        (table.name, constraint.table.text, ", ".join(column.text for column in constraint.columns))
        for table in _tables(catalog)
        for constraint in kept.shown(table)
        if isinstance(constraint, ForeignKey)
    ]


RENDERERS: Final[dict[str, Callable[[Catalog, Kept], str]]] = {
    "table": as_table,
    "sql": as_sql,
    "json": as_json,
    "mermaid": as_mermaid,
    "dot": as_dot,
}
