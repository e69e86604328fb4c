"""What a report comes to: the order of badness, and its counts in words."""

from __future__ import annotations

from collections import Counter

from kmblint.findings import Applicability, Diagnostic, Report
from kmblint.wording import counted


def worst_first(report: Report) -> list[Diagnostic]:
    """By severity; within one severity as the engine ordered them (file, then place)."""
    return sorted(report.diagnostics, key=lambda diagnostic: diagnostic.severity.rank)


def headline(report: Report) -> str:
    """`2 errors, 1 warning`, or `no findings`."""
    totals = report.summary
    counts = [_count(totals.error, "error"), _count(totals.warning, "warning"), _count(totals.info, "info", "info")]
    return ", ".join(filter(None, counts)) or "no findings"


def summary(report: Report) -> str:
    """One line: the counts, what was looked at, what was held back, what can be mended."""
    totals, history = report.summary, report.history
    looked = f"{headline(report)} in {_count(history.migrations, 'migration') or 'no migrations'} ({history.target})"
    held = (
        f"{totals.suppressed} suppressed" if totals.suppressed else "",
        f"{totals.hidden} held back in applied files (`--all-history` shows them)" if totals.hidden else "",
        f"{totals.baselined} in the baseline" if totals.baselined else "",
        _fixes(report),
    )
    return "; ".join(filter(None, (looked, *held)))


def _fixes(report: Report) -> str:
    """How many findings come with a fix, and the option that applies it."""
    number = report.summary.fixable
    fixes = (diagnostic.finding.fix for diagnostic in report.diagnostics)
    safe = sum(1 for fix in fixes if fix is not None and fix.applicability is Applicability.SAFE)
    if not number:
        return ""
    if not safe:
        return f"{number} with an unsafe fix (`--fix --unsafe-fixes`)"
    return f"{number} with a safe fix (`--fix`)" if safe == number else f"{number} with a fix, {safe} safe (`--fix`)"


def counts_by_rule(report: Report) -> str:
    """A table of rules, the worst and then the most frequent first."""
    counts = Counter(
        (diagnostic.severity.rank, diagnostic.severity.value, diagnostic.code, diagnostic.rule)
        for diagnostic in report.diagnostics
    )
    ordered = sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0]))
    width = len(str(max(counts.values())))
    return "\n".join(f"{count:>{width}}  {value:<7}  {code}  {rule}" for (_, value, code, rule), count in ordered)


def _count(number: int, word: str, words: str | None = None) -> str:
    return counted(number, word, words) if number else ""
