"""INSERT, UPDATE and DELETE, as the engine takes them (areas insert, insert-form, update, delete)."""

from __future__ import annotations

from typing import Final

from kmblint.findings import Applicability, Severity
from kmblint.schema.kinds import ObjectKind
from kmblint.sql.tree import Node, Shape
from kmblint.targets.kimberlite.fold import THE_END, Fold
from kmblint.targets.kimberlite.forms_where import condition, qualifiers, value
from kmblint.targets.verdict import (
    Crashes,
    IgnoredGuard,
    IgnoredJoin,
    IgnoredLimit,
    IgnoredOrder,
    IgnoredQualifier,
    QualifiedSet,
    Replacement,
)
from kmblint.text import Span

_VALUES_ONLY: Final = "INSERT takes VALUES only"
_WITH: Final = "the engine takes WITH before SELECT only"
_RETURNING: Final = "RETURNING takes column names only"
_UNREAD: Final = "leave it out: nobody reads it in a migration"
_KEY_TARGET: Final = "write ON CONFLICT (the columns of the primary key)"
_UPDATE_ORDER: Final = ("WHERE", "RETURNING", "ORDER BY", "LIMIT", "OFFSET")
_NOT_IN_INSERT: Final = {
    "IGNORE": ("the engine has no INSERT IGNORE", "write ON CONFLICT (the key) DO NOTHING behind VALUES"),
    "AS": ("INSERT takes no alias for its table", "leave out the alias"),
    "SET": ("the engine has no INSERT … SET", "write (column, …) VALUES (value, …)"),
    Shape.QUERY: (_VALUES_ONLY, "write the rows out as literals, or copy them by a program"),
    "ON DUPLICATE KEY UPDATE": ("the engine has no ON DUPLICATE KEY", "write ON CONFLICT (the key) DO UPDATE SET …"),
}
"""Clause → why it is refused, and what to write instead."""


def insert(fold: Fold, root: Node) -> None:
    """INSERT: a plain table, VALUES, and ON CONFLICT over the key."""
    table = next(root.all(Shape.NAME))
    for part in root.parts:
        match part.kind:
            case "WITH":
                refuse_with(fold, part)
            case Shape.NAME:
                _plain_table(fold, table)
            case "columns" if not part.parts:
                fold.expected("a column", Span(part.span.end - 1, part.span.end))
            case "columns" if odd := part.child("element"):
                fold.expected("`,`", fold.behind(odd.parts[0].span))
            case "OVERRIDING":
                fold.expected("`VALUES`", part)
            case "DEFAULT VALUES":
                fold.refuse(_VALUES_ONLY, part.span, "write the columns and their values")
            case "VALUES":
                _rows(fold, part)
            case "ON CONFLICT":
                _on_conflict(fold, part)
            case "RETURNING":
                _returning(fold, part)
            case "LIMIT":
                fold.hazards.append(IgnoredLimit(part.span))
            case kind if kind in _NOT_IN_INSERT:
                fold.refuse_clause(part, *_NOT_IN_INSERT[kind])
            case _ if part.kind == "REPLACE" or part.kind.startswith("OR "):
                effect = "a row whose key is there is refused all the same"
                fold.hazards.append(IgnoredGuard(part.kind, part.span, effect))
            case _:  # OVERWRITE, LOCAL and TABLE, and what may stand behind rows: read past
                pass


def _plain_table(fold: Fold, table: Node) -> None:
    name = table.name
    if table.quoted:
        plain = name.text.replace(".", "").replace("_", "").isalnum()
        edits = (Replacement(table.span, name.text, "remove the quotes"),) if plain else ()
        reason = "the engine keeps the quotes as part of the table's name in INSERT, and finds no such table"
        fold.refuse(reason, table.span, "write the table without quotes", edits)
    elif name.text.upper() in {"LOCAL", "TABLE"}:
        fold.expected("a table", fold.behind(table.span))


def _rows(fold: Fold, node: Node) -> None:
    for row in node.parts:
        if not row.parts:
            fold.expected("an expression", Span(row.span.end - 1, row.span.end))
        for part in row.parts:
            if not fold.unread(part):
                value(fold, part, "VALUES")


def _on_conflict(fold: Fold, node: Node) -> None:
    words = fold.first_words(node.span, 2)
    target = node.child("columns", "ON CONSTRAINT")
    if target is None:
        fold.refuse("ON CONFLICT needs its columns", words, _KEY_TARGET)
    elif target.kind == "ON CONSTRAINT":
        fold.refuse_clause(target, "ON CONFLICT takes no constraint", _KEY_TARGET, words=2)
    else:
        odd = next((part for part in target.parts if part.kind is not Shape.COLUMN or part.qualifier), None)
        if odd or not target.parts:
            fold.expected("a column", odd or Span(target.span.end - 1, target.span.end))
    assigned = node.child("SET")
    before = node.parts[: node.parts.index(assigned)] if assigned else node.parts
    for where in node.all("WHERE"):
        if where in before:
            fold.expected("`DO`", where)
        else:
            fold.refuse_clause(where, "ON CONFLICT DO UPDATE takes no WHERE", "leave out WHERE")
    for pair in assigned.parts if assigned else ():
        name, written = pair.parts
        if name.kind == "columns" or name.quoted or name.qualifier is not None:
            fold.refuse("DO UPDATE SET takes a bare column, without quotes or a table before it", name.span,
                        f"write `{name.text or 'SET a = 1, b = 2'}`")  # fmt: skip
        excluded = written.kind is Shape.COLUMN and (written.qualifier or "").upper() == "EXCLUDED"
        if not excluded and not fold.unread(written):
            value(fold, written, "DO UPDATE SET")


def update(fold: Fold, root: Node) -> None:
    """UPDATE: a plain table, literals in SET, and a condition; what is joined is read past."""
    _rows_changed(fold, root, ("FROM", "SET", "FROM", *_UPDATE_ORDER))


def delete(fold: Fold, root: Node) -> None:
    """DELETE: a plain table and a condition; what is joined is read past."""
    if not root.has("FROM"):
        start = next(root.all("table")).span
        edit = Replacement(Span(start.start, start.start), "FROM ", "add FROM")
        fold.refuse("DELETE needs FROM", fold.first_words(start, 1), "write DELETE FROM", (edit,))
    _rows_changed(fold, root, ("target", "FROM", "table", "JOIN", "USING", *_UPDATE_ORDER))


def _rows_changed(fold: Fold, root: Node, order: tuple[str, ...]) -> None:
    own: set[str] = set()
    rank = 0
    for part in root.parts:
        rank = _ranked(fold, part, order, rank)
        match part.kind:
            case "WITH":
                refuse_with(fold, part)
            case "table":
                own = _table(fold, part, root.kind)
            case "JOIN":
                _join(fold, part)
            case "FROM" | "USING":
                _ignored_tables(fold, part)
            case "SET":
                for pair in part.parts:
                    _assignment(fold, pair)
            case "WHERE":
                _where(fold, part.parts[0], own)
            case "RETURNING":
                _returning(fold, part)
            case "ORDER BY" if root.kind == "UPDATE":
                fold.refuse_clause(
                    part, "UPDATE takes no ORDER BY", "leave it out; name the rows by a range of keys in WHERE"
                )
            case "ORDER BY":
                fold.hazards.append(IgnoredOrder(part.span))
            case "LIMIT":
                _limit(fold, part)
            case "OFFSET":
                fold.refuse_clause(
                    part, "UPDATE and DELETE take no OFFSET", "name the rows by a range of keys in WHERE"
                )
            case "LOW_PRIORITY" | "QUICK" | "IGNORE" | "ONLY":
                fold.expected("a table", fold.behind(part.span) if part.kind != "ONLY" else part)
            case _:  # OR IGNORE and REPLACE before the table, the targets of DELETE: read past
                pass


def _ranked(fold: Fold, part: Node, order: tuple[str, ...], rank: int) -> int:
    """The place of a clause in the engine's order; one that stands elsewhere, or nowhere in it, is refused."""
    if part.kind in order[rank:]:
        return order.index(part.kind, rank)
    if part.kind in {*order, "FOR", "GROUP", "FETCH", "USING"} and part.kind != "JOIN" and part.parts is not None:
        fold.expected(THE_END, part)
    return rank


def refuse_with(fold: Fold, node: Node) -> None:
    """WITH before anything but SELECT."""
    fold.refuse_clause(node, _WITH, "write the values as literals")


def _table(fold: Fold, node: Node, statement: str) -> set[str]:
    """The names that mean the statement's own table."""
    name, *more = node.parts
    if statement in fold.facts.broken_names[ObjectKind.TABLE].get(name.text.upper(), ()) and not name.quoted:
        fold.expected("a table", name)
    only = node.child("ONLY")
    if only:
        edit = Replacement(Span(only.span.start, fold_start(fold, only)), "", "remove `ONLY`")
        fold.refuse("`ONLY` is read as the name of a table here", only.span, "leave out `ONLY`", (edit,))
    if name.kind not in {Shape.NAME, Shape.CALL}:
        fold.refuse_clause(node, "UPDATE and DELETE take a plain table", "write the table's name")
    if name.kind is Shape.CALL:
        _arguments(fold, name)
    names = {name.name.text} if name.kind in {Shape.NAME, Shape.CALL} else set()
    return names | {part.text for part in more if part.kind == "alias"}


def _arguments(fold: Fold, name: Node) -> None:
    """`DELETE FROM t (id = 1)`: the parentheses are read as arguments of the table, and nothing asks them."""
    opening = next(token for token in fold.tokens if token.text == "(" and token.span in name.span)
    effect = "it is read as arguments of the table and bounds nothing, so without a WHERE every row is changed"
    fold.note("(…)", Span(opening.start, name.span.end), (effect, Severity.ERROR))


def fold_start(fold: Fold, node: Node) -> int:
    """Where the word behind a node begins."""
    behind = fold.behind(node.span)
    return behind.start if behind else node.span.end


def _names(node: Node) -> str:
    name, *more = node.parts
    names = {name.name.text} if name.kind is Shape.NAME else set()
    return min(names | {part.text for part in more if part.kind == "alias"}, default="")


def _join(fold: Fold, node: Node) -> None:
    if node.text == ",":
        fold.expected("`SET`" if fold.tokens[0].upper == "UPDATE" else THE_END, node)
        return
    table, *rest = node.parts
    fold.hazards.append(IgnoredJoin("JOIN", _names(table), fold.first_words(node.span, 1).to(table.span)))
    for part in rest:
        fold.unread(part)


def _ignored_tables(fold: Fold, node: Node) -> None:
    """Tables beside the statement's own: parsed, and then nothing asks them."""
    for part in node.parts:
        if part.kind == "JOIN":
            table, *rest = part.parts
            last = next((each.span for each in rest if each.kind != "no condition"), table.span)
            fold.hazards.append(IgnoredJoin("JOIN", _names(table), part.span.to(last)))
        else:
            fold.hazards.append(IgnoredJoin(node.kind, _names(part), Span(node.span.start, part.span.end)))


def _assignment(fold: Fold, pair: Node) -> None:
    target, written = pair.parts
    if target.kind == "element":
        fold.expected("`=`", fold.behind(target.parts[0].span))
        return
    if target.kind == "columns":
        fold.refuse("SET takes one column at a time, not a row", target.span, "write `SET a = 1, b = 2`")
        return
    if target.qualifier is not None:
        fold.hazards.append(QualifiedSet(
            target.text, target.span, f"the engine sets a column named `{target.name}`, which isn't there, "
            f"and leaves `{target.text}` as it is", f"write `{target.text}` without what stands before it",
        ))  # fmt: skip
    elif target.quoted:
        fold.hazards.append(QualifiedSet(
            target.text, target.span, "the engine keeps the quotes as part of the name in SET and leaves "
            f"`{target.text}` as it is", f"write `{target.text}` without quotes",
        ))  # fmt: skip
    sign = fold.behind(target.span)
    if sign and sign.end - sign.start > 1:  # `:=`, `==`
        fold.expected("`=`", sign)
    if fold.unread(written):
        return
    value(fold, written, "SET")
    inner = written.parts[0] if written.kind is Shape.UNARY else written
    if inner.kind is Shape.NUMBER and "." in inner.text:
        reason = "a number with a fraction in SET kills the server"
        fold.hazards.append(Crashes(reason, written.span, "as soon as one row matches"))


def _where(fold: Fold, node: Node, own: set[str]) -> None:
    if fold.unread(node):
        return
    condition(fold, node)
    for column in qualifiers(node):
        if column.qualifier is not None and column.qualifier not in own:
            fold.hazards.append(IgnoredQualifier(column.qualifier, column.span))


def _returning(fold: Fold, node: Node) -> None:
    """RETURNING of plain columns."""
    for part in node.parts:
        if part.kind == "*":
            edit = Replacement(Span(fold.before(part.span).start, part.span.end), "", "remove it", Applicability.SAFE)
            fold.refuse(_RETURNING, part.span, _UNREAD, (edit,))
        elif part.kind not in {Shape.COLUMN, Shape.COMPOUND}:
            fold.refuse(_RETURNING, part.parts[0].span if part.kind == "AS" else part.span, _UNREAD)


def _limit(fold: Fold, node: Node) -> None:
    if len(node.parts) > 1:
        fold.expected(THE_END, fold.behind(node.parts[0].span))
    fold.hazards.append(IgnoredLimit(node.span))
