"""What holds of every table of Kimberlite: what it keeps of a type, and which columns a comparison finds."""

from __future__ import annotations

from kmblint.schema.domains import Semantics
from kmblint.schema.types import DataType
from kmblint.targets.capabilities import Capabilities, Search
from kmblint.targets.kimberlite.facts import Facts
from kmblint.targets.kimberlite.keys import freezes_every_row
from kmblint.targets.kimberlite.planner.sets import finds_equals
from kmblint.targets.kimberlite.values import stored_type
from kmblint.targets.layout import MARKER


class _Kimberlite(Capabilities, frozen=True, kw_only=True):
    facts: Facts

    def kept_type(self, declared: DataType) -> DataType:
        """What the engine keeps of it; a refused type is another finding's."""
        return stored_type(declared, self.facts) or declared.canonical

    def freezes_rows(self, key: DataType) -> bool:
        """Where the engine shows the key otherwise than it keeps it (area frozen-key)."""
        stored = stored_type(key, self.facts)
        return stored is not None and freezes_every_row(stored)

    def search(self, declared: DataType) -> Search:
        """Whether `=` finds the rows of a literal that the column holds: row by row, or by an index."""
        stored = stored_type(declared, self.facts)
        if stored is None or stored.name in self.facts.comparing_with_now:
            return Search.ALWAYS
        row_by_row, by_index = finds_equals(stored)
        if row_by_row:
            return Search.ALWAYS if by_index else Search.UNINDEXED
        return Search.INDEXED if by_index else Search.NEVER


def capabilities_of(facts: Facts) -> Capabilities:
    """What holds of every table and file with one release of the engine."""
    return _Kimberlite(
        Semantics(limits_hold=False, keeps_not_null=False, keeps_unique=False),
        closed_world=True,
        append_only=True,
        keeps_foreign_keys=False,
        keeps_index_clauses=False,
        heeds_later_columns=False,
        keeps_declarations=False,
        drops_every_object=False,
        drops_dependents=False,
        drops_key_columns=False,
        has_transactions=False,
        splits_at_semicolons=True,
        applies_by_number=True,
        records_in_file=True,
        rollback_marker=MARKER,
        max_scale=facts.max_scale,
        max_indexes=facts.max_indexes,
        partial_masks={strategy: hidden for strategy, hidden in facts.mask_strategies.items() if hidden is not None},
        broken_names=facts.broken_names,
        pages=facts.pages,
        facts=facts,
    )
