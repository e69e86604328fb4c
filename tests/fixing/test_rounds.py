"""No fix adds a finding, and what was fixed once is not fixed again: over fixtures, cards and generated histories."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kmblint import targets
from kmblint.findings import Applicability, Diagnostic, Edit, Finding, Fix, Report
from kmblint.fixing.draft import Draft
from kmblint.fixing.rounds import ROUNDS, Outcome, mend
from kmblint.history.decode import Spelling
from kmblint.history.files import History
from kmblint.history.folder import read
from kmblint.history.readings import Readings
from kmblint.lint.engine import Session
from kmblint.lint.rulebook import Rulebook
from kmblint.lint.settings import RuleSettings, Settings
from kmblint.text import Place, Span
from tests.cards import Case, cases

RULEBOOK: Final = Rulebook.load()
EMPTY: Final = TemporaryDirectory()
ROOT: Final = Path(EMPTY.name)
RECOMMENDED: Final = tuple(rule.slug for rule in RULEBOOK if rule.card.metadata.default)
_LINE_END: Final = re.compile(rb"\r\n|\r|\n")
FIXTURES: Final = Path(__file__).parents[2] / "fixtures"


def fixed(files: dict[str, bytes], rules: tuple[str, ...]) -> tuple[Report, Outcome]:
    """The report of a folder before, and what all its fixes come to."""
    session = Session(RULEBOOK, targets.get("kimberlite", engine="0.9.1"))
    judged = Settings(rules={slug: RuleSettings() for slug in rules}, today=date(2026, 7, 1), grouped=False)
    readings = Readings()

    def reread(instead: Mapping[str, bytes | None]) -> History:
        overlay = {ROOT / name: data for name, data in {**files, **instead}.items()}
        return read(ROOT, overlay=overlay, readings=readings)

    history = reread({})
    draft = Draft.of(history, spell=lambda name: Spelling.of(files[name]))
    return session.lint(history, judged), mend(history, draft, reread, lambda each: session.lint(each, judged))


def after(files: dict[str, bytes], outcome: Outcome) -> dict[str, bytes]:
    """The files as the fixes leave them."""
    changed = {**files, **outcome.draft.overlay}
    return {name: data for name, data in changed.items() if data is not None}


def hold(files: dict[str, bytes], rules: tuple[str, ...] = RECOMMENDED) -> Outcome:
    """What is to be true of every history; gives its outcome."""
    before, outcome = fixed(files, rules)
    for worst in range(3):
        then, now = (
            Counter(each.rule for each in told if each.severity.rank <= worst)
            for told in ((*before.diagnostics, *before.given_way), outcome.report.diagnostics)
        )
        assert not now - then, f"worse: {now - then}"
    assert outcome.gone >= outcome.fixed
    written = after(files, outcome)
    again, second = fixed(written, rules)
    assert second.draft.changes == (), "applied twice"
    assert again.diagnostics == outcome.report.diagnostics
    for name in files.keys() & written.keys():
        if set(_LINE_END.findall(files[name])) == {b"\r\n"}:
            assert set(_LINE_END.findall(written[name])) <= {b"\r\n"}, "what was CRLF stays CRLF"
    return outcome


CASES: Final = sorted(path.parent.name for path in FIXTURES.glob("*/migrations"))


@pytest.mark.parametrize(("case", "line_end"), [*((case, "\n") for case in CASES), ("guide", "\r\n"), ("bank", "\r\n")])
def test_a_history_of_the_fixtures_is_none_the_worse(case: str, line_end: str) -> None:
    folder = FIXTURES / case / "migrations"
    files = {path.name: path.read_bytes().replace(b"\n", line_end.encode()) for path in sorted(folder.glob("*.sql"))}
    outcome = hold(files)
    assert outcome.fixed or case in ("clean", "healthcare-template")


EVERY: Final = [(rule, case) for rule in RULEBOOK for case in cases(rule.card)]


@pytest.mark.parametrize("rule", [rule.slug for rule in RULEBOOK if rule.card.metadata.fixes])
def test_no_case_is_the_worse_for_its_fixes(rule: str) -> None:
    for each, case in EVERY:
        files = _migrations(case)
        if each.slug == rule and files:
            hold(files, (*RECOMMENDED, rule))


def _migrations(case: Case) -> dict[str, bytes]:
    plain = all(path.startswith("migrations/") for path in case.files)
    return {Path(path).name: data for path, data in case.files.items()} if plain and not case.config else {}


STATEMENTS: Final = (
    "CREATE TABLE wards (id BIGINT PRIMARY KEY, title TEXT)",
    "create table beds (id bigint primary key, ward_id bigint)",
    "-- a note\nCREATE TABLE rooms (id BIGINT PRIMARY KEY, price DECIMAL)",
    "DROP TABLE wards",
    "DROP TABLE IF EXISTS beds",
    "CREATE INDEX beds_ward ON beds (ward_id)",
    "CREATE INDEX IF NOT EXISTS beds_ward_idx ON beds (ward_id)",
    "INSERT INTO wards VALUES (1, 'A')",
    "UPDATE wards SET titel = 'B' WHERE id = 1",
    "UPDATE beds SET ward_id = ward_id WHERE id = 1",
    "ALTER TABLE wards ADD COLUMN floor INT, ADD COLUMN wing TEXT",
    "BEGIN",
    "COMMIT",
    "SELECT * FROM wards",
    "/* alone; */",
    "DELETE FROM wards WHERE title = NULL",
    "-- kmblint: ignore[unknown-table] later\nDROP TABLE ward",
)
FILES: Final = st.lists(st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=4), min_size=1, max_size=3)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FILES, st.sampled_from(["\n", "\r\n"]), st.sampled_from([1, 2, 4]), st.booleans())
def test_no_history_is_the_worse_for_its_fixes(history: list[list[str]], line_end: str, width: int, last: bool) -> None:
    files = {
        f"{number:0{width}}_step_{number}.sql": (";\n".join(statements) + (";\n" if last else ""))
        .replace("\n", line_end)
        .encode()
        for number, statements in enumerate(history, start=1)
    }
    hold(files)


def report(*findings: tuple[str, str, Fix | None]) -> Report:
    """A report of findings, given as rule, message and fix."""
    from kmblint.findings import HistorySummary, Severity, Summary

    diagnostics = tuple(
        Diagnostic(
            "KMB001", rule, Severity.ERROR, Finding(Place("0001_a.sql", Span(0, 0)), message, fix=fix), None, message
        )
        for rule, message, fix in findings
    )
    return Report(diagnostics, Summary(), HistorySummary("", "", 1), {})


def insertion(text: str) -> Fix:
    return Fix(text, (Edit(Place("0001_a.sql", Span(0, 0)), text),))


def played(judge: Any, text: bytes = b"") -> Outcome:
    """The outcome where the judge looks at the text of the one file."""

    def reread(instead: Any) -> History:
        return read(ROOT, overlay={ROOT / "0001_a.sql": instead.get("0001_a.sql", text)})

    history = reread({})
    return mend(history, Draft.of(history), reread, lambda each: judge(each.migrations[0].source.text))


def test_a_fix_that_leaves_its_finding_is_left_out() -> None:
    outcome = played(lambda _: report(("rule", "wrong", insertion("x"))))
    assert outcome.draft.changes == ()
    assert [each.why for each in outcome.left_out] == ["the finding stays with it"]


def test_a_fix_that_brings_a_finding_does_not_hide_behind_one_that_takes_another() -> None:
    def judge(text: str) -> Report:
        left = [("never-true", f"never true: {each}", instead(each)) for each in "ac" if each in text]
        then = ("null-rows", "takes NULL", instead("b")) if "b" in text else ("never-true", "all of it", None)
        follows = [("follows", "from a", None)] if "a" in text else []
        return report(*left, then, *follows)

    def instead(old: str) -> Fix:
        at = "abc".index(old)
        return Fix(old, (Edit(Place("0001_a.sql", Span(at, at + 1)), "-"),))

    outcome = played(judge, b"abc")
    assert outcome.draft.files["0001_a.sql"].text == "-b-"
    assert [each.diagnostic.rule for each in outcome.left_out] == ["null-rows"]


def test_there_are_ten_rounds_at_the_most() -> None:
    def judge(text: str) -> Report:
        left = range(99 - len(text))
        return report(*(("rule", f"wrong {number}", None if number else insertion("x")) for number in left))

    assert played(judge).draft.files["0001_a.sql"].text == "x" * ROUNDS


def test_a_proposal_is_never_applied() -> None:
    fix = Fix("x", insertion("x").edits, Applicability.DISPLAY)
    assert played(lambda text: report(*([] if text else [("rule", "wrong", fix)]))).draft.changes == ()


def test_a_finding_that_another_spoke_for_is_none_that_a_fix_brings() -> None:
    def judge(text: str) -> Report:
        if text:
            return report(("refused", "no views", None))
        before = report(("unguarded", "fails again", insertion("x")), ("half-applied", "stops here", None))
        return replace(before, given_way=report(("refused", "no views", None)).diagnostics)

    outcome = played(judge)
    assert outcome.draft.files["0001_a.sql"].text == "x"
    assert outcome.left_out == ()


def test_a_table_is_guarded_before_a_statement_that_the_engine_refuses() -> None:
    sql = b"CREATE TABLE orders (id BIGINT PRIMARY KEY);\nCREATE VIEW totals AS SELECT id FROM orders;\n"
    outcome = hold({"0001_orders.sql": sql})
    assert "IF NOT EXISTS orders" in outcome.draft.files["0001_orders.sql"].text
