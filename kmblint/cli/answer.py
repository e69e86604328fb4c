"""What a run of `kmblint check` leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from kmblint.errors import ExitCode
from kmblint.findings import Report

if TYPE_CHECKING:
    from kmblint.cli.histories import Opened
    from kmblint.cli.mending import Mended
    from kmblint.replay.review import Review


class Answer(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Reports and all that is said beside them."""

    reports: tuple[Report, ...]
    """One a history."""
    code: ExitCode
    output_format: str
    """The configuration's, where the command line names none."""
    details: tuple[str, ...]
    """What was read and what is in force, a line a history."""
    kept: tuple[Path, ...]
    """What no output may take the place of."""
    linted: Callable[[], Sequence[Opened]]
    """The histories that the reports are of, read where they aren't yet."""
    lasting: bool = False
    """Whether it follows from what was sought and from the files alone."""
    mended: tuple[Mended, ...] = ()
    """What fixes came to, where any were asked for."""

    @cached_property
    def reviews(self) -> tuple[Review, ...]:
        """What a reviewer asks of each history: two more replays, so only where a format shows it."""
        from kmblint.replay.review import review

        return tuple(review(one.history, one.target, one.shown) for one in self.linted())
