"""No public name comes or goes unnoticed: neither in the list of them nor in CHANGELOG.md."""

from __future__ import annotations

import pytest

from kmblint import __version__
from kmblint.lint.rulebook import Rulebook
from tests.interface import GOLDEN, ROOT, Held, complaints, names, parse, rendered, updated, version_of

CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_public_name_is_written_down_and_every_change_told() -> None:
    held = parse(GOLDEN.read_text(encoding="utf-8"))
    assert list(complaints(held, names(), CHANGELOG)) == []
    assert rendered(held) == GOLDEN.read_text(encoding="utf-8")


def test_the_changelog_tells_of_this_version() -> None:
    assert version_of(CHANGELOG) == __version__


def test_names_are_of_all_kinds() -> None:
    found = names()
    assert {
        "kmblint check --fix", "kmblint check PATHS", "kmblint cache clean", "kmblint diff --output-format sql",
        "format sarif", "exit 2 setup", "key history.applied", "rule KMB301 non-idempotent-create",
        "alias KMB902 split-statement", "option unbatched-update max-rows", "target guide", "hook kmblint-fix",
        "action upload-sarif", "json check.findings[].start.line: integer",
    } <= found  # fmt: skip


def test_a_former_name_of_a_rule_goes_on_working() -> None:
    rulebook = Rulebook.load()
    former = {name: rule for rule in rulebook for name in rule.card.metadata.aliases}
    assert "split-statement" in former
    assert [name for name, rule in former.items() if rulebook.get(name) is not rule] == []


NOW = {"kmblint check", "kmblint check --fix", "rule KMB101 new-name", "alias KMB101 old-name"}
LOG = """# Changelog

## 0.3.0 (unreleased)

- `--mend` is gone, `--fix` is what it was; `old-name` is called `new-name`.

## 0.2.0

- `--mend` is deprecated: use `--fix`.
- `old-name` is deprecated.
"""
HELD = {
    "kmblint check": Held("0.1.0"),
    "kmblint check --mend": Held("0.1.0", "0.3.0"),
    "kmblint check --fix": Held("0.3.0"),
    "rule KMB101 old-name": Held("0.1.0", "0.3.0"),
    "rule KMB101 new-name": Held("0.3.0"),
    "alias KMB101 old-name": Held("0.3.0"),
}


def test_a_change_that_is_told_in_time_is_fine() -> None:
    assert list(complaints(HELD, NOW, LOG)) == []


@pytest.mark.parametrize(
    ("log", "now", "said"),
    [
        (LOG.replace("`--mend` is gone", "x"), NOW, "`kmblint check --mend` went in 0.3.0: CHANGELOG.md says nothing"),
        (LOG.replace("deprecated: use", "nice: use"), NOW, "no earlier minor version said that `--mend` is deprecated"),
        (LOG.replace("0.2.0", "0.3.1"), NOW, "no earlier minor version said that `--mend` is deprecated"),
        (LOG.replace("`--fix` is what", "x"), NOW, "`kmblint check --fix` is new in 0.3.0: CHANGELOG.md says nothing"),
        (LOG, NOW - {"alias KMB101 old-name"}, "`old-name` is called otherwise now: its card needs it in `aliases`"),
        (LOG, NOW | {"kmblint check --more"}, "`kmblint check --more` is new: `python -m tests.interface` writes it"),
        (LOG, NOW - {"kmblint check --fix"}, "`kmblint check --fix` is gone: `python -m tests.interface` writes it"),
    ],
)
def test_a_change_that_is_not_told_is_noticed(log: str, now: set[str], said: str) -> None:
    assert any(said in complaint for complaint in complaints(HELD, now, log))


def test_what_belongs_to_something_new_is_told_with_it() -> None:
    held = {"kmblint tidy": Held("0.2.0"), "kmblint tidy --all": Held("0.2.0")}
    assert list(complaints(held, held, "## 0.2.0\n\n- `kmblint tidy` tidies.\n")) == []


def test_bringing_the_list_up_to_date() -> None:
    held = {"a": Held("0.1.0"), "b": Held("0.2.0"), "c": Held("0.1.0", "0.1.1"), "d": Held("0.1.0")}
    after = updated(held, {"a", "e", "c"}, "0.2.0")
    assert after == {"a": Held("0.1.0"), "c": Held("0.1.0"), "d": Held("0.1.0", "0.2.0"), "e": Held("0.2.0")}
    assert parse(rendered(after)) == after
