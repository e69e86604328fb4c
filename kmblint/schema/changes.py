"""What a statement means: the closed union `Change`.

Each answers the same questions: which table it changes, what it is about, what it introduces, declares and touches.
Names keep the case they were written in; every part carries the span it stands at in its file.
A clause that isn't modelled is listed in `clauses`, so that it is noticed and not lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

import msgspec

from kmblint.schema.kinds import ObjectKind
from kmblint.schema.parts import (
    Assignment,
    Clause,
    ColumnDefinition,
    Constraint,
    ForeignKey,
    IndexPart,
    Introduced,
    Name,
    OnConflict,
    Row,
)
from kmblint.schema.predicate import Predicate, Query, Value
from kmblint.schema.types import DataType
from kmblint.text import Span

_TABLE: Final = ObjectKind.TABLE
_COLUMN: Final = ObjectKind.COLUMN


class _TableChange(msgspec.Struct, frozen=True, tag=True):
    """A change of one table."""

    table: Name

    @property
    def objects(self) -> tuple[Name, ...]:
        """What it is about: the table first, then what of its own has a name."""
        return (self.table,)

    @property
    def about(self) -> Name:
        """The first of them."""
        return self.table

    def introduces(self) -> Iterator[Introduced]:
        """The names that it brings into the schema, in the order of the text."""
        return iter(())

    def declares(self) -> Iterator[Constraint]:
        """The constraints that it declares, those of columns first."""
        return iter(())

    def touches(self) -> Iterator[Name]:
        """The tables that it names in whatever clause: those it makes, changes, fills, reads or refers to."""
        yield self.table
        yield from (constraint.table for constraint in self.declares() if isinstance(constraint, ForeignKey))


class _OtherChange(msgspec.Struct, frozen=True, tag=True):
    """A change of no table, or of many."""

    @property
    def table(self) -> Name | None:
        """The one table that it changes: none."""
        return None

    @property
    def objects(self) -> tuple[Name, ...]:
        """What it is about, where that has a name."""
        return ()

    @property
    def about(self) -> Name | None:
        """The first of them."""
        return self.objects[0] if self.objects else None

    def introduces(self) -> Iterator[Introduced]:
        """The names that it brings into the schema, in the order of the text."""
        return iter(())

    def declares(self) -> Iterator[Constraint]:
        """The constraints that it declares: none."""
        return iter(())

    def touches(self) -> Iterator[Name]:
        """The tables that it names in whatever clause."""
        return iter(())


# --- tables -----------------------------------------------------------------------------------------------------------


class AddTable(_TableChange, frozen=True, tag=True):
    """CREATE TABLE."""

    columns: tuple[ColumnDefinition, ...]
    constraints: tuple[Constraint, ...]
    """The table-level ones."""
    span: Span
    if_not_exists: bool
    clauses: tuple[Clause, ...]
    noted: tuple[Name, ...]
    """The names of indexes and constraints that have no model: MySQL's KEY, PostgreSQL's EXCLUDE."""

    @property
    def borrows(self) -> bool:
        """Whether columns of it may come from elsewhere: AS SELECT, LIKE, INHERITS and the like."""
        return any(clause.keyword in _BORROWING for clause in self.clauses)

    def introduces(self) -> Iterator[Introduced]:
        """Its own name, then those of its parts."""
        yield Introduced(_TABLE, self.table)
        parts = [*_columns(self.table.text, self.columns), *_constraints(self.table.text, self.constraints)]
        yield from sorted(parts, key=lambda part: part.name.span.start)

    def declares(self) -> Iterator[Constraint]:
        """The constraints of its columns, then its own."""
        yield from (constraint for column in self.columns for constraint in column.constraints)
        yield from self.constraints

    @property
    def constraints_with_places(self) -> tuple[tuple[Constraint, Span], ...]:
        """Every constraint, the inline ones first, with where it stands (an inline one: its whole column)."""
        inline = ((constraint, column.span) for column in self.columns for constraint in column.constraints)
        return (*inline, *((constraint, constraint.span) for constraint in self.constraints))


def _columns(table: str, columns: Iterable[ColumnDefinition]) -> Iterator[Introduced]:
    for column in columns:
        yield Introduced(_COLUMN, column.name, table)
        yield from _constraints(table, column.constraints)


def _constraints(table: str, constraints: Iterable[Constraint]) -> Iterator[Introduced]:
    for constraint in constraints:
        if constraint.name is not None:
            yield Introduced(ObjectKind.CONSTRAINT, constraint.name, table, constraint)


_BORROWING = frozenset({"AS SELECT", "LIKE", "INHERITS", "PARTITION OF", "OF", "CLONE", "VIRTUAL"})


class DropTable(_TableChange, frozen=True, tag=True):
    """DROP TABLE, one change a table."""

    span: Span
    if_exists: bool
    cascade: bool


class RenameTable(_TableChange, frozen=True, tag=True):
    """ALTER TABLE … RENAME TO."""

    new: Name
    span: Span

    def introduces(self) -> Iterator[Introduced]:
        """The new name."""
        yield Introduced(ObjectKind.TABLE, self.new)

    def touches(self) -> Iterator[Name]:
        """The old name and the new one."""
        yield from (self.table, self.new)


class Truncate(_TableChange, frozen=True, tag=True):
    """TRUNCATE, one change a table."""

    span: Span
    cascade: bool


# --- columns ----------------------------------------------------------------------------------------------------------


class AddColumn(_TableChange, frozen=True, tag=True):
    """ALTER TABLE … ADD COLUMN."""

    column: ColumnDefinition
    span: Span
    if_not_exists: bool
    table_guard: bool
    """ALTER TABLE IF EXISTS."""

    def introduces(self) -> Iterator[Introduced]:
        """The column, and the constraints that have names."""
        yield from _columns(self.table.text, (self.column,))

    def declares(self) -> Iterator[Constraint]:
        """Those of the column."""
        yield from self.column.constraints


class DropColumn(_TableChange, frozen=True, tag=True):
    """ALTER TABLE … DROP COLUMN."""

    column: Name
    span: Span
    if_exists: bool
    cascade: bool
    table_guard: bool


class RenameColumn(_TableChange, frozen=True, tag=True):
    """ALTER TABLE … RENAME COLUMN."""

    column: Name
    new: Name
    span: Span

    def introduces(self) -> Iterator[Introduced]:
        """The new name."""
        yield Introduced(ObjectKind.COLUMN, self.new, self.table.text)


class ChangeType(_TableChange, frozen=True, tag=True):
    """ALTER COLUMN … TYPE (MODIFY, CHANGE)."""

    column: Name
    to: DataType
    span: Span


class ChangeNullability(_TableChange, frozen=True, tag=True):
    """ALTER COLUMN … SET NOT NULL, or DROP NOT NULL (`nullable`)."""

    column: Name
    nullable: bool
    span: Span


class ChangeDefault(_TableChange, frozen=True, tag=True):
    """ALTER COLUMN … SET DEFAULT, or DROP DEFAULT (`default` is None)."""

    column: Name
    default: Value | None
    span: Span


# --- constraints and indexes ------------------------------------------------------------------------------------------


class AddConstraint(_TableChange, frozen=True, tag=True):
    """ALTER TABLE … ADD [CONSTRAINT name] …."""

    constraint: Constraint
    span: Span
    clauses: tuple[Clause, ...]

    def introduces(self) -> Iterator[Introduced]:
        """The constraint, where it has a name."""
        yield from _constraints(self.table.text, (self.constraint,))

    def declares(self) -> Iterator[Constraint]:
        """The one."""
        yield self.constraint


class DropConstraint(_TableChange, frozen=True, tag=True):
    """ALTER TABLE … DROP CONSTRAINT."""

    constraint: Name
    span: Span
    if_exists: bool
    cascade: bool


class RenameConstraint(_TableChange, frozen=True, tag=True):
    """ALTER TABLE … RENAME CONSTRAINT."""

    constraint: Name
    new: Name
    span: Span

    def introduces(self) -> Iterator[Introduced]:
        """The new name."""
        yield Introduced(ObjectKind.CONSTRAINT, self.new, self.table.text)


class AddIndex(_TableChange, frozen=True, tag=True):
    """CREATE INDEX; `name` is None where none is written."""

    name: Name | None
    parts: tuple[IndexPart, ...]
    span: Span
    unique: bool
    if_not_exists: bool
    where: Predicate | None
    clauses: tuple[Clause, ...]
    """UNIQUE, IF NOT EXISTS, CONCURRENTLY, USING, INCLUDE, WHERE, DESC … : each with its place."""

    @property
    def objects(self) -> tuple[Name, ...]:
        """The table, and the index where it has a name."""
        return (self.table, self.name) if self.name else (self.table,)

    def introduces(self) -> Iterator[Introduced]:
        """The index, where it has a name."""
        if self.name is not None:
            yield Introduced(ObjectKind.INDEX, self.name, self.table.text)


class DropIndex(msgspec.Struct, frozen=True, tag=True):
    """DROP INDEX, one change an index; `table` where `ON table` is written."""

    name: Name
    span: Span
    table: Name | None
    if_exists: bool

    @property
    def objects(self) -> tuple[Name, ...]:
        """The table, where it is written, and the index."""
        return (self.table, self.name) if self.table else (self.name,)

    @property
    def about(self) -> Name:
        """The first of them."""
        return self.table or self.name

    def introduces(self) -> Iterator[Introduced]:
        """No name."""
        return iter(())

    def declares(self) -> Iterator[Constraint]:
        """No constraint."""
        return iter(())

    def touches(self) -> Iterator[Name]:
        """The table, where it is written."""
        yield from (self.table,) if self.table else ()


# --- rows -------------------------------------------------------------------------------------------------------------


class InsertRows(_TableChange, frozen=True, tag=True, dict=True):
    """INSERT … VALUES, or INSERT … SELECT (`query`); `columns` is None where no list is written."""

    columns: tuple[Name, ...] | None
    rows: tuple[Row, ...]
    span: Span
    on_conflict: OnConflict | None
    query: Query | None
    ignore: bool
    """INSERT OR IGNORE, INSERT IGNORE."""
    replace: bool
    """REPLACE INTO, INSERT OR REPLACE."""
    default_values: bool
    clauses: tuple[Clause, ...]
    reads: tuple[Name, ...]
    """Tables that its sub-queries and common table expressions read."""
    limit: int | None
    """Behind VALUES, where Kimberlite takes it."""

    def touches(self) -> Iterator[Name]:
        """The table, and those that its query reads."""
        yield self.table
        if self.query is not None:
            yield from (Name(table, self.query.span, quoted=False) for table in self.query.tables)


class UpdateRows(_TableChange, frozen=True, tag=True):
    """UPDATE; `clauses` lists LIMIT, ORDER BY, FROM, RETURNING and the like with their places."""

    assignments: tuple[Assignment, ...]
    where: Predicate | None
    span: Span
    alias: str | None
    limit: int | None
    joined: tuple[Name, ...]
    """Tables of FROM or JOIN."""
    clauses: tuple[Clause, ...]
    reads: tuple[Name, ...]
    """Tables that its sub-queries and common table expressions read."""

    def touches(self) -> Iterator[Name]:
        """The table, and those that are joined."""
        yield from (self.table, *self.joined)


class DeleteRows(_TableChange, frozen=True, tag=True):
    """DELETE; `clauses` lists LIMIT, ORDER BY, USING, RETURNING and the like with their places."""

    where: Predicate | None
    span: Span
    alias: str | None
    limit: int | None
    joined: tuple[Name, ...]
    """Tables of USING or JOIN."""
    clauses: tuple[Clause, ...]
    reads: tuple[Name, ...]
    """Tables that its sub-queries and common table expressions read."""

    def touches(self) -> Iterator[Name]:
        """The table, and those that are joined."""
        yield from (self.table, *self.joined)


# --- objects beside the tables ----------------------------------------------------------------------------------------


class CreateObject(_OtherChange, frozen=True, tag=True):
    """CREATE of what is neither a table nor a part of one: MASKING POLICY, ROLE, USER, VIEW, TYPE, FUNCTION …."""

    kind: ObjectKind
    name: Name | None
    span: Span
    replace: bool
    if_not_exists: bool
    strategy: str
    """Of a masking policy."""
    roles: tuple[Name, ...]
    """Those that a masking policy exempts; the one that a user has."""
    on: Name | None
    """The table of a trigger, a policy or a rule, whose names are one table's own."""
    arguments: str
    """Those of a function and the like, as they are written: others make another function of the name."""
    makes: tuple[str, ...] | None
    """The names that statements in its body make, change or drop, whenever it is called; None where nobody knows."""

    @property
    def key(self) -> str:
        """What it is known by among the objects of its kind, where it has a name."""
        return object_key(self.name.text if self.name else "", self.on, self.arguments)

    @property
    def objects(self) -> tuple[Name, ...]:
        """The object."""
        return (self.name,) if self.name else ()

    def introduces(self) -> Iterator[Introduced]:
        """The object, where it has a name."""
        if self.name is not None:
            yield Introduced(self.kind, self.name)


def object_key(name: str, on: Name | None, arguments: str) -> str:
    """What an object is known by among those of its kind: its name, its table, its arguments."""
    return f"{name} ON {on.text}" if on else name + arguments


class DropObject(_OtherChange, frozen=True, tag=True):
    """DROP of such an object, or of a mask; one change an object."""

    kind: ObjectKind
    name: Name | None
    span: Span
    if_exists: bool
    cascade: bool
    on: Name | None
    """The table of a trigger, a policy or a rule, where it is written."""

    @property
    def objects(self) -> tuple[Name, ...]:
        """The object."""
        return (self.name,) if self.name else ()


class AttachPolicy(_TableChange, frozen=True, tag=True):
    """ALTER TABLE … ALTER COLUMN … SET MASKING POLICY."""

    column: Name
    policy: Name
    span: Span


class DetachPolicy(_TableChange, frozen=True, tag=True):
    """ALTER TABLE … ALTER COLUMN … DROP MASKING POLICY."""

    column: Name
    span: Span


class AddMask(_TableChange, frozen=True, tag=True):
    """CREATE MASK name ON table.column USING strategy; a second one of the name replaces the first."""

    name: Name
    column: Name
    strategy: str
    span: Span

    @property
    def objects(self) -> tuple[Name, ...]:
        """The table and the mask."""
        return (self.table, self.name)

    def introduces(self) -> Iterator[Introduced]:
        """The mask."""
        yield Introduced(ObjectKind.MASK, self.name)


class SetClassification(_TableChange, frozen=True, tag=True):
    """ALTER TABLE … MODIFY COLUMN … SET CLASSIFICATION '…'."""

    column: Name
    classification: str
    span: Span


class Grant(_OtherChange, frozen=True, tag=True):
    """GRANT privileges ON tables TO roles (REVOKE … FROM where `revoked`)."""

    privileges: tuple[str, ...]
    tables: tuple[Name, ...]
    roles: tuple[Name, ...]
    span: Span
    revoked: bool

    def touches(self) -> Iterator[Name]:
        """Its tables."""
        yield from self.tables


# --- no effect on the schema, or an unknown one -----------------------------------------------------------------------


class Transaction(_OtherChange, frozen=True, tag=True):
    """BEGIN, START TRANSACTION, COMMIT, END, ROLLBACK, SAVEPOINT, RELEASE; the first word in upper case."""

    word: str
    span: Span


class Read(_OtherChange, frozen=True, tag=True):
    """A statement that only reads: SELECT, SHOW, EXPLAIN, DESCRIBE, VALUES, WITH … SELECT; `word` is its first."""

    word: str
    tables: tuple[Name, ...]
    span: Span
    into: Name | None = None
    """The table that SELECT … INTO makes in databases that know it."""
    calls: tuple[str, ...] = ()
    """The functions that it calls, as they are written."""

    def touches(self) -> Iterator[Name]:
        """Its tables."""
        yield from self.tables


class Comment(_OtherChange, frozen=True, tag=True):
    """COMMENT ON …."""

    kind: str
    span: Span


class Opaque(_OtherChange, frozen=True, tag=True):
    """SQL whose effect on the schema isn't modelled: why, its first words, and the tables it names where known."""

    reason: str
    keyword: str
    span: Span
    tables: tuple[Name, ...]
    names: tuple[str, ...] | None
    """All that it may make, change or drop beside those, by name; None where nobody knows."""

    @property
    def makes_nothing(self) -> bool:
        """Whether it neither makes, renames nor drops an object: at most rows and settings are others than before."""
        return self.changes_nothing or self.names == () or self.keyword in _CHANGES_ROWS_OR_SETTINGS

    @property
    def changes_nothing(self) -> bool:
        """Whether neither the schema nor a row is another than before."""
        return self.keyword in _CHANGES_NOTHING

    def touches(self) -> Iterator[Name]:
        """Its tables."""
        yield from self.tables


_CHANGES_NOTHING: Final = frozenset(
    {"ANALYZE", "CHECKPOINT", "CLOSE", "CLUSTER", "DEALLOCATE", "FETCH", "FLUSH", "KILL", "LISTEN", "LOCK", "NOTIFY",
     "OPTIMIZE", "REINDEX", "UNLISTEN", "UNLOCK", "VACUUM"}
)  # fmt: skip
_CHANGES_ROWS_OR_SETTINGS: Final = frozenset(
    {"COPY", "DISCARD", "HANDLER", "MERGE", "PRAGMA", "PREPARE", "REASSIGN", "REFRESH", "REPAIR", "RESET", "SECURITY",
     "SET", "UPSERT", "USE", "WITH"}
)  # fmt: skip

ColumnChange: TypeAlias = AddColumn | DropColumn | RenameColumn | ChangeType | ChangeNullability | ChangeDefault
ConstraintChange: TypeAlias = AddConstraint | DropConstraint | RenameConstraint
IndexChange: TypeAlias = AddIndex | DropIndex
SchemaChange: TypeAlias = AddTable | DropTable | RenameTable | ColumnChange | ConstraintChange | IndexChange
"""What changes the shape of a table."""
RowChange: TypeAlias = InsertRows | UpdateRows | DeleteRows | Truncate
Protection: TypeAlias = AddMask | AttachPolicy | DetachPolicy | SetClassification
"""What says how a column is shown and to whom."""

Change: TypeAlias = (
    SchemaChange | RowChange | Protection | CreateObject | DropObject | Grant | Transaction | Read | Comment | Opaque
)
