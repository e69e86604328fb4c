"""What was judged of a change, kept so that an unchanged file behind unchanged ones is replayed and not judged again.

What is known of the rows of tables hangs on maps that cost more to keep than to make: a change that they have to do
with is judged anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import msgspec

from kmblint.schema.conflict import Conflict
from kmblint.targets.verdict import Form, Hazard, Outcome, Refusal, Verdict, Way


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
