"""How a report is to be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from kmblint.reporters.positions import ColumnUnit

if TYPE_CHECKING:
    from kmblint.replay.review import Review  # a run whose format shows none doesn't pay for it

PAGE: Final = 100
"""Columns of a line where no terminal says how many it has."""


class View(msgspec.Struct, frozen=True):
    """Wishes of the reader; a format takes heed of those that make sense in it."""

    color: bool = False
    links: bool = False
    """Whether rule names are links to their cards."""
    statistics: bool = False
    """Counts by rule in place of the findings."""
    quiet: bool = False
    """Findings only: no summary, no notes."""
    width: int = PAGE
    """Columns of a line."""
    column_unit: ColumnUnit = ColumnUnit.CHARACTERS
    """What the columns of `concise` and `grouped` count."""
    reviews: tuple[Review, ...] = ()
    """What a reviewer asks of each history; only for the formats in `REVIEWED`."""
    prefix: str = ""
    """The way from the root of the repository to the working directory, for formats whose readers start there."""


PLAIN: Final = View()
"""Without any wish."""
