"""Conditions and values as the engine's conversion takes them: few of the shapes that its parser reads.

Source: kimberlite-query 0.9.1, src/parser.rs (`parse_where_expr`, `expr_to_value`); areas where-update, where-delete.
"""

from __future__ import annotations

import re
from typing import Final

from kmblint.schema.predicate import Number
from kmblint.sql.tree import Node, Shape
from kmblint.targets.kimberlite.facts import Facts
from kmblint.targets.kimberlite.fold import Fold
from kmblint.targets.kimberlite.typed import of_literal
from kmblint.targets.verdict import Crashes
from kmblint.text import Span

_LITERALS: Final = frozenset({Shape.NUMBER, Shape.STRING, Shape.BOOLEAN, Shape.NULL})
_COMPARISONS: Final = frozenset({"=", "<>", "<", "<=", ">", ">="})
_CALLS: Final = frozenset({Shape.CALL, Shape.BARE_CALL, Shape.SPECIAL_CALL})
_SUBQUERIES: Final = frozenset({Shape.SUBQUERY, Shape.EXISTS, Shape.IN_QUERY, Shape.QUANTIFIED})
_NO_SUBQUERY: Final = "write the keys that the sub-query finds as a list, `IN (1, 2, 3)`, or a range of keys"
_LITERAL_HELP: Final[dict[str, str]] = {
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


def value(fold: Fold, node: Node, where: str) -> None:
    """Refuses what is no literal in VALUES or SET (`where` names the place)."""
    if node.kind in _LITERALS:
        _number(fold, node)
        return
    if node.kind is Shape.UNARY and node.text == "-" and node.parts[0].kind is Shape.NUMBER:
        _number(fold, node.parts[0])
        return
    fold.refuse(f"{where} takes literals only, and {_describe(node)}", node.span, _value_help(node))


def _value_help(node: Node) -> str:
    if node.kind is Shape.TYPED_STRING:
        return {
            "DATE": "write the days since 1970-01-01 as a whole number",
            "TIME": "write the nanoseconds since midnight as a whole number",
        }.get(node.text, "write a literal without the type before it")
    if node.kind is Shape.UNARY and node.text == "+":
        return "leave out the `+`"
    if node.kind is Shape.COLUMN and node.text.upper() == "DEFAULT":
        return "write the value: defaults are not kept"
    if node.kind is Shape.PLACEHOLDER:
        return "nothing fills in a placeholder in a migration: write the value"
    if node.kind is Shape.COLUMN and node.quoted:
        return "write a text in single quotes"
    return _LITERAL_HELP.get(node.kind, "write a plain number, a text in single quotes, TRUE, FALSE or NULL")


def _describe(node: Node) -> str:
    """What a node is, as the second half of "… and …"."""
    match node.kind:
        case Shape.CALL | Shape.BARE_CALL | Shape.SPECIAL_CALL:
            return f"`{node.text.lower()}` is a function"
        case Shape.COLUMN | Shape.COMPOUND:
            return f"`{node.text if node.kind is Shape.COLUMN else node.name}` is read as a column"
        case Shape.BINARY:
            return f"`{node.text}` is an operator"
        case Shape.UNARY:
            return f"`{node.text}` stands before it"
        case Shape.OTHER_LITERAL:
            return f"this is {node.text}"
        case Shape.TYPED_STRING:
            return f"`{node.text} '…'` is a typed literal"
        case _:
            return f"this is a {node.kind}" if node.kind.islower() else f"this is {node.kind}"


def _number(fold: Fold, node: Node) -> None:
    """Refuses numbers that the engine can't read: exponents without a point, and more digits than it holds."""
    if node.kind is not Shape.NUMBER:
        return
    text = node.text
    if "." not in text:
        if not text.isdigit():
            fold.refuse(f"`{text}` has an exponent, and the engine reads whole numbers without one", node.span,
                          "write the number in full")  # fmt: skip
        elif int(text) >= 2**63:
            fold.refuse(f"`{text}` is greater than the engine's greatest whole number", node.span)
        return
    if of_literal(Number(text, node.span)) is None:
        fold.refuse(f"`{text}` has more digits than the engine holds", node.span, "write fewer digits")


def condition(fold: Fold, node: Node, depth: int = 0) -> None:
    """Refuses a condition that the conversion doesn't take."""
    if depth >= fold.facts.max_condition_depth:
        fold.refuse(
            f"WHERE nests deeper than {fold.facts.max_condition_depth}: each AND and OR of a chain counts",
            node.span,
            "write `column IN (…)`, or split the statement",
        )
        return
    match node.kind:
        case Shape.BINARY if node.text in {"AND", "OR"}:
            last = len(node.parts) - 1
            for number, part in enumerate(node.parts):
                condition(fold, part, depth + last - max(number - 1, 0))
        case Shape.NESTED:
            condition(fold, node.parts[0], depth + 1)
        case Shape.BINARY:
            _comparison(fold, node)
        case Shape.LIKE:
            _column(fold, node.parts[0], "LIKE")
            if node.parts[1].kind is not Shape.STRING:
                fold.refuse("the pattern of LIKE must be a text", node.parts[1].span)
        case Shape.IS_NULL:
            _column(fold, node.parts[0], "IS NULL")
        case Shape.IN_LIST | Shape.BETWEEN:
            _column(fold, node.parts[0], str(node.kind))
            for part in node.parts[1:]:
                _operand(fold, part)
        case shape if shape in _SUBQUERIES:
            fold.refuse("UPDATE and DELETE take no sub-query in WHERE", node.span, _NO_SUBQUERY)
        case _:
            fold.refuse(*_odd_condition(node))


def _odd_condition(node: Node) -> tuple[str, Span, str | None]:
    match node.kind:
        case Shape.UNARY if node.text == "NOT":
            return ("WHERE takes no NOT before a condition", node.span,
                    "turn it round: `<>`, `NOT IN (…)`, `NOT BETWEEN …`, `NOT LIKE …`, `IS NOT NULL`")  # fmt: skip
        case Shape.COLUMN:
            return (
                f"a column alone is no condition to the engine: `{node.text}`",
                node.span,
                f"write `{node.text} = TRUE`",
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
            return (f"WHERE takes no {node.text}", node.span, "write LIKE or ILIKE")
        case Shape.CASE:
            return ("WHERE takes no CASE", node.span, "write the conditions with AND and OR")
        case _ if node.kind in _CALLS:
            return (f"a function alone is no condition to the engine: `{node.text.lower()}`", node.span, None)
        case _:
            return (f"WHERE takes no condition of this shape ({node.kind})", node.span, None)


def _column(fold: Fold, node: Node, where: str) -> None:
    """Refuses anything but a column on the left of LIKE, IN, BETWEEN and IS NULL."""
    if node.kind is not Shape.COLUMN:
        fold.refuse(f"{where} takes a bare column on its left, and {_describe(node)}", node.span)


def _operand(fold: Fold, node: Node) -> None:
    """Refuses anything but a literal in IN and BETWEEN."""
    if node.kind is Shape.COLUMN:
        fold.refuse(
            _COLUMNS.format(node.text), node.span, _COLUMNS_HELP if not node.quoted else "write a text in single quotes"
        )
        return
    value(fold, node, "a comparison")


_COLUMNS: Final = "WHERE compares a column with a literal only, and `{}` is read as a column"
_COLUMNS_HELP: Final = "write the value as a literal"


def _comparison(fold: Fold, node: Node) -> None:
    """`left operator right`: a column and a literal directly, else two scalar expressions."""
    left, right = _bare(node.parts[0]), node.parts[1]
    if node.text == "@>":
        _column(fold, left, "`@>`")
        _operand(fold, right)
        return
    if left.kind is Shape.BINARY and left.text in {"->", "->>"}:
        _json_path(fold, node, left, right)
        return
    if node.text not in _COMPARISONS:
        fold.refuse(f"WHERE takes no operator `{node.text}`", node.span, _operator_help(node.text))
        return
    if left.kind is Shape.COLUMN and right.kind is Shape.COLUMN and node.text != "<>":
        _operand(fold, right)
    scalar(fold, left)
    scalar(fold, right)


def _operator_help(operator: str) -> str | None:
    if operator.startswith(("~", "!~")):
        return "write LIKE or ILIKE"
    return "compute the value beforehand and compare the column with it"


def _json_path(fold: Fold, node: Node, left: Node, right: Node) -> None:
    _column(fold, left.parts[0], f"`{left.text}`")
    if left.parts[1].kind not in {Shape.STRING, Shape.NUMBER}:
        fold.refuse("the path must be a text or a number", left.parts[1].span)
    if node.text != "=":
        fold.refuse(f"a part of a JSON value compares with `=` only, not `{node.text}`", node.span)
    _operand(fold, right)


_CAST: Final = re.compile(
    r"(?P<kind>[^(\[]*?)(?:\((?P<arguments>[^)]*)\))?(?: WITH TIME ZONE| WITHOUT TIME ZONE)?(?: ARRAY)?"
)
"""A type as a cast names it, whatever zone it has; ARRAY behind it is passed over (engine 0.9.1, area cast)."""


def _is_cast_type(text: str, facts: Facts) -> bool:
    """Whether the engine casts to a type; it takes as many arguments as in a column (engine 0.9.1, area said)."""
    written = _CAST.fullmatch(text)
    if written is None or written["kind"] not in facts.cast_types:
        return False
    _, most = facts.stored_types[written["kind"]]
    return written["arguments"] is None or written["arguments"].count(",") < most


def scalar(fold: Fold, node: Node) -> None:
    """Refuses a scalar expression that the engine can't compute in WHERE."""
    match node.kind:
        case Shape.COLUMN:
            return
        case Shape.UNARY | Shape.NUMBER | Shape.STRING | Shape.BOOLEAN | Shape.NULL | Shape.OTHER_LITERAL:
            value(fold, node, "WHERE")
        case Shape.PLACEHOLDER:
            value(fold, node, "WHERE")
        case Shape.NESTED:
            scalar(fold, node.parts[0])
        case Shape.BINARY if node.text == "||":
            for part in node.parts:
                scalar(fold, part)
        case Shape.CAST:
            if not _is_cast_type(node.text, fold.facts):
                fold.refuse(f"WHERE can't cast to `{node.text}`", node.span)
            scalar(fold, node.parts[0])
        case Shape.CALL:
            _call(fold, node)
        case Shape.BARE_CALL:
            fold.refuse(
                f"WHERE takes no `{node.text}` without parentheses",
                node.span,
                "write `now()`, or the value as a literal",
            )
        case shape if shape in _SUBQUERIES:
            fold.refuse("UPDATE and DELETE take no sub-query in WHERE", node.span, _NO_SUBQUERY)
        case Shape.BINARY:
            fold.refuse(f"WHERE takes no arithmetic, and `{node.text}` is an operator", node.span,
                          "compute the value beforehand and compare the column with it")  # fmt: skip
        case _:
            fold.refuse(f"WHERE can't compute this: {_describe(node)}", node.span)


def _call(fold: Fold, node: Node) -> None:
    name = node.text.upper()
    arity = fold.facts.scalar_functions.get(name)
    if arity is None:
        fold.refuse(f"WHERE takes no function `{node.text.lower()}`", node.span,
                      "compute the value beforehand and compare the column with it")  # fmt: skip
        return
    least, most = arity
    if not least <= len(node.parts) <= most:
        fold.refuse(f"`{node.text.lower()}` takes another number of arguments", node.span)
        return
    if any(part.kind is Shape.COMPOUND for part in node.parts):
        fold.refuse(f"`{node.text.lower()}` takes plain arguments only", node.span)
        return
    fields = {"EXTRACT": fold.facts.extractions, "DATE_TRUNC": fold.facts.truncations}
    if taken := fields.get(name.replace("DATETRUNC", "DATE_TRUNC")):
        field = node.parts[0]
        if field.kind is not Shape.STRING or field.text.upper() not in taken:
            shown = "a field as text" if name == "EXTRACT" else "'year', 'month', 'day', 'hour', 'minute' or 'second'"
            fold.refuse(f"`{node.text.lower()}` takes {shown} first", field.span)
    for digits in node.parts[1:] if name == "ROUND" else ():
        if not _is_whole(digits):
            fold.refuse("`round` takes a whole number as its second argument", digits.span)
        elif _is_negative(digits) and int(digits.parts[0].text):
            reason = "`round` to a negative number of digits kills the server"
            fold.hazards.append(Crashes(reason, digits.span, "as soon as one row is compared with it"))
    for part in node.parts:
        scalar(fold, part)


def _is_whole(node: Node) -> bool:
    inner = node.parts[0] if _is_negative(node) else node
    return inner.kind is Shape.NUMBER and inner.text.isdigit()


def _is_negative(node: Node) -> bool:
    return node.kind is Shape.UNARY and node.text == "-" and node.parts[0].kind is Shape.NUMBER


def _bare(node: Node) -> Node:
    return node.parts[0] if node.kind is Shape.NESTED else node


def qualifiers(node: Node) -> list[Node]:
    """The columns of a condition that are written with a qualifier."""
    return [part for part in node.walk(Shape.QUERY) if part.kind is Shape.COLUMN and part.qualifier is not None]
