"""The door to sqlglot: it judges queries and expressions that the model has no words for.

Its tokenizer gets the text with comments blanked (it would nest `/* */`) and backticks made double quotes, so that
offsets stay; the words that stand where only a name can are handed to the stock Postgres parser as quoted names.
A Parser of our own would not load under `sqlglot[c]`.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from kmblint.sql.reader import MAX_DEPTH, NotSqlError, TooDeepError
from kmblint.sql.scanner import Kind, Token
from kmblint.sql.tree import Node, Shape
from kmblint.sql.words import BARE_CALLS, CLAUSE_WORDS, OPERATOR_WORDS, QUERY_WORDS, names_at, words
from kmblint.text import Span

if TYPE_CHECKING:
    from sqlglot import exp

_TABLE_FOLLOWS: Final = frozenset({"FROM", "JOIN", "INTO"})
_AFTER_FROM: Final = frozenset({"ONLY", "LATERAL", "SELECT"})
_OPERAND_FOLLOWS: Final = frozenset({"SELECT", "WHERE", "AND", "OR", "ON", "HAVING", "BY", "WHEN", "THEN", "ELSE"})


def columns(tokens: Sequence[Token], text: str, *, is_whole: bool = True) -> tuple[Node, ...]:
    """The columns that an expression names outside its sub-queries; raises NotSqlError where it is no SQL.

    One that isn't the whole is left to the whole where only PostgreSQL takes it.
    """
    from sqlglot import exp

    tree = _tree(tokens, text, prefix="SELECT ", is_whole=is_whole)
    if [name for name, value in tree.args.items() if value] != ["expressions"] or not _is_lone(tree.expressions):
        raise NotSqlError(f"this is not SQL near `{tokens[0].text}`", tokens[0].span)
    own = [
        column
        for column in tree.find_all(exp.Column)
        if isinstance(column.this, exp.Identifier) and column.parent_select is tree
    ]
    nodes = [_column(column) for column in own]
    return tuple(sorted((node for node in nodes if node is not None), key=lambda node: node.span))


def _is_lone(expressions: Sequence[exp.Expression]) -> bool:
    """Whether it is one expression: a word behind one is taken for its alias."""
    return len(expressions) == 1 and expressions[0].key != "alias"


def query(tokens: Sequence[Token], text: str) -> Node:
    """A query as far as it is asked about: tables, WHERE, LIMIT and calls; raises NotSqlError where it is no SQL."""
    tree = _tree(tokens, text)
    span = Span(tokens[0].start, tokens[-1].end)
    limit = tree.args.get("limit")
    bound = limit.expression.name if limit is not None and limit.expression is not None else ""
    parts = [*_tables(tree)]
    if tree.args.get("where") is not None:
        parts.append(Node("WHERE", span))
    if limit is not None:
        parts.append(Node("LIMIT", span, parts=(Node(Shape.NUMBER, span, bound),)))
    return Node(Shape.QUERY, span, parts=(*parts, *_calls(tokens)))


def _calls(tokens: Sequence[Token]) -> Iterator[Node]:
    """What is written as a call: a name before a parenthesis, or a word that needs none."""
    for index, token in enumerate(tokens):
        called = index + 1 < len(tokens) and tokens[index + 1].text == "("
        name = token.kind is Kind.WORD and token.upper not in CLAUSE_WORDS | OPERATOR_WORDS
        bare = token.upper in BARE_CALLS and not names_at(tokens, index)
        if (called and name) or bare:
            yield Node(Shape.CALL, token.span, token.value.upper())


def _tables(tree: exp.Expression) -> Iterator[Node]:
    from sqlglot import exp

    own = {part.alias for part in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        parts = [part for part in table.parts if isinstance(part, exp.Identifier)]
        spans = [span for part in parts if (span := _span(part)) is not None]
        text = ".".join(part.name for part in parts)
        if spans and text not in own:
            span = spans[0].to(spans[-1])
            yield Node("table", span, parts=(Node(Shape.NAME, span, text),))


def _column(column: exp.Expression) -> Node | None:
    """A column with its qualifier; one that has no place in the text (an expanded `*`) is none."""
    spans = [span for part in (column.args.get("table"), column.this) if part and (span := _span(part)) is not None]
    qualifier = column.args.get("table")
    if not spans:
        return None
    span = spans[0].to(spans[-1])
    return Node(Shape.COLUMN, span, column.this.name, qualifier=qualifier.name if qualifier else None)


def _span(identifier: exp.Expression) -> Span | None:
    meta = identifier.meta
    return Span(meta["start"], meta["end"] + 1) if "start" in meta else None


def _tree(tokens: Sequence[Token], text: str, prefix: str = "", *, is_whole: bool = True) -> Any:
    """The tree of a slice, its offsets those of the whole text; raises NotSqlError."""
    _check_depth(tokens)
    try:
        return _parsed(tokens, text, prefix, _blanked(tokens, text))
    except NotSqlError:
        plainer = _plainer(tokens)  # sqlglot has refused it: nearly no statement comes here
        if not plainer or not is_whole:
            raise
        return _parsed(tokens, text, prefix, _blanked(tokens, text, plainer))


def _parsed(tokens: Sequence[Token], text: str, prefix: str, blanked: str) -> Any:
    from sqlglot import Token as ForeignToken
    from sqlglot import TokenType

    foreign = {"XOR": TokenType.OR, "MATCH": TokenType.LIKE, "DIV": TokenType.SLASH}  # of MySQL and SQLite
    base = tokens[0].start - len(prefix)
    names = _names(tokens)
    dialect = _dialect()
    read = _ask(tokens, dialect.tokenize, prefix + blanked)
    placed = [
        ForeignToken(
            TokenType.IDENTIFIER if token.start + base in names else foreign.get(token.text.upper(), token.token_type),
            names.get(token.start + base, token.text),
            token.line,
            token.col,
            token.start + base,
            token.end + base,
        )
        for token in read
    ]
    trees: list[Any] = _ask(tokens, dialect.parser().parse, placed, prefix + text)
    if len(trees) != 1 or trees[0] is None or trees[0].key == "command":
        raise NotSqlError(f"this is not SQL near `{tokens[0].text}`", tokens[0].span)
    return trees[0]


_MAX_DIMENSIONS: Final = 8
"""Arrays inside of arrays: PostgreSQL has no more than six dimensions, and each one doubles what sqlglot takes."""
_MAX_CHAINED: Final = MAX_DEPTH


def _check_depth(tokens: Sequence[Token]) -> None:
    """Raises TooDeepError where sqlglot would go so deep that its compiled parser ends the process, or take too long.

    What else nests (brackets of any kind) is bounded for the whole statement.
    """
    arrays = subscripts = angles = 0
    before = ""
    for token in tokens:
        sign = token.text
        arrays += (sign == "[") - (sign == "]" and arrays > 0)
        if sign == "[":
            subscripts = subscripts + 1 if before == "]" else 1
        elif sign == "<":  # a type of types: `STRUCT<STRUCT<`
            angles += 1
        elif sign != "," and token.kind is not Kind.WORD:
            angles = 0
        if arrays > _MAX_DIMENSIONS or max(subscripts, angles) > _MAX_CHAINED:
            raise TooDeepError
        before = sign


def _ask(tokens: Sequence[Token], function: Callable[..., Any], *arguments: object) -> Any:
    """What a function of sqlglot's says; raises NotSqlError: on what is no SQL it fails in many ways."""
    try:
        return function(*arguments)
    except RecursionError:
        raise TooDeepError from None
    except Exception as error:
        raise _not_sql(error, tokens) from error


def _names(tokens: Sequence[Token]) -> dict[int, str]:
    """The words that can only be names at their place: their text by offset."""
    names: dict[int, str] = {}
    for index, token in enumerate(tokens):
        if token.kind is Kind.QUOTED or (token.kind is Kind.WORD and _is_name(tokens, index, names)):
            names[token.start] = token.value
    return names


def _is_name(tokens: Sequence[Token], index: int, names: Container[int]) -> bool:
    token = tokens[index]
    following = tokens[index + 1].upper if index + 1 < len(tokens) else ""
    if index == 0:
        return token.upper not in QUERY_WORDS and names_at(tokens, index)
    previous = tokens[index - 1]
    if previous.start in names:
        return False
    if previous.text == ".":
        return True
    if previous.upper in _TABLE_FOLLOWS:
        return following != "(" and not (following and token.upper in _AFTER_FROM)
    if (token.upper, following) == ("DELETE", "FROM") or (previous.text, token.upper) == ("*", "FROM"):
        return False
    operand = previous.upper in _OPERAND_FOLLOWS or (previous.kind is Kind.SYMBOL and previous.text not in (")", "]"))
    return operand and names_at(tokens, index)


def _plainer(tokens: Sequence[Token]) -> dict[int, str]:
    """Token by offset → what is put to sqlglot in its place, where PostgreSQL takes what it doesn't: operators of any
    signs, texts with a type before them, and row locks."""
    instead: dict[int, str] = {}
    beyond = 0  # the index behind the last run of signs: each is read once
    for index, token in enumerate(tokens):
        before = tokens[index - 1] if index else None
        follows = tokens[index + 1] if index + 1 < len(tokens) else None
        is_type = follows is not None and follows.kind is Kind.STRING and token.upper in _TYPES
        if is_type or (before is not None and before.upper in _LOCKS.get(token.upper, ())):
            instead[token.start] = ""
        elif index >= beyond and _is_operator_sign(token):
            run = [token]
            while (more := index + len(run)) < len(tokens) and _is_operator_sign(tokens[more]):
                if tokens[more].start != run[-1].end:
                    break
                run.append(tokens[more])
            beyond = index + len(run)
            written = "".join(each.text for each in run)
            if len(written) > 1 and not _ODD_SIGNS.isdisjoint(written):
                is_binary = before is not None and (before.kind is not Kind.SYMBOL or before.text in (")", "]"))
                is_binary = is_binary and before is not None and before.upper not in CLAUSE_WORDS | OPERATOR_WORDS
                instead.update((each.start, "") for each in run)
                instead[token.start] = "+" if is_binary else "-"
    return instead


_TYPES: Final = words(
    "BOX POINT POLYGON CIRCLE LINE LSEG PATH INET CIDR MACADDR DATE TIME TIMESTAMP TIMESTAMPTZ INTERVAL BIT VARBIT JSON"
    " JSONB JSONPATH TSVECTOR TSQUERY XML MONEY"
)
_LOCKS: Final = {"NO": ("FOR",), "KEY": ("FOR", "NO")}
"""Words of a row lock that don't matter, and those of which one stands before them."""
_ODD_SIGNS: Final = words("~ @ # % ^ & | ?")
"""Of these an operator of PostgreSQL's has one, but for comparisons: `=<` and `=!` are slips of the pen."""
_SIGNS: Final = _ODD_SIGNS | words("+ - * / < > = !")


def _is_operator_sign(token: Token) -> bool:
    """Whether operators of PostgreSQL's are made of it."""
    return token.kind is Kind.SYMBOL and _SIGNS.issuperset(token.text)


def is_odd_operator(before: Token, token: Token) -> bool:
    """Whether a sign, where an operand is missing, may be part of an operator that only PostgreSQL has."""
    return _is_operator_sign(token) and not _ODD_SIGNS.isdisjoint(before.text + token.text)


def _blanked(tokens: Sequence[Token], text: str, instead: Mapping[int, str] = {}) -> str:
    """The text of the tokens at their places; what stands between them (comments) is blank."""
    parts: list[str] = []
    offset = tokens[0].start
    for token in tokens:
        parts.append(" " * (token.start - offset))
        if token.start in instead:
            parts.append(instead[token.start].ljust(token.end - token.start))
        else:
            parts.append(f'"{token.text[1:-1]}"' if token.text.startswith("`") else text[token.start : token.end])
        offset = token.end
    return "".join(parts)


def _not_sql(error: Exception, tokens: Sequence[Token]) -> NotSqlError:
    from sqlglot.errors import ParseError

    if isinstance(error, ParseError) and error.errors:
        marked = error.errors[0].get("highlight")
        for token in tokens:
            if marked and token.text == marked:
                return NotSqlError(f"this is not SQL near `{token.text}`", token.span)
    last = tokens[-1]
    return NotSqlError(f"this is not SQL near `{tokens[0].text}`", Span(tokens[0].start, last.end))


@cache
def _dialect() -> Any:
    """The stock Postgres dialect, imported at first need (a fifth of a second)."""
    import logging

    from sqlglot.dialects.postgres import Postgres

    logging.getLogger("sqlglot").addHandler(logging.NullHandler())
    logging.getLogger("sqlglot").propagate = False
    return Postgres()
