"""A replayed history: one `Step` a change, with the catalogue before and after it; `playing` makes them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from heapq import merge
from itertools import takewhile

import msgspec

from kmblint.findings import Crash, Edit, Fix
from kmblint.history.files import History, Migration
from kmblint.replay.judgement import judge
from kmblint.schema.catalog import Catalog, Table
from kmblint.schema.changes import (
    AddConstraint,
    AddIndex,
    AddMask,
    Change,
    CreateObject,
    DropConstraint,
    DropIndex,
    DropObject,
    UpdateRows,
)
from kmblint.schema.conflict import Conflict
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.reach import Reach
from kmblint.sql.statement import Statement
from kmblint.targets import Target
from kmblint.targets.outcome import Form, Outcome
from kmblint.targets.verdict import (
    BlindComparison,
    GhostColumn,
    QualifiedSet,
    Refusal,
    Replacement,
    Verdict,
)
from kmblint.text import Place, Span


class Surroundings(msgspec.Struct):
    """The history that steps are part of: the newest reading of it, where they outlive a change behind them."""

    history: History


class Step(msgspec.Struct, frozen=True, dict=True):
    """One change of one statement, the catalogue around it, and what the target makes of it."""

    surroundings: Surroundings
    target: Target
    migration: Migration
    statement: Statement
    change: Change | None
    """None where the statement is not SQL: it is judged, and changes nothing."""
    before: Catalog
    after: Catalog
    form: Form
    outcome: Outcome
    conflicts: tuple[Conflict, ...] = ()
    """Those that no guard of the statement provides for, as the target heeds guards."""
    doubts: tuple[Conflict, ...] = ()
    """What would stand against it if the history said all that there is to say: it is called wrong by nobody."""
    number: int = 0
    """Which change of its statement, from 0; statement-wide facts are said at the first."""
    crash: Crash | None = None
    """Where our own judging of the statement failed."""
    is_kept: bool = False
    """Whether an earlier run judged it: then its outcome has no reach."""

    @property
    def history(self) -> History:
        """The history that it is part of.

        A check that is given a step alone asks it of what stands before the step: its answer is kept while that stays.
        """
        return self.surroundings.history

    def place(self, span: Span) -> Place:
        """A span of this statement's file as a place."""
        return Place(self.migration.file, span)

    def written(self, made: Place) -> str:
        """What stands at a place that the catalogue holds: of this file, or of one before it."""
        return self.history.sources[made.file].slice(made.span)

    @property
    def subject(self) -> str:
        """The object that the change is about, for a finding's identity: its table, else its own name."""
        about = self.change.about if self.change else None
        return about.text if about else ""

    def subject_of(self, column: str) -> str:
        """The identity of a column of the change's table: `patients.phone`."""
        return f"{self.subject}.{column}"

    @cached_property
    def reach(self) -> Reach | None:
        """What an UPDATE or DELETE can reach in its table; None where the table isn't there."""
        if not self.is_kept or self.change is None:
            return self.outcome.reach
        _, outcome, *_ = judge(self.target, self.form, self.change, self.before, first=self.number == 0)
        return outcome.reach

    @cached_property
    def stops(self) -> bool:
        """Whether the run of its migration ends here: refused, or cut into pieces of which one is no statement."""
        if self.outcome.verdict is Verdict.SPLIT:
            migration = self.migration
            return self.target.fails_split(self.statement, migration.source, migration.pieces)
        return self.outcome.verdict.fails

    @property
    def is_idle(self) -> bool:
        """Whether a change of rows is taken and changes none: it sets no column that is there, or finds no row."""
        hazards, change = self.outcome.hazards, self.change
        if self.outcome.verdict is not Verdict.TAKEN:
            return False
        if isinstance(change, UpdateRows) and change.assignments:
            unset = sum(isinstance(hazard, GhostColumn | QualifiedSet) for hazard in hazards)
            if unset >= len(change.assignments):
                return True
        return any(isinstance(hazard, BlindComparison) and hazard.alone for hazard in hazards)

    @property
    def rows_left(self) -> int:
        """How many rows of a refused INSERT are in, because they stand before the one that is refused."""
        inserted = self.outcome.inserted
        if inserted is None or inserted.refusal is None or self.outcome.refusals != (inserted.refusal,):
            return 0
        there = self.before.table(self.subject)
        return sum(row.key is None or there is None or row.key not in there.rows for row in inserted.rows)

    def born_here(self, table: str) -> bool:
        """Whether an earlier statement of the same file made the table (and not an earlier file)."""
        there = self.before.table(table)
        return there is not None and there.made.file == self.migration.file

    def populated(self, table: str) -> bool:
        """Whether the table may hold rows.

        Where it is said what was applied, tables made in applied files hold rows (the pending files are one
        deployment); else tables made in an earlier file do. Tables of `[history] baseline` always do.
        """
        there = self.before.table(table)
        return there is not None and self._holds_rows(there)

    def _holds_rows(self, table: Table) -> bool:
        return self.history.populated_at(table.made.file, self.migration)

    def why_populated(self, table: str) -> str:
        """Why it is believed to hold rows: "created in 0002, two migrations earlier"."""
        there = self.before.table(table)
        return "" if there is None else self.history.why_populated(there.made.file, self.migration)

    def said(self, place: Place) -> str:
        """How a message calls a place: "in 0002, line 7", or "in line 7 of this file"."""
        if place.file == self.migration.file:
            return f"in line {self.migration.source.position(place.span.start).line} of this file"
        baseline = self.history.baseline
        migration = baseline if baseline and place.file == baseline.file else self.history.by_file[place.file]
        name = f"the baseline `{migration.file}`" if migration is baseline else migration.id
        return f"in {name}, line {migration.source.position(place.span.start).line}"

    def edited(self, replacement: Replacement | None) -> Fix | None:
        """An edit of the statement as a fix, where there is one."""
        if replacement is None:
            return None
        edit = Edit(self.place(replacement.span), replacement.text)
        return Fix(replacement.message, (edit,), replacement.applicability)

    def mended(self, refusal: Refusal) -> Fix | None:
        """The edits with which the target takes the statement; as safe as the least safe of them."""
        if not refusal.replacements:
            return None
        edits = tuple(Edit(self.place(each.span), each.text) for each in refusal.replacements)
        worst = max((each.applicability for each in refusal.replacements), key=lambda promise: promise.rank)
        return Fix(refusal.replacements[0].message, edits, worst)


def _object(change: Change | None) -> tuple[ObjectKind, str, bool] | None:
    """The kind and name of the object that a change makes (True) or drops; None where it does neither."""
    match change:
        case AddConstraint(constraint=constraint):
            kind, name = ObjectKind.CONSTRAINT, constraint.name
        case DropConstraint(constraint=name):
            kind = ObjectKind.CONSTRAINT
        case AddIndex(name=name) | DropIndex(name=name):
            kind = ObjectKind.INDEX
        case AddMask(name=name):
            kind = ObjectKind.MASK
        case CreateObject(kind=kind, name=name) | DropObject(kind=kind, name=name):
            pass
        case _:
            return None
    made = not isinstance(change, DropConstraint | DropIndex | DropObject)
    return (kind, name.text, made) if name is not None else None


class _InOrder(msgspec.Struct, frozen=True, dict=True, eq=False):
    """Steps in their order, found by what they do."""

    steps: tuple[Step, ...]

    @cached_property
    def _numbers(self) -> dict[int, int]:
        return {id(step): number for number, step in enumerate(self.steps)}

    def number_of(self, step: Step) -> int:
        """Which of them a step is, from 0."""
        return self._numbers[id(step)]

    @cached_property
    def _by_kind(self) -> dict[type, list[int]]:
        """The numbers of the steps by the class of their change and of their conflicts."""
        grouped: dict[type, list[int]] = {}
        for number, step in enumerate(self.steps):
            further = (*map(type, step.conflicts), *map(type, step.doubts)) if step.conflicts or step.doubts else ()
            for kind in {type(step.change), *further} if further else (type(step.change),):
                grouped.setdefault(kind, []).append(number)
        return grouped

    def all_of(self, *kinds: type) -> Iterator[Step]:
        """The steps whose change, conflict or doubt is of such a class, in order."""
        numbers = [number for kind in kinds for number in self._by_kind.get(kind, ())]
        return map(self.steps.__getitem__, numbers if len(kinds) == 1 else sorted({*numbers}))

    def count_before(self, step: Step, kind: type) -> int:
        """How many steps before this one have a change, conflict or doubt of such a class."""
        return bisect_left(self._by_kind.get(kind, []), self._numbers[id(step)])

    def earlier(self, step: Step, *kinds: type) -> Iterator[Step]:
        """The steps before this one whose change, conflict or doubt is of such a class, the nearest first."""
        here = self._numbers[id(step)]
        numbers = (self._by_kind.get(kind, []) for kind in kinds)
        before = (map(each.__getitem__, range(bisect_left(each, here) - 1, -1, -1)) for each in numbers)
        return map(self.steps.__getitem__, merge(*before, reverse=True))

    @cached_property
    def _by_name(self) -> dict[tuple[ObjectKind, str | None, str], list[int]]:
        """The numbers of the steps by what their change introduces: kind, table and name."""
        grouped: dict[tuple[ObjectKind, str | None, str], list[int]] = {}
        for number, step in enumerate(self.steps):
            for new in step.change.introduces() if step.change else ():
                grouped.setdefault((new.kind, new.table, new.name.text), []).append(number)
        return grouped

    def makers(self, step: Step, kind: ObjectKind, name: str, table: str | None = None) -> Iterator[Step]:
        """The steps before this one that would make a thing of that kind and name, of a table, the nearest first."""
        return self._before(step, self._by_name.get((kind, table, name), []))

    def _before(self, step: Step, numbers: Sequence[int]) -> Iterator[Step]:
        """Those of the steps with such numbers that stand before one, the nearest first."""
        return (self.steps[numbers[each]] for each in range(bisect_left(numbers, self._numbers[id(step)]) - 1, -1, -1))

    @cached_property
    def _by_object(self) -> dict[tuple[ObjectKind, str, bool], list[int]]:
        """The numbers of the steps by the object that their change makes (True) or drops, no table and no column."""
        grouped: dict[tuple[ObjectKind, str, bool], list[int]] = {}
        for number, step in enumerate(self.steps):
            if (known := _object(step.change)) is not None:
                grouped.setdefault(known, []).append(number)
        return grouped

    def earlier_of(self, step: Step, kind: ObjectKind, name: str, *, made: bool) -> Iterator[Step]:
        """The steps before this one that make, or drop, an object of that kind and name, the nearest first."""
        return self._before(step, self._by_object.get((kind, name, made), []))

    def later_of(self, step: Step, kind: ObjectKind, name: str, *, made: bool) -> Iterator[Step]:
        """Those behind it, the nearest first."""
        numbers = self._by_object.get((kind, name, made), [])
        return (self.steps[each] for each in numbers[bisect_right(numbers, self._numbers[id(step)]) :])

    def later(self, step: Step, *kinds: type) -> Iterator[Step]:
        """The steps behind this one whose change, conflict or doubt is of such a class, the nearest first."""
        here = self._numbers[id(step)]
        numbers = (self._by_kind.get(kind, []) for kind in kinds)
        behind = (map(each.__getitem__, range(bisect_right(each, here), len(each))) for each in numbers)
        return map(self.steps.__getitem__, merge(*behind))


class Part(_InOrder, frozen=True, dict=True, eq=False):
    """What was replayed of one file: the same object as long as neither the file nor one before it has changed."""

    migration: Migration
    before: Catalog
    lost: bool
    """Whether a file that nobody can read stands before it."""

    @property
    def after(self) -> Catalog:
        """The catalogue behind it."""
        return self.steps[-1].after if self.steps else self.before


class Replay(_InOrder, frozen=True, dict=True, eq=False):
    """A replayed history: every step in order, and the catalogue at its end."""

    history: History
    end: Catalog
    parts: tuple[Part, ...]
    """The steps by file, the baseline's first."""

    @classmethod
    def of(cls, history: History, parts: tuple[Part, ...]) -> Replay:
        """The parts of a history in a row."""
        steps = tuple(step for part in parts for step in part.steps)
        return cls(steps, history, parts[-1].after if parts else Catalog(), parts)

    @cached_property
    def by_file(self) -> dict[str, tuple[Step, ...]]:
        """The steps of each migration, by file name."""
        grouped: dict[str, list[Step]] = {}
        for step in self.steps:
            grouped.setdefault(step.migration.file, []).append(step)
        return {file: tuple(steps) for file, steps in grouped.items()}

    def earlier_here(self, step: Step, *kinds: type) -> Iterator[Step]:
        """Those of them that stand in the same file."""
        return takewhile(lambda each: each.migration is step.migration, self.earlier(step, *kinds))

    def later_here(self, step: Step, *kinds: type) -> Iterator[Step]:
        """Those of them that stand in the same file."""
        return takewhile(lambda each: each.migration is step.migration, self.later(step, *kinds))
