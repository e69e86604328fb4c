"""An index, constraint, mask, masking policy or role that isn't there."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.analysis.unresolved import unresolved_object
from kmblint.findings import Finding
from kmblint.replay.steps import Replay, Step
from kmblint.schema.changes import Grant
from kmblint.schema.conflict import UnknownObject


def check(conflict: UnknownObject, step: Step, replay: Replay) -> Iterator[Finding]:
    """That an object is named that isn't there, and why it isn't."""
    name = conflict.name.text
    absence = unresolved_object(step, replay, conflict)
    effect = ", and nothing checks what a grant names" if isinstance(step.change, Grant) else ""
    yield Finding(
        step.place(conflict.name.span),
        f"{conflict.kind} `{name}` doesn't exist{absence.why}{effect}",
        help=absence.help,
        fix=absence.fix(step.place(conflict.name.span)),
        related=absence.related,
        subject=name,
        confidence=absence.confidence,
    )
