"""An index, constraint, masking policy or role of a name that is taken."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Step
from kmblint.schema.conflict import ObjectExists


def check(conflict: ObjectExists, step: Step) -> Iterator[Finding]:
    """That the object exists, with where it was made."""
    name = conflict.name.text
    on = f" on `{conflict.table}`" if conflict.table else ""
    guard = " (its guard is ignored)" if conflict.guarded else ""
    yield Finding(
        step.place(conflict.name.span),
        f"{conflict.kind} `{name}` already exists{on}{guard}: it was made {step.said(conflict.made)}",
        help="take this statement out, or give the new one another name",
        related=(Related(conflict.made, f"`{name}` is made here"),),
        subject=name,
    )
