"""Expressions as the engine's parser reads them (sqlparser 0.61, generic dialect): shape and place, never meaning."""

from __future__ import annotations

from typing import Final

from kmblint.sql.scanner import Kind
from kmblint.targets.kimberlite.facts import MAX_NESTING, words
from kmblint.targets.kimberlite.nodes import Node, Shape
from kmblint.targets.kimberlite.tokens import Cursor, Refused
from kmblint.text import Span

_PRECEDENCE: Final = {
    "OR": 5, "AND": 10, "XOR": 24, "=": 20, "==": 20, "<>": 20, "!=": 20, "<": 20, "<=": 20, ">": 20, ">=": 20,
    "<=>": 20, "~": 20, "+": 30, "-": 30, "*": 40, "/": 40, "%": 40, "||": 40, "|": 21, "^": 22, "&": 23,
    "->": 16, "->>": 16, "@": 16, "::": 50, "IS": 17, "IN": 20, "BETWEEN": 20, "LIKE": 19, "ILIKE": 19, "RLIKE": 19,
    "REGEXP": 19, "SIMILAR": 19, "OVERLAPS": 20, "[": 100, "!": 20,
}  # fmt: skip
"""How tightly each operator binds (sqlparser-0.61.0/src/dialect/mod.rs)."""

_NOT_BINDS: Final = {"IN": 20, "BETWEEN": 20, "LIKE": 19, "ILIKE": 19, "RLIKE": 19, "REGEXP": 19, "SIMILAR": 19}
_COMPARISONS: Final = frozenset({"=", "==", "<>", "!=", "<", "<=", ">", ">=", "~"})
_TYPE_WORDS: Final = words(
    "DATE TIME TIMESTAMP TIMESTAMPTZ TIMETZ DATETIME TEXT VARCHAR CHAR STRING INT INTEGER BIGINT SMALLINT TINYINT REAL"
    " FLOAT DOUBLE DECIMAL NUMERIC BOOLEAN BOOL UUID JSON JSONB BYTEA BLOB"
)
"""Words that make `WORD '…'` a typed literal."""
_BARE_CALLS: Final = words("CURRENT_TIMESTAMP CURRENT_TIME CURRENT_DATE LOCALTIME LOCALTIMESTAMP")
_SPECIAL_CALLS: Final = words("EXTRACT CEIL FLOOR POSITION SUBSTR SUBSTRING OVERLAY TRIM CONVERT")
_CASTS: Final = frozenset({"CAST", "TRY_CAST", "SAFE_CAST"})
_NO_IDENTIFIER: Final = frozenset({"EXISTS", "INTERVAL", "TRIM", "STRUCT"})
"""Words that are no column name even where their own syntax doesn't follow."""
_QUERY_WORDS: Final = frozenset({"SELECT", "WITH"})


def parse_expression(cursor: Cursor, precedence: int = 0) -> Node:
    """The expression at the cursor; raises `Refused` where the engine's parser stops."""
    if cursor.depth >= MAX_NESTING:
        cursor.refuse(
            f"the expression nests deeper than the engine's parser goes ({MAX_NESTING})",
            cursor.here(),
            "write it flatter",
        )
    cursor.depth += 1
    left = _prefix(cursor)
    while True:
        word, binds = _next(cursor)
        if binds <= precedence:
            cursor.depth -= 1
            return left
        left = _infix(cursor, left, word, binds)


def expressions(cursor: Cursor) -> list[Node]:
    """One or more expressions with commas between them."""
    found = [parse_expression(cursor)]
    while cursor.take(","):
        found.append(parse_expression(cursor))
    return found


def _next(cursor: Cursor) -> tuple[str, int]:
    word = cursor.word()
    if word == "NOT":
        return word, _NOT_BINDS.get(cursor.word(1), 0)
    if word == "@" and cursor.word(1) != ">":
        return word, 0
    if word == "!" and cursor.word(1) != "~":
        return word, 0
    return word, _PRECEDENCE.get(word, 0)


def _prefix(cursor: Cursor) -> Node:
    start = cursor.here()
    token = cursor.peek()
    if token is None:
        cursor.expected("an expression")
    match token.kind:
        case Kind.NUMBER:
            node = _number(cursor)
        case Kind.STRING:
            cursor.at += 1
            node = Node(Shape.STRING, start, token.value)
        case Kind.DOLLAR:
            cursor.at += 1
            node = Node(Shape.OTHER_LITERAL, start, "a dollar-quoted text")
        case Kind.QUOTED:
            node = _identifier(cursor)
        case Kind.WORD:
            node = _word(cursor)
        case Kind.SYMBOL:
            node = _symbol(cursor)
        case _:
            cursor.expected("an expression")
    if cursor.sees("COLLATE"):
        cursor.at += 1
        cursor.object_name("a collation")
        return Node(Shape.COLLATE, cursor.since(start), "COLLATE", (node,))
    return node


def _number(cursor: Cursor) -> Node:
    token = cursor.advance()
    follows = cursor.peek()
    if follows and follows.start == token.end and token.text == "0" and follows.text[:1] in "xX":
        cursor.at += 1
        return Node(Shape.OTHER_LITERAL, cursor.since(token.span), "a hexadecimal literal")
    return Node(Shape.NUMBER, token.span, token.text)


def _symbol(cursor: Cursor) -> Node:
    start = cursor.here()
    symbol = cursor.word()
    if symbol in {"-", "+", "~"}:
        cursor.at += 1
        operand = parse_expression(cursor, 30 if symbol == "~" else 40)
        return Node(Shape.UNARY, cursor.since(start), symbol, (operand,))
    if symbol == "(":
        return _parenthesis(cursor)
    if symbol == "[":
        return _array(cursor, start)
    if symbol in {"?", "$", ":"}:
        cursor.at += 1
        if symbol != "?":
            cursor.advance()
        return Node(Shape.PLACEHOLDER, cursor.since(start), symbol)
    if symbol in {"@", "#"} and cursor.kind(1) is Kind.WORD:
        cursor.at += 1
        word = cursor.advance()
        return Node(Shape.COLUMN, cursor.since(start), symbol + word.text)
    return cursor.expected("an expression")


def _parenthesis(cursor: Cursor) -> Node:
    start = cursor.here()
    if cursor.word(1) in _QUERY_WORDS:
        return Node(Shape.SUBQUERY, cursor.balanced())
    cursor.at += 1
    inside = expressions(cursor)
    cursor.expect(")", what="`)`")
    shape = Shape.NESTED if len(inside) == 1 else Shape.TUPLE
    return Node(shape, cursor.since(start), parts=tuple(inside))


def _array(cursor: Cursor, start: Span) -> Node:
    cursor.expect("[")
    if not cursor.take("]"):
        expressions(cursor)
        cursor.expect("]", what="`]`")
    return Node(Shape.ARRAY, cursor.since(start))


def _word(cursor: Cursor) -> Node:
    """A word is first tried as what it means to SQL, and where that fails, as a name."""
    word = cursor.word()
    before, depth = cursor.at, cursor.depth
    try:
        special = _special(cursor, word)
    except Refused:
        if word in _NO_IDENTIFIER:
            raise
        cursor.at, cursor.depth = before, depth
        special = None
    return special or _identifier(cursor)


def _special(cursor: Cursor, word: str) -> Node | None:
    start = cursor.here()
    follows = cursor.peek(1)
    if follows and follows.kind is Kind.STRING:
        if word in {"X", "N"} and follows.start == start.end:
            cursor.at += 2
            kind = "a hexadecimal literal" if word == "X" else "a national text"
            return Node(Shape.OTHER_LITERAL, cursor.since(start), kind)
        if word in _TYPE_WORDS:
            cursor.at += 2
            return Node(
                Shape.TYPED_STRING, cursor.since(start), word, (Node(Shape.STRING, follows.span, follows.value),)
            )
    if word in {"TRUE", "FALSE"}:
        cursor.at += 1
        return Node(Shape.BOOLEAN, start, word)
    if word == "NULL":
        cursor.at += 1
        return Node(Shape.NULL, start, word)
    if word in _BARE_CALLS:
        cursor.at += 1
        if cursor.sees("("):
            parts = _arguments(cursor)
            return Node(Shape.CALL, cursor.since(start), word, parts)
        return Node(Shape.BARE_CALL, start, word)
    if word == "NOT":
        return _negation(cursor)
    if word == "EXISTS":
        cursor.at += 1
        if cursor.word(1) not in _QUERY_WORDS:
            cursor.expected("a sub-query")
        return Node(Shape.EXISTS, cursor.since(start).to(cursor.balanced()))
    if word == "CASE":
        return _case(cursor)
    if word in _CASTS:
        return _cast(cursor)
    if word == "INTERVAL":
        cursor.at += 1
        value = parse_expression(cursor, 49)
        cursor.take_any("YEAR", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "YEARS", "MONTHS", "DAYS", "HOURS")
        return Node(Shape.INTERVAL, cursor.since(start), parts=(value,))
    if word == "ARRAY" and cursor.word(1) == "[":
        cursor.at += 1
        return _array(cursor, start)
    if word in _SPECIAL_CALLS and cursor.word(1) == "(":
        cursor.at += 1
        cursor.balanced()
        return Node(Shape.SPECIAL_CALL, cursor.since(start), word)
    if word == "TRIM":
        cursor.at += 1
        cursor.expected("`(`")
    return None


def _negation(cursor: Cursor) -> Node:
    start = cursor.expect("NOT")
    operand = parse_expression(cursor, 15)
    shape = Shape.EXISTS if operand.shape is Shape.EXISTS else Shape.UNARY
    return Node(shape, cursor.since(start), "NOT", (operand,))


def _case(cursor: Cursor) -> Node:
    start = cursor.expect("CASE")
    if not cursor.sees("WHEN"):
        parse_expression(cursor)
    cursor.expect("WHEN")
    while True:
        parse_expression(cursor)
        cursor.expect("THEN")
        parse_expression(cursor)
        if not cursor.take("WHEN"):
            break
    if cursor.take("ELSE"):
        parse_expression(cursor)
    cursor.expect("END")
    return Node(Shape.CASE, cursor.since(start))


def _cast(cursor: Cursor) -> Node:
    start = cursor.here()
    cursor.at += 1
    cursor.expect("(", what="`(`")
    inner = parse_expression(cursor)
    cursor.expect("AS", what="`AS`")
    type_name = _cast_type(cursor)
    cursor.expect(")", what="`)`")
    return Node(Shape.CAST, cursor.since(start), type_name, (inner,))


def _cast_type(cursor: Cursor) -> str:
    parts = [cursor.name("a type").text.upper()]
    while cursor.word() in {"PRECISION", "VARYING", "UNSIGNED"}:
        parts.append(cursor.advance().upper)
    if cursor.sees("("):
        cursor.balanced()
    if cursor.word() in {"WITH", "WITHOUT"} and cursor.word(1) == "TIME":
        cursor.at += 3
    return " ".join(parts)


def _identifier(cursor: Cursor) -> Node:
    """A name, a qualified name, or a function call."""
    found = cursor.object_name("an expression")
    if cursor.sees("("):
        parts = _arguments(cursor)
        return Node(Shape.CALL, cursor.since(found.span), found.text.upper(), parts)
    if found.parts == 1:
        return Node(Shape.COLUMN, found.span, found.text, quoted=found.quoted)
    if found.parts == 2:
        qualifier, _, column = found.text.rpartition(".")
        return Node(Shape.COLUMN, found.span, column, qualifier=qualifier, quoted=found.quoted)
    return Node(Shape.COMPOUND, found.span, found.text)


def _arguments(cursor: Cursor) -> tuple[Node, ...]:
    """`( … )` of a call, with what may follow it; an argument that is no plain expression becomes a `COMPOUND`."""
    start = cursor.expect("(")
    found: tuple[Node, ...] = ()
    cursor.take("DISTINCT") or cursor.take("ALL")
    if cursor.take("*"):
        found = (Node(Shape.COMPOUND, cursor.since(start), "*"),)
    elif not cursor.sees(")"):
        found = tuple(expressions(cursor))
    cursor.expect(")", what="`,` or `)`")
    for word in ("FILTER", "OVER"):
        if cursor.word() == word and cursor.word(1) == "(":
            cursor.at += 1
            found = (*found, Node(Shape.COMPOUND, cursor.balanced(), word))
    return found


def _infix(cursor: Cursor, left: Node, word: str, binds: int) -> Node:
    if word == "::":
        cursor.at += 1
        return Node(Shape.CAST, left.span, _cast_type(cursor), (left,))
    if word == "[":
        _array(cursor, cursor.here())
        return Node(Shape.ARRAY, cursor.since(left.span), parts=(left,))
    if word == "IS":
        return _is(cursor, left)
    if word in _NOT_BINDS or word == "NOT":
        return _test(cursor, left)
    cursor.at += 1
    if word in {"@", "!"} or (word == "~" and cursor.sees("*")):
        word += cursor.advance().text
    if word in _COMPARISONS and cursor.word() in {"ANY", "ALL", "SOME"} and cursor.word(1) == "(":
        cursor.at += 1
        cursor.balanced()
        return Node(Shape.QUANTIFIED, cursor.since(left.span), word, (left,))
    right = parse_expression(cursor, binds)
    return Node(Shape.BINARY, cursor.since(left.span), {"==": "=", "!=": "<>"}.get(word, word), (left, right))


def _is(cursor: Cursor, left: Node) -> Node:
    cursor.at += 1
    negated = cursor.take("NOT") is not None
    if cursor.take("NULL"):
        return Node(Shape.IS_NULL, cursor.since(left.span), "NOT" if negated else "", (left,))
    if cursor.take("DISTINCT", "FROM"):
        parse_expression(cursor)
    elif not cursor.take_any("TRUE", "FALSE", "UNKNOWN", "NORMALIZED"):
        cursor.expected("NULL behind IS")
    return Node(Shape.IS_OTHER, cursor.since(left.span), "IS", (left,))


def _test(cursor: Cursor, left: Node) -> Node:
    """[NOT] IN, BETWEEN, LIKE and their kin."""
    negated = "NOT" if cursor.take("NOT") else ""
    word = cursor.advance().upper
    if word == "IN":
        if cursor.sees("(") and cursor.word(1) in _QUERY_WORDS:
            cursor.balanced()
            return Node(Shape.IN_QUERY, cursor.since(left.span), negated, (left,))
        cursor.expect("(", what="`(`")
        items = expressions(cursor)
        cursor.expect(")", what="`,` or `)`")
        return Node(Shape.IN_LIST, cursor.since(left.span), negated, (left, *items))
    if word == "BETWEEN":
        low = parse_expression(cursor, 20)
        cursor.expect("AND", what="`AND`")
        high = parse_expression(cursor, 20)
        return Node(Shape.BETWEEN, cursor.since(left.span), negated, (left, low, high))
    if word == "SIMILAR":
        cursor.expect("TO", what="`TO`")
    if word in {"LIKE", "ILIKE"}:
        cursor.take("ANY")
    pattern = parse_expression(cursor, 19)
    if cursor.take("ESCAPE"):
        cursor.advance()
    shape = Shape.LIKE if word in {"LIKE", "ILIKE"} else Shape.SIMILAR
    return Node(shape, cursor.since(left.span), word, (left, pattern))
