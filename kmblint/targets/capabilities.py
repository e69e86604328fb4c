"""What holds of every table and every file of a target: conditions, constraints, indexes, cost, how it is run."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

import msgspec

from kmblint.schema.domains import Semantics
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.types import DataType

SYSTEM_PREFIX: Final = "_kimberlite_"
"""What the names of the engine's own tables begin with."""
TRACKING_TABLE: Final = "__migrations"
"""Where the guide's runner keeps what was applied."""

OWN_TABLES: Final = (SYSTEM_PREFIX, TRACKING_TABLE)
"""What the names of tables begin with that no migration makes."""
SYSTEM_TABLES: Final = (*OWN_TABLES, "information_schema.", "pg_catalog.")
"""The same, and what other databases keep of themselves."""


class Search(Enum):
    """How the rows of a column of some type can be found by a comparison."""

    ALWAYS = "always"
    INDEXED = "indexed"
    """Through an index (or key) that begins with the column, else no row is found."""
    UNINDEXED = "unindexed"
    """Row by row only: an index that begins with the column makes of it a comparison of texts."""
    NEVER = "never"
    """Not even through an index."""


class Masked(Enum):
    """The values that a mask hides where it doesn't hide all, as a message says it."""

    SSN = "what looks like a US social security number, nine digits"
    EMAIL = "what has an `@`"
    PHONE = "what has ten digits or more"
    CARD = "what has 13 to 19 digits"


class Pages(msgspec.Struct, frozen=True, kw_only=True):
    """What a page of the store holds, in bytes: of rows, of keys, and of the events of the log."""

    most_event: int
    """What a change may take as an event of the log, `{"data":{"id":1},"table":"t","type":"insert"}` (area event)."""
    most_entry: int
    """What the key of a row and all its versions may take together (area page)."""
    beside_entry: int
    """What an entry takes beside its key and its versions."""
    beside_version: int
    """What a version of a row takes beside the row as JSON."""
    most_key: int
    """Longer keys, and index entries, don't fit eight to a page: the tree breaks after a few dozen (area long-key)."""
    rows_beside: int
    """How many rows share a page with one, at most."""

    @property
    def most_text(self) -> int:
        """What a text has that a key of its own, or an index of a table with a numbered key, has room for."""
        return self.most_key - 12

    def left(self, key: int, versions: int = 0) -> int:
        """What is left of a row's entry, from what its key and its versions take."""
        return self.most_entry - self.beside_entry - key - versions

    def version(self, row: int) -> int:
        """What one version of a row takes."""
        return self.beside_version + row

    def updates_left(self, row: int, key: int = 9, versions: int | None = None) -> int:
        """How many more changes a row stands that keep its size; of one that isn't in yet where no versions are given.

        -1 where not even the row itself fits.
        """
        return self.left(key, versions or 0) // self.version(row) - (versions is None)


class Capabilities(msgspec.Struct, frozen=True):
    """What rules ask of a target beside its verdicts."""

    semantics: Semantics
    closed_world: bool
    """What no statement of the history makes isn't there: nothing else makes objects, and what it can't follow is
    refused."""
    append_only: bool
    """A changed or deleted row stays in the log for ever, and each change adds to it."""
    keeps_foreign_keys: bool
    keeps_index_clauses: bool
    """UNIQUE, WHERE and expressions of an index are heeded, and its columns checked."""
    heeds_later_columns: bool
    """A comparison by an index of several columns heeds what is said of all of them, not of the first alone."""
    keeps_declarations: bool
    """DEFAULT, lengths and the like are heeded: a column is what was declared."""
    drops_every_object: bool
    """An index, a role or a user can be dropped too."""
    drops_dependents: bool
    """Indexes, policies and masks go with the table or column that they hang on; else they stay under its name."""
    drops_key_columns: bool
    has_transactions: bool
    splits_at_semicolons: bool
    """A file is cut at every `;`, in literals and comments too; a piece that then begins with `--` is left out."""
    applies_by_number: bool
    """A file is known by its number: one whose number is done is never run, one without a number stops every run."""
    records_in_file: bool
    """What is applied stands in a file and not in a table, by the name in the header, once anything was sent."""
    pages: Pages | None = None
    """Where all versions of a row share a page, what that holds."""
    rollback_marker: str | None = None
    """What the runner takes for the end of up; None where down is for people to read."""
    max_scale: int | None = None
    """Digits behind the point that a column may have, where the target takes more and can't read them back."""
    max_indexes: int | None = None
    """Indexes that are kept up to date, of a whole database."""
    partial_masks: Mapping[str, Masked] = {}
    """Strategies of CREATE MASK that hide some values only, in upper case."""
    broken_names: Mapping[ObjectKind, Mapping[str, tuple[str, ...]]] = {}
    """Words in upper case that break some statements as the unquoted name of such an object, and those statements."""

    def kept_type(self, declared: DataType) -> DataType:
        """The type that a column declared so has in the end."""
        return declared.canonical

    def freezes_rows(self, key: DataType) -> bool:  # noqa: ARG002 - a target whose keys change their look does
        """Whether a row whose key has a column declared so can be neither changed nor deleted."""
        return False

    def search(self, declared: DataType) -> Search:  # noqa: ARG002 - a target with blind types looks at it
        """How a column declared so is found; a refused type is another finding's."""
        return Search.ALWAYS
