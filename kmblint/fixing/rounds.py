"""Which fixes make nothing worse: each is tried on the whole history, in memory, before it counts.

A round takes all fixes that don't collide, reads and lints the history that they would make, and halves them where
anything is worse than before, until every one is in or out. What is out may be in in a later round, when its neighbours
are; there are ten rounds at the most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

import msgspec

from kmblint.findings import Applicability, Diagnostic, Fix, Report, Severity
from kmblint.fixing.draft import Draft, UnwritableError
from kmblint.fixing.edits import disjoint
from kmblint.history.files import History

ROUNDS: Final = 10

Read: TypeAlias = Callable[[Mapping[str, bytes | None]], History]
"""The history of a folder with bytes in the place of some of its files, None for those that are gone."""
Judge: TypeAlias = Callable[[History], Report]
"""Every finding on a history by itself, as no grouping hides one (`Settings.grouped`)."""


class Mended(msgspec.Struct, frozen=True):
    """Fixes that were applied, by the file that they changed, made or renamed (as it is called now) and their rule."""

    file: str
    code: str
    rule: str
    count: int
    """Findings."""


class LeftOut(msgspec.Struct, frozen=True):
    """A finding whose fix was tried and not taken, and why: a clause."""

    diagnostic: Diagnostic
    why: str


class Outcome(msgspec.Struct, frozen=True):
    """What the fixes of a history come to."""

    draft: Draft
    history: History
    report: Report
    """Of the judge, on that history."""
    mended: tuple[Mended, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    fixed: int = 0
    """Findings whose fixes were applied."""
    gone: int = 0
    """How many findings fewer there are; more, where something followed from them."""


def mend(
    history: History, draft: Draft, read: Read, judge: Judge, wanted: Callable[[Diagnostic], bool] = lambda _: True
) -> Outcome:
    """Applies the wanted fixes that make nothing worse, to a fixed point of at most ten rounds.

    Fixes that only propose (`Applicability.DISPLAY`) are never among them.
    """
    first = report = judge(history)
    mended: Counter[tuple[str, str, str]] = Counter()
    left_out: tuple[LeftOut, ...] = ()
    fixed = 0
    for _ in range(ROUNDS):
        one = _Round(draft, history, report, read, judge)
        one.take([each for each in report.diagnostics if _applies(each) and wanted(each)])
        left_out = tuple(one.left_out)
        if not one.accepted:
            break
        mended += Counter(one.mended())
        fixed += one.fixed
        draft, history, report = one.made, one.history, one.report
    called = {file.origin or file.name: file.name for file in draft.changes}
    return Outcome(
        draft,
        history,
        report,
        tuple(Mended(called[key[0]], *key[1:], count) for key, count in sorted(mended.items()) if key[0] in called),
        left_out,
        fixed,
        len(first.diagnostics) - len(report.diagnostics),
    )


def _applies(diagnostic: Diagnostic) -> bool:
    fix = diagnostic.finding.fix
    return fix is not None and fix.applicability is not Applicability.DISPLAY


class _Round:
    """One round: the fixes of one report, tried on the draft that it was made of."""

    def __init__(self, draft: Draft, history: History, report: Report, read: Read, judge: Judge) -> None:
        self.draft = self.made = draft
        self.history, self.report = history, report
        self.accepted: list[Fix] = []
        self.left_out: list[LeftOut] = []
        self._read, self._judge = read, judge
        self._told: dict[Fix, list[Diagnostic]] = {}

    def take(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Accepts of their fixes what it can."""
        for diagnostic in diagnostics:
            fix = diagnostic.finding.fix
            assert fix is not None, "asked of findings with a fix"
            refusal = self.draft.refusal(fix)
            if refusal:
                self.left_out.append(LeftOut(diagnostic, refusal))
            else:
                self._told.setdefault(fix, []).append(diagnostic)
        refused = self._accept([disjoint(self._told)])
        # What is worse only because its like stayed as it is may go in when all of them go in together.
        alike = [fix for fix, why in refused.items() if why.rule in self._rules(fix)]
        refused |= self._accept([alike]) if 1 < len(alike) < len(self._told) else {}
        for fix, why in refused.items():
            if fix not in self.accepted:
                self.left_out += [LeftOut(diagnostic, why.said) for diagnostic in self._told[fix]]

    def _accept(self, waiting: list[list[Fix]]) -> dict[Fix, _Why]:
        """Accepts what makes nothing worse, as many at once as will go; gives the others."""
        refused: dict[Fix, _Why] = {}
        while waiting:
            part = waiting.pop()
            why = self._tried(part) if part else None
            if why and len(part) > 1:
                waiting += self._split(part)
            elif why:
                refused[part[0]] = why
        return refused

    def _split(self, fixes: list[Fix]) -> list[list[Fix]]:
        """By rule, else by file, else in halves: what belongs together is tried together, the first of them last."""
        for key in (self._rules, _first_file):
            parts: dict[object, list[Fix]] = {}
            for fix in fixes:
                parts.setdefault(key(fix), []).append(fix)
            if len(parts) > 1:
                return [*parts.values()][::-1]
        half = len(fixes) // 2
        return [fixes[half:], fixes[:half]]

    def _rules(self, fix: Fix) -> tuple[str, ...]:
        """The rules whose findings a fix mends."""
        return tuple(dict.fromkeys(diagnostic.rule for diagnostic in self._told[fix]))

    def _tried(self, fixes: Sequence[Fix]) -> _Why | None:
        """Accepts fixes together, or says why not."""
        try:
            made = self.draft.with_fixes([*self.accepted, *fixes])
            overlay = made.overlay
        except UnwritableError as error:
            return _Why(str(error))
        history = self._read(overlay)
        report = self._judge(history)
        worse = _worse(self.report, report) or (_unheard(self.report, report) if len(fixes) > 1 else None)
        if worse is not None:
            reason = f"it leads to another finding, {worse.code} {worse.rule}: {worse.finding.message}"
            return _Why(reason, worse.rule)
        gone = len(self.report.diagnostics) - len(report.diagnostics)
        if gone < sum(len(self._told[fix]) for fix in fixes):
            return _Why("the finding stays with it")
        self.made, self.history, self.report = made, history, report
        self.accepted += fixes
        return None

    @property
    def fixed(self) -> int:
        """Findings whose fixes were accepted."""
        return sum(len(self._told[fix]) for fix in self.accepted)

    def mended(self) -> Iterator[tuple[str, str, str]]:
        """File (as it is called on disk, where it is there), code and rule of each finding that was mended."""
        for fix in self.accepted:
            edited = {edit.place.file for edit in fix.edits}
            touched = {file.replaces or file.name for file in fix.files} | edited
            for name in touched:
                known = self.draft.files.get(name)
                origin = name if known is None else known.origin or name
                for diagnostic in self._told[fix]:
                    yield origin, diagnostic.code, diagnostic.rule


class _Why(msgspec.Struct, frozen=True):
    """Why fixes aren't accepted: a clause, and the rule of what would be worse."""

    said: str
    rule: str | None = None


def _first_file(fix: Fix) -> str:
    return min((*(edit.place.file for edit in fix.edits), *(file.replaces or file.name for file in fix.files)))


def _worse(before: Report, after: Report) -> Diagnostic | None:
    """A finding of a rule that has more of them, or more of such a severity, than before; None where nothing is worse.

    Findings are counted and not told apart by their identity: a file that is renamed takes its own along. One that
    another spoke for, and that speaks for itself once that is mended, was there before.
    """
    known, now = _counts((*before.diagnostics, *before.given_way)), _counts(after.diagnostics)
    more = {key for key, count in now.items() if count > known[key]}
    messages = _messages(before)
    worse = [each for each in after.diagnostics if (each.rule, each.severity.rank) in more]
    return next((each for each in worse if (each.rule, each.finding.message) not in messages), next(iter(worse), None))


def _unheard(before: Report, after: Report) -> Diagnostic | None:
    """A finding that is neither where one of its rule was, nor says what one said; of a single fix, counts tell enough.

    Among several fixes, one that brings a finding hides behind another that takes one of the same rule.
    """
    known = {each.fingerprint for each in before.diagnostics}
    messages = _messages(before)
    return next(
        (
            diagnostic
            for diagnostic in after.diagnostics
            if diagnostic.fingerprint not in known and (diagnostic.rule, diagnostic.finding.message) not in messages
        ),
        None,
    )


def _messages(report: Report) -> set[tuple[str, str]]:
    return {(each.rule, each.finding.message) for each in report.diagnostics}


def _counts(diagnostics: Iterable[Diagnostic]) -> Counter[tuple[str, int]]:
    """By rule and severity, the findings that are at least so bad."""
    return Counter((each.rule, rank) for each in diagnostics for rank in range(each.severity.rank, len(Severity)))
