"""One history of other people's SQL, read, replayed and linted under the guide's contract."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from kmblint import targets
from kmblint.access import LARGEST, Access
from kmblint.findings import Severity
from kmblint.history import decode, folder
from kmblint.lint.engine import Session
from kmblint.lint.rulebook import Rulebook
from kmblint.lint.settings import RuleSettings, Settings
from kmblint.replay.steps import Step
from kmblint.schema.changes import Opaque
from kmblint.schema.conflict import Conflict, ObjectExists, UnknownColumn, UnknownObject
from kmblint.sql.parse import statements
from kmblint.sql.statement import Statement
from kmblint.text import Source
from tests.corpora.layout import Corpus

_SLOW: Final = 1.0
"""Seconds of processor time for 100 KB of text that are told as too many."""
_TEMPLATE: Final = "the placeholder"
"""How it is said that nobody filled a template in: that is true, whatever PostgreSQL's parser takes `$1` for."""
_RULEBOOK: Final = Rulebook.load()
_SETTINGS: Final = Settings(
    rules={
        rule.slug: RuleSettings()
        for rule in _RULEBOOK
        if rule.card.metadata.default and "guide" in rule.card.metadata.targets
    },
    today=date(2026, 1, 1),
)


class Wrong(msgspec.Struct, frozen=True):
    """A statement that PostgreSQL takes and that is called wrong."""

    kind: str
    path: Path
    message: str
    written: str


class Trial(msgspec.Struct):
    """What some histories showed."""

    name: str
    files: int = 0
    statements: int = 0
    judged: int = 0
    """Those of histories that PostgreSQL takes, and that are therefore held against what is refused."""
    crashed: list[str] = []
    internal: list[str] = []
    unread: list[Wrong] = []
    refused: list[Wrong] = []
    elsewhere: list[Wrong] = []
    """What is refused of histories that another database runs, or that PostgreSQL's parser doesn't take."""
    opaque: Counter[str] = msgspec.field(default_factory=Counter)
    errors: Counter[str] = msgspec.field(default_factory=Counter)
    warnings: Counter[str] = msgspec.field(default_factory=Counter)
    slow: list[str] = []
    slowest: float = 0

    def add(self, other: Trial) -> None:
        """With what another one showed."""
        for field in self.__struct_fields__[1:-1]:
            setattr(self, field, getattr(self, field) + getattr(other, field))
        self.slowest = max(self.slowest, other.slowest)


def tried(corpus: Corpus, trial: Trial, takes: Callable[[str], bool]) -> None:
    """Adds what a history shows; `takes` says whether PostgreSQL's parser takes a statement."""
    texts: dict[Path, str] = {}
    for path in corpus.files:
        text, _ = decode.read(path, Access(LARGEST))
        if text is not None:
            texts[path] = text
    if not texts:
        return
    trial.files += len(texts)
    began = time.process_time()
    if corpus.ordered:
        _history(corpus, texts, trial, takes)
    else:
        for path, text in texts.items():
            for statement in statements(Source(path.name, text)):
                _read(statement, text, path, trial, takes)
    spent = time.process_time() - began
    trial.slowest = max(trial.slowest, spent)
    if spent > _SLOW * max(sum(map(len, texts.values())) / 100_000, 1):
        trial.slow.append(f"{corpus.root}: {spent:.1f} s")


def _history(corpus: Corpus, texts: dict[Path, str], trial: Trial, takes: Callable[[str], bool]) -> None:
    """A history under names that say its order."""
    names = {f"{number:04}_{_plain(path)}": path for number, path in enumerate(texts, start=1)}
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        overlay = {root / name: texts[path] for name, path in names.items()}
        history = folder.read(root, overlay=overlay)
        session = Session(_RULEBOOK, targets.get("guide"))
        report = session.lint(history, _SETTINGS)
    for diagnostic in report.diagnostics:
        counts = trial.errors if diagnostic.severity is Severity.ERROR else trial.warnings
        counts[diagnostic.rule] += 1
        if diagnostic.rule == "internal-error":
            trial.internal.append(f"{names.get(diagnostic.finding.place.file)}: {diagnostic.finding.message}")
    assert session.replayed is not None
    last: Statement | None = None
    for step in session.replayed.steps:
        path = names[step.migration.file]
        text = step.migration.source.text
        if step.statement is not last:
            last = step.statement
            _read(last, text, path, trial, takes)
            written = text[last.span.start : last.span.end]
            refused = step.statement.problem is None and bool(step.conflicts)
            judged = corpus.dialect == "postgres" and takes(written)
            trial.judged += judged
            if refused:
                (trial.refused if judged else trial.elsewhere).append(_wrong(step, path, written))


def _plain(path: Path) -> str:
    return "".join(each if each.isalnum() else "_" for each in f"{path.parent.name}_{path.stem}".lower())[-80:] + ".sql"


def _wrong(step: Step, path: Path, written: str) -> Wrong:
    conflict = step.conflicts[0]
    message = step.outcome.refusals[0].reason if step.outcome.refusals else ""
    return Wrong(_kind(conflict), path, message, " ".join(written.split())[:160])


def _kind(conflict: Conflict) -> str:
    name = type(conflict).__name__
    match conflict:
        case UnknownObject(kind=kind) | ObjectExists(kind=kind):
            return f"{name} {kind}"
        case UnknownColumn(where=where):
            return f"{name} {where}"
        case _:
            return name


def _read(statement: Statement, text: str, path: Path, trial: Trial, takes: Callable[[str], bool]) -> None:
    trial.statements += 1
    written = text[statement.span.start : statement.span.end]
    if statement.failure is not None:
        trial.crashed.append(f"{path}: {type(statement.failure).__name__}: {' '.join(written.split())[:80]}")
    if statement.problem is not None and not statement.problem.message.startswith(_TEMPLATE) and takes(written):
        trial.unread.append(Wrong("no SQL", path, statement.problem.message, " ".join(written.split())[:200]))
    trial.opaque.update(
        change.keyword for change in statement.changes if isinstance(change, Opaque) and not change.changes_nothing
    )
