"""`kmblint check`, from the arguments to the exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from kmblint.cli import main
from kmblint.findings import Finding
from kmblint.lint.rulebook import Rule, Rulebook
from kmblint.reporters import FORMATS
from kmblint.schema.changes import AddTable, UpdateRows

CREATE = "CREATE TABLE patients (id BIGINT, name TEXT, PRIMARY KEY (id));\n"
UNKNOWN = "-- kmblint: ignore[nosuch-rule] as agreed\n"
"""A warning (KMB014) whatever the target says."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one good migration and one with a warning; the working directory."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "0001_create_patients.sql").write_text(CREATE, encoding="utf-8")
    (tmp_path / "migrations" / "0002_create_wards.sql").write_text(
        UNKNOWN + CREATE.replace("patients", "wards"), encoding="utf-8"
    )
    return tmp_path


def check(*arguments: str, stdin: str | bytes | None = None) -> Result:
    """Only the rule on unknown suppressions runs, unless the arguments select others."""
    select = () if any("select" in argument for argument in arguments) else ("--select", "KMB014")
    return CliRunner().invoke(main, ["check", *select, *arguments], input=stdin)


def found(result: Result) -> list[tuple[str, str, int]]:
    """Code, path and line of each finding of a json report."""
    document: dict[str, Any] = json.loads(result.stdout)
    return [(one["code"], one["path"], one["start"]["line"]) for one in document["findings"]]


pytestmark = pytest.mark.usefixtures("project")

WARNING = ("KMB014", "migrations/0002_create_wards.sql", 1)


@pytest.mark.parametrize(
    "paths", [[], ["."], ["migrations"], ["migrations/0002_create_wards.sql"], ["migrations", "."]]
)
def test_a_project_a_folder_and_a_file_lead_to_the_same_history(paths: list[str]) -> None:
    result = check(*paths, "--output-format", "json")
    assert (result.exit_code, result.stderr) == (1, "")
    assert found(result) == [WARNING]
    assert json.loads(result.stdout)["history"]["migrations"] == 2


def test_only_the_findings_of_a_named_file_are_shown() -> None:
    result = check("migrations/0001_create_patients.sql", "--output-format", "json")
    assert result.exit_code == 0
    assert found(result) == []
    assert json.loads(result.stdout)["history"]["migrations"] == 2


def test_an_absolute_path_is_told_as_one_below_the_working_directory(project: Path) -> None:
    assert found(check(str(project / "migrations"), "--output-format", "json")) == [WARNING]


def test_several_histories_make_one_report(project: Path) -> None:
    (project / "migrations").rename(project / "clinic")
    (project / "bank").mkdir()
    (project / "bank" / "0001_create_accounts.sql").write_text(UNKNOWN + CREATE, encoding="utf-8")
    result = check("clinic", "bank", "--output-format", "concise")
    assert result.exit_code == 1
    assert [line.partition(": ")[0] for line in result.stdout.splitlines()] == [
        "bank/0001_create_accounts.sql:1:20",
        "clinic/0002_create_wards.sql:1:20",
    ]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 1),
        (["--fail-on", "warning"], 1),
        (["--fail-on", "error"], 0),
        (["--fail-on", "info"], 1),
        (["--fail-on", "never"], 0),
        (["--exit-zero"], 0),
        (["--select", "KMB013"], 0),
        (["--select", "KMB01", "--ignore", "unknown-suppression,KMB010", "--ignore", "KMB012"], 0),
    ],
)
def test_exit_codes(arguments: list[str], code: int) -> None:
    result = check("migrations", *arguments, "--quiet")
    assert (result.exit_code, result.stderr) == (code, "")


def test_the_configuration_may_set_what_fails_and_the_format(project: Path) -> None:
    (project / "kmblint.toml").write_text('fail-on = "error"\noutput-format = "concise"\n', encoding="utf-8")
    result = check("migrations")
    assert result.exit_code == 0
    assert result.stdout.startswith("migrations/0002_create_wards.sql:1:20: warning: KMB014 unknown-suppression ")
    assert check("migrations", "--isolated").exit_code == 1
    assert check("migrations", "--fail-on", "warning").exit_code == 1


@pytest.fixture
def broken_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rulebook one of whose rules raises."""
    rulebook = Rulebook.load()
    other = rulebook.get("unused-suppression")
    assert other is not None

    def check(change: AddTable | UpdateRows) -> list[Finding]:
        raise RecursionError(str(change.span))

    metadata = msgspec.structs.replace(other.card.metadata, code="KMB099", options={}, aliases=())
    rule = Rule(msgspec.structs.replace(other.card, slug="broken-rule", metadata=metadata), check)
    monkeypatch.setattr(Rulebook, "load", lambda: Rulebook([*rulebook, rule]))


def test_a_former_name_of_a_rule_selects_and_suppresses_and_the_report_says_its_name(project: Path) -> None:
    folder = project / "migrations"
    split = "CREATE TABLE wards (id BIGINT PRIMARY KEY, title TEXT DEFAULT 'a;b');\n"
    (folder / "0002_create_wards.sql").write_text(split)
    (project / "kmblint.toml").write_text('select = ["split-statement", "unused-suppression"]\n')
    done = CliRunner().invoke(main, ["check"])
    assert (done.exit_code, done.stdout.count("cut-statement]:")) == (1, 1)
    assert "`select`: `split-statement` is called `cut-statement` now" in " ".join(done.stdout.split())
    (folder / "0002_create_wards.sql").write_text(f"-- kmblint: ignore[split-statement] a test of the runner\n{split}")
    done = CliRunner().invoke(main, ["check"])
    assert (done.exit_code, done.stdout.count("cut-statement]:")) == (0, 0)


@pytest.mark.usefixtures("broken_rule")
def test_a_rule_that_raises_is_a_finding_and_exit_code_3() -> None:
    result = check("--select", "broken-rule,KMB014", "--exit-zero", "--output-format", "concise")
    assert result.exit_code == 3
    assert "KMB000 internal-error" in result.stdout
    assert "KMB014" in result.stdout
    assert result.stderr == ""


@pytest.mark.usefixtures("broken_rule")
def test_debug_shows_where_a_rule_raises() -> None:
    result = check("--select", "broken-rule", "--debug")
    assert result.exit_code == 3
    assert "in check" in result.stderr
    assert "RecursionError" in result.stderr


def test_an_unsaved_buffer_stands_in_for_its_file() -> None:
    name = "migrations/0001_create_patients.sql"
    result = check("-", "--stdin-filename", name, "--output-format", "json", stdin=f"\n\r\n{UNKNOWN}{CREATE}")
    assert found(result) == [("KMB014", name, 3)]
    new = "migrations/0003_new.sql"
    assert found(check("-", "--stdin-filename", new, "--output-format", "json", stdin=UNKNOWN)) == [("KMB014", new, 1)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-"], "needs --stdin-filename"),
        (["-", "migrations", "--stdin-filename", "migrations/0003_x.sql"], "stands alone"),
        (["migrations", "--stdin-filename", "migrations/0003_x.sql"], "needs the path `-`"),
        (["--applied-through", "wards"], "has no number"),
        (["--today", "tomorrow"], "is no date"),
        (["--isolated", "--config", "kmblint.toml"], "exclude each other"),
        (["--statistics", "--output-format", "json"], "--statistics needs"),
        (["--fail-on", "fatal"], "Invalid value for '--fail-on'"),
        (["--select", "nosuch"], "unknown rule `nosuch`"),
        (["--config", "none.toml"], "none.toml"),
        (["nowhere"], "`nowhere` doesn't exist"),
        (["--since", "HEAD"], "is in no git repository"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(arguments: list[str], said: str) -> None:
    result = check(*arguments, stdin="")
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_standard_input_that_is_no_text() -> None:
    result = check("-", "--stdin-filename", "migrations/0003_x.sql", stdin=b"\xff")
    assert (result.exit_code, result.stderr) == (2, "kmblint: standard input is not UTF-8: byte 0xFF at 0\n")


@pytest.mark.parametrize("said", ["1", "0001", "0001_create_patients.sql", "migrations/0001_create_patients.sql"])
def test_applied_through_takes_a_number_or_a_file(said: str) -> None:
    result = check("--applied-through", said, "--output-format", "json")
    assert json.loads(result.stdout)["history"]["applied_through"] == 1


@pytest.mark.parametrize(("today", "expired"), [("2026-12-31", False), ("2027-01-01", True)])
def test_today_decides_what_has_expired(project: Path, today: str, expired: bool) -> None:
    text = "-- kmblint: ignore[KMB014 until=2026-12-31] as agreed\n-- kmblint: ignore[nosuch-rule] x\n" + CREATE
    (project / "migrations" / "0002_create_wards.sql").write_text(text, encoding="utf-8")
    result = check("--select", "KMB013", "--today", today, "--output-format", "json")
    assert bool(found(result)) is expired


def test_an_output_file_gets_the_report_without_colour(project: Path) -> None:
    shown = check()
    result = check("--output-file", "report.txt", "--color", "always")
    assert (result.exit_code, result.stdout) == (1, "")
    assert (project / "report.txt").read_text(encoding="utf-8") == shown.stdout
    assert sorted(path.name for path in project.iterdir()) == ["migrations", "report.txt"]


def test_colour_is_for_who_asks() -> None:
    assert "\x1b" not in check().stdout
    assert "\x1b[1;33mwarning" in check("--color", "always").stdout


def test_quiet_verbose_and_statistics() -> None:
    quiet = check("--quiet").stdout
    assert quiet.count("KMB014") == 1
    assert "1 warning in 2 migrations" not in quiet
    verbose = check("--verbose")
    assert verbose.stderr == "kmblint: `migrations`: 2 migrations, target kimberlite, no configuration file\n"
    assert check("--statistics", "--quiet").stdout == "1  warning  KMB014  unknown-suppression\n"


def test_counts_by_rule_are_told_in_full_where_another_format_is_configured(project: Path) -> None:
    (project / "kmblint.toml").write_text('output-format = "concise"\n', encoding="utf-8")
    assert check("--statistics", "--quiet").stdout == "1  warning  KMB014  unknown-suppression\n"


def test_staged_reads_the_index_and_shows_what_it_changes(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org"}.items():
        monkeypatch.setenv(name, value)
        monkeypatch.setenv(name.replace("AUTHOR", "COMMITTER"), value)
    new = project / "migrations" / "0003_create_rooms.sql"
    new.write_text(UNKNOWN + CREATE.replace("patients", "rooms"), encoding="utf-8")
    for command in ("init -q", "add migrations/0001_create_patients.sql migrations/0002_create_wards.sql"):
        subprocess.run(["git", *command.split()], check=True, capture_output=True)
    subprocess.run(["git", "commit", "-q", "-m", "begin"], check=True, capture_output=True)
    nothing_staged = found(check("--staged", "--output-format", "json"))
    assert nothing_staged == [("KMB014", "migrations/0002_create_wards.sql", 1)], "the whole folder is looked at"
    subprocess.run(["git", "add", "."], check=True)
    new.write_text("-- not staged\n", encoding="utf-8")
    (project / "migrations" / "0004_untracked.sql").write_text(UNKNOWN, encoding="utf-8")
    result = check("--staged", "--output-format", "json")
    assert found(result) == [("KMB014", "migrations/0003_create_rooms.sql", 1)]
    history = json.loads(result.stdout)["history"]
    assert (history["applied_through"], history["migrations"]) == (2, 3)
    verbose = check("--staged", "--verbose").stderr
    assert verbose.startswith("kmblint: `migrations`: 3 migrations, applied through 0002 (in `HEAD`), target ")
    subprocess.run(["git", "rm", "-q", "--cached", "migrations/0002_create_wards.sql"], check=True)
    result = check("--staged", "--select", "KMB702", "--output-format", "json")
    assert found(result) == [("KMB702", "migrations/0002_create_wards.sql", 1)]


def test_what_this_machine_applied_is_said_and_not_believed(project: Path) -> None:
    state = project / ".kimberlite" / "migrations"
    state.mkdir(parents=True)
    text = '[[migrations]]\nid = 2\nname = "x"\nchecksum = "y"\napplied_at = "2026-01-01T00:00:00Z"\n'
    (state / "applied.toml").write_text(text, encoding="utf-8")
    result = check()
    assert (
        "note: this machine's applied.toml ends at migration 2 (nothing is taken from it as applied)\n" in result.stdout
    )
    assert result.exit_code == 1, "the finding of file 2 is still shown"


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are Unicode there")
@pytest.mark.parametrize("output_format", FORMATS)
def test_a_file_name_that_is_no_text_ends_no_format(project: Path, output_format: str) -> None:
    (project / "migrations" / os.fsdecode(b"0003_caf\xe9.sql")).write_text(UNKNOWN + CREATE, encoding="utf-8")
    result = check("--output-format", output_format)
    assert (result.exit_code, result.stderr) == (1, "")
    assert b"0003_caf" in result.stdout_bytes


def test_several_formats_go_each_to_its_file(project: Path) -> None:
    done = check("--output-format", "concise", "--output-format", "sarif:out.sarif", "--output-format", "jsonl:x.jsonl")
    assert done.exit_code == 1
    assert json.loads((project / "out.sarif").read_text())["version"] == "2.1.0"
    assert len((project / "x.jsonl").read_text().splitlines()) == len(done.stdout.splitlines())


def test_nothing_is_printed_where_every_format_has_a_file(project: Path) -> None:
    done = check("--output-format", "gitlab:quality.json")
    assert (done.stdout, done.stderr) == ("", "")
    assert json.loads((project / "quality.json").read_text())


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--output-format", "sariff"), "there is no format `sariff`. Did you mean `sarif`?"),
        (("--output-format", "xyz"), "there is no format `xyz`. Choose from full,"),
        (("--output-format", "json:"), "`json:` names no file behind the colon"),
        (("--output-format", "json", "--output-format", "full"), "json and full can't both be printed"),
        (
            ("--output-format", "json:a", "--output-file", "b"),
            "--output-file is for a format without a file of its own",
        ),
    ],
)
def test_formats_that_cannot_be_written_are_told(project: Path, arguments: tuple[str, ...], complaint: str) -> None:
    done = check(*arguments)
    assert (done.exit_code, complaint in done.stderr) == (2, True), done.stderr
    assert not [each for each in project.iterdir() if each.name in {"a", "b"}]
