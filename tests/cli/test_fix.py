"""`kmblint check --fix` and `--diff`: what is written, what isn't, and what is said of it."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kmblint.cli import main
from tests.cli.branches import own_git

WARDS = "CREATE TABLE wards (id BIGINT PRIMARY KEY);\n"
GUARDED = "CREATE TABLE IF NOT EXISTS wards (id BIGINT PRIMARY KEY);\n"
BEDS = "CREATE TABLE IF NOT EXISTS beds (id BIGINT PRIMARY KEY, ward_id BIGINT REFERENCES wards (id));\n"
BEGIN = "BEGIN;\nALTER TABLE wards ADD COLUMN floor BIGINT;\nCOMMIT;\n"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project; the working directory."""
    (tmp_path / "project/migrations").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "project")
    own_git(monkeypatch)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    return tmp_path / "project"


def put(name: str, content: str | bytes) -> Path:
    """A migration."""
    path = Path("migrations") / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def check(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["check", *arguments], input=stdin)


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout


def committed(*names: str) -> None:
    """A repository whose `main` has these files of the folder, or all."""
    git("init", "-q", "-b", "main")
    git("add", *names or ("-A",))
    git("commit", "-q", "-m", "begin")


def test_a_safe_fix_is_written_and_told_and_the_next_run_writes_nothing() -> None:
    wards = put("0001_create_wards.sql", WARDS)
    first = check("--fix")
    assert wards.read_text() == GUARDED
    assert first.exit_code == 1
    assert first.stderr.splitlines() == [
        "kmblint: fixed 1 finding in 1 file:",
        "kmblint:   migrations/0001_create_wards.sql: 1 non-idempotent-create (KMB301)",
    ]
    assert first.stdout == "no findings in 1 migration (kimberlite)\n"
    second = check("--fix")
    assert (second.exit_code, second.stderr, wards.read_text()) == (0, "", GUARDED)


def test_exit_zero_is_asked_for_and_given() -> None:
    put("0001_create_wards.sql", WARDS)
    assert check("--fix", "--exit-zero").exit_code == 0


def test_diff_writes_nothing_and_git_applies_it() -> None:
    wards = put("0001_create_wards.sql", WARDS.removesuffix("\n"))
    put("02_add_floor.sql", "ALTER TABLE wards ADD COLUMN floor BIGINT;\n")
    shown = check("--diff")
    assert shown.exit_code == 1
    assert wards.read_text() == WARDS.removesuffix("\n")
    assert "kmblint: would fix 2 findings in 2 files:" in shown.stderr
    git("init", "-q")
    subprocess.run(["git", "apply"], input=shown.stdout, text=True, check=True)
    applied = {path.name: path.read_bytes() for path in Path("migrations").iterdir()}
    assert applied["0001_create_wards.sql"] == GUARDED.removesuffix("\n").encode()
    assert set(applied) == {"0001_create_wards.sql", "0002_add_floor.sql"}
    again = check("--diff")
    assert (again.exit_code, again.stdout) == (0, "")


def test_diff_wins_over_fix() -> None:
    wards = put("0001_create_wards.sql", WARDS)
    assert check("--diff", "--fix").exit_code == 1
    assert wards.read_text() == WARDS


def test_unsafe_fixes_are_asked_for() -> None:
    put("0001_create_wards.sql", GUARDED)
    floor = put("0002_add_floor.sql", BEGIN)
    assert check("--fix").exit_code == 1
    assert floor.read_text() == BEGIN
    check("--fix", "--unsafe-fixes")
    assert floor.read_text() == "ALTER TABLE wards ADD COLUMN floor BIGINT;\n"


def test_only_the_fixes_of_the_named_rules_are_applied() -> None:
    wards = put("0001_create_wards.sql", WARDS)
    floor = put("0002_add_floor.sql", BEGIN)
    check("--fix", "--unsafe-fixes", "--fix-only", "transaction-control,KMB9")
    assert wards.read_text() == WARDS
    assert "BEGIN" not in floor.read_text()


def test_the_configuration_names_fixable_rules() -> None:
    wards = put("0001_create_wards.sql", WARDS)
    Path("kmblint.toml").write_text('fixable = ["KMB9"]\n', encoding="utf-8")
    assert check("--fix").stderr == ""
    assert wards.read_text() == WARDS
    check("--fix", "--fix-only", "all")
    assert wards.read_text() == GUARDED


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--unsafe-fixes",), "--unsafe-fixes needs --fix, which writes, or --diff"),
        (("--fix-only", "KMB301"), "--fix-only needs --fix, which writes, or --diff"),
        (("--fix", "--fix-only", "non-idempotent-creat"), "did you mean `non-idempotent-create`"),
    ],
)
def test_options_that_lead_nowhere_are_refused(arguments: tuple[str, ...], said: str) -> None:
    put("0001_create_wards.sql", WARDS)
    result = check(*arguments)
    assert (result.exit_code, said in result.stderr) == (2, True), result.stderr


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (WARDS.replace("\n", "\r\n") + "\r\n", GUARDED.replace("\n", "\r\n") + "\r\n"),
        ("\ufeff" + WARDS, "\ufeff" + GUARDED),
        (WARDS.rstrip("\n"), GUARDED.rstrip("\n")),
        ("/* é */ " + WARDS, "/* é */ " + GUARDED),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_encoding_line_ends_and_mode_are_kept(before: str, after: str, encoding: str) -> None:
    if encoding == "utf-16" and before[0] == "\ufeff":
        return
    wards = put("0001_create_wards.sql", before.encode(encoding))
    wards.chmod(0o640)
    check("--fix", "--fix-only", "KMB301")
    assert wards.read_bytes() == after.encode(encoding)
    assert stat.S_IMODE(wards.stat().st_mode) == 0o640


def test_what_a_fix_adds_ends_its_lines_as_the_file_does() -> None:
    put("0001_create_wards.sql", GUARDED)
    beds = put("0002_create_beds.sql", BEDS.replace("\n", "\r\n"))
    check("--fix", "--target", "guide")
    assert b"CREATE INDEX beds_ward_id_idx ON beds (ward_id);" in beds.read_bytes()
    assert beds.read_bytes().count(b"\n") == beds.read_bytes().count(b"\r\n") == 3


def test_a_file_with_bytes_that_would_be_lost_is_left() -> None:
    wards = put("0001_create_wards.sql", WARDS.encode() + b"\0")
    result = check("--fix")
    assert wards.read_bytes() == WARDS.encode() + b"\0"
    assert "isn't plain text on disk" in result.stderr


def test_an_applied_file_is_never_touched_and_what_it_lacks_is_a_migration_behind_it() -> None:
    put("0001_create_wards.sql", WARDS)
    beds = put("0002_create_beds.sql", BEDS)
    assert check("--fix", "--applied-through", "2", "--target", "guide").exit_code == 1
    assert (Path("migrations/0001_create_wards.sql").read_text(), beds.read_text()) == (WARDS, BEDS)
    made = Path("migrations/0003_add_foreign_key_indexes.sql").read_text().splitlines()
    assert made[0] == "-- Migration: add_foreign_key_indexes"
    assert made[1].startswith("-- Created: 20")
    assert made[2:] == ["", "CREATE INDEX beds_ward_id_idx ON beds (ward_id);"]


def test_where_nobody_says_what_is_applied_what_is_on_the_branch_may_be() -> None:
    wards = put("0001_create_wards.sql", WARDS)
    committed()
    beds = put("0002_create_beds.sql", "CREATE TABLE beds (id BIGINT PRIMARY KEY);\n")
    result = check("--fix")
    assert wards.read_text() == WARDS
    assert beds.read_text().startswith("CREATE TABLE IF NOT EXISTS beds")
    assert "in migrations/0001_create_wards.sql: it may be applied: `HEAD` holds it" in result.stderr
    assert "`--applied-through 0` where nothing is" in result.stderr
    check("--fix", "--applied-through", "0")
    assert wards.read_text() == GUARDED


def test_a_renamed_file_is_renamed_in_git_where_it_is_tracked() -> None:
    put("0001_create_wards.sql", GUARDED)
    committed()
    git("checkout", "-q", "-b", "floor")
    put("2_add_floor.sql", "ALTER TABLE wards ADD COLUMN floor BIGINT;\n")
    git("add", "-A")
    git("commit", "-q", "-m", "floor")
    put("3_add_wing.sql", "ALTER TABLE wards ADD COLUMN wing BIGINT;\n")
    result = check("--fix")
    assert "migrations/0002_add_floor.sql (was `2_add_floor.sql`): 1 sequence-width (KMB105)" in result.stderr
    assert git("status", "--porcelain").splitlines() == [
        "R  migrations/2_add_floor.sql -> migrations/0002_add_floor.sql",
        "?? migrations/0003_add_wing.sql",
    ]


def test_a_link_that_leads_out_is_never_written_through(tmp_path: Path) -> None:
    outside = tmp_path / "outside.sql"
    outside.write_text(WARDS, encoding="utf-8")
    Path("migrations/0001_create_wards.sql").symlink_to("../../outside.sql")
    put("0002_add_floor.sql", "ALTER TABLE wards ADD COLUMN floor BIGINT;\n")
    git("init", "-q")
    beds = put("0003_create_beds.sql", "CREATE TABLE beds (id BIGINT PRIMARY KEY);\n")
    result = check("--fix", "--follow-links", "--applied-through", "0")
    assert outside.read_text() == WARDS
    assert "it is a link that leads out of the project" in result.stderr
    assert "IF NOT EXISTS" in beds.read_text()


def test_a_link_inside_of_the_project_stays_one() -> None:
    Path("shared").mkdir()
    Path("shared/wards.sql").write_text(WARDS, encoding="utf-8")
    Path("migrations/0001_create_wards.sql").symlink_to("../shared/wards.sql")
    git("init", "-q")
    check("--fix", "--applied-through", "0")
    assert Path("migrations/0001_create_wards.sql").is_symlink()
    assert Path("shared/wards.sql").read_text() == GUARDED


def test_a_fix_that_leads_to_another_finding_is_left_out_and_told() -> None:
    put("0001_create_wards.sql", GUARDED)
    marker = "-- Down migration\nDROP TABLE IF EXISTS beds;\n"
    beds = put(
        "0002_create_beds.sql",
        "CREATE TABLE beds (id BIGINT PRIMARY KEY, ward_id BIGINT);\n"
        f"CREATE INDEX beds_ward_id_idx ON beds (ward_id);\n\n{marker}",
    )
    result = check("--fix")
    assert beds.read_text().startswith("CREATE TABLE IF NOT EXISTS beds"), "its neighbour is none the worse for it"
    assert beds.read_text().endswith(marker)
    assert result.stderr.partition("kmblint: 1 fix left out:\n")[2] == (
        "kmblint:   misplaced-marker in migrations/0002_create_beds.sql: it leads to another finding, KMB816 "
        "one-way-rollback: 0002 can be rolled back, and then it can't be applied again: the engine keeps the index "
        "`beds_ward_id_idx` on `beds` registered, and refuses to make it anew\n"
    )


def test_all_histories_are_fixed_or_none() -> None:
    for folder in ("a", "b"):
        path = Path(folder) / "migrations"
        path.mkdir(parents=True)
        (path / "0001_create_wards.sql").write_text(WARDS, encoding="utf-8")
    result = check("--fix", "a", "b")
    assert result.stderr.count("fixed 1 finding in 1 file") == 2
    assert Path("b/migrations/0001_create_wards.sql").read_text() == GUARDED


def test_only_the_files_that_are_named_are_fixed() -> None:
    wards = put("0001_create_wards.sql", WARDS)
    beds = put("0002_create_beds.sql", "CREATE TABLE beds (id BIGINT PRIMARY KEY);\n")
    check("--fix", str(beds))
    assert wards.read_text() == WARDS
    assert "IF NOT EXISTS" in beds.read_text()


def test_standard_input_is_printed_as_fixed_and_nothing_is_written(capfd: pytest.CaptureFixture[str]) -> None:
    wards = put("0001_create_wards.sql", "-- old\n")
    result = check("-", "--fix", "--stdin-filename", str(wards), stdin=WARDS)
    assert (result.exit_code, result.stdout) == (0, GUARDED)
    assert "no findings in 1 migration" in capfd.readouterr().err
    assert wards.read_text() == "-- old\n"
    unchanged = check("-", "--fix", "--stdin-filename", str(wards), stdin=GUARDED)
    assert (unchanged.exit_code, unchanged.stdout) == (0, GUARDED)
    shown = check("-", "--diff", "--stdin-filename", str(wards), stdin=WARDS)
    assert (shown.exit_code, shown.stdout.splitlines()[0]) == (
        1,
        "diff --git a/migrations/0001_create_wards.sql b/migrations/0001_create_wards.sql",
    )


def test_a_report_for_programs_is_of_what_is_left() -> None:
    put("0001_create_wards.sql", WARDS)
    result = check("--fix", "--output-format", "json")
    assert '"findings": []' in result.stdout
    assert result.stderr.startswith("kmblint: fixed 1 finding")


def test_staged_fixes_are_written_unless_the_file_has_edits_that_are_not_staged() -> None:
    put("0001_create_wards.sql", GUARDED)
    committed()
    beds = put("0002_create_beds.sql", "CREATE TABLE beds (id BIGINT PRIMARY KEY);\n")
    git("add", "-A")
    beds.write_text("CREATE TABLE beds (id BIGINT PRIMARY KEY); -- mine\n", encoding="utf-8")
    refused = check("--staged", "--fix")
    assert (refused.exit_code, "edits that aren't staged): nothing was written" in refused.stderr) == (2, True)
    assert beds.read_text().endswith("-- mine\n")
    git("add", "-A")
    assert check("--staged", "--fix").exit_code == 1
    assert beds.read_text() == "CREATE TABLE IF NOT EXISTS beds (id BIGINT PRIMARY KEY); -- mine\n"
