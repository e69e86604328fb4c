"""What suppressing comments say, what each covers, and where they do harm."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest

from kmblint.findings import Finding
from kmblint.lint.suppressions import Status, Suppression, Suppressions, find_suppressions
from kmblint.replay.steps import Step
from kmblint.schema.changes import AddColumn, AddTable
from kmblint.text import Span
from kmblint.wording import GUESSED
from tests.rules_at_hand import TODAY, history, rule, run, said

WARDS = "CREATE TABLE wards (id BIGINT PRIMARY KEY);\n"
BEDS = "CREATE TABLE beds (id BIGINT PRIMARY KEY);\n"


class Rules:
    """Two rules, one of them with a code."""

    def slug(self, name: str) -> str | None:
        return {"tables": "tables", "KMB101": "tables", "columns": "columns", "internal-error": name}.get(name)

    def suggest(self, name: str) -> str | None:
        return "tables" if name.startswith("tab") else None


def read(root: Path, text: str, *, applied: int | None = None) -> tuple[Suppression, ...]:
    found = history(root, {"0001_wards.sql": text}, applied=applied)
    return find_suppressions(found.migrations[0], Rules(), TODAY)


def one(root: Path, text: str) -> Suppression:
    (found,) = read(root, text)
    return found


def covers(suppression: Suppression, rule: str, statement: int, subject: str) -> bool:
    """Whether it takes back a finding of the rule, in the statement of that index, about that object."""
    return Suppressions([suppression]).take(suppression.file, rule, statement, subject)


def test_a_header_line_covers_the_file(tmp_path: Path) -> None:
    text = "-- Migration: wards\n-- kmblint: ignore[tables] made by hand\n" + WARDS
    found = one(tmp_path, text)
    assert (found.rule, found.object, found.until, found.reason) == ("tables", None, None, "made by hand")
    assert (found.header, found.statement, found.harm) == (True, None, None)
    assert text[found.span.start : found.span.end] == "tables"
    assert text[found.comment.start : found.comment.end] == "-- kmblint: ignore[tables] made by hand"


def test_a_fault_of_our_own_cannot_be_suppressed(tmp_path: Path) -> None:
    found = read(tmp_path, "-- kmblint: ignore[internal-error, tables] known\n" + WARDS)
    assert [each.status for each in found] == [Status.UNKNOWN, Status.UNUSED]
    assert found[0].problem == "a fault of kmblint's own is always told"


def test_an_object_and_a_date_stand_behind_the_rule(tmp_path: Path) -> None:
    found = one(tmp_path, "-- kmblint: ignore[KMB101 wards.name until=2026-12-31] later\n" + WARDS)
    assert (found.rule, found.object, found.until) == ("tables", "wards.name", date(2026, 12, 31))
    assert found.status is Status.UNUSED


def test_several_rules_share_a_comment(tmp_path: Path) -> None:
    found = read(tmp_path, "-- kmblint: ignore[tables, columns wards until=2026-01-01] why\n" + WARDS)
    assert [(each.rule, each.object, each.status, each.first) for each in found] == [
        ("tables", None, Status.UNUSED, True),
        ("columns", "wards", Status.EXPIRED, False),
    ]
    assert {each.reason for each in found} == {"why"}


@pytest.mark.parametrize(
    ("comment", "problem"),
    [
        ("-- kmblint: ignore", "names no rule"),
        ("-- kmblint: ignore[]", "names no rule"),
        ("-- kmblint: disable[tables]", "`kmblint: disable` is unknown"),
        ("-- kmblint: ignore[tables until=soon]", "`until=soon` is no date"),
        ("-- kmblint: ignore[tables wards beds]", "`beds`"),
        ("-- kmblint: ignore[tabels]", None),
    ],
)
def test_what_cannot_be_read_suppresses_nothing(tmp_path: Path, comment: str, problem: str | None) -> None:
    found = one(tmp_path, f"{comment}\n{WARDS}")
    assert found.status is Status.UNKNOWN
    assert not covers(found, "tables", 0, "wards")
    if problem is None:
        assert found.nearest == "tables"
    else:
        assert problem in (found.problem or "")


def test_what_was_meant_is_looked_up_for_the_first_unknown_names_alone(tmp_path: Path) -> None:
    names = [f"tab{number}" for number in range(GUESSED + 1)]
    found = read(tmp_path, "".join(f"-- kmblint: ignore[{name}]\n" for name in [*names, "tab0"]) + WARDS)
    assert [each.nearest for each in found] == ["tables"] * GUESSED + [None, "tables"]


@pytest.mark.parametrize(
    "text",
    [
        "-- see kmblint: ignore[tables]\n" + WARDS,
        "-- kmblint is a linter\n" + WARDS,
        'CREATE TABLE wards (id BIGINT PRIMARY KEY, "-- kmblint: ignore[tables]" TEXT);\n',
        "CREATE TABLE wards (id BIGINT PRIMARY KEY, `/* kmblint: ignore[tables] */` TEXT);\n",
    ],
)
def test_other_text_is_no_suppression(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == ()


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("CREATE TABLE wards (id BIGINT PRIMARY KEY -- kmblint: ignore[tables] x\n);\n" + BEDS, 0),
        ("CREATE TABLE wards (id BIGINT PRIMARY KEY) /* kmblint: ignore[tables] x */;\n" + BEDS, 0),
        (WARDS + "/* kmblint: ignore[tables] x */\n" + BEDS, 1),
        (WARDS.rstrip() + " /* kmblint: ignore[tables] x */\n" + BEDS, 0),
        (WARDS.rstrip() + " -- kmblint: ignore[tables] x\n", 0),
        (WARDS + BEDS.rstrip(";\n") + " -- kmblint: ignore[tables] x\n", 1),
        (WARDS + BEDS.rstrip(";\n") + "\n-- kmblint: ignore[tables] x\n", 1),
        (WARDS + "-- kmblint: ignore[tables] x\n", 1),
    ],
)
def test_a_comment_covers_the_statement_that_it_stands_in_or_behind_or_before(
    tmp_path: Path, text: str, statement: int
) -> None:
    assert one(tmp_path, text).statement == statement


POLICY = "CREATE MASKING POLICY ssn STRATEGY HASH EXEMPT ROLES ('nurse')"


@pytest.mark.parametrize(
    ("text", "harm"),
    [
        (WARDS + "-- kmblint: ignore[tables] x\n" + BEDS, "skips"),
        (WARDS.rstrip() + " -- kmblint: ignore[tables] x\n" + BEDS, "skips"),
        (WARDS + "-- a note\n-- kmblint: ignore[tables] x\n" + BEDS, "skips"),
        (WARDS + "/* a note */\n-- kmblint: ignore[tables] x\n" + BEDS, None),
        (WARDS + BEDS.rstrip() + " -- kmblint: ignore[tables] x\n", None),
        ("CREATE TABLE wards (id BIGINT PRIMARY KEY -- kmblint: ignore[tables] x\n);\n", None),
        ("CREATE TABLE wards (id BIGINT PRIMARY KEY -- kmblint: ignore[tables] x; y\n);\n", "cuts"),
        (WARDS + "/* kmblint: ignore[tables] x */\n", "alone"),
        (WARDS + "/* kmblint: ignore[tables] x */;\n" + BEDS, "alone"),
        (WARDS + "-- a note\n/* kmblint: ignore[tables] x */\n", None),
        (WARDS + "/* kmblint: ignore[tables] x */\n" + BEDS, None),
        ("-- kmblint: ignore[tables] x; y\n" + WARDS, None),
        (WARDS + f"/* kmblint: ignore[tables] x */ {POLICY};\n", "own"),
        (WARDS + f"{POLICY} -- kmblint: ignore[tables] x\n;\n", "own"),
        (WARDS + "-- Down Migration\n-- kmblint: ignore[tables] x\nDROP TABLE wards;\n", "skips"),
    ],
)
def test_where_a_comment_does_harm(tmp_path: Path, text: str, harm: str | None) -> None:
    said_of_it = one(tmp_path, text).harm
    assert said_of_it is None if harm is None else harm in (said_of_it or "")


def test_behind_the_header_of_an_applied_file_it_is_frozen(tmp_path: Path) -> None:
    text = (
        "-- kmblint: ignore[tables] x\nCREATE TABLE wards (id BIGINT PRIMARY KEY /* kmblint: ignore[columns] x */);\n"
    )
    assert [each.frozen for each in read(tmp_path, text, applied=1)] == [False, True]
    assert [each.frozen for each in read(tmp_path, text)] == [False, False]


def test_an_object_covers_its_parts(tmp_path: Path) -> None:
    found = one(tmp_path, "-- kmblint: ignore[tables wards] x\n" + WARDS)
    assert covers(found, "tables", 7, "wards")
    assert covers(found, "tables", 7, "wards.name")
    assert not covers(found, "tables", 7, "wardships")
    assert not covers(found, "tables", 7, "")
    assert not covers(found, "columns", 7, "wards")


# --- through the engine -----------------------------------------------------------------------------------------------


def tables(change: AddTable, step: Step) -> Iterator[Finding]:
    yield Finding(step.place(change.span), "a table", subject=change.table.text)


def columns(change: AddColumn, step: Step) -> Iterator[Finding]:
    yield Finding(step.place(change.span), "a column", subject=f"{change.table}.{change.column.name}")


RULES = [rule(tables, "tables", "KMB101"), rule(columns, "columns", "KMB102")]
ADD = "ALTER TABLE wards ADD COLUMN name TEXT"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("-- kmblint: ignore[tables] x\n" + WARDS + BEDS, []),
        ("-- kmblint: ignore[KMB101] x\n" + WARDS + BEDS, []),
        ("-- kmblint: ignore[tables beds] x\n" + WARDS + BEDS, ["wards"]),
        ("-- kmblint: ignore[tables, columns wards] x\n" + WARDS + ADD, []),
        ("-- kmblint: ignore[columns wards.name] x\n" + WARDS + ADD, ["wards"]),
        (WARDS.rstrip(";\n") + " -- kmblint: ignore[tables] x\n;\n" + BEDS, ["beds"]),
        ("-- kmblint: ignore[tables until=2026-07-01] x\n" + WARDS, []),
    ],
)
def test_what_is_left_of_the_findings(tmp_path: Path, text: str, left: list[str]) -> None:
    report = run(history(tmp_path, {"0001_wards.sql": text}), RULES)
    assert said(report) == [("tables", "0001_wards.sql", subject) for subject in left]
    assert report.summary.suppressed > 0


def test_an_expired_suppression_covers_nothing_and_is_told(tmp_path: Path) -> None:
    text = "-- kmblint: ignore[tables until=2026-06-30] x\n" + WARDS
    report = run(history(tmp_path, {"0001_wards.sql": text}), RULES)
    assert [each.rule for each in report.diagnostics] == ["expired-suppression", "tables"]
    assert report.summary.suppressed == 0


def test_a_suppression_of_a_rule_that_did_not_run_is_not_unused(tmp_path: Path) -> None:
    found = history(tmp_path, {"0001_wards.sql": "-- kmblint: ignore[columns] x\n" + WARDS})
    assert [each.rule for each in run(found, RULES).diagnostics] == ["unused-suppression", "tables"]
    selected = ["tables", "unused-suppression"]
    assert [each.rule for each in run(found, RULES, selected=selected).diagnostics] == ["tables"]


def test_findings_about_suppressions_can_be_suppressed(tmp_path: Path) -> None:
    text = "-- kmblint: ignore[unused-suppression, columns] kept for the next release\n" + WARDS
    report = run(history(tmp_path, {"0001_wards.sql": text}), RULES)
    assert [each.rule for each in report.diagnostics] == ["tables"]


def test_a_finding_that_is_held_back_uses_its_suppression(tmp_path: Path) -> None:
    text = "-- kmblint: ignore[tables] x\n" + WARDS
    report = run(history(tmp_path, {"0001_wards.sql": text}, applied=1), RULES)
    assert report.diagnostics == ()
    assert (report.summary.suppressed, report.summary.hidden) == (1, 0)


def test_suppressions_are_plain_data(tmp_path: Path) -> None:
    found = one(tmp_path, "-- kmblint: ignore[tables wards until=2026-12-31] x\n" + WARDS)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Suppression) == found
    assert found.place.span == Span(19, 25)
