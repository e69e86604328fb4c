"""What a refused INSERT leaves behind, as the finding that tells of the refusal says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmblint.lint.rulebook import Rulebook
from tests.rules_at_hand import history, run

CREATE = "CREATE TABLE wards (id BIGINT PRIMARY KEY, code TEXT);\n"


@pytest.mark.parametrize(
    ("rows", "rule", "left"),
    [
        ("(1, 'a'), (2, 'b', 3)", "insert-shape", "1 row before it stays, and the next run is refused here"),
        ("(1, 'a'), (2, 'b'), ('x', 'c')", "value-type", "2 rows before it stay, and the next run is refused here"),
        ("(1, 'a'), (NULL, 'b')", "value-type", "1 row before it stays, and the next run is refused here"),
        ("(1, 'a'), (1, 'b')", "repeated-row", "1 row before it stays, and the next run is refused here"),
        ("(1, 'b', 3), (2, 'a')", "insert-shape", None),
        ("('x', 'c'), (2, 'a')", "value-type", None),
        ("(1, 'a'), (2, 'b', 3) ON CONFLICT (id) DO NOTHING", "insert-shape", None),
    ],
)
def test_the_rows_before_the_refused_one_stay(rows: str, rule: str, left: str | None, tmp_path: Path) -> None:
    past = history(tmp_path, {"0001_a.sql": CREATE, "0002_b.sql": f"INSERT INTO wards (id, code) VALUES {rows};\n"})
    rules = [each for each in Rulebook.load() if each.slug == rule]
    (told,) = run(past, rules).diagnostics
    notes = [related.message for related in told.finding.related]
    assert [note for note in notes if "before it" in note] == ([] if left is None else [left])
