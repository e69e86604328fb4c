"""What an expression is to the engine: its shape and its place."""

from __future__ import annotations

from enum import Enum

import msgspec

from kmblint.text import Span


class Shape(Enum):
    """What an expression is to the conversion that follows the parser."""

    NUMBER = "number"
    STRING = "text"
    BOOLEAN = "boolean"
    NULL = "NULL"
    PLACEHOLDER = "placeholder"
    OTHER_LITERAL = "literal of another kind"
    TYPED_STRING = "typed literal"
    COLUMN = "column"
    COMPOUND = "name of three parts"
    CALL = "function call"
    BARE_CALL = "word that stands for a function"
    SPECIAL_CALL = "function with a syntax of its own"
    CAST = "cast"
    BINARY = "operator"
    QUANTIFIED = "ANY or ALL"
    UNARY = "sign or NOT"
    NESTED = "parentheses"
    TUPLE = "row value"
    SUBQUERY = "sub-query"
    EXISTS = "EXISTS"
    IN_LIST = "IN"
    IN_QUERY = "IN with a sub-query"
    BETWEEN = "BETWEEN"
    LIKE = "LIKE"
    SIMILAR = "pattern match"
    IS_NULL = "IS NULL"
    IS_OTHER = "IS"
    CASE = "CASE"
    INTERVAL = "INTERVAL"
    ARRAY = "array"
    COLLATE = "COLLATE"


class Node(msgspec.Struct, frozen=True, gc=False):
    """An expression: its shape, its place, its operator or name in upper case, and its parts.

    `name` is the column's or function's own text; a qualifier stands in `qualifier`.
    """

    shape: Shape
    span: Span
    name: str = ""
    parts: tuple[Node, ...] = ()
    qualifier: str | None = None
    quoted: bool = False
