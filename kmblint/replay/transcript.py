"""The whole history as the database will live it: every statement with its verdict, every file with its ending."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import groupby
from typing import Final, get_args

import msgspec

from kmblint.history.files import History, Migration
from kmblint.redaction import Secrets, starred
from kmblint.replay.describe import describe
from kmblint.replay.leaks import leaks
from kmblint.replay.row_changes import other_rows
from kmblint.replay.steps import Replay, Step
from kmblint.targets.capabilities import Capabilities
from kmblint.targets.layout import Piece
from kmblint.targets.verdict import (
    BlindComparison,
    ChangedType,
    Crashes,
    CutDigits,
    DoesNothing,
    DroppedClause,
    FreezesRow,
    GhostColumn,
    Hazard,
    IgnoredCondition,
    IgnoredGuard,
    IgnoredJoin,
    IgnoredLimit,
    IgnoredOrder,
    IgnoredQualifier,
    KeyDamage,
    NullRows,
    OpenBound,
    OversizedChange,
    OverwrittenCondition,
    Poisons,
    QualifiedSet,
    UncheckedNull,
    Verdict,
    WiderThanAsked,
)
from kmblint.wording import counted

KINDS: Final[dict[type[Hazard], str]] = {
    DroppedClause: "dropped-clause",
    ChangedType: "changed-type",
    IgnoredGuard: "ignored-guard",
    **dict.fromkeys(get_args(WiderThanAsked), "wider-than-asked"),
    **dict.fromkeys(get_args(DoesNothing), "does-nothing"),
    Poisons: "poisons",
    Crashes: "crashes",
    KeyDamage: "key-damage",
    FreezesRow: "freezes-row",
    OversizedChange: "oversized-change",
    NullRows: "null-rows",
    UncheckedNull: "unchecked-null",
    CutDigits: "cut-digits",
}
"""How a transcript calls each hazard."""


class Entry(msgspec.Struct, frozen=True):
    """One statement (or a comment that is sent like one) and how it ends."""

    migration: Migration
    line: int
    sql: str
    verdict: Verdict
    reasons: tuple[str, ...]
    hazards: tuple[Hazard, ...]
    changes: tuple[str, ...]
    """What the catalogue gains or loses; empty where the statement doesn't happen."""
    rows_left: int
    """Of a refused INSERT: the rows before the refused one, which are in."""
    reached: bool
    """False behind a stop: it is sent only once that is mended."""
    stops: bool
    """Whether the run ends here: the rest of the file isn't sent, and the file isn't recorded."""
    secrets: Secrets
    """What nobody should read; `sql` has stars in its place."""

    rows: tuple[str, ...] = ()
    """Which known rows it falls on, where those are others than meant."""

    @property
    def surprises(self) -> tuple[str, ...]:
        """Its hazards as clauses, and which rows it falls on, without the secrets."""
        clauses = (*self.rows, *map(hazard_text, self.hazards))
        return tuple(map(self.secrets.masked, clauses))


class Ending(msgspec.Struct, frozen=True):
    """How a file ends."""

    migration: Migration
    reached: bool
    recorded: bool
    """Whether it counts as applied afterwards."""
    stops: bool
    """Whether nothing behind it is sent."""
    note: str
    """Why it isn't recorded; empty where it is."""


class Transcript(msgspec.Struct, frozen=True):
    """The entries and the endings of a history, both in the runner's order."""

    entries: tuple[Entry, ...]
    endings: tuple[Ending, ...]
    obstacle: str = ""
    """Why the runner won't even begin; what follows is then what it would do."""
    stop: Migration | None = None
    """The first file at which the run stops, whether its part is shown or not."""

    def only(self, files: frozenset[str] | None) -> Transcript:
        """The part on some files; None is all of them."""
        if files is None:
            return self
        return msgspec.structs.replace(
            self,
            entries=tuple(entry for entry in self.entries if entry.migration.file in files),
            endings=tuple(ending for ending in self.endings if ending.migration.file in files),
        )


def transcribe(replayed: Replay, capabilities: Capabilities) -> Transcript:
    """The transcript of an `actual` replay; the capabilities are those of its target."""
    split, numbered = capabilities.splits_at_semicolons, capabilities.applies_by_number
    entries: list[Entry] = []
    endings: list[Ending] = []
    numbers: dict[int | None, str] = {}
    troubles = {each.file: each.reason for each in replayed.history.unreadable if not each.fatal}
    reached = True
    for migration in replayed.history.replayed:
        told = tuple(_file(migration, replayed.by_file.get(migration.file, ()), split=split, reached=reached))
        entries += told
        taken_by = numbers.setdefault(migration.number, migration.file) if numbered else migration.file
        trouble = troubles.get(migration.file)
        endings.append(ending_of(migration, told, taken_by, reached=reached, trouble=trouble))
        reached = reached and not endings[-1].stops
    stop = next((ending.migration for ending in endings if ending.stops), None)
    obstacle = obstacle_of(replayed.history, numbered=numbered)
    return Transcript(tuple(entries), tuple(endings), obstacle, stop)


def _file(migration: Migration, steps: tuple[Step, ...], *, split: bool, reached: bool) -> Iterator[Entry]:
    """The entries of one file, in the order of its text."""
    statements = [tuple(group) for _, group in groupby(steps, key=lambda step: step.statement.span)]
    told = [(group[0].statement.span.start, entry_of(group)) for group in statements]
    if split:
        spans = [group[0].statement.span for group in statements]
        ends = [span.end for span in spans]
        for piece in migration.pieces:
            behind = bisect_right(ends, piece.span.start)
            if piece.sent and (behind == len(spans) or spans[behind].start >= piece.span.end):
                told.append((piece.span.start, comment_of(migration, piece)))
    for _, entry in sorted(told, key=lambda pair: pair[0]):
        yield msgspec.structs.replace(entry, reached=reached)
        reached = reached and (migration.applied or not entry.stops)


def entry_of(steps: tuple[Step, ...]) -> Entry:
    """One statement, from its steps."""
    first = steps[0]
    source, span = first.migration.source, first.statement.span
    verdict = next((step.outcome.verdict for step in steps if not step.outcome.verdict.happens), None)
    if verdict is None:
        quiet = all(step.outcome.verdict is Verdict.NO_OP for step in steps)
        verdict = Verdict.NO_OP if quiet else Verdict.TAKEN
    secrets = [secret.span for secret in leaks(first)]
    unsaid = Secrets((source, secret) for secret in secrets)
    refusals = (unsaid.masked(refusal.reason) for step in steps for refusal in step.outcome.refusals)
    hazards = tuple(hazard for step in steps for hazard in step.outcome.hazards)
    return Entry(
        migration=first.migration,
        line=source.position(span.start).line,
        sql=starred(source, secrets, span),
        verdict=verdict,
        reasons=(_FATES[verdict],) if verdict in _FATES else tuple(dict.fromkeys(refusals)),
        hazards=tuple(hazard for hazard in hazards if verdict.happens or isinstance(hazard, Crashes)),
        changes=tuple(describe(step.change) for step in steps if step.change) if verdict is Verdict.TAKEN else (),
        rows=tuple(filter(None, map(other_rows, steps))) if verdict is Verdict.TAKEN else (),
        rows_left=0 if verdict in _FATES else sum(step.rows_left for step in steps),
        reached=True,
        stops=any(step.stops for step in steps) or (verdict is Verdict.TAKEN and any(map(_kills, hazards))),
        secrets=unsaid,
    )


def _kills(hazard: Hazard) -> bool:
    """Whether the server dies whatever the tables hold."""
    return isinstance(hazard, Crashes) and not hazard.when


_FATES: Final = {
    Verdict.SKIPPED: "the runner doesn't send it: the text behind the previous `;` begins with `--`",
    Verdict.SPLIT: "the runner splits it at a `;` inside a literal, a quoted name or a comment",
}


def comment_of(migration: Migration, piece: Piece) -> Entry:
    """A piece of comments alone, which is sent like a statement."""
    return Entry(
        migration=migration,
        line=migration.source.position(piece.span.start).line,
        sql=migration.source.slice(piece.span),
        verdict=Verdict.REFUSED,
        reasons=("the runner sends this comment as a statement, and the engine refuses it",),
        hazards=(),
        changes=(),
        rows_left=0,
        reached=True,
        stops=True,
        secrets=Secrets(()),
    )


def ending_of(
    migration: Migration, told: tuple[Entry, ...], taken_by: str, *, reached: bool, trouble: str | None = None
) -> Ending:
    """How a file ends whose number the file `taken_by` has taken; `trouble` is why the engine stumbles over it."""
    if migration.applied:
        return Ending(migration, reached=True, recorded=True, stops=False, note="")
    stop = next((entry for entry in told if entry.stops), None)
    note = ""
    if stop is not None:
        done = sum(entry.verdict.happens for entry in told[: told.index(stop)])
        parts = [f"{counted(done, 'statement')} before it"] if done else []
        parts += [f"{counted(stop.rows_left, 'row')} of its own"] if stop.rows_left else []
        half = f"half applied: {' and '.join(parts)} took effect" if parts else "nothing took effect"
        note = f"the run stops at line {stop.line}; {half}, and nothing is recorded"
    elif trouble is not None:
        note = f"{trouble}: what is shown is what was meant, and it isn't what happens"
    elif not migration.pieces:
        note = "there is nothing to send, so it is never recorded and stays pending for ever"
    elif taken_by != migration.file:
        note = f"`{taken_by}` has its number, so recording it fails, and the run stops"
    stops = bool(note) and bool(migration.pieces)
    return Ending(migration, reached, recorded=reached and not note, stops=stops, note=note)


def obstacle_of(history: History, *, numbered: bool = True) -> str:
    """What makes the whole folder unusable for the runner, and what is left out here because kmblint didn't read it.

    `numbered` is whether the runner goes by number, and stops at what it can't read.
    """
    broken = [f"`{each.file}` can't be read" for each in history.unreadable if each.fatal]
    broken += [f"`{each.file}` has no number" for each in history.migrations if not each.numbered]
    refused = [f"the runner refuses the whole folder: {', '.join(broken)}"] if broken and numbered else []
    left_out = [
        f"`{unreadable.file}` is left out: {unreadable.reason}"
        for unreadable in history.told_unreadable
        if unreadable.file not in history.by_file and (not unreadable.fatal or not numbered)
    ]
    return "; ".join((*refused, *left_out))


_OTHERS: Final = "is ignored: more or other rows change than meant"


def hazard_text(hazard: Hazard) -> str:
    """A hazard as a clause."""
    match hazard:
        case DroppedClause(clause=clause, column=column, effect=effect):
            return f"{clause}{f' of `{column}`' if column else ''} is thrown away: {effect}"
        case ChangedType(column=column, declared=declared, stored=stored, effect=effect):
            return f"`{column}` is stored as {stored}, not {declared}: {effect}"
        case IgnoredGuard(guard=guard, effect=effect):
            return f"{guard} is ignored: {effect}"
        case IgnoredLimit():
            return f"LIMIT {_OTHERS}"
        case IgnoredOrder():
            return f"ORDER BY {_OTHERS}"
        case IgnoredJoin(keyword=keyword, table=table):
            return f"{keyword}{f' `{table}`' if table else ''} {_OTHERS}"
        case IgnoredQualifier(qualifier=qualifier):
            return f"qualifier `{qualifier}` {_OTHERS}"
        case OverwrittenCondition(column=column):
            return f"a condition on `{column}` gives way to a later one on it: more or other rows change than meant"
        case OpenBound(column=column, every=every):
            reached = "every row" if every else "every row from its other end on"
            return f"{reached}: the bound of `{column}` is of another kind, and all values are on one side of it"
        case IgnoredCondition(index=index):
            beside = "the whole key" if index is None else f"the index `{index}`"
            return f"a condition is ignored beside {beside}: more rows change than meant"
        case GhostColumn(reason=reason) | QualifiedSet(reason=reason) | BlindComparison(reason=reason):
            return reason
        case Poisons(table=table, column=column, column_type=kind, value=value):
            return f"{value} in the {kind} column `{column}` makes `{table}` unreadable from here on"
        case Crashes(reason=reason, when=when):
            return f"the server dies{f' {when}' if when else ''}: {reason}"
        case KeyDamage(column=column):
            return f"the key column `{column}` is set unchecked: two rows may end with one key"
        case OversizedChange(size=size, most=most):
            return f"as soon as one row matches it is refused: the change takes {size} bytes, a page holds {most}"
        case FreezesRow(column=column, value=value):
            return f"a row whose key `{column}` is written {value} can be neither changed nor deleted"
        case NullRows(column=column, comparison=comparison, others=True):
            return f"`{comparison}` with NULL takes rows where `{column}` isn't NULL, and in SQL none"
        case NullRows(column=column, comparison=comparison):
            return f"`{comparison}` also takes the rows where `{column}` is NULL"
        case UncheckedNull(column=column):
            return f"the NOT NULL column `{column}` gets NULL, and nothing checks"
        case CutDigits(column=column, value=value, kept=kept):
            return f"{value} is stored in `{column}` as {kept}"
