"""A number of the sequence that no file has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from kmblint.findings import Finding, Related, point
from kmblint.history.files import History
from kmblint.history.names import number_of


def check(history: History) -> Iterator[Finding]:
    """One finding a gap, shown at the file behind it."""
    # What the branch that this one is merged into has, and what went since it was released, which another rule tells.
    elsewhere = {*history.taken, *map(number_of, history.gone)}
    for before, behind in pairwise(history.by_number):
        if behind == before + 1 or (_is_date(before) and _is_date(behind)):
            continue
        if all(number in elsewhere for number in range(before + 1, min(behind, before + 10_000))):
            continue
        first, last = before + 1, behind - 1
        missing = f"{first:04} is" if first == last else f"{first:04} to {last:04} are"
        earlier, later = history.by_number[before][0], history.by_number[behind][0]
        yield Finding(
            point(later),
            f"{missing} missing between `{earlier}` and `{later}`",
            help="restore what is missing, or number the files that are applied nowhere without a gap",
            related=(Related(point(earlier), "the file before the gap"),),
        )


def _is_date(number: int) -> bool:
    """Whether the number is a day (`20260312`): such folders count in days, and every step is a gap."""
    if len(str(number)) != 8:
        return False
    try:
        datetime.strptime(str(number), "%Y%m%d")  # noqa: DTZ007 (only asked whether there is such a day)
    except ValueError:
        return False
    return True
