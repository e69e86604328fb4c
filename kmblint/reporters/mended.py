"""What fixes did, or would do: file by file and rule by rule, and which of them were left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Final

from kmblint.fixing.rounds import LeftOut, Outcome
from kmblint.reporters.characters import visible
from kmblint.wording import counted

_MOST: Final = 8
"""Fixes that were left out which are told; the rest are counted."""
_VERBS: Final = (("would fix", "fixed"), ("would suppress", "suppressed"))


def told(outcome: Outcome, called: Callable[[str], str], *, wrote: bool, suppressed: bool = False) -> Iterator[str]:
    """A line for all, a line a file, and those that were left out; nothing where no fix was tried.

    `called` says how the user calls a file of the folder; without `wrote`, it is what would be; with `suppressed`,
    suppressions were written and no fixes.
    """
    changes = outcome.draft.changes
    if changes:
        verb = _VERBS[suppressed][wrote]
        more = outcome.gone - outcome.fixed
        followed = f", and {more} more that followed from {'it' if outcome.fixed == 1 else 'them'}" if more > 0 else ""
        yield f"{verb} {counted(outcome.fixed, 'finding')} in {counted(len(changes), 'file')}{followed}:"
    for file in changes:
        rules = ", ".join(
            f"{mended.count} {mended.rule} ({mended.code})" for mended in outcome.mended if mended.file == file.name
        )
        was = " (new)" if file.origin is None else f" (was `{file.origin}`)" if file.origin != file.name else ""
        yield visible(f"  {called(file.name)}{was}: {rules}")
    if outcome.left_out:
        what = ("finding", "findings") if suppressed else ("fix", "fixes")
        yield f"{counted(len(outcome.left_out), *what)} left out:"
        yield from _left_out(outcome, called)


def _left_out(outcome: Outcome, called: Callable[[str], str]) -> Iterator[str]:
    def reason(left: LeftOut) -> tuple[str, str]:
        return left.diagnostic.rule, left.why

    groups = [(key, list(members)) for key, members in groupby(sorted(outcome.left_out, key=reason), key=reason)]
    for (rule, why), members in groups[:_MOST]:
        first = members[0].diagnostic.finding.place
        place = called(first.file)
        more = f" and {len(members) - 1} more" if len(members) > 1 else ""
        yield visible(f"  {rule} in {place}{more}: {why}")
    if len(groups) > _MOST:
        yield f"  and {sum(len(members) for _, members in groups[_MOST:])} more"
