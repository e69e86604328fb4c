"""Edits that an editor can choose: fixes that make nothing worse, follow-up migrations, suppressions.

Each is tried on the whole history as `check --fix` does, so what is offered is what that would write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final

import msgspec
from msgspec.structs import replace

from kmblint.config.selection import covered, each_alone
from kmblint.findings import INTERNAL, Applicability, Diagnostic, Report, Severity
from kmblint.fixing import disk
from kmblint.fixing.draft import Draft
from kmblint.fixing.rounds import Outcome, mend
from kmblint.fixing.suppressing import suppress
from kmblint.history.files import History
from kmblint.history.names import description_of
from kmblint.server.folder import Answer, Folder
from kmblint.targets.layout import header
from kmblint.text import Span

REASON: Final = "TODO: say why"
"""What stands in a suppression until its author says why."""
_MOST: Final = 8
"""For as many findings of a stretch edits are tried."""


class Action(msgspec.Struct, frozen=True):
    """An edit that is offered, and the rule whose finding it ends."""

    title: str
    draft: Draft | None
    """None where it is worked out once it is chosen (`Tried.suppression`)."""
    rule: str = ""
    fingerprint: str = ""
    is_preferred: bool = False


class Tried:
    """The edits that were tried on one answer, kept while it is the newest."""

    def __init__(self, folder: Folder, answer: Answer, is_stopped: Callable[[], bool] = lambda: False) -> None:
        self._answer = answer
        self._is_stopped = is_stopped
        self._opening = answer.opening
        self._alone = each_alone(self._opening.settings, self._opening.config, answer.rulebook)
        self._session = folder.trial(answer, self._alone)
        self._known: dict[tuple[str, str], Action | None] = {}
        self._alike: dict[tuple[str, int, str | None], Outcome] = {}
        self._report: Report | None = None
        self._frozen: Mapping[str, str] | None = None

    def actions(self, file: str, within: Span, *, later: bool = False) -> Iterator[Action]:
        """What can be done about the findings that touch a stretch of a file; raises Stopped.

        With `later`, what suppressions write is left to be worked out.
        """
        if not self._is_told(file, within):
            return
        shown = self._shown(file, within)
        fixable = covered(self._opening.config.fixable.value, self._answer.rulebook)
        for diagnostic in shown:
            fix = diagnostic.finding.fix
            if fix is not None and diagnostic.rule in fixable:
                kind = "follow up" if fix.applicability is Applicability.DISPLAY else "fix"
                action = self._once(kind, diagnostic)
                if action is not None:
                    yield action
        for diagnostic in shown:
            action = self._suppressible(diagnostic) if later else self._once("suppress", diagnostic)
            if action is not None:
                yield action

    def suppression(self, fingerprint: str) -> Action | None:
        """The suppression of a finding, worked out; None where none reaches it."""
        diagnostic = next((each for each in self._every().diagnostics if each.fingerprint == fingerprint), None)
        return None if diagnostic is None else self._once("suppress", diagnostic)

    def all_safe(self, file: str) -> Action | None:
        """Every safe fix of a file's findings together, where there is any."""
        fixable = covered(self._opening.config.fixable.value, self._answer.rulebook)

        def wanted(diagnostic: Diagnostic) -> bool:
            fix = diagnostic.finding.fix
            safe = fix is not None and fix.applicability is Applicability.SAFE and not fix.files
            return (
                safe
                and diagnostic.finding.place.file == file
                and diagnostic.rule in fixable
                and diagnostic.rule in self._selected
            )

        outcome = self._mended(wanted)
        return Action("apply every safe fix of this file", outcome.draft) if outcome.draft.changes else None

    @property
    def _selected(self) -> Mapping[str, object]:
        return self._opening.settings.rules

    def _is_told(self, file: str, within: Span) -> bool:
        """Whether the editor shows a finding there: with none, nothing is tried."""
        places = (
            place
            for diagnostic in self._answer.report.diagnostics
            for place in (diagnostic.finding.place, *(related.place for related in diagnostic.finding.related))
        )
        return any(place.file == file and place.span.touches(within) for place in places)

    def _shown(self, file: str, within: Span) -> list[Diagnostic]:
        """The single findings there that the editor shows, alone or as a part of what is told together."""
        settings = self._opening.settings
        here = [
            diagnostic
            for diagnostic in self._every().diagnostics
            if diagnostic.finding.place.file == file
            and diagnostic.finding.place.span.touches(within)
            and diagnostic.rule in settings.rules
            and diagnostic.finding.confidence.rank <= settings.min_confidence.rank
        ]
        return here[:_MOST]

    def _every(self) -> Report:
        if self._report is None:
            self._report = self._judge(self._opening.history)
        return self._report

    def _once(self, kind: str, diagnostic: Diagnostic) -> Action | None:
        key = kind, diagnostic.fingerprint
        if key not in self._known:
            tries = {"fix": self._fixed, "follow up": self._followed_up, "suppress": self._suppressed}
            self._known[key] = tries[kind](diagnostic)
        return self._known[key]

    def _fixed(self, diagnostic: Diagnostic) -> Action | None:
        fix = diagnostic.finding.fix
        assert fix is not None, "asked of findings with a fix"
        safe = fix.applicability is Applicability.SAFE
        title = fix.message if safe else f"{fix.message} (look first: it may change what the migration does)"

        def like_it(candidate: Diagnostic) -> bool:
            """Of the same rule, and no less safe."""
            other = candidate.finding.fix
            milder = other is not None and other.applicability.rank <= fix.applicability.rank
            return milder and candidate.rule == diagnostic.rule and candidate.rule in self._selected

        file = diagnostic.finding.place.file

        def here(candidate: Diagnostic) -> bool:
            return candidate.finding.place.file == file and like_it(candidate)

        # Some fixes make something worse only as long as their like stays as it is.
        alike = diagnostic.rule, fix.applicability.rank
        for scope, key, wanted in (
            ("", None, lambda each: each.finding.fix == fix),
            (", with its like in this file", (*alike, file), here),
            (", with its like in all files", (*alike, None), like_it),
        ):
            outcome = self._alike.get(key) if key else None  # which is the same for each of them
            if outcome is None:
                outcome = self._mended(wanted)
            if key:
                self._alike[key] = outcome
            if outcome.draft.changes and diagnostic.fingerprint not in _fingerprints(outcome.report):
                return Action(f"{title}{scope}", outcome.draft, diagnostic.rule, is_preferred=safe and not scope)
        return None

    def _followed_up(self, diagnostic: Diagnostic) -> Action | None:
        """An applied file as it was released, and a new migration that says what was added to it."""
        fix, file = diagnostic.finding.fix, diagnostic.finding.place.file
        history = self._opening.history
        if fix is None or fix.edits or not fix.files or file not in history.edited:
            return None
        draft = self._draft(frozen={}, header_at=datetime.now().astimezone())
        if draft.refusal(fix) is not None or any(each.replaces is not None for each in fix.files):
            return None
        made = draft.with_fixes([fix])
        released = replace(made.files[file], text=history.by_file[file].source.text)
        made = replace(made, files={**made.files, file: released})
        before, after = self._judge(history), self._judge(self._opening.reread(made.overlay))
        errors = {each.fingerprint for each in after.diagnostics if each.severity is Severity.ERROR}
        if diagnostic.fingerprint in _fingerprints(after) or errors - _fingerprints(before):
            return None
        return Action(fix.message, made, diagnostic.rule)

    def _mended(self, wanted: Callable[[Diagnostic], bool]) -> Outcome:
        now = datetime.now().astimezone()
        if self._frozen is None:
            self._frozen = self._opening.frozen()
        draft = self._draft(frozen=self._frozen, header_at=now)
        return mend(self._opening.history, draft, self._opening.reread, self._judge, wanted)

    def _suppressible(self, diagnostic: Diagnostic) -> Action | None:
        """The title alone, where nothing speaks against it at first sight."""
        history, file = self._opening.history, diagnostic.finding.place.file
        here = history.by_file.get(file)
        if here is None or here.applied or file in disk.outside(history.root, (file,)):
            return None
        if diagnostic.rule == INTERNAL or diagnostic.rule.endswith("-suppression"):
            return None
        return Action(_suppressing(diagnostic), None, diagnostic.rule, diagnostic.fingerprint)

    def _suppressed(self, diagnostic: Diagnostic) -> Action | None:
        def judge(history: History) -> Report:
            report = self._judge(history)
            same = tuple(each for each in report.diagnostics if each.fingerprint == diagnostic.fingerprint)
            return replace(report, diagnostics=same)

        history = self._opening.history
        draft = self._draft(frozen=disk.outside(history.root, history.by_file), header_at=None)
        outcome = suppress(history, draft, self._opening.reread, judge, REASON)
        if not outcome.draft.changes:
            return None
        return Action(_suppressing(diagnostic), outcome.draft, diagnostic.rule, diagnostic.fingerprint)

    def _draft(self, *, frozen: Mapping[str, str], header_at: datetime | None) -> Draft:
        history = self._opening.history
        return Draft.of(
            history,
            spell=disk.spelling(history.root, self._opening.access),
            frozen=frozen,
            header=lambda name: header(description_of(name), header_at) if header_at else "",
        )

    def _judge(self, history: History) -> Report:
        return self._session.lint(history, self._alone, self._is_stopped)


def _suppressing(diagnostic: Diagnostic) -> str:
    about = f" of {diagnostic.finding.subject}" if diagnostic.finding.subject else ""
    return f"suppress {diagnostic.rule}{about} in this file"


def _fingerprints(report: Report) -> set[str]:
    return {each.fingerprint for each in report.diagnostics}
