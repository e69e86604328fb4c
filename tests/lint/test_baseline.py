"""The file of known findings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kmblint.errors import InputError
from kmblint.findings import Finding
from kmblint.lint.baseline import Entry, gone, parse, rendered
from kmblint.replay.steps import Step
from kmblint.schema.changes import AddTable
from tests.rules_at_hand import history, rule, run, said

ONE = Entry("migrations/0001_a.sql", "KMB100", "a-rule", "w", "0123456789abcdef")
TWO = Entry("0002_\\xe9.sql", "KMB101", "b-rule", "", "0123456789abcde0")


def test_a_file_has_a_sorted_line_a_finding_and_is_read_back() -> None:
    text = rendered([ONE, TWO, ONE])
    assert text.splitlines() == [
        '{"kmblint":"baseline","version":1}',
        '{"path":"0002_\\\\xe9.sql","code":"KMB101","rule":"b-rule","object":"","fingerprint":"0123456789abcde0"}',
        '{"path":"migrations/0001_a.sql","code":"KMB100","rule":"a-rule","object":"w","fingerprint":"0123456789abcdef"}',
    ]
    assert parse(text, "x") == (TWO, ONE)
    assert (ONE.folder, ONE.file) == ("migrations", "0001_a.sql")
    assert (TWO.folder, TWO.file) == (".", "0002_\\xe9.sql")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "`b.jsonl` is no baseline that this kmblint knows: it begins with no line of one; "),
        ("CREATE TABLE x;\n", "it begins with no line of one"),
        ('{"kmblint":"baseline","version":9}\n', "its first line is `"),
        (rendered([ONE]) + "<<<<<<< HEAD\n", "b.jsonl:3: no entry of a baseline: "),
        (rendered([ONE]) + '{"path":"x"}\n', "b.jsonl:3: no entry of a baseline: object missing required field `code`"),
    ],
)
def test_what_is_no_baseline_is_said_with_its_line(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text, "b.jsonl")
    assert message in str(caught.value)


def test_nothing_is_said_of_what_was_not_looked_for() -> None:
    assert gone([ONE], (), ["a-rule"], None) == [ONE]
    assert gone([ONE], [ONE.fingerprint], ["a-rule"], None) == []
    assert gone([ONE], (), ["b-rule"], None) == []
    assert gone([ONE], (), ["a-rule"], ["0002_b.sql"]) == []


def tables(change: AddTable, step: Step) -> Iterator[Finding]:
    yield Finding(step.place(change.span), "a table", subject=change.table.text)


def fails(change: AddTable) -> Iterator[Finding]:
    raise LookupError(change.table.text)
    yield


TABLE = "CREATE TABLE {} (id BIGINT PRIMARY KEY);\n"


def known(root: Path, files: dict[str, str]) -> tuple[Entry, ...]:
    report = run(history(root, files), [rule(tables, "a-table")])
    return tuple(Entry("", each.code, each.rule, "", each.fingerprint) for each in report.diagnostics)


def test_moved_lines_and_a_new_number_leave_a_finding_known(tmp_path: Path) -> None:
    entries = known(tmp_path / "a", {"0001_wards.sql": TABLE.format("wards"), "0002_beds.sql": TABLE.format("beds")})
    assert len(entries) == 2
    now = {
        "0002_beds.sql": "-- Author: a\n\n" + TABLE.format("rooms") + TABLE.format("beds"),
        "0007_wards.sql": "-- Author: a\n\n" + TABLE.format("wards"),
    }
    report = run(history(tmp_path / "b", now), [rule(tables, "a-table")], baseline=entries)
    assert said(report) == [("a-table", "0002_beds.sql", "rooms")]
    assert (report.summary.baselined, report.summary.warning) == (2, 1)
    assert report.history.notes == ()


def test_of_files_with_one_description_each_has_findings_of_its_own(tmp_path: Path) -> None:
    alike = {"0001_fix.sql": TABLE.format("wards"), "0002_fix.sql": "DROP TABLE wards;\n" + TABLE.format("wards")}
    first, second = known(tmp_path / "a", alike)
    report = run(history(tmp_path / "b", alike), [rule(tables, "a-table")], baseline=(second,))
    assert said(report) == [("a-table", "0001_fix.sql", "wards")]
    assert first.fingerprint != second.fingerprint


def test_what_is_fixed_is_noticed(tmp_path: Path) -> None:
    entries = known(tmp_path / "a", {"0001_wards.sql": TABLE.format("wards") + TABLE.format("beds")})
    here = history(tmp_path / "b", {"0001_wards.sql": TABLE.format("wards")})
    report = run(here, [rule(tables, "a-table")], baseline=entries)
    assert report.history.notes == ("1 finding of the baseline is gone: `kmblint baseline --prune` takes it out",)


def test_a_bug_of_ours_is_never_known(tmp_path: Path) -> None:
    here = history(tmp_path, {"0001_wards.sql": TABLE.format("wards")})
    [crash] = run(here, [rule(fails, "a-bug")]).diagnostics
    entries = (Entry("0001_wards.sql", crash.code, crash.rule, "", crash.fingerprint),)
    assert len(run(here, [rule(fails, "a-bug")], baseline=entries).diagnostics) == 1
