"""The whole history as the database will live it, statement by statement: verdict, hazards, and what changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

import msgspec

from kmblint.history import Migration
from kmblint.replay import Replay, Step
from kmblint.schema.describe import describe
from kmblint.targets.verdict import (
    ChangedType,
    Crashes,
    DoesNothing,
    DroppedClause,
    Hazard,
    IgnoredGuard,
    KeyDamage,
    NullRows,
    Poisons,
    UncheckedNull,
    Verdict,
    WiderThanAsked,
)

KINDS: Final[dict[type[Hazard], str]] = {
    DroppedClause: "dropped-clause",
    ChangedType: "changed-type",
    IgnoredGuard: "ignored-guard",
    WiderThanAsked: "wider-than-asked",
    DoesNothing: "does-nothing",
    Poisons: "poisons",
    Crashes: "crashes",
    KeyDamage: "key-damage",
    NullRows: "null-rows",
    UncheckedNull: "unchecked-null",
}
"""How a transcript calls each hazard."""


class Entry(msgspec.Struct, frozen=True):
    """One statement and how it ends."""

    migration: Migration
    line: int
    sql: str
    verdict: Verdict
    reasons: tuple[str, ...]
    hazards: tuple[Hazard, ...]
    changes: tuple[str, ...]
    """What the catalogue gains or loses; empty where the statement doesn't happen."""
    reached: bool
    """False behind a refusal: the runner stops the file and the batch there, so this runs only once that is mended."""


def entries(replayed: Replay) -> Iterator[Entry]:
    """A transcript of an `actual` replay, one entry a statement."""
    reached = True
    for _, group in groupby(replayed.steps, key=lambda step: (step.migration.file, step.statement.span)):
        steps = tuple(group)
        entry = _entry(steps, reached=reached)
        yield entry
        reached = reached and entry.verdict not in _STOPS


_STOPS: Final = frozenset({Verdict.REFUSED, Verdict.CUT, Verdict.UNREADABLE})
_HAPPENS: Final = frozenset({Verdict.TAKEN, Verdict.NO_OP})


def _entry(steps: tuple[Step, ...], *, reached: bool) -> Entry:
    first = steps[0]
    source, span = first.migration.source, first.statement.span
    verdict = next((step.outcome.verdict for step in steps if step.outcome.verdict not in _HAPPENS), None)
    if verdict is None:
        quiet = all(step.outcome.verdict is Verdict.NO_OP for step in steps)
        verdict = Verdict.NO_OP if quiet else Verdict.TAKEN
    reasons = [_FATES[verdict]] if verdict in _FATES else []
    if verdict not in _FATES:
        reasons += [refusal.reason for step in steps for refusal in step.outcome.refusals]
        if verdict is Verdict.UNREADABLE and not reasons and first.statement.problem:
            reasons = [first.statement.problem.message]
    happens = verdict in _HAPPENS
    return Entry(
        migration=first.migration,
        line=source.position(span.start).line,
        sql=source.slice(span),
        verdict=verdict,
        reasons=tuple(dict.fromkeys(reasons)),
        hazards=tuple(hazard for step in steps for hazard in step.outcome.hazards) if happens else (),
        changes=tuple(describe(step.change) for step in steps if step.change) if verdict is Verdict.TAKEN else (),
        reached=reached,
    )


_FATES: Final = {
    Verdict.SKIPPED: "the runner doesn't send it: the text behind the previous `;` begins with `--`",
    Verdict.CUT: "the runner splits it at a `;` inside a literal, a quoted name or a comment",
}


def hazard_text(hazard: Hazard) -> str:
    """A hazard as a clause."""
    match hazard:
        case DroppedClause(clause=clause, column=column, effect=effect):
            return f"{clause}{f' of `{column}`' if column else ''} is thrown away: {effect}"
        case ChangedType(column=column, declared=declared, stored=stored):
            return f"`{column}` is stored as {stored}, not {declared}"
        case IgnoredGuard(guard=guard, effect=effect):
            return f"{guard} is ignored: {effect}"
        case WiderThanAsked(clause=clause):
            return f"{clause} is ignored: more or other rows change than meant"
        case DoesNothing(reason=reason):
            return reason
        case Poisons(table=table, column=column, column_type=kind, value=value):
            return f"{value} in the {kind} column `{column}` makes `{table}` unreadable from here on"
        case Crashes(reason=reason, when=when):
            return f"the server dies{f' {when}' if when else ''}: {reason}"
        case KeyDamage(column=column):
            return f"the key column `{column}` is set unchecked: two rows may end with one key"
        case NullRows(column=column, comparison=comparison):
            return f"`{comparison}` also takes the rows where `{column}` is NULL"
        case UncheckedNull(column=column):
            return f"the NOT NULL column `{column}` gets NULL, and nothing checks"


def as_json(transcript: list[Entry]) -> str:
    """The transcript as data, version 1."""
    statements: list[dict[str, Any]] = [
        {
            "path": entry.migration.source.path,
            "migration": entry.migration.file,
            "line": entry.line,
            "sql": entry.sql,
            "verdict": entry.verdict.value,
            "reached": entry.reached,
            "reasons": list(entry.reasons),
            "hazards": list(dict.fromkeys(KINDS[type(hazard)] for hazard in entry.hazards)),
            "details": [{"hazard": KINDS[type(hazard)], "text": hazard_text(hazard)} for hazard in entry.hazards],
            "dropped": [hazard.clause for hazard in entry.hazards if isinstance(hazard, DroppedClause)],
            "changes": list(entry.changes),
        }
        for entry in transcript
    ]
    return json.dumps({"version": 1, "statements": statements}, indent=2, ensure_ascii=False) + "\n"
