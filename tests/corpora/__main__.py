"""Runs folders of real SQL and says where kmblint is wrong about them under the guide's contract.

Usage: python -m tests.corpora FOLDER... [--shown 20] [--table]

PostgreSQL's own parser is the judge (`pip install pglast`); without it, what isn't SQL to kmblint is only counted.
Nothing of a corpus is kept. Repositories to try, and what they showed, are in README.md.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.corpora.layout import corpora
from tests.corpora.trial import Trial, tried


def main() -> None:
    """Prints the figures of each folder, and the first statements of each kind."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpora")
    parser.add_argument("folders", type=Path, nargs="+", help="a project each")
    parser.add_argument("--shown", type=int, default=20, help="statements that are shown of a kind")
    parser.add_argument("--table", action="store_true", help="a row of Markdown a folder, and nothing else")
    asked = parser.parse_args()
    takes = _judge()
    whole = Trial("all together")
    if asked.table:
        print("\n".join(_HEAD))
    for folder in asked.folders:
        trial = Trial(folder.name)
        for corpus in corpora(folder):
            tried(corpus, trial, takes)
        if asked.table:
            print(_row(trial), flush=True)
        whole.add(trial)
    if asked.table:
        print(_row(whole))
    else:
        _tell(whole, asked.shown)


_COLUMNS = (
    "Project", "Files", "Statements", "Failures", "KMB000", "Wrongly no SQL", "Wrongly refused", "Refused elsewhere",
    "Opaque", "Slowest",
)  # fmt: skip
_HEAD = (f"| {' | '.join(_COLUMNS)} |", f"| --- {'| ---: ' * (len(_COLUMNS) - 1)}|")


def _row(trial: Trial) -> str:
    opaque = f"{100 * sum(trial.opaque.values()) / max(trial.statements, 1):.1f} %"
    told: tuple[list[Any], ...] = (trial.crashed, trial.internal, trial.unread, trial.refused, trial.elsewhere)
    counts = (f"{count:,}" for count in (trial.files, trial.statements, *map(len, told)))
    return f"| {' | '.join((trial.name, *counts, opaque, f'{trial.slowest:.1f} s'))} |"


def _tell(trial: Trial, shown: int) -> None:
    print("\n".join((*_HEAD, _row(trial), "")))
    kinds: Counter[str] = Counter(each.kind for each in trial.refused)
    print(f"{trial.judged:,} statements that PostgreSQL takes; refused: {dict(kinds.most_common())}")
    kinds = Counter(each.kind for each in trial.elsewhere)
    print(f"refused of other databases: {dict(kinds.most_common())}")
    print(f"errors by rule: {dict(trial.errors.most_common())}")
    print(f"warnings by rule: {dict(trial.warnings.most_common())}")
    print(f"effect not modelled: {dict(trial.opaque.most_common(20))}")
    for told in (*trial.crashed, *trial.internal, *trial.slow):
        print(f"  {told}")
    by_kind: Counter[str] = Counter()
    for each in (*trial.unread, *trial.refused, *trial.elsewhere):
        by_kind[each.kind] += 1
        if by_kind[each.kind] <= shown:
            print(f"[{each.kind}] {each.path}: {each.message}\n      {each.written}")


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
