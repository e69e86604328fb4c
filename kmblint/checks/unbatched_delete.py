"""A DELETE from a table with rows that no key bounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmblint.analysis.unbatched import empties_before_drop, unbatched
from kmblint.findings import Finding
from kmblint.replay.steps import Part, Step
from kmblint.schema.changes import DeleteRows
from kmblint.targets import Target

_COST: Final = "each row costs a log event, and isn't gone: the log is append-only"


def check(change: DeleteRows, step: Step, target: Target, part: Part, *, max_rows: int) -> Iterator[Finding]:
    """The DELETE that may take more than so many rows at once, with the first batch of a bounded one."""
    finding = unbatched(change, step, part, target, max_rows=max_rows, does="`DELETE` takes", cost=_COST)
    if finding is not None and not empties_before_drop(change, step, part):
        yield finding
