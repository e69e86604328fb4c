"""What a fix of missing indexes holds, however many there are."""

from __future__ import annotations

from pathlib import Path

from kmblint.lint.rulebook import Rulebook
from tests.rules_at_hand import history, run


def test_findings_of_one_file_share_a_fix_that_is_bounded(tmp_path: Path) -> None:
    """Each finding holds the whole fix, so that a report would grow with the square of them."""
    tables = (f"CREATE TABLE t{n} (id BIGINT PRIMARY KEY, hub_id BIGINT REFERENCES hub (id));\n" for n in range(120))
    past = history(tmp_path, {"0001_a.sql": f"CREATE TABLE hub (id BIGINT PRIMARY KEY);\n{''.join(tables)}"})
    rules = [rule for rule in Rulebook.load() if rule.slug == "unindexed-foreign-key"]
    diagnostics = run(past, rules).diagnostics
    fixed = [each.finding for each in diagnostics if each.finding.fix is not None]
    assert (len(diagnostics), len(fixed)) == (120, 50)
    (fix,) = {finding.fix for finding in fixed}
    assert fix is not None
    (edit,) = fix.edits
    lines = edit.replacement.split("\n")[2:]
    assert sorted(lines) == sorted(finding.help or "" for finding in fixed), "its own, each once"
