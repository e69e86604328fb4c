"""Runs folders of real SQL and says where kmblint is wrong about them: crashes, wrong KMB002, opaque kinds, slowness.

Usage: python -m tests.corpora FOLDER... [--shown 20]

PostgreSQL's own parser is the judge (`pip install pglast`); without it, what isn't SQL to kmblint is only counted.
Nothing of a corpus is kept. Repositories to try are in README.md.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kmblint.access import LARGEST, Access
from kmblint.history import decode
from kmblint.schema.changes import Opaque
from kmblint.sql.parse import statements
from kmblint.sql.statement import Statement
from kmblint.text import Source

_SLOW = 1.0
"""Seconds of processor time for 100 KB of text that are told as too many."""


def main() -> None:
    """Prints the figures of each kind, and the first of its statements."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpora")
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--shown", type=int, default=20, help="statements that are shown of a kind")
    asked = parser.parse_args()
    takes = _judge()
    files = total = 0
    refused: list[tuple[Path, str, str]] = []
    crashed: list[tuple[Path, str]] = []
    slow: list[tuple[Path, float]] = []
    opaque: Counter[str] = Counter()
    for path in sorted(path for folder in asked.folders for path in folder.rglob("*.sql") if path.is_file()):
        text, _ = decode.read(path, Access(LARGEST))
        if text is None:
            continue
        files += 1
        began = time.process_time()
        read = statements(Source(path.name, text))
        spent = time.process_time() - began
        if spent > _SLOW * max(len(text) / 100_000, 1):
            slow.append((path, spent))
        total += len(read)
        for each in read:
            written = text[each.span.start : each.span.end]
            if each.failure is not None:
                crashed.append((path, f"{type(each.failure).__name__}: {written[:80]}"))
            if each.problem is not None and takes(written):
                refused.append((path, each.problem.message, " ".join(written.split())[:120]))
            opaque.update(_kinds(each))
    print(f"{files:,} files, {total:,} statements")
    print(f"{len(crashed)} failures of ours, {len(slow)} files too slow, {len(refused)} wrongly called no SQL")
    print(f"{sum(opaque.values()):,} whose effect isn't modelled: {dict(opaque.most_common(12))}")
    for path, said in (*crashed[: asked.shown], *((path, f"{spent:.1f} s") for path, spent in slow[: asked.shown])):
        print(f"  {path}: {said}")
    for path, message, written in refused[: asked.shown]:
        print(f"  {path}: {message}\n      {written}")


def _kinds(statement: Statement) -> list[str]:
    return [change.keyword for change in statement.changes if isinstance(change, Opaque) and not change.changes_nothing]


def _judge() -> Callable[[str], bool]:
    """Whether PostgreSQL takes a statement."""
    try:
        import pglast
    except ImportError:
        print("pglast isn't installed: what is wrongly called no SQL can't be told")
        return lambda _: False
    judge: Any = pglast

    def takes(written: str) -> bool:
        try:
            judge.parse_sql(written)
        except Exception:
            return False
        return True

    return takes


if __name__ == "__main__":
    main()
