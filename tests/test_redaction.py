"""No report shows a secret: not in a frame, a message, a help or a fix."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmblint.findings import Edit, Finding, Fix, NewFile, Related, Report
from kmblint.lint.rulebook import Rulebook
from kmblint.replay.steps import Step
from kmblint.reporters import FORMATS, render
from kmblint.schema.changes import UpdateRows
from tests.rules_at_hand import history, rule, run

SECRET = "Winter2026!"  # noqa: S105 - a stand-in, which the tests look for
USERS = "CREATE TABLE users (id BIGINT PRIMARY KEY, password TEXT);\n"
UPDATE = f"UPDATE users SET password = '{SECRET}' WHERE id = 1;\n"


def tells(change: UpdateRows, step: Step) -> Iterator[Finding]:
    """A rule that repeats all that it sees, everywhere it can."""
    text = step.migration.source.slice(change.span)
    place = step.place(step.statement.span)
    yield Finding(
        place, f"it says {text}", help=text, related=(Related(place, text),),
        fix=Fix("do", (Edit(place, text),), files=(NewFile("0003_a.sql", text),)),
    )  # fmt: skip


def report(root: Path, text: str) -> Report:
    secret = Rulebook.load().get("hard-coded-secret")
    assert secret is not None
    files = history(root, {"0001_users.sql": USERS, "0002_first_user.sql": text})
    return run(files, [secret, rule(tells, "telling-rule")])


@pytest.mark.parametrize("output_format", FORMATS)
def test_no_format_shows_it(tmp_path: Path, output_format: str) -> None:
    found = report(tmp_path, UPDATE)
    assert [each.rule for each in found.diagnostics] == ["telling-rule", "hard-coded-secret"]
    text = render(found, output_format)
    assert SECRET not in text
    assert "*" * len(SECRET) in text
    assert found.diagnostics[0].finding.fix is None, "a fix would write it into another file"


def test_a_suppressed_finding_still_masks(tmp_path: Path) -> None:
    found = report(tmp_path, f"-- kmblint: ignore[hard-coded-secret] a seed of the demo\n{UPDATE}")
    assert [each.rule for each in found.diagnostics] == ["telling-rule"]
    assert SECRET not in render(found, "full")


@settings(max_examples=40)
@given(st.text(st.sampled_from("aB3'!*\n\r é;-"), min_size=5, max_size=12).filter(lambda text: len(set(text)) > 3))
def test_places_stay_where_they_are(tmp_path: Path, secret: str) -> None:
    text = f"UPDATE users SET password = '{secret.replace(chr(39), chr(39) * 2)}' WHERE id = 1;\n"
    written = history(tmp_path, {"0001_users.sql": USERS, "0002_first_user.sql": text}).by_file["0002_first_user.sql"]
    masked = report(tmp_path, text).source("0002_first_user.sql")
    assert len(masked.text) == len(written.source.text)
    assert masked.line_count == written.source.line_count


def test_other_texts_of_the_file_stay(tmp_path: Path) -> None:
    found = report(tmp_path, f"{UPDATE}UPDATE users SET password = NULL WHERE id = 2;\n")
    text = found.source("0002_first_user.sql").text
    assert text == UPDATE.replace(SECRET, "*" * len(SECRET)) + "UPDATE users SET password = NULL WHERE id = 2;\n"
    assert found.source("0001_users.sql").text == USERS
