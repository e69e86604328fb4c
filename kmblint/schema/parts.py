"""The parts that changes are made of: names, clauses, constraints, columns, rows, each with the span it stands at."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Final, TypeAlias

import msgspec

from kmblint.schema.kinds import ObjectKind
from kmblint.schema.predicate import Predicate, Value, column_refs
from kmblint.schema.types import DataType
from kmblint.text import Span


class Name(msgspec.Struct, frozen=True, gc=False):
    """An identifier with its quotes undone; a qualified one is written with dots, as the engine stores it."""

    text: str
    span: Span
    quoted: bool

    def __str__(self) -> str:
        return self.text


class Clause(msgspec.Struct, frozen=True):
    """A clause beside the model's own fields: its keywords in upper case (`COLLATE`, `WITH`, `USING`) and its place."""

    keyword: str
    span: Span


class Action(Enum):
    """What a foreign key does when the row that it refers to goes."""

    NO_ACTION = "NO ACTION"
    RESTRICT = "RESTRICT"
    CASCADE = "CASCADE"
    SET_NULL = "SET NULL"
    SET_DEFAULT = "SET DEFAULT"


class PrimaryKey(msgspec.Struct, frozen=True, tag=True):
    """PRIMARY KEY (columns)."""

    columns: tuple[Name, ...]
    span: Span
    name: Name | None


class Unique(msgspec.Struct, frozen=True, tag=True):
    """UNIQUE (columns)."""

    columns: tuple[Name, ...]
    span: Span
    name: Name | None


class ForeignKey(msgspec.Struct, frozen=True, tag=True):
    """FOREIGN KEY (columns) REFERENCES table (targets); no targets means the table's primary key."""

    columns: tuple[Name, ...]
    table: Name
    targets: tuple[Name, ...]
    span: Span
    name: Name | None
    on_delete: Action | None


class Check(msgspec.Struct, frozen=True, tag=True):
    """CHECK (condition)."""

    condition: Predicate
    span: Span
    name: Name | None

    @property
    def columns(self) -> tuple[Name, ...]:
        """None: the condition names them."""
        return ()


Constraint: TypeAlias = PrimaryKey | Unique | ForeignKey | Check


def named_in(constraint: Constraint) -> tuple[str, ...]:
    """The columns of its own table that a constraint names, also in a condition."""
    if isinstance(constraint, Check):
        return tuple(ref.name for ref in column_refs(constraint.condition))
    return tuple(column.text for column in constraint.columns)


DEFAULT_SCHEMAS: Final = ("public", "dbo", "main")
"""The schemas that a name without one is looked for in: PostgreSQL's, SQL Server's, SQLite's."""


def bare(name: str) -> str:
    """A name without a schema in which it would be looked for anyway: `public.t` → `t`."""
    schema, dot, rest = name.partition(".")
    return rest if dot and schema.casefold() in DEFAULT_SCHEMAS else name


def default_names(table: str, constraint: Constraint) -> Iterator[str]:
    """The names that a database gives to a constraint without one: PostgreSQL's, and MySQL's without the number."""
    of = table.rpartition(".")[2]
    match constraint:
        case PrimaryKey():
            yield f"{of}_pkey"
        case Unique(columns=columns):
            yield "_".join((of, *(column.text for column in columns), "key"))
            yield from (column.text for column in columns[:1])
        case ForeignKey(columns=columns):
            yield "_".join((of, *(column.text for column in columns), "fkey"))
            yield f"{of}_ibfk_"
        case Check(condition=condition):
            yield f"{of}_check"
            yield f"{of}_chk_"
            for ref in column_refs(condition):
                yield f"{of}_{ref.name}_check"


class ColumnDefinition(msgspec.Struct, frozen=True, gc=False):
    """A column as CREATE TABLE or ADD COLUMN writes it."""

    name: Name
    type: DataType
    type_span: Span
    span: Span
    nullable: bool | None
    """False for NOT NULL, True for an explicit NULL, None where neither is written."""
    default: Value | None
    constraints: tuple[Constraint, ...]
    """The inline ones: PRIMARY KEY, UNIQUE, REFERENCES, CHECK, each over this column."""
    clauses: tuple[Clause, ...]
    """DEFAULT, NOT NULL, GENERATED, COLLATE, COMMENT … : every option with its place, the modelled ones too."""

    @property
    def is_key(self) -> bool:
        """Whether PRIMARY KEY stands in the definition."""
        return any(isinstance(constraint, PrimaryKey) for constraint in self.constraints)


class IndexPart(msgspec.Struct, frozen=True):
    """One part of an index: a column, or an expression (`column` is None)."""

    column: Name | None
    span: Span
    descending: bool
    refs: tuple[str, ...]
    """The columns that an expression names."""


class Assignment(msgspec.Struct, frozen=True, gc=False):
    """`column = value` in SET; `qualifier` is what stands before the column's dot."""

    column: Name
    value: Value
    span: Span
    qualifier: str | None


class OnConflict(msgspec.Struct, frozen=True):
    """ON CONFLICT (columns) DO NOTHING, or DO UPDATE SET (assignments)."""

    span: Span
    columns: tuple[Name, ...]
    update: bool
    assignments: tuple[Assignment, ...]
    constraint: Name | None
    where: bool


class Row(msgspec.Struct, frozen=True, gc=False):
    """One parenthesised row of VALUES."""

    values: tuple[Value, ...]
    span: Span


class Introduced(msgspec.Struct, frozen=True):
    """A new name: what it names, and the table that it belongs to."""

    kind: ObjectKind
    name: Name
    table: str | None = None
    constraint: Constraint | None = None
    """The constraint that it names."""

    @property
    def subject(self) -> str:
        """The object as findings call it: `patients`, `patients.phone`, `patients_phone_idx`."""
        return f"{self.table}.{self.name}" if self.kind is ObjectKind.COLUMN else self.name.text
