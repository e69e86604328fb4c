"""The share that each rule has of a run over 1,000 generated migrations.

Usage: python -m tests.benchmarks.shares [FILES]
"""

from __future__ import annotations

import functools
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from kmblint import targets
from kmblint.cli.histories import Request, open_histories
from kmblint.config.selection import per_file_ignores, selected
from kmblint.findings import Finding
from kmblint.lint import engine
from kmblint.lint.rulebook import Rule, Rulebook
from kmblint.lint.settings import Settings
from tests.benchmarks.histories import write_history


def main(files: int) -> None:
    """Prints the seconds of the whole lint and the share of each rule, the dearest first."""
    spent: dict[str, float] = defaultdict(float)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "migrations"
        write_history(folder, files)
        request = Request(paths=(folder,), overrides={"extend-select": ("all",)})
        (one,) = open_histories(request)
        rulebook = Rulebook(tuple(_watched(rule, spent) for rule in request.rulebook))
        rules = selected(one.config, rulebook)
        settings = Settings(
            rules=rules,
            today=datetime.now(tz=UTC).date(),
            per_file_ignores=per_file_ignores(one.config, rulebook),
        )
        begin = time.perf_counter()
        engine.lint(one.history, settings, rulebook, targets.get("kimberlite"))
        whole = time.perf_counter() - begin
    print(f"{files} migrations, {len(rules)} rules: {whole:.3f} s")
    for slug, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        print(f"{seconds / whole:6.1%}  {slug}")


def _watched(rule: Rule, spent: dict[str, float]) -> Rule:
    """The rule with a check that notes what it costs."""
    check = rule.check

    @functools.wraps(check)
    def timed(*arguments: object, **options: object) -> Iterable[Finding]:
        begin = time.perf_counter()
        found = list(check(*arguments, **options))
        spent[rule.slug] += time.perf_counter() - begin
        return found

    return Rule(rule.card, timed)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
