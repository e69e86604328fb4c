"""The verdict on a batch in plain words: whether it is ready, and why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import Enum

import msgspec

from kmblint.findings import Report, Severity
from kmblint.history.files import Migration
from kmblint.replay.review import Review
from kmblint.replay.transcript import Ending, Entry
from kmblint.reporters.tally import headline
from kmblint.targets.verdict import Verdict
from kmblint.wording import counted


class Readiness(Enum):
    """Whether the batch can be applied; the value is how a reader is told."""

    NOT_READY = "Not ready"
    LOOK_FIRST = "Look first"
    READY = "Ready"
    NOTHING = "Nothing is pending"


class Judgement(msgspec.Struct, frozen=True):
    """A verdict, and the facts behind it."""

    readiness: Readiness
    because: str
    """A clause, names in backticks; empty where nothing is to say."""
    facts: tuple[str, ...]
    """Further clauses: how far the run comes, what it consists of."""


def judged(report: Report, reviews: Sequence[Review]) -> Judgement:
    """The worst that the histories of a run come to."""
    totals = report.summary
    facts = [*_facts(reviews), headline(report)]
    stop = next(filter(None, (_stop(review, by_path=len(reviews) > 1) for review in reviews)), None)
    if stop is not None:
        because, further = stop
        return Judgement(Readiness.NOT_READY, because, (*further, *facts))
    undone = sum(not entry.verdict.happens for review in reviews for entry in _entries(review))
    if undone:
        verb = "doesn't do what it says" if undone == 1 else "don't do what they say"
        because = f"it runs to its end, but {counted(undone, 'statement')} {verb}"
        return Judgement(Readiness.NOT_READY, because, tuple(facts))
    runs = "it runs to its end" if any(review.batch for review in reviews) else "no migration is pending"
    if not reviews:
        runs = "its findings alone are known"
    if totals.error:
        old = _in_applied(report, reviews)
        if totals.error > old:
            return Judgement(Readiness.NOT_READY, f"{runs}, with {counted(totals.error, 'error')}", tuple(facts))
        because = f"{runs}; {counted(old, 'error')} in what is applied already"
        return Judgement(Readiness.LOOK_FIRST, because, tuple(facts))
    if totals.warning:
        return Judgement(Readiness.LOOK_FIRST, f"{runs}, with {counted(totals.warning, 'warning')}", tuple(facts))
    if not any(review.batch for review in reviews):
        return Judgement(Readiness.NOTHING, "", tuple(facts))
    surprising = sum(bool(entry.hazards) for review in reviews for entry in _entries(review))
    if surprising:
        because = f"{runs}, {counted(surprising, 'statement')} not quite as written"
        return Judgement(Readiness.READY, because, tuple(facts))
    return Judgement(Readiness.READY, f"{runs}, and every statement does what it says", tuple(facts))


def _entries(review: Review) -> tuple[Entry, ...]:
    """The statements of the batch."""
    files = review.files
    return tuple(entry for entry in review.transcript.entries if entry.migration.file in files)


def _endings(review: Review) -> tuple[Ending, ...]:
    """How the files of the batch end."""
    files = review.files
    return tuple(ending for ending in review.transcript.endings if ending.migration.file in files)


def stops(reviews: Sequence[Review]) -> bool:
    """Whether a run doesn't come to the end of its batch."""
    return any(ending.stops or not ending.reached for review in reviews for ending in _endings(review))


def _in_applied(report: Report, reviews: Sequence[Review]) -> int:
    """How many errors stand in applied files, and are no fault of the batch.

    Against a revision, only what the branch brings is shown: what it edits or deletes there is its own fault.
    """
    histories = [review.history for review in reviews if review.history.since is None]
    applied = {each.source.path for history in histories for each in history.migrations if each.applied}
    return sum(
        diagnostic.severity is Severity.ERROR and report.path(diagnostic.finding.place.file) in applied
        for diagnostic in report.diagnostics
    )


def status(review: Review, migration: Migration) -> tuple[str, str]:
    """How a file ends, and why that isn't well; the second is empty where it is."""
    if migration.applied:
        return "applied already", ""
    ending = review.endings.get(migration.file)
    if ending is None:
        return "not part of the history", ""
    if not ending.reached:
        return "not reached", f"once it is, {ending.note}" if ending.note else ""
    if ending.stops:
        return "stops the run", ending.note
    return ("runs to its end", "") if ending.recorded else ("never recorded", ending.note)


def _stop(review: Review, *, by_path: bool) -> tuple[str, tuple[str, ...]] | None:
    """Why the run doesn't come to its end, and what more there is to say of that."""
    transcript = review.transcript
    if transcript.obstacle and review.batch:
        return transcript.obstacle, ()
    ended = _endings(review)
    stop = next((ending for ending in ended if ending.stops), None)
    if stop is not None:
        behind = sum(not ending.reached for ending in ended)
        not_reached = f"{counted(behind, 'migration')} behind it not reached" if behind else ""
        return f"the run stops in `{_called(stop.migration, by_path=by_path)}`", tuple(
            filter(None, (stop.note, not_reached))
        )
    if ended and not ended[0].reached and transcript.stop is not None:
        return f"the run stops before, in `{_called(transcript.stop, by_path=by_path)}`", ()
    return None


def _called(migration: Migration, *, by_path: bool) -> str:
    return migration.source.path if by_path else migration.file


def _facts(reviews: Sequence[Review]) -> list[str]:
    """What the batch consists of, and how its statements end."""
    if not reviews:
        return []
    told = [entry for review in reviews for entry in _entries(review)]
    verdicts = Counter(entry.verdict for entry in told)
    counts = ", ".join(f"{verdicts[verdict]} {verdict.value}" for verdict in Verdict if verdicts[verdict])
    files = sum(len(review.batch) for review in reviews)
    return [f"{counted(files, 'migration')}, {counted(len(told), 'statement')}{f': {counts}' if counts else ''}"]
