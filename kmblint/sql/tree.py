"""The tree of a statement: what `sql/` reads, what changes are lowered from, and what a target folds over.

Nothing is thrown away: a node knows its place, and what stands there is read from the statement's own tokens.
Words that a node's kind already says have no node of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from kmblint.schema.parts import Name
from kmblint.text import Span


class Shape:
    """What an expression is; the kind of a node that no clause's keywords name.

    Plain texts: a member of an enumeration takes ten times as long to look up (Python 3.11), in every function here.
    """

    NUMBER: Final = "number"
    STRING: Final = "text"
    BOOLEAN: Final = "boolean"
    NULL: Final = "NULL literal"
    PLACEHOLDER: Final = "placeholder"
    OTHER_LITERAL: Final = "literal of another kind"
    TYPED_STRING: Final = "typed literal"
    COLUMN: Final = "column"
    COMPOUND: Final = "name of three parts"
    CALL: Final = "function call"
    BARE_CALL: Final = "word that stands for a function"
    SPECIAL_CALL: Final = "function with a syntax of its own"
    CAST: Final = "cast"
    BINARY: Final = "operator"
    QUANTIFIED: Final = "ANY or ALL"
    UNARY: Final = "sign or NOT"
    NESTED: Final = "parentheses"
    TUPLE: Final = "row value"
    SUBQUERY: Final = "sub-query"
    EXISTS: Final = "EXISTS"
    IN_LIST: Final = "IN"
    IN_QUERY: Final = "IN with a sub-query"
    BETWEEN: Final = "BETWEEN"
    LIKE: Final = "LIKE"
    SIMILAR: Final = "pattern match"
    IS_NULL: Final = "IS NULL"
    IS_OTHER: Final = "IS"
    CASE: Final = "CASE"
    INTERVAL: Final = "INTERVAL"
    ARRAY: Final = "array"
    COLLATE: Final = "COLLATE"
    OPAQUE: Final = "expression of another database"
    NAME: Final = "name"
    QUERY: Final = "query"


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
