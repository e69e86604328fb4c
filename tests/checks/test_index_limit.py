"""The limit itself, which no card can show: a hundred indexes."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmblint.findings import Severity
from kmblint.lint.rulebook import Rulebook
from tests.rules_at_hand import history, run


@pytest.mark.parametrize(
    ("indexes", "found"), [(90, []), (91, [Severity.WARNING]), (100, [Severity.WARNING]), (101, [Severity.ERROR])]
)
def test_near_the_limit_is_a_warning_and_over_it_an_error(indexes: int, found: list[Severity], tmp_path: Path) -> None:
    made = "".join(f"CREATE INDEX i{number} ON wards (code);\n" for number in range(indexes))
    past = history(tmp_path, {"0001_a.sql": f"CREATE TABLE wards (id BIGINT PRIMARY KEY, code TEXT);\n{made}"})
    rules = [rule for rule in Rulebook.load() if rule.slug == "index-limit"]
    assert [each.severity for each in run(past, rules).diagnostics] == found
