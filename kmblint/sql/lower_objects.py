"""DROP, TRUNCATE, objects, grants and what only reads, as changes."""

from __future__ import annotations

from kmblint.schema.changes import AddMask, Change, CreateObject, DropIndex, DropObject, DropTable, Grant, Truncate
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.parts import Name
from kmblint.sql.tree import Node, Shape
from kmblint.text import Span


def _names(node: Node | None) -> tuple[Name, ...]:
    return tuple(part.name for part in node.all(Shape.NAME)) if node else ()


def create_object(root: Node) -> Change:
    """An object that is neither table nor index."""
    kind = ObjectKind(next(root.all("kind")).text.lower())
    name = next(iter(_names(root)), None)
    if kind is ObjectKind.MASK and name is not None:
        table, column = _split(next(root.all("ON")).parts[0])
        return AddMask(table, name, column, next(root.all("USING")).text, root.span)
    replaced = root.has("OR REPLACE") or root.has("OR ALTER")
    strategy = root.child("STRATEGY")
    roles = _names(root.child("EXEMPT ROLES", "ROLE"))
    guard = root.has("IF NOT EXISTS")
    on, arguments, definition = root.child("ON"), root.child("arguments"), root.child("definition")
    return CreateObject(
        kind, name, root.span, replaced, guard, strategy.text if strategy else "", roles,
        on.parts[0].name if on else None, arguments.text if arguments and kind.shares_names else "",
        _made_by(definition) if definition else (),
    )  # fmt: skip


def _split(target: Node) -> tuple[Name, Name]:
    """`table.column` as two names."""
    before = Span(target.span.start, target.span.end - len(target.text) - 1)
    after = Span(target.span.end - len(target.text), target.span.end)
    return Name(target.qualifier or "", before, target.quoted), Name(target.text, after, target.quoted)


def drop(root: Node) -> tuple[Change, ...]:
    """One change an object."""
    kind = ObjectKind(next(root.all("kind")).text.lower())
    span, guard, cascade = root.span, root.has("IF EXISTS"), root.has("CASCADE")
    names = _names(root)
    if kind is ObjectKind.TABLE and names:
        return tuple(DropTable(name, span, guard, cascade) for name in names)
    if kind is ObjectKind.INDEX and names:
        on = root.child("ON")
        table = on.parts[0].name if on else None
        return tuple(DropIndex(name, span, table, guard) for name in names)
    on = root.child("ON")
    owner = on.parts[0].name if on else None
    return tuple(DropObject(kind, name, span, guard, cascade, owner) for name in names or (None,))


def truncate(root: Node) -> tuple[Change, ...]:
    """One change a table."""
    cascade = root.has("CASCADE")
    return tuple(Truncate(name, root.span, cascade) for name in _names(root))


def grant(root: Node) -> Grant:
    """GRANT, or REVOKE."""
    privileges = tuple(part.text for part in root.all("privilege"))
    roles = _names(root.child("TO", "FROM"))
    return Grant(privileges, _names(root.child("ON")), roles, root.span, root.kind == "REVOKE")


def _made_by(definition: Node) -> tuple[str, ...] | None:
    return None if definition.has("makes anything") else tuple(part.text for part in definition.all("makes"))
