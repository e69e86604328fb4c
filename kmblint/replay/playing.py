"""Plays migrations on a catalogue, one `Step` a change.

Two truths (what was applied, what is pending) meet here. A pending statement is judged as it was meant: whatever the
runner skips or the engine refuses is replayed as intended, so that nothing behind it cascades. In an applied file,
and where the history is replayed `actual`, it happened as it happened.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import msgspec

from kmblint.findings import Crash
from kmblint.history.files import History, Migration
from kmblint.replay.judgement import TAKEN, Judgement, Judgements, Kept, judge
from kmblint.replay.steps import Part, Step, Surroundings
from kmblint.schema.apply import apply
from kmblint.schema.catalog import Catalog
from kmblint.schema.changes import Change, InsertRows
from kmblint.schema.conflict import Conflict
from kmblint.schema.unread import bounded, followed, left_unread, made_anew
from kmblint.sql.parse import statements
from kmblint.sql.statement import Statement
from kmblint.targets import Target
from kmblint.targets.outcome import Form, Outcome
from kmblint.targets.verdict import Verdict


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
    begin = 0
    for statement in meant(surroundings.history, migration, target, actual=actual):
        end = begin + max(len(statement.changes), 1)
        steps = judged(
            surroundings, migration, statement, target, catalog, actual=actual, contain=contain, known=known[begin:end]
        )
        yield from steps
        catalog, begin = steps[-1].after, end


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
    changes: tuple[Change | None, ...] = statement.changes or (None,)
    is_known = len(known) == len(changes) and None not in known
    fate = target.fate(statement, migration.source, migration.pieces) if sent and not is_known else None
    closed_world = target.capabilities.closed_world
    for number, written in enumerate(changes):
        kept = known[number] if number < len(known) else None
        change = bounded(catalog, followed(written, closed_world=closed_world)) if kept is None else written
        catalog = made_anew(catalog, change, closed_world=closed_world)
        doubts: tuple[Conflict, ...] = ()
        if kept is None:
            change, outcome, unmet, doubts = judge(target, form, change, catalog, first=number == 0)
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
        refused = any(step.outcome.verdict is Verdict.REFUSED for step in steps)
        is_undone = refused and len(steps) > 1 and part.migration.applied
        if is_undone or steps[0].crash is not None or any(step.change is not changes[step.number] for step in steps):
            kept += [None] * len(changes)
        else:
            forms = (step.form if step.number == 0 else Form() for step in steps)
            kept += [
                Judgement.of(step.outcome, form, step.conflicts, step.doubts)
                for step, form in zip(steps, forms, strict=True)
            ]
    return tuple(kept)


def lived(surroundings: Surroundings, migration: Migration, target: Target, catalog: Catalog) -> tuple[Step, ...]:
    """One migration on a catalogue as the database lives it: its steps up to the statement at which it stops."""
    steps: list[Step] = []
    for step in steps_of(surroundings, migration, target, catalog, actual=True):
        steps.append(step)
        if step.stops:
            break
    return tuple(steps)
