"""A down section that doesn't give back the schema that was there before up."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Confidence, Finding, Related
from kmblint.replay.rollback import Rollback
from kmblint.text import Place
from kmblint.wording import counted


def check(rollback: Rollback) -> Iterator[Finding]:
    """What is lost, left behind or other than before; once a file, at the statement of down that does it."""
    differences = rollback.differences
    if not differences:
        return
    migration = rollback.migration
    first, *others = differences
    more = f" (and {counted(len(others), 'more difference')})" if others else ""
    place = _guilty(rollback)
    yield Finding(
        place,
        f"rolling back {migration.id} doesn't give back the schema from before it: {first}{more}",
        help="\n".join(["before (-) and behind (+) up and down:", *(difference.drawn for difference in differences)]),
        related=tuple(Related(each.place, str(each)) for each in differences if each.place != place),
        subject=first.subject,
        cause=_broken(rollback),
        confidence=Confidence.HIGH if rollback.understood else Confidence.LOW,
    )


def _broken(rollback: Rollback) -> Place | None:
    """The first statement of down that doesn't run as it is written, whatever then stays."""
    broken = (step for step in rollback.down if not step.outcome.verdict.happens)
    return next((step.place(step.statement.span) for step in broken), None)


def _guilty(rollback: Rollback) -> Place:
    """The first statement of down that a difference came from, else the first of all."""
    places = {difference.place for difference in rollback.differences}
    steps = rollback.down
    suspects = (s for s in steps if any(p.file == s.migration.file and p.span in s.statement.span for p in places))
    guilty = next(suspects, steps[0])
    return guilty.place(guilty.statement.span)
