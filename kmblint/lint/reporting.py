"""What of the candidates is shown, what is only counted, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from kmblint.findings import Applicability, Diagnostic, Severity, Summary
from kmblint.history.files import History
from kmblint.lint.baseline import gone
from kmblint.lint.candidates import Candidate, without_explained
from kmblint.lint.grouping import group
from kmblint.lint.settings import Settings
from kmblint.wording import counted


class Shown(msgspec.Struct, frozen=True):
    """What is left to say, and how many findings are held back."""

    diagnostics: tuple[Diagnostic, ...]
    """Grouped and sorted."""
    hidden: int
    """Those that only an edit of an applied file would mend, or that the revision has as well; grouped too."""
    baselined: int
    """Those that the baseline knows, one by one."""


def shown(told: Iterable[Candidate], settings: Settings, history: History) -> Shown:
    """Parts the candidates that are wanted."""
    hidden: list[Candidate] = []
    fresh: list[Candidate] = []
    baselined = 0
    known = {entry.fingerprint for entry in settings.baseline}
    for candidate in wanted(told, settings, history):
        if candidate.settled and not settings.all_history:
            hidden.append(candidate)
        elif candidate.diagnostic.fingerprint in known and not candidate.rule.is_internal:
            baselined += 1
        else:
            fresh.append(candidate)
    diagnostics = _told(without_explained(fresh), settings, history)
    held = _told(without_explained(hidden), settings, history)
    return Shown(tuple(sorted(diagnostics, key=_order(history))), len(held), baselined)


def notes(told: Iterable[Candidate], settings: Settings) -> tuple[str, ...]:
    """What is to be said of the baseline: how much of it isn't found any more."""
    fingerprints = {candidate.diagnostic.fingerprint for candidate in told}
    fixed = len(gone(settings.baseline, fingerprints, settings.rules, settings.shown))
    if not fixed:
        return ()
    lead = f"{counted(fixed, 'finding')} of the baseline {'is' if fixed == 1 else 'are'} gone"
    return (f"{lead}: `kmblint baseline --prune` takes {'it' if fixed == 1 else 'them'} out",)


def wanted(told: Iterable[Candidate], settings: Settings, history: History) -> list[Candidate]:
    """Those that are sure enough, in files that were asked for; a rule that failed may lack in any of them."""
    inherited = history.inherited - history.edited.keys() if settings.elsewhere else frozenset()
    return [
        candidate
        for candidate in told
        if candidate.diagnostic.finding.confidence.rank <= settings.min_confidence.rank
        and (
            settings.shown is None
            or candidate.rule.is_internal
            or candidate.file in settings.shown
            or (candidate.file in inherited and not candidate.settled)
        )
    ]


def summary(shown: Shown, *, suppressed: int) -> Summary:
    """The counts."""
    severities = [diagnostic.severity for diagnostic in shown.diagnostics]
    fixes = (diagnostic.finding.fix for diagnostic in shown.diagnostics)
    return Summary(
        error=severities.count(Severity.ERROR),
        warning=severities.count(Severity.WARNING),
        info=severities.count(Severity.INFO),
        suppressed=suppressed,
        fixable=sum(1 for fix in fixes if fix is not None and fix.applicability is not Applicability.DISPLAY),
        hidden=shown.hidden,
        baselined=shown.baselined,
    )


def _told(candidates: Iterable[Candidate], settings: Settings, history: History) -> list[Diagnostic]:
    """Their diagnostics, grouped where that is wanted."""
    if not settings.grouped:
        return [candidate.diagnostic for candidate in candidates]
    key = _order(history)
    ordered = sorted(candidates, key=lambda candidate: key(candidate.diagnostic))
    return group((candidate.rule, candidate.diagnostic, candidate.statement) for candidate in ordered)


def _order(history: History) -> Callable[[Diagnostic], tuple[object, ...]]:
    """The key that sorts in the order of the history, then of the text; what lies outside the migrations comes last."""
    order = {migration.file: number for number, migration in enumerate(history.migrations)}

    def key(diagnostic: Diagnostic) -> tuple[object, ...]:
        finding = diagnostic.finding
        number = order.get(finding.place.file, len(order))
        return number, finding.place, diagnostic.code, finding.subject, finding.message, diagnostic.fingerprint

    return key
