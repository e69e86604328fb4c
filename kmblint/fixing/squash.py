"""Whether one baseline can take the place of the first migrations: what speaks against it, and the proof.

A baseline holds a schema and nothing else. So it stands for migrations that left no rows and of which the database
keeps nothing beside that schema, and only where replaying it leaves all that comes later as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Final

import msgspec

from kmblint.history.files import History, Migration
from kmblint.replay.describe import describe
from kmblint.replay.keeping import kept_by
from kmblint.replay.replayer import replay
from kmblint.replay.steps import Replay, Step
from kmblint.schema.catalog import Catalog
from kmblint.schema.changes import Grant, Opaque, RowChange
from kmblint.schema.difference import Shown, difference
from kmblint.schema.kept import Kept
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.secrets import is_secret
from kmblint.targets import Target
from kmblint.targets.verdict import Verdict
from kmblint.text import Place

_WRITTEN: Final = frozenset({ObjectKind.ROLE, ObjectKind.MASKING_POLICY})
"""The objects beside tables and masks that a schema says whole."""


class Obstacle(msgspec.Struct, frozen=True):
    """What speaks against it: where, and why (a clause)."""

    place: Place
    why: str


def obstacles(done: Replay, target: Target) -> Iterator[Obstacle]:
    """Of migrations as the database lived them: what a schema doesn't say."""
    for step in done.steps:
        why = _left(step, done.end)
        if why:
            yield Obstacle(step.place(step.statement.span), why)
    kept = kept_by(target, done, actual=False)
    yield from _kept(done.end)
    yield from _renamed(done.end, kept)
    yield from _secrets(done.end, kept)


def _left(step: Step, end: Catalog) -> str:
    """What a statement leaves that is no schema; empty where there is nothing."""
    change = step.change
    if step.crash is not None or change is None or step.outcome.verdict in (Verdict.UNREADABLE, Verdict.SPLIT):
        return "nobody knows what this statement leaves"
    if isinstance(change, RowChange):
        stays = end.table(change.table.text) is not None and (step.outcome.verdict.happens or step.rows_left > 0)
        return f"it {describe(change)}, and a baseline holds no rows" if stays else ""
    if step.stops:
        reason = next((f": {refusal.reason}" for refusal in step.outcome.refusals), "")
        return f"the run stops here{reason}; what is behind it may never have happened"
    if not step.outcome.verdict.happens:
        return ""
    if isinstance(change, Grant):
        return f"it {describe(change)}, which a baseline doesn't say"
    if isinstance(change, Opaque) and not change.changes_nothing:
        return f"its effect isn't known: {change.reason}"
    return ""


def _kept(end: Catalog) -> Iterator[Obstacle]:
    """What the database keeps beside the schema."""
    for table in end.in_order:
        if not table.complete or table.name in end.unread:
            yield Obstacle(table.made, f"not all of `{table.name}` is known")
        for what, guards in (("masking policy", table.policies), ("classification", table.classifications)):
            for column, (name, place) in guards.items():
                if table.column(column) is None:
                    yield Obstacle(place, f"{what} `{name}` stays on `{table.name}.{column}`, which is gone")
    for kind, objects in end.objects.items():
        if kind not in _WRITTEN:
            for name, made in objects.items():
                yield Obstacle(made.made, f"a baseline doesn't make {kind} `{name}`")
    for name in end.registered:
        for index in end.stale_indexes(name):
            yield Obstacle(index.made, f"the database keeps index `{index.name}` of what was dropped from `{name}`")
    for (name, column), (policy, place) in end.attachments.items():
        there = end.table(name)
        if not _has(end, name, column) and (there is None or column not in there.policies):
            yield Obstacle(place, f"masking policy `{policy}` stays on `{name}.{column}`, which is gone")
    for mask in end.masks.values():
        if not _has(end, mask.table, mask.column):
            what = f"mask `{mask.name}` on `{mask.table}.{mask.column}`"
            yield Obstacle(mask.made, f"the database keeps {what}, which is gone")


def _renamed(end: Catalog, kept: Kept) -> Iterator[Obstacle]:
    """Computed columns, which are written as they were, that name others as these were called then."""
    for table in end.in_order:
        renamed = {name for name, gone in table.dropped.items() if gone.renamed_to is not None}
        for column in table.columns if renamed else ():
            named = renamed.intersection(_WORD.findall(kept.written(column.computed))) if column.computed else ()
            if named:
                old = min(named)
                yield Obstacle(column.made, f"it computes `{table.name}.{column.name}` of `{old}`, which was renamed")


_WORD: Final = re.compile(r"\w+")


def _secrets(end: Catalog, kept: Kept) -> Iterator[Obstacle]:
    """What would stand in the baseline with a secret in it."""
    places = [policy.made for policy in end.named(ObjectKind.MASKING_POLICY).values()]
    for table in end.in_order:
        for column in table.columns:
            if column.default is not None and is_secret(table.name, column.name, column.default):
                yield Obstacle(column.made, f"the default of `{table.name}.{column.name}` is a secret, {_NOT_REPEATED}")
        places += [column.computed for column in table.columns if column.computed is not None]
        places += [index.made for index in table.indexes]
        places += [declared.made for declared in table.constraints]
    yield from (
        Obstacle(place, f"it holds a secret, {_NOT_REPEATED}")
        for place in dict.fromkeys(places)
        if kept.text(place) != kept.written(place)
    )


_NOT_REPEATED: Final = "and a baseline repeats none"


def _has(end: Catalog, table: str, column: str) -> bool:
    there = end.table(table)
    return there is not None and there.column(column) is not None


def succeeded(history: History, target: Target) -> frozenset[str]:
    """The released files that are gone because the baseline stands in their place, as it provably may.

    None where they aren't the first of the revision, or where it had a baseline of its own that they lean on.
    """
    was = history.as_it_was
    if history.baseline is None or was is None or not history.gone:
        return frozenset()
    was = msgspec.structs.replace(was, baseline=None)
    first = tuple(takewhile(lambda migration: migration.file in history.gone, was.migrations))
    if len(first) < len(history.gone):
        return frozenset()
    old = replay(msgspec.structs.replace(was, migrations=first), target, actual=True)
    if any(obstacles(old, target)) or disproof(was, old, history.baseline, target) is not None:
        return frozenset()
    return history.gone


def hidden_columns(end: Catalog) -> Iterator[str]:
    """The columns that were dropped from tables that are there: `wards.floor`."""
    for table in end.in_order:
        yield from (f"{table.name}.{name}" for name in table.dropped if table.column(name) is None)


def disproof(history: History, done: Replay, baseline: Migration, target: Target) -> str | None:
    """What replaying both shows to be another, as a clause; None where they are equal: the schema behind the first
    migrations, as written and as kept, what becomes of every later statement, and the schema at the end.

    `done` is the replay of those first migrations as the database lived them.
    """
    first = {migration.file for migration in done.history.migrations}
    later = tuple(migration for migration in history.migrations if migration.file not in first)
    after = msgspec.structs.replace(history, baseline=baseline, migrations=later)
    alone = msgspec.structs.replace(after, migrations=())
    made = replay(alone, target, actual=True)
    refused = next((step for step in made.steps if step.outcome.verdict is not Verdict.TAKEN), None)
    if refused is not None:
        line = baseline.source.position(refused.statement.span.start).line
        why = next((refusal.reason for refusal in refused.outcome.refusals), refused.outcome.verdict.value)
        return f"line {line} of the baseline isn't taken: {why}"
    whole, rest = replay(history, target, actual=True), replay(after, target, actual=True)
    behind = max(migration.number or 0 for migration in done.history.migrations)
    for old, new, where in ((done, made, f"behind {behind:04}"), (whole, rest, "at the end")):
        for actual in (False, True):
            sides = (Shown(each.end, kept_by(target, each, actual=actual)) for each in (old, new))
            differs = difference(*sides)
            names = [table.name for table in differs.tables] + [part.name for part in differs.objects]
            if names:
                return f"`{names[0]}` is another {where}"
    files = {migration.file for migration in later}
    before = [step for step in whole.steps if step.migration.file in files]
    same = [step for step in rest.steps if step.migration.file in files]
    for old_step, new_step in zip(before, same, strict=True):
        if old_step.outcome.verdict is not new_step.outcome.verdict:
            verdicts = f"{old_step.outcome.verdict.value}, and then {new_step.outcome.verdict.value}"
            return f"{old_step.migration.source.where(old_step.statement.span)} is {verdicts}"
    return None
