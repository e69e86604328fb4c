"""What the engine does with what rules say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmblint.findings import Applicability, Confidence, Edit, Finding, Fix, Related, Severity
from kmblint.history import folder
from kmblint.history.files import History, IgnoredFile, Migration, Unreadable
from kmblint.history.known import Known
from kmblint.lint.answers import Answers, subjects_of
from kmblint.lint.cards import Option
from kmblint.lint.dispatch import Dispatcher
from kmblint.lint.rulebook import Rulebook
from kmblint.lint.settings import RuleSettings, Settings
from kmblint.replay.replayer import replay
from kmblint.replay.steps import Part, Replay, Step
from kmblint.schema.changes import AddColumn, AddTable, Change
from kmblint.schema.conflict import UnknownTable
from kmblint.sql.statement import Problem, Statement
from kmblint.targets import Target
from kmblint.targets.kimberlite.releases import RELEASES
from kmblint.targets.kimberlite.target import Kimberlite
from kmblint.targets.layout import Piece
from kmblint.targets.outcome import Form, Outcome
from kmblint.targets.verdict import Refusal
from kmblint.text import Span
from tests.rules_at_hand import history, rule, run, said

FIXTURES: Final = Path(__file__).parents[2] / "fixtures"
TABLE = "CREATE TABLE {} (id BIGINT PRIMARY KEY);\n"
WARDS = TABLE.format("wards")
BEDS = TABLE.format("beds")


def tables(change: AddTable, step: Step) -> Iterator[Finding]:
    yield Finding(step.place(change.span), f"table `{change.table}`", subject=change.table.text)


def columns(change: AddColumn, step: Step) -> Iterator[Finding]:
    yield Finding(step.place(change.span), "a column", subject=f"{change.table}.{change.column.name}")


def statements(statement: Statement, step: Step) -> Iterator[Finding]:
    yield Finding(step.place(statement.span), "a statement")


def fails(change: AddTable, step: Step) -> Iterator[Finding]:
    yield Finding(step.place(change.span), "said before", subject=change.table.text)
    raise LookupError(change.table.text)


def test_every_subject_is_asked_about_with_its_context(tmp_path: Path) -> None:
    asked: list[str] = []

    def steps(
        subject: AddTable | UnknownTable | Refusal | Problem | Statement | Step,
        target: Target,
        step: Step,
        migration: Migration,
        history: History,
    ) -> Iterator[Finding]:
        assert step.migration is migration
        assert history.migrations
        asked.append(f"{type(subject).__name__} {target.name}")
        yield from ()

    def files(subject: Migration | Piece, replay: Replay) -> Iterator[Finding]:
        assert replay.steps
        asked.append(type(subject).__name__)
        yield from ()

    def whole(subject: History | Replay | IgnoredFile | Unreadable) -> Iterator[Finding]:
        asked.append(type(subject).__name__)
        yield from ()

    files_of_it = {
        "0001_wards.sql": WARDS + "TRUNCATE nosuch;\nCREATE TABEL x;\n",
        "0002_latin.sql": "",
        "0003_old.sql.bak": WARDS,
    }
    found = history(tmp_path, files_of_it)
    (tmp_path / "0002_latin.sql").write_bytes(b"-- caf\xe9\n")
    found = history(tmp_path, {})
    rules = [rule(steps, "steps", "KMB101"), rule(files, "files", "KMB102"), rule(whole, "whole", "KMB103")]
    run(found, rules, debug=True)
    assert set(asked) == {
        "AddTable kimberlite", "UnknownTable kimberlite", "CatalogueRefusal kimberlite", "UnsupportedForm kimberlite",
        "Problem kimberlite", "Statement kimberlite", "Step kimberlite", "Migration", "Piece", "History", "Replay",
        "IgnoredFile", "Unreadable",
    }  # fmt: skip
    assert asked.count("Statement kimberlite") == asked.count("Step kimberlite") == 3


def test_options_reach_the_check_over_their_defaults(tmp_path: Path) -> None:
    def check(history: History, *, max_rows: int, words: tuple[str, ...]) -> Iterator[Finding]:
        assert not history.migrations
        asked.append((max_rows, words))
        yield from ()

    asked: list[tuple[int, tuple[str, ...]]] = []
    options = {"max-rows": Option(10, ""), "words": Option(("a",), "")}
    configured = {"some-rule": RuleSettings(options={"max-rows": 3})}
    run(history(tmp_path, {}), [rule(check, "some-rule", options=options)], configured=configured)
    assert asked == [(3, ("a",))]


def test_severity_is_the_cards_then_the_findings_then_the_configurations(tmp_path: Path) -> None:
    def graver(change: AddTable, step: Step) -> Iterator[Finding]:
        yield Finding(step.place(change.span), "x", severity=Severity.ERROR)

    found = history(tmp_path, {"0001_wards.sql": WARDS})
    rules = [rule(tables, "plain", "KMB101"), rule(graver, "graver", "KMB102")]
    assert [each.severity for each in run(found, rules).diagnostics] == [Severity.WARNING, Severity.ERROR]
    configured = run(found, rules, configured={"graver": RuleSettings(severity=Severity.INFO)})
    assert [each.severity for each in configured.diagnostics] == [Severity.WARNING, Severity.INFO]
    assert (configured.summary.warning, configured.summary.info) == (1, 1)


def test_diagnostics_come_in_the_order_of_the_history(tmp_path: Path) -> None:
    def backwards(replay: Replay) -> Iterator[Finding]:
        for step in reversed(replay.steps):
            yield Finding(step.place(step.statement.span), "z", subject="end")

    files = {"0010_beds.sql": BEDS, "9_wards.sql": WARDS + TABLE.format("halls")}
    rules = [rule(backwards, "backwards", "KMB102"), rule(tables, "tables", "KMB101")]
    assert said(run(history(tmp_path, files), rules)) == [
        ("tables", "9_wards.sql", "wards"), ("backwards", "9_wards.sql", "end"),
        ("tables", "9_wards.sql", "halls"), ("backwards", "9_wards.sql", "end"),
        ("tables", "0010_beds.sql", "beds"), ("backwards", "0010_beds.sql", "end"),
    ]  # fmt: skip


def test_a_superior_rule_silences_the_inferior_on_the_same_statement_and_object(tmp_path: Path) -> None:
    def all_tables(change: AddTable | AddColumn, step: Step) -> Iterator[Finding]:
        yield Finding(step.place(change.span), "x", subject="wards")

    files = {"0001_wards.sql": WARDS + BEDS + "ALTER TABLE wards ADD COLUMN name TEXT;\n"}
    inferior = [rule(tables, "tables", "KMB102"), rule(columns, "columns", "KMB103"), rule(statements, "any", "KMB104")]
    superior = rule(all_tables, "superior", "KMB101", supersedes=("tables", "columns", "any"))
    assert said(run(history(tmp_path, files), [*inferior, superior])) == [
        ("superior", "0001_wards.sql", "wards"),
        ("superior", "0001_wards.sql", "wards"),
        ("tables", "0001_wards.sql", "beds"),
        ("superior", "0001_wards.sql", "wards"),
    ]


def test_a_superior_rule_that_is_not_selected_silences_nothing(tmp_path: Path) -> None:
    rules = [rule(tables, "tables", "KMB102"), rule(statements, "superior", "KMB101", supersedes=("tables",))]
    found = history(tmp_path, {"0001_wards.sql": WARDS})
    assert said(run(found, rules)) == [("superior", "0001_wards.sql", "")]
    assert said(run(found, rules, selected={"tables"})) == [("tables", "0001_wards.sql", "wards")]


def test_a_rule_that_is_ignored_for_a_file_wakes_nothing(tmp_path: Path) -> None:
    rules = [rule(tables, "tables", "KMB102"), rule(statements, "superior", "KMB101", supersedes=("tables",))]
    found = history(tmp_path, {"0001_wards.sql": WARDS, "0002_beds.sql": BEDS})
    ignored = (("0001*.sql", frozenset({"superior"})),)
    report = run(found, rules, per_file_ignores=ignored)
    assert said(report) == [("superior", "0002_beds.sql", "")]
    assert report.summary.suppressed == 0, "what is ignored is no suppression"


def test_a_secret_is_masked_though_its_rule_is_ignored_for_the_file(tmp_path: Path) -> None:
    def secret(change: AddTable, step: Step) -> Iterator[Finding]:
        yield Finding(step.place(change.span), "a secret", secrets=(step.place(change.table.span),))

    rules = [rule(tables, "tables", "KMB102"), rule(secret, "secret", "KMB101")]
    ignored = (("*.sql", frozenset({"secret"})),)
    report = run(history(tmp_path, {"0001_wards.sql": WARDS}), rules, per_file_ignores=ignored)
    assert "wards" not in report.source("0001_wards.sql").text


def test_findings_of_one_habit_are_one_diagnostic_a_file(tmp_path: Path) -> None:
    def guard(change: AddTable, step: Step) -> Iterator[Finding]:
        edit = Edit(step.place(Span(change.table.span.start, change.table.span.start)), "IF NOT EXISTS ")
        severity = Severity.ERROR if change.table.text == "beds" else None
        safety = Applicability.UNSAFE if change.table.text == "halls" else Applicability.SAFE
        yield Finding(
            step.place(change.span),
            f"no guard on `{change.table}`",
            fix=Fix("add it", (edit,), safety),
            severity=severity,
        )

    files = {"0001_wards.sql": WARDS + BEDS + TABLE.format("halls"), "0002_rooms.sql": TABLE.format("rooms")}
    report = run(history(tmp_path, files), [rule(guard, "guard", group="file")])
    first, second = report.diagnostics
    assert first.finding.message == "no guard on `beds` (and 2 more in this file)"
    assert [related.message for related in first.finding.related] == ["no guard on `wards`", "no guard on `halls`"]
    assert first.finding.fix is not None
    assert len(first.finding.fix.edits) == 3
    assert first.finding.fix.applicability is Applicability.UNSAFE
    assert second.finding.message == "no guard on `rooms`"
    assert (report.summary.error, report.summary.warning, report.summary.fixable) == (1, 1, 2)


@pytest.mark.parametrize(("tables_made", "told"), [(2, 2), (7, 7), (8, 1), (20, 1)])
def test_names_of_another_convention_are_one_diagnostic_and_a_few_are_slips(
    tmp_path: Path, tables_made: int, told: int
) -> None:
    files = {f"{n:04}_step.sql": f"CREATE TABLE t{n} (id BIGINT PRIMARY KEY);" for n in range(1, tables_made + 1)}
    found = run(history(tmp_path, files), [rule(tables, "tables", group="names")]).diagnostics
    assert len(found) == told
    assert sum(1 + len(each.finding.related) for each in found) == tables_made


def test_a_habit_is_one_diagnostic_a_history_and_two_slips_in_one_file_are_two(tmp_path: Path) -> None:
    habit = rule(tables, "tables", group="habit")
    both = {"0001_wards.sql": WARDS, "0002_beds.sql": BEDS}
    (told,) = run(history(tmp_path / "habit", both), [habit]).diagnostics
    assert (told.finding.message, told.finding.place.file) == (
        "table `wards` (and 1 more, in 2 files)",
        "0001_wards.sql",
    )
    slips = {"0001_wards.sql": WARDS + BEDS}
    assert len(run(history(tmp_path / "slips", slips), [habit]).diagnostics) == 2


def test_files_with_nothing_but_advice_are_one_diagnostic(tmp_path: Path) -> None:
    def advice(change: AddTable, step: Step) -> Iterator[Finding]:
        severity = Severity.WARNING if change.table.text == "wards" else Severity.INFO
        yield Finding(step.place(change.span), "x", subject=change.table.text, severity=severity)

    files = {"0001_wards.sql": WARDS + BEDS, "0002_rooms.sql": TABLE.format("rooms"), "0003_x.sql": TABLE.format("x")}
    report = run(history(tmp_path, files), [rule(advice, "advice", group="file")])
    assert [each.finding.message for each in report.diagnostics] == [
        "x (and 1 more in this file)",
        "x (and 1 more, in 2 files)",
    ]


def test_what_is_said_of_one_object_for_one_cause_is_one_diagnostic(tmp_path: Path) -> None:
    def each(change: AddColumn, step: Step) -> Iterator[Finding]:
        made = step.before.table(change.table.text)
        assert made is not None
        yield Finding(step.place(change.span), "x", related=(Related(made.made, "here"),), subject=made.name)

    add = "ALTER TABLE {0} ADD COLUMN {1} TEXT;\n"
    files = {"0001_wards.sql": WARDS + BEDS, "0002_a.sql": add.format("wards", "a") + add.format("beds", "a")}
    files["0003_b.sql"] = add.format("wards", "b") + "DROP TABLE beds;\n" + BEDS + add.format("beds", "b")
    report = run(history(tmp_path, files), [rule(each, "each", group="object")])
    assert [(found.finding.subject, found.finding.message) for found in report.diagnostics] == [
        ("wards", "x (and 1 more, in 2 files)"),
        ("beds", "x"),
        ("beds", "x"),
    ]


def test_a_consequence_gives_way_to_the_rule_that_explains_it_where_that_is_told(tmp_path: Path) -> None:
    def consequence(change: AddColumn, step: Step) -> Iterator[Finding]:
        made = step.before.table(change.table.text)
        assert made is not None
        yield Finding(step.place(change.span), "y", subject=change.table.text, cause=made.made)

    add = "ALTER TABLE {0} ADD COLUMN name TEXT;\n"
    files = {"0001_wards.sql": WARDS + BEDS, "0002_names.sql": add.format("wards") + add.format("beds")}
    rules = [rule(tables, "tables", "KMB101", explains=("later",)), rule(consequence, "later", "KMB102")]
    told = [("tables", "0001_wards.sql", "wards"), ("tables", "0001_wards.sql", "beds")]
    assert said(run(history(tmp_path / "told", files), rules)) == told
    allowed = {**files, "0001_wards.sql": "-- kmblint: ignore[tables wards] known\n" + WARDS + BEDS}
    assert said(run(history(tmp_path / "allowed", allowed), rules)) == [told[1], ("later", "0002_names.sql", "wards")]


def test_what_only_an_edit_of_an_applied_file_would_mend_is_counted(tmp_path: Path) -> None:
    files = {"0001_wards.sql": WARDS, "0002_beds.sql": BEDS}
    found = history(tmp_path, files, applied=1)
    rules = [rule(tables, "tables", "KMB101"), rule(statements, "mendable", "KMB102", mend="new-migration")]
    report = run(found, rules)
    assert said(report) == [
        ("mendable", "0001_wards.sql", ""),
        ("tables", "0002_beds.sql", "beds"),
        ("mendable", "0002_beds.sql", ""),
    ]
    assert report.summary.hidden == 1
    everything = run(found, rules, all_history=True)
    assert len(everything.diagnostics) == 4
    assert everything.summary.hidden == 0


def test_a_fix_that_would_touch_an_applied_file_is_none(tmp_path: Path) -> None:
    def with_fix(change: AddTable, step: Step) -> Iterator[Finding]:
        yield Finding(step.place(change.span), "x", fix=Fix("mend", (Edit(step.place(change.span), ""),)))

    files = {"0001_wards.sql": WARDS, "0002_beds.sql": BEDS}
    report = run(history(tmp_path, files, applied=1), [rule(with_fix, "with-fix")], all_history=True)
    assert [each.finding.fix is None for each in report.diagnostics] == [True, False]


@pytest.mark.parametrize(("least", "count"), [(Confidence.LOW, 3), (Confidence.MEDIUM, 2), (Confidence.HIGH, 1)])
def test_what_is_too_unsure_is_left_out(tmp_path: Path, least: Confidence, count: int) -> None:
    def unsure(history: History) -> Iterator[Finding]:
        for confidence in Confidence:
            yield Finding(history.migrations[0].place(Span(0, 1)), "x", confidence=confidence)

    report = run(history(tmp_path, {"0001_wards.sql": WARDS}), [rule(unsure, "unsure")], min_confidence=least)
    assert len(report.diagnostics) == count


def test_only_the_wanted_files_are_shown(tmp_path: Path) -> None:
    found = history(tmp_path, {"0001_wards.sql": WARDS, "0002_beds.sql": BEDS})
    report = run(found, [rule(tables, "tables")], shown=frozenset({"0002_beds.sql"}))
    assert said(report) == [("tables", "0002_beds.sql", "beds")]
    assert report.summary.warning == 1


def test_a_rule_that_fails_is_a_finding_and_the_run_goes_on(tmp_path: Path) -> None:
    found = history(tmp_path, {"0001_wards.sql": WARDS + BEDS})
    rules = [rule(fails, "failing", "KMB101"), rule(statements, "other", "KMB102")]
    report = run(found, rules)
    assert said(report) == [
        ("internal-error", "0001_wards.sql", ""),
        ("failing", "0001_wards.sql", "wards"),
        ("other", "0001_wards.sql", ""),
        ("failing", "0001_wards.sql", "beds"),
        ("other", "0001_wards.sql", ""),
    ]
    assert "`failing`" in report.diagnostics[0].finding.message
    assert "LookupError: wards" in report.diagnostics[0].finding.message


def test_a_rule_that_fails_is_told_even_where_only_others_are_selected(tmp_path: Path) -> None:
    found = history(tmp_path, {"0001_wards.sql": WARDS})
    report = run(found, [rule(fails, "failing", "KMB199")], selected=["failing"])
    assert [each.rule for each in report.diagnostics] == ["internal-error", "failing"]


@pytest.mark.parametrize(
    ("first", "settings"),
    [
        ("", {"per_file_ignores": (("*", frozenset({"internal-error", "failing"})),)}),
        ("", {"shown": frozenset({"0002_beds.sql"})}),
        ("", {"min_confidence": Confidence.HIGH}),
        ("-- kmblint: ignore[internal-error] it is known\n", {}),
        ("-- kmblint: ignore[KMB000] it is known\n", {}),
    ],
    ids=["per file", "another file", "sure", "suppressed", "by code"],
)
def test_nothing_silences_a_rule_that_fails(tmp_path: Path, first: str, settings: dict[str, Any]) -> None:
    """What the rule would have said is missing, here and in every other file."""
    found = history(tmp_path, {"0001_wards.sql": first + WARDS, "0002_beds.sql": BEDS})
    report = run(found, [rule(fails, "failing")], **settings)
    assert [each.rule for each in report.diagnostics].count("internal-error") == 1


def test_a_rule_that_fails_ends_the_run_where_that_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(LookupError):
        run(history(tmp_path, {"0001_wards.sql": WARDS}), [rule(fails, "failing")], debug=True)


def test_a_replay_that_fails_on_a_statement_is_a_finding_and_the_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = Kimberlite.outcome

    def stumbles(self: Kimberlite, form: Form, change: Change, *rest: Any) -> Outcome:
        if isinstance(change, AddTable) and change.table.text == "wards":
            raise LookupError("wards")
        return judge(self, form, change, *rest)

    monkeypatch.setattr(Kimberlite, "outcome", stumbles)
    found = history(tmp_path, {"0001_wards.sql": WARDS + BEDS})
    report = run(found, [rule(tables, "tables")])
    assert said(report) == [("internal-error", "0001_wards.sql", ""), ("tables", "0001_wards.sql", "beds")]
    assert report.diagnostics[0].finding.message == "the replay failed on this: LookupError: wards"
    with pytest.raises(LookupError):
        run(found, [rule(tables, "tables")], debug=True)


def test_a_rule_for_another_target_is_not_asked(tmp_path: Path) -> None:
    found = history(tmp_path, {"0001_wards.sql": WARDS})
    assert said(run(found, [rule(tables, "tables", targets=("guide",))])) == []


def test_baseline_statements_are_not_asked_about(tmp_path: Path) -> None:
    (tmp_path / "schema.sql").write_text(WARDS, encoding="utf-8")
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "0001_beds.sql").write_text(BEDS, encoding="utf-8")
    found = folder.read(tmp_path / "migrations", Known(baseline=tmp_path / "schema.sql"))
    assert said(run(found, [rule(tables, "tables")])) == [("tables", "0001_beds.sql", "beds")]


def fingerprints(root: Path, text: str) -> list[str]:
    report = run(history(root, {"0001_wards.sql": text}), [rule(tables, "tables"), rule(columns, "columns", "KMB101")])
    return [each.fingerprint for each in report.diagnostics]


ADD = "ALTER TABLE wards ADD COLUMN {} TEXT;\n"


def test_a_moved_finding_keeps_its_fingerprint(tmp_path: Path) -> None:
    before = fingerprints(tmp_path, WARDS + ADD.format("name"))
    moved = fingerprints(tmp_path, "-- a header\n\n" + BEDS + "\n\n" + WARDS + ADD.format("name"))
    assert moved[1:] == before


def test_findings_on_one_object_have_fingerprints_of_their_own(tmp_path: Path) -> None:
    twice = fingerprints(tmp_path, WARDS + ADD.format("name") + ADD.format("name") + ADD.format("kind"))
    assert len(set(twice)) == 4


def test_findings_alike_in_all_have_fingerprints_of_their_own(tmp_path: Path) -> None:
    def twice(change: AddTable, step: Step) -> Iterator[Finding]:
        yield from [Finding(step.place(change.span), "x", subject="wards")] * 2

    report = run(history(tmp_path, {"0001_wards.sql": WARDS}), [rule(twice, "twice")])
    assert len({each.fingerprint for each in report.diagnostics}) == 2


STATEMENTS = st.sampled_from([WARDS, BEDS, ADD.format("name"), "TRUNCATE wards;\n", "SELEC 1;\n", "-- a comment\n"])


@settings(max_examples=30)
@given(texts=st.lists(st.lists(STATEMENTS, max_size=4).map("".join), min_size=1, max_size=3), applied=st.integers(0, 3))
def test_nothing_is_lost_or_told_twice(tmp_path: Path, texts: list[str], applied: int) -> None:
    """What is held back is counted, and every diagnostic has an identity of its own."""
    for path in tmp_path.glob("*.sql"):
        path.unlink()
    found = history(tmp_path, {f"{number:04}_step.sql": text for number, text in enumerate(texts, 1)}, applied=applied)
    rules = [rule(tables, "tables", "KMB101"), rule(columns, "columns", "KMB102"), rule(statements, "any", "KMB103")]
    shown = run(found, rules)
    everything = run(found, rules, all_history=True)
    assert set(shown.diagnostics) <= set(everything.diagnostics)
    assert len(shown.diagnostics) + shown.summary.hidden == len(everything.diagnostics)
    assert len({each.fingerprint for each in everything.diagnostics}) == len(everything.diagnostics)


@pytest.mark.parametrize("project", sorted(path.name for path in FIXTURES.iterdir() if path.is_dir()))
def test_what_is_asked_lazily_is_what_every_rule_asked_of_everything_says(project: str) -> None:
    read = folder.read(FIXTURES / project / "migrations")
    target, rulebook = Kimberlite(RELEASES["0.9.1"]), Rulebook.load()
    everything = Settings(rules={rule.slug: RuleSettings() for rule in rulebook}, today=date(2026, 7, 1), debug=True)
    replayed = replay(read, target)
    dispatcher, answers = Dispatcher(everything, rulebook, target), Answers()
    answers.renew(dispatcher, replayed, lambda: None)
    lazily = [(rule.slug, finding) for rule, finding in answers.said(dispatcher, replayed)]
    eagerly = [
        (rule.slug, finding)
        for subject, context in _subjects(replayed, target)
        for rule in rulebook
        if type(subject) in rule.signature.subjects and "kimberlite" in rule.card.metadata.targets
        for finding in rule.check(
            subject,
            *map(context.__getitem__, rule.signature.context),
            **{name.replace("-", "_"): option.default for name, option in rule.card.metadata.options.items()},
        )
    ]
    by_rule = itemgetter(0)
    assert sorted(lazily, key=by_rule) == sorted(eagerly, key=by_rule)
    assert lazily or project == "clean"


def _subjects(replayed: Replay, target: Target) -> Iterator[tuple[object, dict[type, object]]]:
    """Everything but rollbacks and suppressions, each with all that may be asked beside it."""
    read = replayed.history
    whole: dict[type, object] = {History: read, Target: target, Replay: replayed}
    yield from ((subject, whole) for subject in (read, replayed, *read.unreadable, *read.ignored_files))
    for migration in read.migrations:
        pieces = () if migration.failed else migration.pieces
        yield from ((subject, {**whole, Migration: migration}) for subject in (migration, *pieces))
    behind = [part for part in replayed.parts if part.migration is not read.baseline]
    for part in behind:
        here = {**whole, Migration: part.migration, Part: part}
        subjects = (
            (subject, {**here, Step: step, Statement: step.statement})
            for step in part.steps
            for subject in subjects_of(step)
        )
        yield from ((part, here), *subjects)
