"""A promise is seen to be broken where it is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest
from msgspec.structs import replace

from kmblint.findings import Diagnostic, Finding, HistorySummary, Report, Severity, Summary
from kmblint.sql.parse import statements
from kmblint.sql.scanner import scan
from kmblint.text import Place, Source, Span
from tests.fuzzing import invariants, processes, projects
from tests.fuzzing.invariants import Fault, Promise
from tests.fuzzing.smaller import smaller

TEXT: Final = "CREATE TABLE a (id INT); /* c */ DROP TABLE a;"
SOURCE: Final = Source("a", TEXT)


def _report(*rules: str, severity: Severity = Severity.WARNING, at: int = 0) -> Report:
    diagnostics = tuple(
        Diagnostic("KMB100", rule, severity, Finding(Place("a", Span(at, at + 1)), "m"), "a", f"{rule} in a")
        for rule in rules
    )
    return Report(diagnostics, Summary(), HistorySummary("", "", 1), {"a": SOURCE})


def _promises(faults: Iterable[Fault]) -> set[Promise]:
    return {fault.promise for fault in faults}


def test_a_whole_reading_breaks_nothing() -> None:
    assert [*invariants.of_tokens(TEXT, scan(SOURCE))] == []
    assert [*invariants.of_statements(TEXT, scan(SOURCE), statements(SOURCE))] == []
    assert [*invariants.of_report(_report("x"))] == []


@pytest.mark.parametrize("missing", [0, 3, -1])
def test_a_token_that_is_missing_is_seen(missing: int) -> None:
    tokens = scan(SOURCE)
    del tokens[missing]
    assert _promises(invariants.of_tokens(TEXT, tokens)) == {Promise.TOKENS_ARE_THE_TEXT}


@pytest.mark.parametrize("missing", [0, 1])
def test_a_statement_that_is_missing_is_seen(missing: int) -> None:
    read = [*statements(SOURCE)]
    del read[missing]
    assert _promises(invariants.of_statements(TEXT, scan(SOURCE), read)) == {Promise.SPANS_TILE}


def test_a_statement_in_another_is_seen() -> None:
    first, second = statements(SOURCE)
    read = (first, replace(second, span=Span(3, second.span.end)))
    assert Promise.SPANS_TILE in _promises(invariants.of_statements(TEXT, scan(SOURCE), read))


def test_a_reading_that_failed_or_says_nothing_is_seen() -> None:
    first, second = statements(SOURCE)
    failed = replace(first, changes=(), failure=IndexError("x"))
    nothing = replace(second, changes=())
    broken = _promises(invariants.of_statements(TEXT, scan(SOURCE), (failed, nothing)))
    assert broken == {Promise.NOTHING_RAISED, Promise.READING_SUCCEEDS}


def test_a_rule_that_failed_and_a_place_outside_are_seen() -> None:
    assert _promises(invariants.of_report(_report("internal-error"))) == {Promise.NO_RULE_FAILS}
    assert _promises(invariants.of_report(_report("x", at=len(TEXT)))) == {Promise.PLACES_LIE_INSIDE}


@pytest.mark.parametrize(
    ("code", "output", "promise"),
    [
        (3, "error[KMB000]", Promise.NO_RULE_FAILS),
        (4, "", Promise.EXIT_CODE),
        (2, "Traceback (most recent call last)", Promise.NOTHING_RAISED),
    ],
)
def test_a_command_that_failed_is_seen(code: int, output: str, promise: Promise) -> None:
    assert _promises(invariants.of_output("check", code, output)) == {promise}


def test_a_fix_that_adds_or_worsens_is_seen() -> None:
    before = _report("x", "y")
    assert [*invariants.of_mending(before, _report("x"))] == []
    assert _promises(invariants.of_mending(before, _report("x", "z"))) == {Promise.FIX_MENDS}
    assert _promises(invariants.of_mending(before, _report("x", severity=Severity.ERROR))) == {Promise.FIX_MENDS}


def test_a_suppression_that_changes_another_finding_is_seen() -> None:
    before = _report("x", "y")
    one = before.diagnostics[0]
    assert [*invariants.of_suppressing(one, frozenset(), before, _report("y"))] == []
    assert [*invariants.of_suppressing(one, frozenset({"z"}), before, _report("y", "z"))] == []
    for after in (_report("x", "y"), _report(), _report("y", "z")):
        assert _promises(invariants.of_suppressing(one, frozenset(), before, after)) == {Promise.SUPPRESSION_IS_ALONE}


def test_reports_that_differ_are_seen() -> None:
    assert [*invariants.of_reports(Promise.SAME_AGAIN, "x", _report("x"), _report("x"))] == []
    assert _promises(invariants.of_reports(Promise.SAME_AGAIN, "x", _report("x"), _report("y"))) == {Promise.SAME_AGAIN}


def test_processes_that_tell_otherwise_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    same, other = [f"{number:06} a a a a a a" for number in range(2)], "000001 a a b a a a"
    lines = same, [same[0], other], same[:1]
    monkeypatch.setattr(processes, "_digests", lambda _: [[*each] for each in lines])
    seen = [(number, fault.promise) for number, fault in processes.faults([{}, {}])]
    assert seen == [(1, Promise.HASH_SEED)] * 2


def test_a_line_that_a_suppression_changed_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "0001_a.sql"
    file.write_bytes(b"-- kmblint: ignore[x] y\nDROP TABLE a;\n")
    assert projects.lines_lost({file: b"DROP TABLE a;\n"}) == []
    assert _promises(projects.lines_lost({file: b"DROP TABLE b;\n"})) == {Promise.SUPPRESSIONS_COVER}


def test_a_project_is_made_as_small_as_its_fault() -> None:
    files = {"a": b"x" * 50 + b"!" + b"y" * 50, "b": b"z"}
    assert smaller(files, lambda less: b"!" in less.get("a", b"")) == {"a": b"!"}
