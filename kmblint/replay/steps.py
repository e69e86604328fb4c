"""Replays a history in memory: one `Step` a change, with the catalogue before and after it.

Two truths (what was applied, what is pending) meet here. A pending statement is judged as it was meant: whatever the
runner skips or the engine refuses is replayed as intended, so that nothing behind it cascades. In an applied file,
and where the history is replayed `actual`, it happened as it happened.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property
from heapq import merge
from itertools import groupby, takewhile

import msgspec

from kmblint.findings import Crash, Edit, Fix
from kmblint.history.files import History, Migration
from kmblint.replay.judgement import TAKEN, Judgement, Judgements, Kept
from kmblint.schema.apply import apply
from kmblint.schema.catalog import Catalog, Table
from kmblint.schema.changes import Change, InsertRows, UpdateRows
from kmblint.schema.conflict import Conflict
from kmblint.schema.conflicts import conflicts
from kmblint.schema.reach import Reach
from kmblint.schema.resolve import resolved, respelt
from kmblint.schema.unread import accounted_for, bounded, left_unread, made_anew
from kmblint.sql.parse import statements
from kmblint.sql.statement import Statement
from kmblint.targets import Target
from kmblint.targets.verdict import (
    BlindComparison,
    Form,
    GhostColumn,
    IgnoredGuard,
    Outcome,
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
        _, held, _ = _held(self.before, self.change, closed_world=self.target.capabilities.closed_world)
        outcome, _ = _judged(self.target, self.form, self.change, self.before, held, first=self.number == 0)
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


class _InOrder(msgspec.Struct, frozen=True, dict=True, eq=False):
    """Steps in their order, found by what they do."""

    steps: tuple[Step, ...]

    @cached_property
    def _numbers(self) -> dict[int, int]:
        return {id(step): number for number, step in enumerate(self.steps)}

    @cached_property
    def _by_kind(self) -> dict[type, list[int]]:
        """The numbers of the steps by the class of their change and of their conflicts."""
        grouped: dict[type, list[int]] = {}
        for number, step in enumerate(self.steps):
            for kind in {type(step.change), *map(type, step.conflicts), *map(type, step.doubts)}:
                grouped.setdefault(kind, []).append(number)
        return grouped

    def earlier(self, step: Step, *kinds: type) -> Iterator[Step]:
        """The steps before this one whose change, conflict or doubt is of such a class, the nearest first."""
        here = self._numbers[id(step)]
        numbers = (self._by_kind.get(kind, []) for kind in kinds)
        before = (map(each.__getitem__, range(bisect_left(each, here) - 1, -1, -1)) for each in numbers)
        return map(self.steps.__getitem__, merge(*before, reverse=True))

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


def steps_of(
    surroundings: Surroundings,
    migration: Migration,
    target: Target,
    catalog: Catalog,
    *,
    actual: bool,
    contain: bool = True,
    known: Judgements = (),
) -> Iterator[Step]:
    """The steps of one migration on a catalogue; with `actual`, what the target doesn't take changes nothing.

    `known` is what an earlier run judged of the same changes on the same catalogue.
    """
    at = 0
    for statement in meant(surroundings.history, migration, target, actual=actual):
        end = at + max(len(statement.changes), 1)
        steps = judged(
            surroundings, migration, statement, target, catalog, actual=actual, contain=contain, known=known[at:end]
        )
        yield from steps
        catalog, at = steps[-1].after, end


def meant(history: History, migration: Migration, target: Target, *, actual: bool) -> tuple[Statement, ...]:
    """The statements of a migration: those of its up, or with `actual` of what the runner takes for it."""
    sent = migration is not history.baseline
    if sent and actual and target.capabilities.rollback_marker and migration.sent != migration.up:
        return statements(migration.source, migration.sent)
    return migration.statements


def judged(
    surroundings: Surroundings,
    migration: Migration,
    statement: Statement,
    target: Target,
    catalog: Catalog,
    *,
    actual: bool,
    contain: bool = True,
    known: Judgements = (),
) -> tuple[Step, ...]:
    """The steps of one statement on a catalogue, at least one; with `actual`, what isn't taken changes nothing.

    `known` is as for `steps_of`.
    """
    try:
        steps = tuple(_steps(surroundings, migration, statement, target, catalog, known=known, actual=actual))
        return _undone(steps, catalog) if actual else steps
    except Exception as error:
        if not contain:
            raise
        crash = Crash(None, "KMB000", migration.place(statement.span), f"{type(error).__name__}: {error}")
        verdict = Form(), Outcome(Verdict.TAKEN)
        return (Step(surroundings, target, migration, statement, None, catalog, catalog, *verdict, crash=crash),)


def _undone(steps: tuple[Step, ...], catalog: Catalog) -> tuple[Step, ...]:
    """The steps of a statement; where one change of it is refused, none of them has happened."""
    if len(steps) == 1 or not any(step.outcome.verdict is Verdict.REFUSED for step in steps):
        return steps
    refused = (msgspec.structs.replace(step.outcome, verdict=Verdict.REFUSED) for step in steps)
    return tuple(
        msgspec.structs.replace(step, before=catalog, after=catalog, outcome=outcome)
        for step, outcome in zip(steps, refused, strict=True)
    )


def _steps(
    surroundings: Surroundings,
    migration: Migration,
    statement: Statement,
    target: Target,
    catalog: Catalog,
    *,
    known: Judgements,
    actual: bool,
) -> Iterator[Step]:
    """The steps of one statement, a change each; raises what reading the statement failed with."""
    if statement.failure is not None:
        raise statement.failure
    form = target.form(statement, migration.source)
    statement.words.let_go()
    sent = migration is not surroundings.history.baseline
    fate = target.fate(statement, migration.source, migration.pieces) if sent else None
    changes: tuple[Change | None, ...] = statement.changes or (None,)
    closed_world = target.capabilities.closed_world
    for number, written in enumerate(changes):
        kept = known[number] if number < len(known) else None
        change = bounded(catalog, written) if kept is None else written
        catalog = made_anew(catalog, change, closed_world=closed_world)
        doubts: tuple[Conflict, ...] = ()
        if kept is None:
            change, held, doubts = _held(catalog, change, closed_world=closed_world)
            outcome, unmet = _judged(target, form, change, catalog, held, first=number == 0)
            if fate is not None:
                outcome = msgspec.structs.replace(outcome, verdict=fate)
        elif isinstance(kept, Judgement):
            outcome, unmet, doubts = kept.outcome(form if number == 0 else Form()), kept.conflicts, kept.doubts
        else:
            outcome, unmet = TAKEN, ()
        after = catalog
        if change is not None and (not actual or outcome.verdict.happens):
            after = target.side_effects(apply(catalog, change, migration.place), change, outcome, migration.place)
        elif isinstance(change, InsertRows) and outcome.verdict is Verdict.REFUSED and not form.refused:
            # Each row is its own event: those before the refused one stay (engine 0.9.1, area insert).
            after = target.side_effects(catalog, change, outcome, migration.place)
        elif statement.problem is not None and (not actual or migration.applied):
            left = statement.problem.meant
            after = left_unread(catalog, left.tables, left.names, migration.place(statement.span))
        about = surroundings, target, migration, statement, change, catalog, after, form, outcome, unmet
        yield Step(*about, doubts, number, is_kept=kept is not None)
        catalog = after


def judgements(part: Part) -> tuple[Kept, ...]:
    """What is kept of the judging of a part's changes, as `steps_of` takes it."""
    kept: list[Kept] = []
    for _, group in groupby(part.steps, lambda step: id(step.statement)):
        steps = tuple(group)
        changes = steps[0].statement.changes or (None,)
        is_undone = len(steps) > 1 and any(step.outcome.verdict is Verdict.REFUSED for step in steps)
        if is_undone or steps[0].crash is not None or any(step.change is not changes[step.number] for step in steps):
            kept += [None] * len(changes)
        else:
            forms = (step.form if step.number == 0 else Form() for step in steps)
            kept += [
                Judgement.of(step.outcome, form, step.conflicts, step.doubts)
                for step, form in zip(steps, forms, strict=True)
            ]
    return tuple(kept)


def _held(
    catalog: Catalog, change: Change | None, *, closed_world: bool
) -> tuple[Change | None, tuple[Conflict, ...], tuple[Conflict, ...]]:
    """The change with names as the database resolves them, what the catalogue holds against it, and what it may."""
    if change is None:
        return None, (), ()
    if not closed_world:
        change = resolved(catalog, change)
    held = conflicts(catalog, change)
    if held and not closed_world and (other := respelt(catalog, change, held)) is not change:
        change, held = other, conflicts(catalog, other)
    doubts = tuple(each for each in held if accounted_for(catalog, each, closed_world=closed_world))
    return change, tuple(each for each in held if each not in doubts) if doubts else held, doubts


def lived(surroundings: Surroundings, migration: Migration, target: Target, catalog: Catalog) -> tuple[Step, ...]:
    """One migration on a catalogue as the database lives it: its steps up to the statement at which it stops."""
    steps: list[Step] = []
    for step in steps_of(surroundings, migration, target, catalog, actual=True):
        steps.append(step)
        if step.stops:
            break
    return tuple(steps)


def _unmet(held: tuple[Conflict, ...], outcome: Outcome) -> tuple[Conflict, ...]:
    """The conflicts that no guard provides for: the guarded ones too where the target ignores the guard."""
    ignored = any(isinstance(hazard, IgnoredGuard) for hazard in outcome.hazards)
    return held if ignored else tuple(conflict for conflict in held if not conflict.guarded)


def _judged(
    target: Target, form: Form, change: Change | None, catalog: Catalog, held: tuple[Conflict, ...], *, first: bool
) -> tuple[Outcome, tuple[Conflict, ...]]:
    """The outcome of a change on a catalogue that holds this against it, and what of that no guard provides for."""
    if change is None:
        return Outcome(Verdict.UNREADABLE if form.refused else Verdict.TAKEN, form.refusals, form.hazards), ()
    outcome = target.outcome(form if first else Form(), change, catalog, held)
    if form.refused:
        outcome = msgspec.structs.replace(outcome, verdict=Verdict.REFUSED)
    return outcome, _unmet(held, outcome)
