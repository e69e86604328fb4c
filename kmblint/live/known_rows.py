"""A target on a database that holds the rows of the history alone: a change that meets none of them harms nothing."""

from __future__ import annotations

import msgspec

from kmblint.schema.catalog import Catalog
from kmblint.schema.changes import AddColumn, Change, DeleteRows, InsertRows, UpdateRows
from kmblint.schema.conflict import Conflict
from kmblint.targets import Target
from kmblint.targets.outcome import Form, Outcome
from kmblint.targets.target import TargetWrapper
from kmblint.targets.verdict import Crashes, Poisons


class OnKnownRows(TargetWrapper):
    """The target of whatever name, without the harm that a statement does to rows where there are none."""

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        self.unsure: set[str] = set()
        """Tables of which it isn't known which rows they hold."""

    def outcome(self, form: Form, change: Change, catalog: Catalog, conflicts: tuple[Conflict, ...]) -> Outcome:
        """The target's, without the harm where no row is met."""
        outcome = super().outcome(form, change, catalog, conflicts)
        harm = [
            hazard
            for hazard in outcome.hazards
            if isinstance(hazard, Poisons) or (isinstance(hazard, Crashes) and hazard.when)
        ]
        if not harm or not self._meets_none(change, catalog, outcome):
            return outcome
        return msgspec.structs.replace(outcome, hazards=tuple(each for each in outcome.hazards if each not in harm))

    def reached(self, change: UpdateRows | DeleteRows, catalog: Catalog, outcome: Outcome) -> int | None:
        """How many rows a change falls on; None where that hangs on what isn't known."""
        name, rows = change.table.text, outcome.found
        table = catalog.table(name)
        if table is None or name in self.unsure or (rows is not None and rows.stopped is not None):
            return None
        if not table.rows and not table.former:
            return 0
        return None if rows is None or rows.unsure else len(rows.sure)

    def note(self, change: Change, catalog: Catalog, outcome: Outcome) -> None:
        """Keeps in mind where a change leaves it unknown which rows a table holds; the catalogue is the one before."""
        match change:
            case InsertRows(table=table):
                inserted = outcome.inserted
                if inserted is None or any(row.key is None for row in inserted.rows):
                    self.unsure.add(table.text)
            case DeleteRows(table=table) | UpdateRows(table=table):
                there = catalog.table(table.text)
                keys = there.primary_key if there is not None else ()
                moves = isinstance(change, UpdateRows) and any(each.column.text in keys for each in change.assignments)
                if moves or self.reached(change, catalog, outcome) is None:
                    self.unsure.add(table.text)
            case _:
                return

    def _meets_none(self, change: Change, catalog: Catalog, outcome: Outcome) -> bool:
        if isinstance(change, AddColumn):
            table = catalog.table(change.table.text)
            return table is not None and not table.rows and table.name not in self.unsure
        if not isinstance(change, UpdateRows):
            return False
        return (outcome.reach is not None and outcome.reach.no_row) or self.reached(change, catalog, outcome) == 0
