"""Drift as text, as JSON, and as the migration that brings one side to the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmblint.history.files import History
from kmblint.live.drift import Drift, FollowUp
from kmblint.live.readback import NOT_VISIBLE, Difference
from kmblint.reporters.characters import visible
from kmblint.reporters.json_document import written
from kmblint.reporters.paint import Paint, wrapped
from kmblint.text import Place
from kmblint.wording import counted

_DENIED: Final = "masking policies: the token isn't allowed to list them, which takes the role Admin"


def as_text(drift: Drift, paint: Paint, width: int) -> str:
    """To read: a block a difference, then what couldn't be compared."""
    return "".join(f"{line}\n" for line in _lines(drift, paint, width))


def _lines(drift: Drift, paint: Paint, width: int) -> Iterator[str]:
    yield from wrapped(
        f"{drift.server}, release {drift.release}, beside {_beside(drift.history)}", "strong", paint, width
    )
    yield ""
    if drift.is_empty:
        yield from wrapped(
            f"{drift.server} holds no table at all, and the migrations make {len(drift.wanted.tables)}: is it the "
            "right tenant? A server of release 0.9.1 that keeps its data in a folder also forgets its tables when it "
            "is restarted.",
            "error",
            paint,
            width,
        )
        return
    for difference in drift.differences:
        title = f"≠ {difference.what} `{visible(difference.subject)}`"
        where = _where(drift.history, difference.place)
        yield paint("error", title) + (f"  --> {visible(where)}" if where else "")
        yield from wrapped(difference.predicted, "", paint, width, "    the migrations: ")
        yield from wrapped(difference.seen, "", paint, width, "    the database:   ")
    if drift.differences:
        yield ""
    yield paint("strong", counted(len(drift.differences), "difference") if drift.differences else "no difference")
    yield paint("faint", f"not visible in release {drift.release}, and not compared:")
    for line in not_compared(drift):
        yield from wrapped(line, "faint", paint, width, "- ")


def not_compared(drift: Drift) -> tuple[str, ...]:
    """What nobody can say whether it is the same."""
    denied = (_DENIED,) if drift.live.policies is None else ()
    unasked = tuple(f"the columns of `{name}`: SHOW COLUMNS doesn't take such a name" for name in drift.unasked)
    return (*NOT_VISIBLE, *denied, *unasked)


def _beside(history: History) -> str:
    ids = [each.id for each in history.replayed]
    if not ids:
        return f"no applied migration of {history.called}"
    which = ids[0] if len(ids) == 1 else f"{ids[0]} to {ids[-1]}"
    silence = "" if history.applied_through is not None else " (nothing is said of what is applied: --applied-through)"
    return f"{history.called}, {which}{silence}"


def _where(history: History, place: Place | None) -> str:
    source = history.sources.get(place.file) if place is not None else None
    return "" if source is None or place is None else source.where(place.span)


def as_json(drift: Drift) -> str:
    """One document, version 1."""
    document = {
        "version": 1,
        "server": drift.server,
        "release": drift.release,
        "facts": drift.facts,
        "history": drift.history.called,
        "migrations": [each.file for each in drift.history.replayed],
        "empty": drift.is_empty,
        "differences": [_difference(drift.history, each) for each in drift.differences],
        "not_compared": list(not_compared(drift)),
    }
    return written(document)


def _difference(history: History, difference: Difference) -> dict[str, str]:
    return {
        "what": difference.what,
        "subject": difference.subject,
        "migrations": difference.predicted,
        "database": difference.seen,
        "made": _where(history, difference.place),
    }


def as_migration(drift: Drift, follow_up: FollowUp, file: str | None) -> str:
    """The follow-up migration; what must be known stands in its header, which the runner drops.

    `file` is its name in the history; None for statements that are for this database alone.
    """
    head = [
        f"{file}: what was done by hand in {drift.server}" if file else f"{drift.server} back to the migrations",
        *(f"check: {note}" for note in follow_up.notes),
    ]
    if file is None:
        head.append("for this database alone: on others, what it drops isn't there; what it drops is lost")
    elif follow_up.unguarded:
        head.append(
            "not every statement has a guard that the engine heeds: it is for other databases; where this is done "
            "already, the first of them is refused"
        )
    comments = [f"-- {visible(line)}" for line in head]
    return "\n".join([*comments, "", *follow_up.statements]) + "\n"
