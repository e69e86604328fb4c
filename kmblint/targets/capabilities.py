"""What holds of every table of a target, whatever the statement: conditions, constraints, indexes, cost."""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec

from kmblint.schema.domains import Semantics
from kmblint.schema.types import DataType
from kmblint.targets.kimberlite.facts import BLIND, COMPARING_WITH_NOW
from kmblint.targets.kimberlite.values import stored_type


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
    blind_types: bool
    """Some types compare through an index only, or not at all."""

    keeps_declarations: bool
    """DEFAULT, lengths and the like are heeded: a column is what was declared."""
    drops_every_object: bool
    """An index, a role or a user can be dropped too."""

    def kept_type(self, declared: DataType) -> DataType:
        """The type that a column declared so has in the end."""
        stored = None if self.keeps_declarations else stored_type(declared)
        return stored or declared.canonical

    def search(self, declared: DataType) -> Search:
        """How a column declared so is found (area compare); a refused type is another finding's."""
        stored = stored_type(declared) if self.blind_types else None
        blind = BLIND.get(stored.name) if stored else None
        if stored is None or blind is None or stored.name in COMPARING_WITH_NOW:
            return Search.ALWAYS
        return Search.NEVER if "=" in blind["indexed"].split() else Search.INDEXED


GUIDE: Final = Capabilities(
    Semantics(),
    append_only=False,
    keeps_foreign_keys=True,
    keeps_index_clauses=True,
    blind_types=False,
    keeps_declarations=True,
    drops_every_object=True,
)
KIMBERLITE: Final = Capabilities(
    Semantics(null_is_smallest=True, limits_hold=False, strict_literals=True, keeps_not_null=False, keeps_unique=False),
    append_only=True,
    keeps_foreign_keys=False,
    keeps_index_clauses=False,
    blind_types=True,
    keeps_declarations=False,
    drops_every_object=False,
)
