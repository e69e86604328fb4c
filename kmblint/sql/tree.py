"""The tree of a statement: what `sql/` reads, what changes are lowered from, and what a target folds over.

Nothing is thrown away: a node knows its place, and what stands there is read from the statement's own tokens.
Words that a node's kind already says have no node of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

import msgspec

from kmblint.schema.parts import Name
from kmblint.text import Span


class Shape(StrEnum):
    """What an expression is; the kind of a node that no clause's keywords name."""

    NUMBER = "number"
    STRING = "text"
    BOOLEAN = "boolean"
    NULL = "NULL literal"
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
    OPAQUE = "expression of another database"
    NAME = "name"
    QUERY = "query"


class Node(msgspec.Struct, frozen=True, gc=False):
    """A clause or an expression: its kind, its place, what it names, and its parts in the order of the text.

    The kind of a clause is its keywords in upper case (`ON COMMIT`), that of a part without any a word in lower case
    (`column`, `row`), that of an expression a `Shape`. `text` is the name, literal, operator or type; of a name with
    dots, `qualifier` is what stands before the last one.
    """

    kind: str
    span: Span
    text: str = ""
    parts: tuple[Node, ...] = ()
    qualifier: str | None = None
    quoted: bool = False

    def child(self, *kinds: str) -> Node | None:
        """The first part of one of these kinds."""
        for part in self.parts:
            if part.kind in kinds:
                return part
        return None

    def has(self, kind: str) -> bool:
        """Whether a part is of this kind."""
        return self.child(kind) is not None

    def all(self, *kinds: str) -> Iterator[Node]:
        """The parts of these kinds."""
        return (part for part in self.parts if part.kind in kinds)

    def walk(self, *closed: str) -> Iterator[Node]:
        """Itself and all below it, in the order of the text; of what is of a closed kind, nothing below."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            if node.kind not in closed:
                waiting.extend(reversed(node.parts))

    @property
    def name(self) -> Name:
        """A name node as the model has it; with its qualifiers, as the engine stores it."""
        full = self.text if self.qualifier is None else f"{self.qualifier}.{self.text}"
        return Name(full, self.span, self.quoted)


class Tree(msgspec.Struct, frozen=True):
    """The tree of a statement, and how deep its expressions nest."""

    root: Node
    nesting: int
    """Expressions inside of expressions, as the engine's parser counts them."""
    nested_at: Span
    """Where the deepest of them begins."""
