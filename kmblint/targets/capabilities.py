"""What holds of every table of a target, whatever the statement: conditions, constraints, indexes, cost."""

from __future__ import annotations

from enum import Enum

import msgspec

from kmblint.schema.domains import Semantics
from kmblint.schema.types import DataType


class Search(Enum):
    """How the rows of a column of some type can be found by a comparison."""

    ALWAYS = "always"
    INDEXED = "indexed"
    """Through an index (or key) that begins with the column, else no row is found."""
    NEVER = "never"
    """Not even through an index."""


class Capabilities(msgspec.Struct, frozen=True):
    """What rules ask of a target beside its verdicts."""

    semantics: Semantics
    append_only: bool
    """A changed or deleted row stays in the log for ever, and each change adds to it."""
    keeps_foreign_keys: bool
    keeps_index_clauses: bool
    """UNIQUE, WHERE and expressions of an index are heeded, and its columns checked."""
    keeps_declarations: bool
    """DEFAULT, lengths and the like are heeded: a column is what was declared."""
    drops_every_object: bool
    """An index, a role or a user can be dropped too."""

    def kept_type(self, declared: DataType) -> DataType:
        """The type that a column declared so has in the end."""
        return declared.canonical

    def search(self, declared: DataType) -> Search:  # noqa: ARG002 - a target with blind types looks at it
        """How a column declared so is found; a refused type is another finding's."""
        return Search.ALWAYS
