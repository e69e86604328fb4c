"""Times the answer to one edit in an editor, beside a cold run of the same history, and what a thousand edits leave.

Usage: python -m tests.benchmarks.editing [--files 1000]
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from statistics import median

from kmblint import targets
from kmblint.history import folder
from kmblint.history.readings import Readings
from kmblint.lint.engine import Session
from kmblint.lint.rulebook import Rulebook
from kmblint.lint.settings import RuleSettings, Settings
from tests.benchmarks.histories import write_history

ROUNDS = 11
EDITS = 1000


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.editing")
    parser.add_argument("--files", type=int, default=1000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        root = Path(made) / "migrations"
        write_history(root, asked.files)
        print("\n".join(_lines(root)))


def _lines(root: Path) -> Iterator[str]:
    names = sorted(path.name for path in root.iterdir())
    cold = median(_cold(root) for _ in range(3))
    editor = _Editor(root)
    editor.lint(names[-1], "")
    yield f"{len(names):,} files, processor seconds; a cold `kmblint check` takes {cold:.3f}"
    yield ""
    yield "| edited | seconds | of a cold run |"
    yield "| --- | ---: | ---: |"
    for name in (names[-1], names[len(names) // 2], names[0]):
        taken = median(editor.lint(name, f"UPDATE nothing_{number} SET a = 1;") for number in range(ROUNDS))
        yield f"| {name} | {taken:.3f} | {taken / cold:.2f} |"
    yield ""
    before = _megabytes()
    for number in range(EDITS):
        editor.lint(names[-1 - number % 10], f"UPDATE nothing_{number} SET a = 1;")
    yield f"Peak memory {before:.0f} MB, after {EDITS:,} edits {_megabytes():.0f} MB."


class _Editor:
    """What a language server does at each key."""

    def __init__(self, root: Path) -> None:
        rulebook = Rulebook.load()
        rules = {rule.slug: RuleSettings() for rule in rulebook if rule.card.metadata.default}
        self._root = root
        self._kept = Readings()
        self._session = Session(rulebook, targets.get("kimberlite"))
        self._settings = Settings(rules=rules, today=date(2026, 7, 1))

    def lint(self, name: str, typed: str) -> float:
        """Types at the end of a file; the processor seconds until the report is there."""
        path = self._root / name
        text = f"{path.read_text(encoding='utf-8')}\n{typed}\n"
        begin = time.process_time()
        history = folder.read(self._root, overlay={path: text}, readings=self._kept)
        self._session.lint(history, self._settings)
        return time.process_time() - begin


def _cold(root: Path) -> float:
    command = [sys.executable, "-m", "kmblint", "check", "--no-cache", "--exit-zero", str(root)]
    begin = os.times()
    subprocess.run(command, check=True, capture_output=True)
    end = os.times()
    return end.children_user + end.children_system - begin.children_user - begin.children_system


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
