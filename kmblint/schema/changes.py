"""What a statement means: the closed union `Change`.

Names keep the case they were written in; every part carries the span it stands at in its file.
A clause that isn't modelled is listed in `clauses`, so that it is noticed and not lost.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, TypeAlias

import msgspec

from kmblint.schema.kinds import ObjectKind
from kmblint.schema.predicate import Predicate, Query, Value
from kmblint.schema.types import DataType
from kmblint.text import Span


class Name(msgspec.Struct, frozen=True):
    """An identifier with its quotes undone; a qualified one is written with dots, as the engine stores it."""

    text: str
    span: Span
    quoted: bool = False

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
    name: Name | None = None


class Unique(msgspec.Struct, frozen=True, tag=True):
    """UNIQUE (columns)."""

    columns: tuple[Name, ...]
    span: Span
    name: Name | None = None


class ForeignKey(msgspec.Struct, frozen=True, tag=True):
    """FOREIGN KEY (columns) REFERENCES table (targets); no targets means the table's primary key."""

    columns: tuple[Name, ...]
    table: Name
    targets: tuple[Name, ...]
    span: Span
    name: Name | None = None
    on_delete: Action | None = None


class Check(msgspec.Struct, frozen=True, tag=True):
    """CHECK (condition)."""

    condition: Predicate | None
    span: Span
    name: Name | None = None


Constraint: TypeAlias = PrimaryKey | Unique | ForeignKey | Check


class ColumnDefinition(msgspec.Struct, frozen=True):
    """A column as CREATE TABLE or ADD COLUMN writes it."""

    name: Name
    type: DataType
    type_span: Span
    span: Span
    nullable: bool | None = None
    """False for NOT NULL, True for an explicit NULL, None where neither is written."""
    default: Value | None = None
    constraints: tuple[Constraint, ...] = ()
    """The inline ones: PRIMARY KEY, UNIQUE, REFERENCES, CHECK, each over this column."""
    clauses: tuple[Clause, ...] = ()
    """DEFAULT, NOT NULL, GENERATED, COLLATE, COMMENT … : every option with its place, the modelled ones too."""

    @property
    def is_key(self) -> bool:
        """Whether PRIMARY KEY stands in the definition."""
        return any(isinstance(constraint, PrimaryKey) for constraint in self.constraints)


# --- tables -----------------------------------------------------------------------------------------------------------


class AddTable(msgspec.Struct, frozen=True, tag=True):
    """CREATE TABLE."""

    table: Name
    columns: tuple[ColumnDefinition, ...]
    constraints: tuple[Constraint, ...]
    """The table-level ones."""
    span: Span
    if_not_exists: bool = False
    query: bool = False
    """CREATE TABLE … AS SELECT."""
    clauses: tuple[Clause, ...] = ()

    @property
    def borrows(self) -> bool:
        """Whether columns of it may come from elsewhere: AS SELECT, LIKE, INHERITS and the like."""
        return self.query or any(clause.keyword in _BORROWING for clause in self.clauses)

    @property
    def constraints_with_places(self) -> tuple[tuple[Constraint, Span], ...]:
        """Every constraint, the inline ones first, with where it stands (an inline one: its whole column)."""
        inline = ((constraint, column.span) for column in self.columns for constraint in column.constraints)
        return (*inline, *((constraint, constraint.span) for constraint in self.constraints))


_BORROWING = frozenset({"AS SELECT", "LIKE", "INHERITS", "PARTITION OF", "OF", "CLONE"})


class DropTable(msgspec.Struct, frozen=True, tag=True):
    """DROP TABLE, one change a table."""

    table: Name
    span: Span
    if_exists: bool = False
    cascade: bool = False


class RenameTable(msgspec.Struct, frozen=True, tag=True):
    """ALTER TABLE … RENAME TO."""

    table: Name
    new: Name
    span: Span


class Truncate(msgspec.Struct, frozen=True, tag=True):
    """TRUNCATE, one change a table."""

    table: Name
    span: Span
    cascade: bool = False


# --- columns ----------------------------------------------------------------------------------------------------------


class AddColumn(msgspec.Struct, frozen=True, tag=True):
    """ALTER TABLE … ADD COLUMN."""

    table: Name
    column: ColumnDefinition
    span: Span
    if_not_exists: bool = False
    table_guard: bool = False
    """ALTER TABLE IF EXISTS."""


class DropColumn(msgspec.Struct, frozen=True, tag=True):
    """ALTER TABLE … DROP COLUMN."""

    table: Name
    column: Name
    span: Span
    if_exists: bool = False
    cascade: bool = False
    table_guard: bool = False


class RenameColumn(msgspec.Struct, frozen=True, tag=True):
    """ALTER TABLE … RENAME COLUMN."""

    table: Name
    column: Name
    new: Name
    span: Span


class ChangeType(msgspec.Struct, frozen=True, tag=True):
    """ALTER COLUMN … TYPE (MODIFY, CHANGE)."""

    table: Name
    column: Name
    to: DataType
    span: Span
    using: bool = False


class ChangeNullability(msgspec.Struct, frozen=True, tag=True):
    """ALTER COLUMN … SET NOT NULL, or DROP NOT NULL (`nullable`)."""

    table: Name
    column: Name
    nullable: bool
    span: Span


class ChangeDefault(msgspec.Struct, frozen=True, tag=True):
    """ALTER COLUMN … SET DEFAULT, or DROP DEFAULT (`default` is None)."""

    table: Name
    column: Name
    default: Value | None
    span: Span


# --- constraints and indexes ------------------------------------------------------------------------------------------


class AddConstraint(msgspec.Struct, frozen=True, tag=True):
    """ALTER TABLE … ADD [CONSTRAINT name] …."""

    table: Name
    constraint: Constraint
    span: Span
    clauses: tuple[Clause, ...] = ()


class DropConstraint(msgspec.Struct, frozen=True, tag=True):
    """ALTER TABLE … DROP CONSTRAINT."""

    table: Name
    constraint: Name
    span: Span
    if_exists: bool = False
    cascade: bool = False


class RenameConstraint(msgspec.Struct, frozen=True, tag=True):
    """ALTER TABLE … RENAME CONSTRAINT."""

    table: Name
    constraint: Name
    new: Name
    span: Span


class IndexPart(msgspec.Struct, frozen=True):
    """One part of an index: a column, or an expression (`column` is None)."""

    column: Name | None
    span: Span
    descending: bool = False
    refs: tuple[str, ...] = ()
    """The columns that an expression names."""


class AddIndex(msgspec.Struct, frozen=True, tag=True):
    """CREATE INDEX; `name` is None where none is written."""

    name: Name | None
    table: Name
    parts: tuple[IndexPart, ...]
    span: Span
    unique: bool = False
    if_not_exists: bool = False
    concurrently: bool = False
    where: Predicate | None = None
    clauses: tuple[Clause, ...] = ()
    """UNIQUE, IF NOT EXISTS, CONCURRENTLY, USING, INCLUDE, WHERE, DESC … : each with its place."""


class DropIndex(msgspec.Struct, frozen=True, tag=True):
    """DROP INDEX, one change an index; `table` where `ON table` is written."""

    name: Name
    span: Span
    table: Name | None = None
    if_exists: bool = False
    concurrently: bool = False


# --- rows -------------------------------------------------------------------------------------------------------------


class OnConflict(msgspec.Struct, frozen=True):
    """ON CONFLICT (columns) DO NOTHING, or DO UPDATE SET (assignments)."""

    span: Span
    columns: tuple[Name, ...] = ()
    update: bool = False
    assignments: tuple[Assignment, ...] = ()
    constraint: Name | None = None
    where: bool = False


class Assignment(msgspec.Struct, frozen=True):
    """`column = value` in SET; `qualifier` is what stands before the column's dot."""

    column: Name
    value: Value
    span: Span
    qualifier: str | None = None


class Row(msgspec.Struct, frozen=True):
    """One parenthesised row of VALUES."""

    values: tuple[Value, ...]
    span: Span


class InsertRows(msgspec.Struct, frozen=True, tag=True):
    """INSERT … VALUES, or INSERT … SELECT (`query`); `columns` is None where no list is written."""

    table: Name
    columns: tuple[Name, ...] | None
    rows: tuple[Row, ...]
    span: Span
    on_conflict: OnConflict | None = None
    query: Query | None = None
    ignore: bool = False
    """INSERT OR IGNORE, INSERT IGNORE."""
    replace: bool = False
    """REPLACE INTO, INSERT OR REPLACE."""
    default_values: bool = False
    clauses: tuple[Clause, ...] = ()


class UpdateRows(msgspec.Struct, frozen=True, tag=True):
    """UPDATE; `clauses` lists LIMIT, ORDER BY, FROM, RETURNING and the like with their places."""

    table: Name
    assignments: tuple[Assignment, ...]
    where: Predicate | None
    span: Span
    alias: str | None = None
    limit: int | None = None
    joined: tuple[Name, ...] = ()
    """Tables of FROM or JOIN."""
    clauses: tuple[Clause, ...] = ()


class DeleteRows(msgspec.Struct, frozen=True, tag=True):
    """DELETE; `clauses` lists LIMIT, ORDER BY, USING, RETURNING and the like with their places."""

    table: Name
    where: Predicate | None
    span: Span
    alias: str | None = None
    limit: int | None = None
    joined: tuple[Name, ...] = ()
    """Tables of USING or JOIN."""
    clauses: tuple[Clause, ...] = ()


# --- objects beside the tables ----------------------------------------------------------------------------------------


class CreateObject(msgspec.Struct, frozen=True, tag=True):
    """CREATE of what is neither a table nor a part of one: MASKING POLICY, ROLE, USER, VIEW, TYPE, FUNCTION …."""

    kind: ObjectKind
    name: Name | None
    span: Span
    replace: bool = False
    if_not_exists: bool = False
    strategy: str = ""
    """Of a masking policy."""
    roles: tuple[Name, ...] = ()
    """Those that a masking policy exempts; the one that a user has."""


class DropObject(msgspec.Struct, frozen=True, tag=True):
    """DROP of such an object, or of a mask; one change an object."""

    kind: ObjectKind
    name: Name | None
    span: Span
    if_exists: bool = False
    cascade: bool = False


class AttachPolicy(msgspec.Struct, frozen=True, tag=True):
    """ALTER TABLE … ALTER COLUMN … SET MASKING POLICY."""

    table: Name
    column: Name
    policy: Name
    span: Span


class DetachPolicy(msgspec.Struct, frozen=True, tag=True):
    """ALTER TABLE … ALTER COLUMN … DROP MASKING POLICY."""

    table: Name
    column: Name
    span: Span


class AddMask(msgspec.Struct, frozen=True, tag=True):
    """CREATE MASK name ON table.column USING strategy; a second one of the name replaces the first."""

    name: Name
    table: Name
    column: Name
    strategy: str
    span: Span


class SetClassification(msgspec.Struct, frozen=True, tag=True):
    """ALTER TABLE … MODIFY COLUMN … SET CLASSIFICATION '…'."""

    table: Name
    column: Name
    classification: str
    span: Span


class Grant(msgspec.Struct, frozen=True, tag=True):
    """GRANT privileges ON tables TO roles (REVOKE … FROM where `revoked`)."""

    privileges: tuple[str, ...]
    tables: tuple[Name, ...]
    roles: tuple[Name, ...]
    span: Span
    revoked: bool = False


# --- no effect on the schema, or an unknown one -----------------------------------------------------------------------


class Transaction(msgspec.Struct, frozen=True, tag=True):
    """BEGIN, START TRANSACTION, COMMIT, END, ROLLBACK, SAVEPOINT, RELEASE; the first word in upper case."""

    word: str
    span: Span


class Read(msgspec.Struct, frozen=True, tag=True):
    """A statement that only reads: SELECT, SHOW, EXPLAIN, DESCRIBE, VALUES, WITH … SELECT; `word` is its first."""

    word: str
    tables: tuple[Name, ...]
    span: Span


class Comment(msgspec.Struct, frozen=True, tag=True):
    """COMMENT ON …."""

    kind: str
    span: Span


class Opaque(msgspec.Struct, frozen=True, tag=True):
    """SQL whose effect on the schema isn't modelled: why, its first words, and the tables it names where known."""

    reason: str
    keyword: str
    span: Span
    tables: tuple[Name, ...] = ()

    @property
    def makes_nothing(self) -> bool:
        """Whether it neither makes, renames nor drops an object: at most rows and settings are others than before."""
        return self.changes_nothing or self.keyword in _CHANGES_ROWS_OR_SETTINGS

    @property
    def changes_nothing(self) -> bool:
        """Whether neither the schema nor a row is another than before."""
        return self.keyword in _CHANGES_NOTHING


_CHANGES_NOTHING: Final = frozenset(
    {"ANALYZE", "CHECKPOINT", "CLOSE", "CLUSTER", "DEALLOCATE", "FETCH", "FLUSH", "KILL", "LISTEN", "LOCK", "NOTIFY",
     "OPTIMIZE", "REINDEX", "UNLISTEN", "UNLOCK", "VACUUM"}
)  # fmt: skip
_CHANGES_ROWS_OR_SETTINGS: Final = frozenset(
    {"COPY", "DISCARD", "HANDLER", "MERGE", "PRAGMA", "PREPARE", "REFRESH", "REPAIR", "RESET", "SET", "UPSERT", "USE",
     "WITH"}
)  # fmt: skip

Change: TypeAlias = (
    AddTable | DropTable | RenameTable | Truncate
    | AddColumn | DropColumn | RenameColumn | ChangeType | ChangeNullability | ChangeDefault
    | AddConstraint | DropConstraint | RenameConstraint | AddIndex | DropIndex
    | InsertRows | UpdateRows | DeleteRows
    | CreateObject | DropObject | AddMask | AttachPolicy | DetachPolicy | SetClassification | Grant
    | Transaction | Read | Comment | Opaque
)  # fmt: skip

SchemaChange: TypeAlias = (
    AddTable | DropTable | RenameTable
    | AddColumn | DropColumn | RenameColumn | ChangeType | ChangeNullability | ChangeDefault
    | AddConstraint | DropConstraint | RenameConstraint | AddIndex | DropIndex
)  # fmt: skip
"""What changes the shape of a table."""
