"""An UPDATE of a table with rows that no key bounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmblint.analysis.unbatched import unbatched
from kmblint.findings import Finding
from kmblint.replay.steps import Part, Step
from kmblint.schema.changes import UpdateRows
from kmblint.targets import Target

_COST: Final = "each row that changes costs a log event, for ever"


def check(change: UpdateRows, step: Step, part: Part, target: Target, *, max_rows: int) -> Iterator[Finding]:
    """The UPDATE that may rewrite more than so many rows at once, with the first batch of a bounded one."""
    finding = unbatched(change, step, part, target, max_rows=max_rows, does="`UPDATE` rewrites", cost=_COST)
    if finding is not None:
        yield finding
