"""The judgement of a change, kept so that an unchanged file behind unchanged ones is replayed and not judged again.

What is known of the rows of tables hangs on maps that cost more to keep than to make: a change that they have to do
with is judged anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import msgspec

from kmblint.schema.catalog import Catalog
from kmblint.schema.changes import Change
from kmblint.schema.conflict import Conflict
from kmblint.schema.conflicts import conflicts, without_owner
from kmblint.schema.resolve import resolved, respelt
from kmblint.schema.unread import accounted_for
from kmblint.targets import Target
from kmblint.targets.outcome import Form, Outcome, Way
from kmblint.targets.verdict import Hazard, IgnoredGuard, Refusal, Verdict


class Judgement(msgspec.Struct, frozen=True, array_like=True):
    """The outcome of one change, without its reach, the conflicts that no guard provides for, and the doubts."""

    verdict: Verdict
    refusals: tuple[Refusal, ...]
    hazards: tuple[Hazard, ...]
    """Those behind the form's own, where `follows` says so."""
    follows: bool
    """Whether the hazards of the statement's form stand before them."""
    way: Way | None
    conflicts: tuple[Conflict, ...]
    doubts: tuple[Conflict, ...]

    @classmethod
    def of(cls, outcome: Outcome, form: Form, conflicts: tuple[Conflict, ...], doubts: tuple[Conflict, ...]) -> Kept:
        """None where it hangs on known rows."""
        if outcome.found is not None or outcome.inserted is not None:
            return None
        count = len(form.hazards)
        follows = count > 0 and outcome.hazards[:count] == form.hazards
        hazards = outcome.hazards[count:] if follows else outcome.hazards
        judgement = cls(outcome.verdict, outcome.refusals, hazards, follows, outcome.way, conflicts, doubts)
        return True if judgement == _PLAIN else judgement

    def outcome(self, form: Form) -> Outcome:
        """The outcome without its reach, of a statement of that form."""
        hazards = (*form.hazards, *self.hazards) if self.follows else self.hazards
        return Outcome(self.verdict, self.refusals, hazards, way=self.way)


Kept: TypeAlias = Judgement | bool | None
"""What is kept of a change: True where it is taken and there is nothing to say, None where it is to be judged anew."""
Judgements: TypeAlias = Sequence[Kept]
"""Those of a file's changes, in order, one of each statement that changes nothing."""

_PLAIN: Final = Judgement(Verdict.TAKEN, (), (), False, None, (), ())
TAKEN: Final = Outcome(Verdict.TAKEN)
"""The outcome of a change of which there is nothing to say."""


def judge(
    target: Target, form: Form, change: Change | None, catalog: Catalog, *, first: bool
) -> tuple[Change | None, Outcome, tuple[Conflict, ...], tuple[Conflict, ...]]:
    """What a target makes of a change, the `first` of its statement or a further one, on a catalogue.

    The change with names as the database resolves them, its outcome, the conflicts that no guard provides for, and the
    doubts.
    """
    if change is None:
        outcome = Outcome(Verdict.UNREADABLE if form.refused else Verdict.TAKEN, form.refusals, form.hazards)
        return None, outcome, (), ()
    change, held, doubts = _held_against(catalog, change, closed_world=target.capabilities.closed_world)
    outcome = target.outcome(form if first else Form(), change, catalog, held)
    if form.refused:
        outcome = msgspec.structs.replace(outcome, verdict=Verdict.REFUSED)
    return change, outcome, _unmet(held, outcome), doubts


def _held_against(
    catalog: Catalog, change: Change, *, closed_world: bool
) -> tuple[Change, tuple[Conflict, ...], tuple[Conflict, ...]]:
    """The change with names as the database resolves them, what the catalogue holds against it, and what it may."""
    if not closed_world:
        change = resolved(catalog, change)
    held = conflicts(catalog, change)
    if held and not closed_world and (other := respelt(catalog, change, held)) is not change:
        change, held = other, conflicts(catalog, other)
    if not closed_world:
        held += without_owner(catalog, change)
    sure: list[Conflict] = []
    doubts: list[Conflict] = []
    for conflict in held:
        (doubts if accounted_for(catalog, conflict, closed_world=closed_world) else sure).append(conflict)
    return change, tuple(sure), tuple(doubts)


def _unmet(held: tuple[Conflict, ...], outcome: Outcome) -> tuple[Conflict, ...]:
    """The conflicts that no guard provides for: the guarded ones too where the target ignores the guard."""
    if not held:
        return ()
    ignored = any(isinstance(hazard, IgnoredGuard) for hazard in outcome.hazards)
    return held if ignored else tuple(conflict for conflict in held if not conflict.guarded)
