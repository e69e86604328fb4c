"""CREATE TABLE, CREATE INDEX and ALTER TABLE as changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from kmblint.schema.changes import (
    AddColumn,
    AddConstraint,
    AddIndex,
    AddTable,
    AttachPolicy,
    Change,
    ChangeDefault,
    ChangeNullability,
    ChangeType,
    DetachPolicy,
    DropColumn,
    DropConstraint,
    DropIndex,
    Opaque,
    RenameColumn,
    RenameConstraint,
    RenameTable,
    SetClassification,
)
from kmblint.schema.parts import (
    Action,
    Check,
    Clause,
    ColumnDefinition,
    Constraint,
    ForeignKey,
    IndexPart,
    Name,
    PrimaryKey,
    Unique,
)
from kmblint.schema.types import DataType
from kmblint.sql.grammar_columns import name_of
from kmblint.sql.lower_values import columns as columns_of
from kmblint.sql.lower_values import condition, value
from kmblint.sql.tree import Node, Shape

_KEYWORDS: Final = {
    "KEY": "PRIMARY KEY", "AUTOINCREMENT": "AUTO_INCREMENT", "AS": "GENERATED", "NULLS DISTINCT": "NULLS",
}  # fmt: skip
"""Clauses that the model calls by another word."""
_MODELLED: Final = frozenset({Shape.NAME, "IF NOT EXISTS"})


def create_table(root: Node) -> AddTable:
    """The table, its columns and constraints; every other clause is noted."""
    name = next(root.all(Shape.NAME)).name
    columns: list[ColumnDefinition] = []
    constraints: list[Constraint] = []
    clauses: list[Clause] = []
    noted: list[Name] = []
    filled: set[str] = set()
    for part in root.parts:
        if part.kind == "column":
            columns.append(column(part))
        elif part.kind == "constraint" and part.parts[0].kind == "NOT NULL":
            filled.add(next(part.parts[0].all(Shape.NAME)).text)
            clauses += map(_clause, part.parts[1:])
        elif part.kind == "constraint":
            constraints.append(constraint(part.parts[0]))
            clauses += map(_clause, part.parts[1:])
        elif part.kind not in _MODELLED:
            clauses.append(_clause(part))
            noted += _names(part) if part.kind in ("INDEX", "EXCLUDE") else ()
    if filled:
        columns = [replace(each, nullable=False) if each.name.text in filled else each for each in columns]
    return AddTable(
        name, tuple(columns), tuple(constraints), root.span, root.has("IF NOT EXISTS"), tuple(clauses), tuple(noted)
    )  # fmt: skip


def _clause(node: Node) -> Clause:
    kind = "IDENTITY" if node.has("IDENTITY") else node.kind
    return Clause(_KEYWORDS.get(kind, kind), node.span)


def column(node: Node) -> ColumnDefinition:
    """A column's definition."""
    name = node.parts[0].name
    kind = node.child("type")
    options = node.parts[1 if kind is None else 2 :]
    nullable: bool | None = None
    default = None
    constraints: list[Constraint] = []
    clauses: list[Clause] = []
    given: Name | None = None
    for option in options:
        match option.kind:
            case "CONSTRAINT":
                given = option.parts[0].name
                continue
            case "NOT NULL" | "NULL":
                nullable = option.kind == "NULL"
            case "DEFAULT":
                default = value(option.parts[0])
            case "PRIMARY KEY" | "KEY" | "UNIQUE" | "REFERENCES" | "CHECK":
                constraints.append(_inline(option, name, given))
                given = None
            case _:
                pass  # noted, whatever it is
        clauses.append(_clause(option))
    type_, span = (DataType(""), name.span) if kind is None else (data_type(kind), kind.span)
    return ColumnDefinition(name, type_, span, node.span, nullable, default, tuple(constraints), tuple(clauses))


def data_type(node: Node) -> DataType:
    """A type; of its arguments, the whole numbers."""
    given = node.child("arguments")
    arguments = tuple(int(part.text) for part in given.parts if part.text.isdecimal()) if given else ()
    words = (part.kind for part in node.parts if part.kind not in ("arguments", "ARRAY"))
    return DataType(" ".join((node.text, *words)), arguments, node.has("ARRAY"))


def _inline(node: Node, column: Name, given: Name | None) -> Constraint:
    match node.kind:
        case "UNIQUE":
            return Unique((column,), node.span, given)
        case "REFERENCES":
            return _reference(node, (column,), node, given)
        case "CHECK":
            return Check(condition(node.parts[0]), node.span, given)
        case _:
            return PrimaryKey((column,), node.span, given)


def constraint(node: Node) -> Constraint:
    """A constraint of the table."""
    parts = node.parts
    named = parts and parts[0].kind == "CONSTRAINT"
    given = parts[0].parts[0].name if named else None
    match node.kind:
        case "PRIMARY KEY":
            return PrimaryKey(_key(node), node.span, given)
        case "UNIQUE":
            own = node.child(Shape.NAME)
            return Unique(_key(node), node.span, given or (own.name if own else None))
        case "CHECK":
            return Check(condition(parts[1 if named else 0]), node.span, given)
        case _:
            return _reference(next(node.all("REFERENCES")), _names(node.child("columns")), node, given)


def _key(node: Node) -> tuple[Name, ...]:
    columns = node.child("columns")
    names = (name_of(part) for part in (columns.parts if columns else ()))
    return tuple(name.name for name in names if name is not None)


def _names(node: Node | None) -> tuple[Name, ...]:
    return tuple(part.name for part in node.parts) if node else ()


def _reference(node: Node, columns: tuple[Name, ...], whole: Node, given: Name | None) -> ForeignKey:
    deleted = [Action(part.text) for part in node.all("ON DELETE")]
    on_delete = deleted[-1] if deleted else None
    return ForeignKey(columns, node.parts[0].name, _names(node.child("columns")), whole.span, given, on_delete)


def create_index(root: Node) -> AddIndex:
    """The index, its parts, and every clause."""
    name = root.child(Shape.NAME)
    where = root.child("WHERE")
    parts, noted = _index_parts(root)
    clauses = tuple(
        clause
        for part in root.parts
        for clause in (
            noted.get(part, ()) if part.kind == "part" else () if part.kind in (Shape.NAME, "ON") else (_clause(part),)
        )
    )
    return AddIndex(
        next(root.all("ON")).parts[0].name, name.name if name else None, parts, root.span, root.has("UNIQUE"),
        root.has("IF NOT EXISTS"), condition(where.parts[0]) if where else None, clauses,
    )  # fmt: skip


def _index_parts(node: Node) -> tuple[tuple[IndexPart, ...], dict[Node, tuple[Clause, ...]]]:
    """The parts, and the clauses in each (DESC, NULLS …)."""
    index_parts: list[IndexPart] = []
    clauses: dict[Node, tuple[Clause, ...]] = {}
    for part in node.all("part"):
        expression, *options = part.parts
        inner = expression.parts[0] if expression.kind is Shape.COLLATE else expression
        name = name_of(expression)
        span = inner.span if name is None else name.span
        refs = () if name else tuple(dict.fromkeys(ref.name for ref in columns_of(expression)))
        noted = [Clause("COLLATE", expression.span)] if inner is not expression else []
        noted += [Clause("PREFIX", name.parts[0].span)] if name and name.parts else []
        noted += (_clause(option) for option in options if option.kind != "ASC")
        clauses[part] = tuple(noted)
        column = Name(name.text, name.span, name.quoted) if name else None
        index_parts.append(IndexPart(column, span, any(option.kind == "DESC" for option in options), refs))
    return tuple(index_parts), clauses


# --- ALTER TABLE ------------------------------------------------------------------------------------------------------


def alter_table(root: Node) -> tuple[Change, ...]:
    """The changes of each action."""
    table = next(root.all(Shape.NAME)).name
    actions = (part for part in root.parts if part.kind not in ("IF EXISTS", "ONLY", Shape.NAME))
    guard = root.has("IF EXISTS")  # once: of thousands of actions, each would walk past all
    return tuple(change for action in actions for change in _changes(action, table, guard=guard))


def _changes(action: Node, table: Name, *, guard: bool) -> Iterator[Change]:
    span, parts = action.span, action.parts
    names = tuple(part.name for part in action.all(Shape.NAME))
    exists, cascade = action.has("IF EXISTS"), action.has("CASCADE")
    match action.kind:
        case "ADD COLUMN":
            once = action.has("IF NOT EXISTS")
            yield from (AddColumn(table, column(part), span, once, guard) for part in action.all("column"))
        case "ADD CONSTRAINT" if parts[0].parts[0].kind == "NOT NULL":
            yield ChangeNullability(table, next(parts[0].parts[0].all(Shape.NAME)).name, False, span)
        case "ADD EXCLUDE":
            reason = "what `EXCLUDE` demands of rows isn't modelled"
            yield Opaque(reason, "ALTER TABLE ADD", span, (), tuple(name.text for name in names))
        case "ADD CONSTRAINT":
            first, *behind = parts[0].parts
            yield AddConstraint(table, constraint(first), span, tuple(map(_clause, behind)))
        case "ADD INDEX":
            index_parts, noted = _index_parts(action)
            others = (part for part in parts if part.kind != Shape.NAME)
            clauses = (clause for part in others for clause in noted.get(part, (_clause(part),)))
            yield AddIndex(table, names[0] if names else None, index_parts, span, False, False, None, tuple(clauses))
        case "DROP COLUMN":
            yield DropColumn(table, names[0], span, exists, cascade, guard)
        case "DROP CONSTRAINT":
            yield DropConstraint(table, names[0], span, exists, cascade)
        case "DROP INDEX":
            yield DropIndex(names[0], span, table, exists)
        case "RENAME TO":
            yield RenameTable(table, names[0], span)
        case "RENAME COLUMN":
            yield RenameColumn(table, names[0], names[1], span)
        case "RENAME CONSTRAINT":
            yield RenameConstraint(table, names[0], names[1], span)
        case "ALTER COLUMN":
            yield from _altered(table, names[0], parts[1], action)
        case "SET CLASSIFICATION":
            yield SetClassification(table, names[0], parts[1].text, span)
        case "MODIFY COLUMN" | "CHANGE COLUMN":
            yield from _redefined(table, names[0] if names else None, column(parts[-1]), action)
        case _:
            yield _opaque(table, action)


def _opaque(table: Name, action: Node) -> Opaque:
    words = action.text or action.kind.removesuffix(" COLUMN")
    keyword = f"ALTER TABLE {words.split()[0].upper()}"
    moved = (table.text,) if words.upper() == "SET SCHEMA" else None
    return Opaque(f"what `{words}` does to a table isn't modelled", keyword, action.span, (table,), moved)


def _altered(table: Name, column: Name, verb: Node, action: Node) -> Iterator[Change]:
    span = action.span
    match verb.kind:
        case "SET NOT NULL" | "DROP NOT NULL":
            yield ChangeNullability(table, column, verb.kind == "DROP NOT NULL", span)
        case "SET DEFAULT":
            yield ChangeDefault(table, column, value(verb.parts[0]), span)
        case "DROP DEFAULT":
            yield ChangeDefault(table, column, None, span)
        case "SET MASKING POLICY":
            yield AttachPolicy(table, column, verb.parts[0].name, span)
        case "DROP MASKING POLICY":
            yield DetachPolicy(table, column, span)
        case _:
            yield ChangeType(table, column, data_type(verb.parts[0]), span)
            if null := verb.child("NOT NULL", "NULL"):
                yield ChangeNullability(table, column, null.kind == "NULL", span)


def _redefined(table: Name, old: Name | None, new: ColumnDefinition, action: Node) -> Iterator[Change]:
    """A column defined anew, as MySQL's MODIFY and CHANGE do: its name, type, nullability and default."""
    name, span = new.name, action.span
    renamed = old is not None and old.text != name.text
    if old is not None and renamed:
        yield RenameColumn(table, old, name, span)
    if new.type.name:
        yield ChangeType(table, name, new.type, span)
    if new.nullable is not None:
        yield ChangeNullability(table, name, new.nullable, span)
    if new.default is not None:
        yield ChangeDefault(table, name, new.default, span)
    yield from (AddConstraint(table, constraint, span, ()) for constraint in new.constraints)
    if not (renamed or new.type.name or new.nullable is not None or new.default is not None or new.constraints):
        yield _opaque(table, action)
