"""What is kept between two lints of a history never shows in what is said."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache, partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kmblint
from kmblint import targets
from kmblint.cli.histories import Request, open_histories
from kmblint.errors import Stopped
from kmblint.findings import Finding, Report
from kmblint.history import folder
from kmblint.history.files import History, Migration
from kmblint.history.known import Known
from kmblint.history.readings import Readings
from kmblint.lint.engine import Session, lint
from kmblint.lint.rulebook import Rulebook
from kmblint.lint.settings import RuleSettings, Settings
from kmblint.lint.subjects import STEP_SUBJECTS
from kmblint.replay.rollback import Rollback
from kmblint.replay.steps import Part, Step
from kmblint.schema.changes import AddTable
from kmblint.targets.layout import Piece
from tests.rules_at_hand import TODAY, rule

NAMES = (
    "0001_create_a.sql",
    "0002_change_a.sql",
    "0002_fixed.sql",
    "0003_more.sql",
    "0005_late.sql",
    "x_no_number.sql",
)
STATEMENTS = (
    "CREATE TABLE a (id BIGINT PRIMARY KEY, b_id BIGINT, name TEXT, email TEXT);",
    "CREATE TABLE b (id BIGINT PRIMARY KEY, paid DECIMAL(10, 2));",
    "CREATE TABLE c (name TEXT);",
    "ALTER TABLE a ADD COLUMN phone TEXT;",
    "ALTER TABLE a DROP COLUMN name;",
    "ALTER TABLE b RENAME TO bills;",
    "CREATE INDEX a_b_idx ON a(b_id);",
    "UPDATE a SET phone = 'none' WHERE name = 'x';",
    "UPDATE a SET phone = phone || '1';",
    "DELETE FROM b;",
    "DROP TABLE a;",
    "INSERT INTO b VALUES (1, 2.50);",
    "INSERT INTO nowhere (id) VALUES (1), (1);",
    "-- kmblint: ignore[unknown-table] it is elsewhere",
    "-- kmblint: ignore[missing-where until=2026-06-01] soon",
    "SELECT ';' FROM a;",
    "CREATE TABEL d (id INT);",
    "-- Down Migration\nDROP TABLE b;\nDROP TABLE a;",
    "password = 'sk_live_51H8xJ2eZvKYlo2C0d9f8g7h6';",
)
TEXTS = st.lists(st.sampled_from(STATEMENTS), max_size=4).map("\n".join).map(str.encode)
BYTES = st.one_of(
    TEXTS, TEXTS, TEXTS, st.sampled_from([b"", b"\xff\xfe\x00", b"\x80\x81 SELECT", b"\xef\xbb\xbfSELECT 1;"])
)
FILES = st.dictionaries(st.sampled_from(NAMES), BYTES, max_size=len(NAMES))
KNOWN = st.builds(
    Known,
    applied_through=st.sampled_from([None, None, 1, 2]),
    failed=st.sampled_from([(), ("0002_change_a.sql",)]),
    released=st.sampled_from([None, None, {"0001_create_a.sql": STATEMENTS[0]}, {"0004_gone.sql": STATEMENTS[1]}]),
)


@cache
def rulebook() -> Rulebook:
    return Rulebook.load()


def every_rule(today: date = TODAY, *, all_history: bool = False) -> Settings:
    rules = {each.slug: RuleSettings() for each in rulebook()}
    return Settings(rules=rules, today=today, all_history=all_history)


def tables_of(count: int) -> dict[str, bytes]:
    """So many files that make a table each."""
    made = {number: f"CREATE TABLE t{number} (id BIGINT);" for number in range(1, count + 1)}
    return {f"000{number}_create_{number}.sql": text.encode() for number, text in made.items()}


def shown(report: Report) -> tuple[object, ...]:
    """All of a report, its sources by their texts."""
    texts = {name: (source.path, source.text) for name, source in report.sources.items()}
    return report.diagnostics, report.summary, report.history, report.rules, texts


def write(root: Path, files: Mapping[str, bytes]) -> None:
    """Makes these the files of a folder; what stays as it is isn't written."""
    root.mkdir(exist_ok=True)
    for path in root.iterdir():
        if path.name not in files:
            path.unlink()
    for name, data in files.items():
        path = root / name
        if not path.exists() or path.read_bytes() != data:
            path.write_bytes(data)


@settings(max_examples=60)
@given(st.lists(st.tuples(FILES, KNOWN, st.booleans()), min_size=2, max_size=5), st.sampled_from(targets.NAMES))
def test_a_history_that_was_linted_before_is_linted_as_if_it_never_was(
    tmp_path: Path, versions: list[tuple[dict[str, bytes], Known, bool]], name: str
) -> None:
    target, root = targets.get(name), tmp_path / "migrations"
    session, kept = Session(rulebook(), target), Readings()
    for files, known, all_history in versions:
        write(root, files)
        chosen = every_rule(all_history=all_history)
        again = session.lint(folder.read(root, known, readings=kept), chosen)
        assert shown(again) == shown(lint(folder.read(root, known), chosen, rulebook(), target))


def test_a_file_that_an_editor_holds_is_linted_as_if_it_were_saved(tmp_path: Path) -> None:
    write(tmp_path, {"0001_create_a.sql": STATEMENTS[0].encode(), "0002_change_a.sql": STATEMENTS[3].encode()})
    session, kept, chosen = Session(rulebook(), targets.get("kimberlite")), Readings(), every_rule()
    for typed in (STATEMENTS[8], STATEMENTS[10], STATEMENTS[3]):
        overlay = {tmp_path / "0002_change_a.sql": typed}
        report = session.lint(folder.read(tmp_path, overlay=overlay, readings=kept), chosen)
        write(tmp_path, {"0001_create_a.sql": STATEMENTS[0].encode(), "0002_change_a.sql": typed.encode()})
        saved = lint(folder.read(tmp_path), chosen, rulebook(), targets.get("kimberlite"))
        assert report.diagnostics == saved.diagnostics


def test_what_an_editor_holds_is_read_with_configuration_and_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "migrations", {"0001_a.sql": STATEMENTS[0].encode(), "0002_b.sql": STATEMENTS[1].encode()})
    kept = Readings()
    before = open_one(Request(), lambda _: kept)
    typed = Request(buffers={Path("migrations/0002_b.sql"): STATEMENTS[2], Path("migrations/0003_c.sql"): "SELECT 1;"})
    after = open_one(typed, lambda _: kept)
    assert [each.source.text for each in after.migrations] == [STATEMENTS[0], STATEMENTS[2], "SELECT 1;"]
    assert after.migrations[0] is before.migrations[0]


def open_one(request: Request, readings: Callable[[Path], Readings]) -> History:
    (opened,) = open_histories(request, readings)
    return opened.history


def test_only_what_stands_behind_a_change_is_asked_again(tmp_path: Path) -> None:
    asked: list[str] = []

    def tables(change: AddTable, step: Step) -> Iterator[Finding]:
        asked.append(step.migration.file)
        yield Finding(step.place(change.span), "a table")

    rules = Rulebook([rule(tables, "tables"), *(each for each in rulebook() if each.slug == "internal-error")])
    chosen = Settings(rules={"tables": RuleSettings()}, today=TODAY)
    session, kept = Session(rules, targets.get("kimberlite")), Readings()
    files = {
        f"000{number}_create_{number}.sql": f"CREATE TABLE t{number} (id BIGINT);".encode() for number in range(1, 5)
    }
    write(tmp_path, files)
    session.lint(folder.read(tmp_path, readings=kept), chosen)
    assert asked == list(files)
    asked.clear()
    write(tmp_path, {**files, "0003_create_3.sql": b"CREATE TABLE other (id BIGINT);"})
    report = session.lint(folder.read(tmp_path, readings=kept), chosen)
    assert asked == ["0003_create_3.sql", "0004_create_4.sql"]
    assert len(report.diagnostics) == len(files)


def test_a_rule_that_raises_tells_so_in_every_report(tmp_path: Path) -> None:
    def fails(change: AddTable, step: Step) -> Iterator[Finding]:
        raise LookupError(change.table.text)
        yield Finding(step.place(change.span), "")

    rules = Rulebook([rule(fails, "fails"), *(each for each in rulebook() if each.slug == "internal-error")])
    chosen = Settings(rules={"fails": RuleSettings()}, today=TODAY)
    session, kept = Session(rules, targets.get("kimberlite")), Readings()
    write(tmp_path, {"0001_a.sql": STATEMENTS[0].encode(), "0002_b.sql": STATEMENTS[1].encode()})
    first = session.lint(folder.read(tmp_path, readings=kept), chosen)
    write(tmp_path, {"0001_a.sql": STATEMENTS[0].encode(), "0002_b.sql": STATEMENTS[2].encode()})
    again = session.lint(folder.read(tmp_path, readings=kept), chosen)
    assert [each.finding.place.file for each in (*first.diagnostics, *again.diagnostics)] == ["0001_a.sql"] * 2


def test_a_lint_that_nobody_waits_for_ends_between_two_files_and_is_taken_up_again(tmp_path: Path) -> None:
    files = {
        f"000{number}_create_{number}.sql": f"CREATE TABLE t{number} (id BIGINT);".encode() for number in range(1, 6)
    }
    write(tmp_path, files)
    target, chosen = targets.get("kimberlite"), every_rule()
    read = folder.read(tmp_path)
    session = Session(rulebook(), target)
    for patience in (0, 1, 3, 6):
        with pytest.raises(Stopped):
            session.lint(read, chosen, partial(next, iter([False] * patience + [True])))
    assert shown(session.lint(read, chosen)) == shown(lint(read, chosen, rulebook(), target))


def test_nothing_is_kept_of_what_was_edited_away(tmp_path: Path) -> None:
    session, kept, chosen = Session(rulebook(), targets.get("kimberlite")), Readings(), every_rule()
    alive = []
    for edit in range(12):
        write(tmp_path, {"0001_a.sql": STATEMENTS[0].encode(), "0002_b.sql": f"UPDATE a SET b_id = {edit};".encode()})
        session.lint(folder.read(tmp_path, readings=kept), chosen)
        gc.collect()
        alive.append(sum(isinstance(each, Migration) for each in gc.get_objects()))
    assert len(set(alive[1:])) == 1


def test_a_session_that_nobody_holds_leaves_no_circle(tmp_path: Path) -> None:
    """A run collects no circles: what one holds would stay in memory while the answer is kept."""
    write(tmp_path, {"0001_a.sql": STATEMENTS[0].encode(), "0002_b.sql": b"UPDATE nowhere SET id = 1;"})

    def parts() -> int:
        return sum(isinstance(each, Part) for each in gc.get_objects())

    gc.collect()
    gc.disable()
    try:
        before = parts()
        session = Session(rulebook(), targets.get("kimberlite"))
        session.lint(folder.read(tmp_path), every_rule())
        assert parts() == before + 2
        del session
        assert parts() == before
    finally:
        gc.enable()


def test_what_is_applied_and_the_day_change_what_is_said(tmp_path: Path) -> None:
    write(tmp_path, {"0001_a.sql": STATEMENTS[0].encode(), "0002_b.sql": b"ALTER TABLE a DROP COLUMN name;"})
    target, kept = targets.get("kimberlite"), Readings()
    session = Session(rulebook(), target)
    for known, today in ((Known(), TODAY), (Known(applied_through=1), TODAY), (Known(), date(2030, 1, 1))):
        chosen = every_rule(today)
        report = session.lint(folder.read(tmp_path, known, readings=kept), chosen)
        assert shown(report) == shown(lint(folder.read(tmp_path, known), chosen, rulebook(), target))


_ASKED_OF_HISTORY = {"populated_at", "why_populated", "is_applied"}
"""What follows from a step's file and those before it."""
_OF_A_FILE = STEP_SUBJECTS | {Migration, Part, Piece, Rollback}


def test_a_check_that_is_asked_about_a_step_asks_its_history_of_nothing_behind_it() -> None:
    for slug in (each.slug for each in rulebook() if each.signature.subjects <= _OF_A_FILE):
        text = (Path(kmblint.__path__[0]) / "checks" / f"{slug.replace('-', '_')}.py").read_text(encoding="utf-8")
        asked = set(re.findall(r"\bstep\.history\b\.?(\w*)", text))
        assert asked <= _ASKED_OF_HISTORY, slug


def test_only_rules_that_look_at_what_stands_behind_a_file_are_asked_again(tmp_path: Path) -> None:
    names = ("a", "b")
    texts = [f"CREATE TABLE {name} (id BIGINT PRIMARY KEY);".encode() for name in names]
    write(tmp_path, {"0001_a.sql": texts[0], "0002_gone.sql": b"UPDATE b SET id = 2;", "0003_b.sql": texts[1]})
    session, target, chosen = Session(rulebook(), targets.get("kimberlite")), targets.get("kimberlite"), every_rule()
    session.lint(folder.read(tmp_path), chosen)
    told = {file: session.told(file) for file in ("0001_a.sql", "0002_gone.sql", "0003_b.sql")}
    opened = {file: {asked.rule for asked in each.open_of_part} for file, each in told.items() if each is not None}
    assert opened == {"0001_a.sql": set(), "0002_gone.sql": {"unknown-table"}, "0003_b.sql": set()}
    write(tmp_path, {"0001_a.sql": texts[0], "0002_gone.sql": b"UPDATE b SET id = 2;"})
    read = folder.read(tmp_path)
    assert shown(session.lint(read, chosen)) == shown(lint(read, chosen, rulebook(), target))
