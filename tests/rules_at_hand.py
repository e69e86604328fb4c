"""Rules made on the spot, histories from texts, and the run that brings them together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from kmblint import targets
from kmblint.findings import Finding, Report, Severity
from kmblint.history import folder
from kmblint.history.files import History
from kmblint.history.known import Known
from kmblint.lint.cards import Card, RuleMetadata
from kmblint.lint.engine import lint
from kmblint.lint.rulebook import Rule, Rulebook
from kmblint.lint.settings import RuleSettings, Settings

TODAY: Final = date(2026, 7, 1)
_ALWAYS: Final = ("internal-error", "unused-suppression", "expired-suppression")


def rule(check: Callable[..., Iterable[Finding]], slug: str, code: str = "KMB100", **facts: Any) -> Rule:
    """A rule with a check of the test's own."""
    said = {"severity": Severity.WARNING, "targets": ("kimberlite", "guide"), **facts}
    card = Card(slug, "A rule.", RuleMetadata(code=code, category="names", since="0", **said), "", Path(f"{slug}.md"))
    return Rule(card, check)


def history(root: Path, files: Mapping[str, str], *, applied: int | None = None) -> History:
    """The history of these files."""
    root.mkdir(exist_ok=True)
    for name, text in files.items():
        (root / name).write_bytes(text.encode())
    return folder.read(root, Known(applied_through=applied), display=lambda path: path.name)


def run(
    history: History,
    rules: Iterable[Rule],
    *,
    configured: Mapping[str, RuleSettings] | None = None,
    selected: Collection[str] | None = None,
    **settings: Any,
) -> Report:
    """Lints with these rules (or the selected ones), beside those of the rulebook on suppressions and failures."""
    rulebook = Rulebook([*rules, *(rule for rule in Rulebook.load() if rule.slug in _ALWAYS)])
    chosen = {rule.slug: RuleSettings() for rule in rulebook if selected is None or rule.slug in selected}
    every = Settings(rules={**chosen, **(configured or {})}, today=TODAY, **settings)
    return lint(history, every, rulebook, targets.get("kimberlite"))


def said(report: Report) -> list[tuple[str, str, str]]:
    """Rule, file and subject of each diagnostic, in order."""
    return [(each.rule, each.finding.place.file, each.finding.subject) for each in report.diagnostics]
