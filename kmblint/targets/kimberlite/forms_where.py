"""Conditions and values as the engine's conversion takes them: few of the shapes that its parser reads.

Source: kimberlite-query 0.9.1, src/parser.rs (`parse_where_expr`, `expr_to_value`); areas where-update, where-delete.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final

from kmblint.targets.kimberlite.facts import CAST_TYPES, MAX_CONDITION_DEPTH, MAX_DECIMAL, SCALAR_FUNCTIONS, TRUNCATIONS
from kmblint.targets.kimberlite.nodes import Node, Shape
from kmblint.targets.kimberlite.tokens import Cursor
from kmblint.text import Span

_LITERALS: Final = frozenset({Shape.NUMBER, Shape.STRING, Shape.BOOLEAN, Shape.NULL})
_COMPARISONS: Final = frozenset({"=", "<>", "<", "<=", ">", ">="})
_CALLS: Final = frozenset({Shape.CALL, Shape.BARE_CALL, Shape.SPECIAL_CALL})
_SUBQUERIES: Final = frozenset({Shape.SUBQUERY, Shape.EXISTS, Shape.IN_QUERY, Shape.QUANTIFIED})
_NO_SUBQUERY: Final = "write the keys that the sub-query finds as a list, `IN (1, 2, 3)`, or a range of keys"
_LITERAL_HELP: Final = {
    Shape.CALL: "write the value itself: functions run nowhere in VALUES and SET",
    Shape.BARE_CALL: "write the value itself: functions run nowhere in VALUES and SET",
    Shape.SPECIAL_CALL: "write the value itself: functions run nowhere in VALUES and SET",
    Shape.BINARY: "write the result as a literal; a value that depends on the row takes a program outside of SQL",
    Shape.CASE: "write one statement for each case, with the case in WHERE and a literal in SET",
    Shape.SUBQUERY: "write the values as literals",
    Shape.NESTED: "leave out the parentheses",
    Shape.TUPLE: "write `SET a = 1, b = 2`",
    Shape.CAST: "write a literal of the column's own type",
    Shape.INTERVAL: "write the result as a literal",
    Shape.COLUMN: "write a literal: SET can't copy from a column",
}


def value(cursor: Cursor, node: Node, where: str) -> None:
    """Refuses what is no literal in VALUES or SET (`where` names the place)."""
    if node.shape in _LITERALS:
        _number(cursor, node)
        return
    if node.shape is Shape.UNARY and node.name == "-" and node.parts[0].shape is Shape.NUMBER:
        _number(cursor, node.parts[0])
        return
    cursor.refuse(f"{where} takes literals only, and {_describe(node)}", node.span, _value_help(node))


def _value_help(node: Node) -> str:
    if node.shape is Shape.TYPED_STRING:
        return {
            "DATE": "write the days since 1970-01-01 as a whole number",
            "TIME": "write the nanoseconds since midnight as a whole number",
        }.get(node.name, "write a literal without the type before it")
    if node.shape is Shape.UNARY and node.name == "+":
        return "leave out the `+`"
    if node.shape is Shape.COLUMN and node.name.upper() == "DEFAULT":
        return "write the value: defaults are not kept"
    if node.shape is Shape.PLACEHOLDER:
        return "nothing fills in a placeholder in a migration: write the value"
    if node.shape is Shape.COLUMN and node.quoted:
        return "write a text in single quotes"
    return _LITERAL_HELP.get(node.shape, "write a plain number, a text in single quotes, TRUE, FALSE or NULL")


def _describe(node: Node) -> str:
    """What a node is, as the second half of "… and …"."""
    match node.shape:
        case Shape.CALL | Shape.BARE_CALL | Shape.SPECIAL_CALL:
            return f"`{node.name.lower()}` is a function"
        case Shape.COLUMN | Shape.COMPOUND:
            return f"`{node.name}` is read as a column"
        case Shape.BINARY:
            return f"`{node.name}` is an operator"
        case Shape.UNARY:
            return f"`{node.name}` stands before it"
        case Shape.OTHER_LITERAL:
            return f"this is {node.name}"
        case Shape.TYPED_STRING:
            return f"`{node.name} '…'` is a typed literal"
        case _:
            return f"this is a {node.shape.value}" if node.shape.value[0].islower() else f"this is {node.shape.value}"


def _number(cursor: Cursor, node: Node) -> None:
    """Refuses numbers that the engine can't read: exponents without a point, and more digits than it holds."""
    if node.shape is not Shape.NUMBER:
        return
    text = node.name
    if "." not in text:
        if not text.isdigit():
            cursor.refuse(f"`{text}` has an exponent, and the engine reads whole numbers without one", node.span,
                          "write the number in full")  # fmt: skip
        if int(text) >= 2**63:
            cursor.refuse(f"`{text}` is greater than the engine's greatest whole number", node.span)
        return
    try:
        digits = Decimal(text).as_tuple()
    except InvalidOperation:
        cursor.refuse(f"`{text}` is no number to the engine", node.span)
    if int("".join(map(str, digits.digits))) > MAX_DECIMAL:
        cursor.refuse(f"`{text}` has more digits than the engine holds", node.span, "write fewer digits")


def condition(cursor: Cursor, node: Node, depth: int = 0) -> None:
    """Refuses a condition that the conversion doesn't take."""
    if depth >= MAX_CONDITION_DEPTH:
        cursor.refuse(
            f"WHERE nests deeper than {MAX_CONDITION_DEPTH}: each AND and OR of a chain counts",
            node.span,
            "write `column IN (…)`, or split the statement",
        )
    match node.shape:
        case Shape.BINARY if node.name in {"AND", "OR"}:
            for part in node.parts:
                condition(cursor, part, depth + 1)
        case Shape.NESTED:
            condition(cursor, node.parts[0], depth + 1)
        case Shape.BINARY:
            _comparison(cursor, node)
        case Shape.LIKE:
            _column(cursor, node.parts[0], "LIKE")
            if node.parts[1].shape is not Shape.STRING:
                cursor.refuse("the pattern of LIKE must be a text", node.parts[1].span)
        case Shape.IS_NULL:
            _column(cursor, node.parts[0], "IS NULL")
        case Shape.IN_LIST | Shape.BETWEEN:
            _column(cursor, node.parts[0], node.shape.value)
            for part in node.parts[1:]:
                _operand(cursor, part)
        case shape if shape in _SUBQUERIES:
            cursor.refuse("UPDATE and DELETE take no sub-query in WHERE", node.span, _NO_SUBQUERY)
        case _:
            cursor.refuse(*_odd_condition(node))


def _odd_condition(node: Node) -> tuple[str, Span, str | None]:
    match node.shape:
        case Shape.UNARY if node.name == "NOT":
            return ("WHERE takes no NOT before a condition", node.span,
                    "turn it round: `<>`, `NOT IN (…)`, `NOT BETWEEN …`, `NOT LIKE …`, `IS NOT NULL`")  # fmt: skip
        case Shape.COLUMN:
            return (
                f"a column alone is no condition to the engine: `{node.name}`",
                node.span,
                f"write `{node.name} = TRUE`",
            )
        case Shape.BOOLEAN | Shape.NULL | Shape.NUMBER | Shape.STRING:
            return (
                "a literal alone is no condition to the engine",
                node.span,
                "leave out WHERE, or name a range of keys",
            )
        case Shape.IS_OTHER:
            return ("WHERE takes IS NULL and IS NOT NULL only", node.span, "write `= TRUE`, `= FALSE` or `<>`")
        case Shape.SIMILAR:
            return (f"WHERE takes no {node.name}", node.span, "write LIKE or ILIKE")
        case Shape.CASE:
            return ("WHERE takes no CASE", node.span, "write the conditions with AND and OR")
        case _ if node.shape in _CALLS:
            return (f"a function alone is no condition to the engine: `{node.name.lower()}`", node.span, None)
        case _:
            return (f"WHERE takes no condition of this shape ({node.shape.value})", node.span, None)


def _column(cursor: Cursor, node: Node, where: str) -> None:
    """Refuses anything but a column on the left of LIKE, IN, BETWEEN and IS NULL."""
    if node.shape is not Shape.COLUMN:
        cursor.refuse(f"{where} takes a bare column on its left, and {_describe(node)}", node.span)


def _operand(cursor: Cursor, node: Node) -> None:
    """Refuses anything but a literal in IN and BETWEEN."""
    if node.shape is Shape.COLUMN:
        cursor.refuse(
            _COLUMNS.format(node.name), node.span, _COLUMNS_HELP if not node.quoted else "write a text in single quotes"
        )
    value(cursor, node, "a comparison")


_COLUMNS: Final = "WHERE compares a column with a literal only, and `{}` is read as a column"
_COLUMNS_HELP: Final = "write the value as a literal"


def _comparison(cursor: Cursor, node: Node) -> None:
    """`left operator right`: a column and a literal directly, else two scalar expressions."""
    left, right = _bare(node.parts[0]), node.parts[1]
    if node.name == "@>":
        _column(cursor, left, "`@>`")
        _operand(cursor, right)
        return
    if left.shape is Shape.BINARY and left.name in {"->", "->>"}:
        _json_path(cursor, node, left, right)
        return
    if node.name not in _COMPARISONS:
        cursor.refuse(f"WHERE takes no operator `{node.name}`", node.span, _operator_help(node.name))
    if not _needs_scalar(left) and not _needs_scalar(right) and left.shape is Shape.COLUMN:
        if right.shape is Shape.COLUMN and node.name != "<>":
            _operand(cursor, right)
        if right.shape in _LITERALS or _is_negative(right):
            value(cursor, right, "a comparison")
            return
    scalar(cursor, left)
    scalar(cursor, right)


def _operator_help(operator: str) -> str | None:
    if operator.startswith(("~", "!~")):
        return "write LIKE or ILIKE"
    return "compute the value beforehand and compare the column with it"


def _json_path(cursor: Cursor, node: Node, left: Node, right: Node) -> None:
    _column(cursor, left.parts[0], f"`{left.name}`")
    if left.parts[1].shape not in {Shape.STRING, Shape.NUMBER}:
        cursor.refuse("the path must be a text or a number", left.parts[1].span)
    if node.name != "=":
        cursor.refuse(f"a part of a JSON value compares with `=` only, not `{node.name}`", node.span)
    _operand(cursor, right)


def scalar(cursor: Cursor, node: Node) -> None:
    """Refuses a scalar expression that the engine can't compute in WHERE."""
    match node.shape:
        case Shape.COLUMN:
            return
        case Shape.UNARY | Shape.NUMBER | Shape.STRING | Shape.BOOLEAN | Shape.NULL | Shape.OTHER_LITERAL:
            value(cursor, node, "WHERE")
        case Shape.PLACEHOLDER:
            value(cursor, node, "WHERE")
        case Shape.NESTED:
            scalar(cursor, node.parts[0])
        case Shape.BINARY if node.name == "||":
            for part in node.parts:
                scalar(cursor, part)
        case Shape.CAST:
            if node.name not in CAST_TYPES:
                cursor.refuse(f"WHERE can't cast to `{node.name}`", node.span)
            scalar(cursor, node.parts[0])
        case Shape.CALL:
            _call(cursor, node)
        case Shape.BARE_CALL:
            cursor.refuse(
                f"WHERE takes no `{node.name}` without parentheses",
                node.span,
                "write `now()`, or the value as a literal",
            )
        case shape if shape in _SUBQUERIES:
            cursor.refuse("UPDATE and DELETE take no sub-query in WHERE", node.span, _NO_SUBQUERY)
        case Shape.BINARY:
            cursor.refuse(f"WHERE takes no arithmetic, and `{node.name}` is an operator", node.span,
                          "compute the value beforehand and compare the column with it")  # fmt: skip
        case _:
            cursor.refuse(f"WHERE can't compute this: {_describe(node)}", node.span)


def _call(cursor: Cursor, node: Node) -> None:
    arity = SCALAR_FUNCTIONS.get(node.name)
    if arity is None:
        cursor.refuse(f"WHERE takes no function `{node.name.lower()}`", node.span,
                      "compute the value beforehand and compare the column with it")  # fmt: skip
    least, most = arity
    if not least <= len(node.parts) <= most:
        cursor.refuse(f"`{node.name.lower()}` takes another number of arguments", node.span)
    for part in node.parts:
        if part.shape is Shape.COMPOUND:
            cursor.refuse(f"`{node.name.lower()}` takes plain arguments only", node.span)
    if node.name in {"DATE_TRUNC", "DATETRUNC"}:
        field = node.parts[0]
        if field.shape is not Shape.STRING or field.name.upper() not in TRUNCATIONS:
            cursor.refuse("`date_trunc` takes 'year', 'month', 'day', 'hour', 'minute' or 'second' first", field.span)
    if node.name == "ROUND" and len(node.parts) == 2 and not _is_whole(node.parts[1]):
        cursor.refuse("`round` takes a whole number as its second argument", node.parts[1].span)
    for part in node.parts:
        scalar(cursor, part)


def _is_whole(node: Node) -> bool:
    inner = node.parts[0] if _is_negative(node) else node
    return inner.shape is Shape.NUMBER and inner.name.isdigit()


def _is_negative(node: Node) -> bool:
    return node.shape is Shape.UNARY and node.name == "-" and node.parts[0].shape is Shape.NUMBER


def _bare(node: Node) -> Node:
    return node.parts[0] if node.shape is Shape.NESTED else node


def _needs_scalar(node: Node) -> bool:
    """Whether the engine computes it rather than comparing a stored value."""
    node = _bare(node)
    return node.shape in {Shape.CALL, Shape.BARE_CALL, Shape.CAST} or (node.shape is Shape.BINARY and node.name == "||")


def qualifiers(node: Node) -> list[Node]:
    """The columns of a condition that are written with a qualifier."""
    found = [node] if node.shape is Shape.COLUMN and node.qualifier is not None else []
    for part in node.parts:
        found.extend(qualifiers(part))
    return found
