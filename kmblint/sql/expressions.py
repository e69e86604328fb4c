"""Expressions, as the engine's parser reads them (sqlparser 0.61, generic dialect): shape and place, never meaning.

What it can't read and another database's parser can is one opaque node, with the columns that it names.
"""

from __future__ import annotations

from typing import Final

from kmblint.sql import dialect
from kmblint.sql.placeholders import placeholders
from kmblint.sql.reader import MAX_CHAIN, MAX_DEPTH, NoOperandError, NotSqlError, Reader, TooDeepError
from kmblint.sql.scanner import Kind
from kmblint.sql.tree import Node, Shape
from kmblint.sql.words import CLAUSE_WORDS, OPERATOR_WORDS, QUERY_WORDS, words
from kmblint.text import Span

_PRECEDENCE: Final = {
    "OR": 5, "AND": 10, "XOR": 24, "=": 20, "==": 20, "<>": 20, "!=": 20, "<": 20, "<=": 20, ">": 20, ">=": 20,
    "<=>": 20, "~": 20, "+": 30, "-": 30, "*": 40, "/": 40, "%": 40, "||": 40, "|": 21, "^": 22, "&": 23,
    "->": 16, "->>": 16, "@": 16, "::": 50, "IS": 17, "IN": 20, "BETWEEN": 20, "LIKE": 19, "ILIKE": 19, "RLIKE": 19,
    "REGEXP": 19, "SIMILAR": 19, "OVERLAPS": 20, "[": 100, "!": 20, "ISNULL": 17, "NOTNULL": 17,
}  # fmt: skip
"""How tightly each operator binds (sqlparser-0.61.0/src/dialect/mod.rs; ISNULL and NOTNULL are PostgreSQL's)."""
_NEGATED: Final = words("IN BETWEEN LIKE ILIKE RLIKE REGEXP SIMILAR")
"""Operators that NOT may stand before; it binds as they do."""
_CHAINED: Final = frozenset({"AND", "OR", "+", "*", "||"})
"""Operators whose chain is one node of many parts."""
_COMPARISONS: Final = frozenset({"=", "==", "<>", "!=", "<", "<=", ">", ">=", "~"})
_SPELLINGS: Final = {"==": "=", "!=": "<>"}
_TYPE_WORDS: Final = words(
    "DATE TIME TIMESTAMP TIMESTAMPTZ TIMETZ DATETIME TEXT VARCHAR CHAR STRING INT INTEGER BIGINT SMALLINT TINYINT REAL"
    " FLOAT DOUBLE DECIMAL NUMERIC BOOLEAN BOOL UUID JSON JSONB BYTEA BLOB"
)
"""Words that make `WORD '…'` a typed literal."""
_BARE_CALLS: Final = frozenset({"CURRENT_TIMESTAMP", "CURRENT_TIME", "CURRENT_DATE", "LOCALTIME", "LOCALTIMESTAMP"})
_SPECIAL_CALLS: Final = frozenset(
    {"EXTRACT", "CEIL", "FLOOR", "POSITION", "SUBSTR", "SUBSTRING", "OVERLAY", "TRIM", "CONVERT"}
)
_CASTS: Final = frozenset({"CAST", "TRY_CAST", "SAFE_CAST"})
_NO_IDENTIFIER: Final = frozenset({"EXISTS", "INTERVAL", "TRIM"})
"""Words that are no column name even where their own syntax doesn't follow."""
_UNITS: Final = ("YEAR", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "YEARS", "MONTHS", "DAYS", "HOURS")
_LITERALS: Final = {Kind.STRING: Shape.STRING, Kind.NUMBER: Shape.NUMBER}
_AFTER_VALUES: Final = ("an operator", "WHERE", "AND", "OR", "LIKE", "BETWEEN", "LIMIT", "RETURNING", "ORDER")


def read_expression(reader: Reader, ends: frozenset[str] = frozenset(), what: str = "a value") -> Node:
    """The expression up to one of `ends` or to the end of the reader; raises NotSqlError where there is none."""
    start, depth = reader.at, reader.whole.depth
    if reader.at >= reader.stop:
        raise reader.expected((what,))
    try:
        node = parse_expression(reader)
        if reader.done or reader.word in ends:
            return node
        problem = _second_operand(reader)
        goes_on = _goes_on(reader)
    except NotSqlError as error:
        problem = error
        goes_on = not isinstance(error, NoOperandError) or _is_odd_operator(reader)
    stopped = reader.peek()
    reader.at, reader.whole.depth = start, depth
    foreign = _foreign(reader, ends) if goes_on else None
    if foreign is None:
        raise problem
    return Node(Shape.OPAQUE, reader.since(start), stopped.text or "the end", foreign)


def _goes_on(reader: Reader) -> bool:
    """Whether what follows an expression can belong to it in another database."""
    before, token = reader.tokens[reader.at - 1], reader.peek()
    if token.kind is Kind.STRING:
        return before.kind is Kind.STRING or before.end == token.start
    return token.kind is Kind.SYMBOL or token.upper in OPERATOR_WORDS


def _is_odd_operator(reader: Reader) -> bool:
    """Whether an operator goes on where an operand is missing; a placeholder is none."""
    at = reader.at
    if not 0 < at < reader.stop or any(placeholders(reader.tokens[at : at + 2])):
        return False
    return dialect.is_odd_operator(reader.tokens[at - 1], reader.tokens[at])


def _second_operand(reader: Reader) -> NotSqlError:
    before = reader.tokens[reader.at - 1]
    if before.upper in CLAUSE_WORDS:
        return NotSqlError(f"a value is expected, not `{before.text}`", before.span)
    return reader.expected(_AFTER_VALUES)


def _foreign(reader: Reader, ends: frozenset[str]) -> tuple[Node, ...] | None:
    """The columns of an expression that another database's parser takes, read to its end; None where it takes none."""
    start = reader.at
    opened = 0
    while not reader.done:
        word = reader.word
        if opened == 0 and reader.at > start and word in ends and not _wants_operand(reader):
            break
        opened += (word == "CASE") - (word == "END" and opened > 0)
        reader.skip()
    try:
        return dialect.columns(reader.tokens[start : reader.at], reader.text)
    except NotSqlError:
        return None


def _wants_operand(reader: Reader) -> bool:
    token = reader.tokens[reader.at - 1]
    if token.kind is Kind.SYMBOL:
        return token.text not in (")", "]")
    return token.upper in OPERATOR_WORDS


def parse_expression(reader: Reader, precedence: int = 0) -> Node:
    """The expression at the reader's place, as far as it goes; raises NotSqlError where there is none."""
    whole = reader.whole
    whole.depth += 1
    if whole.depth > whole.deepest:
        whole.deepest, whole.deepest_at = whole.depth, reader.peek().span
        if whole.depth > MAX_DEPTH:
            raise TooDeepError
    left = _prefix(reader)
    turns = 0
    while True:
        word, binds = _next(reader)
        if binds <= precedence:
            whole.depth -= 1
            return left
        turns += 1
        if turns > MAX_DEPTH:
            raise TooDeepError
        left = _infix(reader, left, word, binds)


def expressions(reader: Reader) -> list[Node]:
    """One or more expressions with commas between them."""
    parts = [parse_expression(reader)]
    while reader.take(","):
        parts.append(parse_expression(reader))
    return parts


def literal(reader: Reader) -> Node | None:
    """A lone text or number that a comma or the end of its row follows: nearly every value of a long INSERT."""
    index = reader.at
    if index + 1 < len(reader.tokens) and reader.tokens[index + 1].upper in (",", ")"):
        token = reader.tokens[index]
        shape = _LITERALS.get(token.kind)
        if shape is not None:
            reader.at += 1
            return Node(shape, token.span, token.value if shape is Shape.STRING else token.text)
    return None


def _next(reader: Reader) -> tuple[str, int]:
    word = reader.word
    if word == "NOT":
        negated = reader.peek(1).upper
        return word, _PRECEDENCE[negated] if negated in _NEGATED else 0
    if (word == "@" and not reader.sees(">", ahead=1)) or (word == "!" and not reader.sees("~", ahead=1)):
        return word, 0
    return word, _PRECEDENCE.get(word, 0)


def _prefix(reader: Reader) -> Node:
    start = reader.at
    token = reader.peek()
    match token.kind:  # the most frequent first
        case Kind.WORD:
            node = _word(reader)
        case Kind.NUMBER:
            node = _number(reader)
        case Kind.STRING:
            reader.at += 1
            node = Node(Shape.STRING, token.span, token.value)
        case Kind.DOLLAR:
            reader.at += 1
            node = Node(Shape.OTHER_LITERAL, token.span, "a dollar-quoted text", (_text_of(token.value, token.span),))
        case Kind.QUOTED:
            node = _identifier(reader)
        case Kind.SYMBOL:
            node = _symbol(reader)
        case Kind.SEMICOLON | Kind.LINE_COMMENT | Kind.BLOCK_COMMENT | Kind.OPEN | Kind.CONFLICT | Kind.OTHER:
            raise _no_operand(reader)
    if reader.take("COLLATE"):
        reader.dotted("a collation")
        return Node(Shape.COLLATE, reader.since(start), "COLLATE", (node,))
    return node


def _text_of(text: str, span: Span) -> Node:
    return Node(Shape.STRING, span, text)


def _number(reader: Reader) -> Node:
    token = reader.step()
    follows = reader.peek()
    if follows.kind is Kind.WORD and follows.start == token.end:
        if token.text == "0" and follows.text[:1] in "xX":
            reader.at += 1
            return Node(Shape.OTHER_LITERAL, token.span.to(follows.span), "a hexadecimal literal")
        if follows.text.replace("_", "").isdigit():
            reader.at += 1
            return Node(Shape.OTHER_LITERAL, token.span.to(follows.span), "a number with underscores")
        if follows.text != "L":  # a long number, which the engine takes
            raise reader.expected(("an operator",))
        reader.at += 1
        return Node(Shape.NUMBER, token.span.to(follows.span), token.text)
    return Node(Shape.NUMBER, token.span, token.text)


def _symbol(reader: Reader) -> Node:
    start = reader.at
    symbol = reader.word
    if symbol in ("-", "+", "~"):
        reader.at += 1
        operand = parse_expression(reader, 30 if symbol == "~" else 40)
        return Node(Shape.UNARY, reader.since(start), symbol, (operand,))
    if symbol == "(":
        return _parenthesis(reader)
    if symbol == "[":
        return _array(reader, start)
    if symbol in ("?", "$", ":"):
        if symbol != "?":
            if reader.at + 1 >= reader.stop:
                raise _no_operand(reader)
            reader.at += 1
        reader.at += 1
        return Node(Shape.PLACEHOLDER, reader.since(start), symbol)
    if symbol in ("@", "#") and reader.peek(1).kind is Kind.WORD:
        reader.at += 2
        return Node(Shape.COLUMN, reader.since(start), symbol + reader.tokens[reader.at - 1].text)
    raise _no_operand(reader)


def _no_operand(reader: Reader) -> NoOperandError:
    error = reader.expected(("a value",))
    return NoOperandError(error.message, error.span, error.help)


def _parenthesis(reader: Reader) -> Node:
    start = reader.at
    inside = reader.inside()
    if inside.word in QUERY_WORDS:
        query = reader.query(inside)
        return Node(Shape.SUBQUERY, reader.since(start), parts=(query,))
    parts = expressions(inside)
    inside.finish(*_AFTER_VALUES)
    shape = Shape.NESTED if len(parts) == 1 else Shape.TUPLE
    return Node(shape, reader.since(start), parts=tuple(parts))


def _array(reader: Reader, start: int, *before: Node) -> Node:
    reader.need("[")
    parts: list[Node] = []
    if not reader.take("]"):
        parts = expressions(reader)
        reader.need("]")
    return Node(Shape.ARRAY, reader.since(start), parts=(*before, *parts))


def _word(reader: Reader) -> Node:
    """A word is first tried as what it means to SQL, and where that fails, as a name."""
    word = reader.word
    before, depth = reader.at, reader.whole.depth
    try:
        special = _special(reader, word)
    except NotSqlError:
        if word in _NO_IDENTIFIER:
            raise
        reader.at, reader.whole.depth = before, depth
        special = None
    return special or _identifier(reader)


def _special(reader: Reader, word: str) -> Node | None:
    start = reader.at
    here, follows = reader.peek(), reader.peek(1)
    if follows.kind is Kind.STRING:
        text = _text_of(follows.value, follows.span)
        if word in ("X", "N") and follows.start == here.end:
            reader.at += 2
            kind = "a hexadecimal literal" if word == "X" else "a national text"
            return Node(Shape.OTHER_LITERAL, reader.since(start), kind)
        if word in _TYPE_WORDS:
            reader.at += 2
            return Node(Shape.TYPED_STRING, reader.since(start), word, (text,))
    if word in ("TRUE", "FALSE"):
        reader.at += 1
        return Node(Shape.BOOLEAN, here.span, word)
    if word == "NULL":
        reader.at += 1
        return Node(Shape.NULL, here.span, word)
    if word in _BARE_CALLS:
        reader.at += 1
        if reader.sees("("):
            parts = _arguments(reader)
            return Node(Shape.CALL, reader.since(start), word, parts)
        return Node(Shape.BARE_CALL, here.span, word)
    if word == "NOT":
        return _negation(reader)
    if word == "EXISTS":
        reader.at += 1
        inside = reader.inside()
        if inside.word not in QUERY_WORDS:
            raise inside.expected(("SELECT",))
        return Node(Shape.EXISTS, reader.since(start), parts=(reader.query(inside),))
    if word == "CASE":
        return _case(reader)
    if word in _CASTS:
        return _cast(reader)
    if word == "INTERVAL":
        reader.at += 1
        value = parse_expression(reader, 49)
        reader.take_any(*_UNITS)
        return Node(Shape.INTERVAL, reader.since(start), parts=(value,))
    if word == "ARRAY" and follows.text == "[":
        reader.at += 1
        return _array(reader, start)
    if word in _SPECIAL_CALLS and follows.text == "(":
        return _special_call(reader, word)
    if word == "TRIM":
        reader.at += 1
        raise reader.expected(("(",))
    return None


def _special_call(reader: Reader, word: str) -> Node:
    start = reader.at
    reader.at += 1
    inside = reader.inside()
    first = inside.at
    try:
        parts = tuple(expressions(inside))
        inside.finish()
    except NotSqlError:
        inside.at = first
        columns = dialect.columns(reader.tokens[start : reader.at], reader.text, is_whole=False)
        parts = (Node(Shape.OPAQUE, reader.since(start), f"a function with {word}", columns),)
    plain = word == "EXTRACT" and parts[0].kind is not Shape.OPAQUE  # `extract('year', a)` is an ordinary call
    return Node(Shape.CALL if plain else Shape.SPECIAL_CALL, reader.since(start), word, parts)


def _negation(reader: Reader) -> Node:
    start = reader.at
    reader.need("NOT")
    operand = parse_expression(reader, 15)
    shape = Shape.EXISTS if operand.kind is Shape.EXISTS else Shape.UNARY
    return Node(shape, reader.since(start), "NOT", (operand,))


def _case(reader: Reader) -> Node:
    start = reader.at
    reader.need("CASE")
    parts: list[Node] = []
    if not reader.sees("WHEN"):
        parts.append(parse_expression(reader))
    reader.need("WHEN")
    while True:
        parts.append(parse_expression(reader))
        reader.need("THEN")
        parts.append(parse_expression(reader))
        if not reader.take("WHEN"):
            break
    if reader.take("ELSE"):
        parts.append(parse_expression(reader))
    reader.need("END")
    return Node(Shape.CASE, reader.since(start), parts=tuple(parts))


def _cast(reader: Reader) -> Node:
    start = reader.at
    reader.at += 1
    inside = reader.inside()
    operand = parse_expression(inside)
    inside.need("AS")
    name = _cast_type(inside)
    if inside.take("ARRAY"):
        name += " ARRAY"
    inside.finish(")")
    return Node(Shape.CAST, reader.since(start), name, (operand,))


def _cast_type(reader: Reader) -> str:
    """A type as one text in upper case: words joined by a space, arguments without any."""
    start = reader.at
    reader.dotted("a type")
    while reader.take_any("PRECISION", "VARYING", "UNSIGNED"):
        pass
    if reader.sees("("):
        reader.skip()
    if reader.word in ("WITH", "WITHOUT") and reader.sees("TIME", ahead=1):
        reader.at += 1
        reader.need("TIME", "ZONE")
    while reader.sees("[", "]"):
        reader.skip()
    shown = ""
    for token in reader.tokens[start : reader.at]:
        gap = " " if shown and token.kind is Kind.WORD and shown[-1] not in "(,." else ""
        shown += gap + token.text.upper()
    return shown


def _identifier(reader: Reader) -> Node:
    """A name, a qualified name, or a function call."""
    start = reader.at
    name = reader.dotted("a value")
    if reader.sees("("):
        parts = _arguments(reader)
        return Node(Shape.CALL, Span(name.span.start, reader.tokens[reader.at - 1].end), name.name.text, parts)
    if reader.at - start > 3:
        return Node(Shape.COMPOUND, name.span, name.text, qualifier=name.qualifier)
    return Node(Shape.COLUMN, name.span, name.text, (), name.qualifier, name.quoted)


def _arguments(reader: Reader) -> tuple[Node, ...]:
    """`( … )` of a call, with what may follow it; an argument that is no plain expression becomes a `COMPOUND`."""
    inside = reader.inside()
    arguments: list[Node] = []
    if inside.word in QUERY_WORDS:
        query = reader.query(inside)
        arguments = [Node(Shape.SUBQUERY, query.span, parts=(query,))]
    else:
        inside.take_any("DISTINCT", "ALL")
        if star := inside.take("*"):
            arguments = [Node(Shape.COMPOUND, star, "*")]
        elif not inside.done:
            arguments = expressions(inside)
        inside.finish(",")
    for word in ("FILTER", "OVER"):
        if reader.sees(word, "("):
            begin = reader.at
            reader.at += 1
            reader.skip()
            arguments.append(Node(Shape.COMPOUND, reader.since(begin), word))
    if reader.sees("OVER") and reader.takes_name(1):
        begin = reader.at
        reader.at += 2
        arguments.append(Node(Shape.COMPOUND, reader.since(begin), "OVER"))
    return tuple(arguments)


def _infix(reader: Reader, left: Node, word: str, binds: int) -> Node:
    if word == "::":
        reader.at += 1
        name = _cast_type(reader)
        return Node(Shape.CAST, Span(left.span.start, reader.tokens[reader.at - 1].end), name, (left,))
    if word == "[":
        start = left.span
        array = _array(reader, reader.at, left)
        return Node(Shape.ARRAY, start.to(array.span), parts=array.parts)
    if word in ("ISNULL", "NOTNULL"):
        span = left.span.to(reader.step().span)
        return Node(Shape.IS_NULL, span, word, (left,))
    if word == "IS":
        return _is(reader, left)
    if word in _NEGATED or word == "NOT":
        return _test(reader, left)
    reader.at += 1
    if word in ("@", "!") or (word == "~" and reader.sees("*")):
        word += reader.step().text
    if word in _COMPARISONS and reader.word in ("ANY", "ALL", "SOME") and reader.sees("(", ahead=1):
        reader.at += 1
        inside = reader.inside()
        right = reader.query(inside) if inside.word in QUERY_WORDS else parse_expression(inside)
        return Node(Shape.QUANTIFIED, _to_here(reader, left), word, (left, right))
    parts = [left, parse_expression(reader, binds)]
    while word in _CHAINED and reader.word == word:
        reader.at += 1
        parts.append(parse_expression(reader, binds))
        if len(parts) > MAX_CHAIN and word not in ("AND", "OR"):
            raise TooDeepError
    return Node(Shape.BINARY, _to_here(reader, left), _SPELLINGS.get(word, word), tuple(parts))


def _to_here(reader: Reader, left: Node) -> Span:
    return Span(left.span.start, reader.tokens[reader.at - 1].end)


def _is(reader: Reader, left: Node) -> Node:
    reader.at += 1
    negated = reader.take("NOT") is not None
    if reader.take("NULL"):
        return Node(Shape.IS_NULL, _to_here(reader, left), "NOT" if negated else "", (left,))
    others: tuple[Node, ...] = ()
    if reader.take("DISTINCT", "FROM"):
        others = (parse_expression(reader),)
    elif not reader.take_any("TRUE", "FALSE", "UNKNOWN", "NORMALIZED"):
        raise reader.expected(("NULL",))
    return Node(Shape.IS_OTHER, _to_here(reader, left), "IS", (left, *others))


def _test(reader: Reader, left: Node) -> Node:
    """[NOT] IN, BETWEEN, LIKE and their kin."""
    negated = "NOT" if reader.take("NOT") else ""
    word = reader.step().upper
    if word == "IN":
        inside = reader.inside()
        if inside.word in QUERY_WORDS:
            query = reader.query(inside)
            return Node(Shape.IN_QUERY, _to_here(reader, left), negated, (left, query))
        if inside.done:
            raise inside.expected(("a value",))
        items = expressions(inside)
        inside.finish(",")
        return Node(Shape.IN_LIST, _to_here(reader, left), negated, (left, *items))
    if word == "BETWEEN":
        low = parse_expression(reader, 20)
        reader.need("AND")
        high = parse_expression(reader, 20)
        return Node(Shape.BETWEEN, _to_here(reader, left), negated, (left, low, high))
    if word == "SIMILAR":
        reader.need("TO")
    if word in ("LIKE", "ILIKE"):
        reader.take("ANY")
    pattern = parse_expression(reader, 19)
    if reader.take("ESCAPE"):
        reader.step()
    if word in ("LIKE", "ILIKE"):
        return Node(Shape.LIKE, _to_here(reader, left), f"{negated} {word}".strip(), (left, pattern))
    return Node(Shape.SIMILAR, _to_here(reader, left), word, (left, pattern))
