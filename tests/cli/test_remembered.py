"""A run that was answered before is answered alike, and never where anything that counts is another."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from kmblint import stamps, targets
from kmblint.cache import files as known_files
from kmblint.cache.folder import SUFFIX
from kmblint.cli import check, histories, judging, main, remembered
from kmblint.cli.answer import Answer
from kmblint.cli.histories import Request
from kmblint.lint import answers
from kmblint.lint.engine import Session
from kmblint.lint.rulebook import Rulebook
from kmblint.lint.settings import Settings
from kmblint.replay.steps import Part
from kmblint.reporters import render
from kmblint.sql import parse as parsing
from kmblint.sql.statement import ReadWords, Statement
from kmblint.text import Source, Span
from tests.lint.test_session import FILES

SECRET = "sk_live_51H8xJ2eZvKYlo2C0d9f8g7h6"  # noqa: S105 -- of nobody
A = "CREATE TABLE a (id BIGINT PRIMARY KEY, name TEXT);\n"
B = "INSERT INTO a (id, name) VALUES (1, 'x'), (1, 'y');\n"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of this test's own, beside the project that is the working directory."""
    project = tmp_path / "project"
    (project / "migrations").mkdir(parents=True)
    monkeypatch.chdir(project)
    monkeypatch.setenv("KMBLINT_CACHE_DIR", str(tmp_path / "cache"))
    write("migrations/0001_create_a.sql", A)
    write("migrations/0002_fill_a.sql", B)
    return tmp_path / "cache"


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", "--select", "all", *arguments])


def said(*arguments: str) -> tuple[int, str, str]:
    """Code, output and complaints with the cache; the same as without."""
    cached, plain = run(*arguments), run(*arguments, "--no-cache")
    assert (cached.exit_code, cached.stdout, cached.stderr) == (plain.exit_code, plain.stdout, plain.stderr)
    return plain.exit_code, plain.stdout, plain.stderr


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A word for each run that judges, and isn't answered from the cache."""
    judged = judging.judged
    times: list[str] = []

    def counting(*arguments: object, **named: object) -> object:
        times.append("judged")
        return judged(*arguments, **named)  # type: ignore[arg-type] # passed on

    monkeypatch.setattr(judging, "judged", counting)
    return times


def test_an_answer_is_given_again(asked: list[str], cache: Path) -> None:
    first = run()
    second = run()
    assert asked == ["judged"]
    assert (first.exit_code, first.stdout) == (second.exit_code, second.stdout)
    assert run("--output-format", "json").stdout == run("--output-format", "json", "--no-cache").stdout
    assert asked == ["judged"] * 2, "another format is the same answer"
    assert len(list(cache.iterdir())) == 2, "answers, and what is known of files"


@pytest.mark.parametrize(
    "change",
    [
        lambda: write("migrations/0002_fill_a.sql", B.replace("'y'", "'z'").replace("(1, 'x')", "(2, 'x')")),
        lambda: Path("migrations/0002_fill_a.sql").unlink(),
        lambda: Path("migrations/0002_fill_a.sql").rename("migrations/0003_fill_a.sql"),
        lambda: write("migrations/0003_drop_a.sql", "DROP TABLE a;\n"),
        lambda: Path("migrations/0002_fill_a.sql").write_bytes(b"\xff\xfe" + B.encode("utf-16-le")),
        lambda: write("migrations/0003_more.SQL", A),
        lambda: write("migrations/old/0003_more.sql", A),
        lambda: write("migrations/dump.txt", A),
        lambda: write("kmblint.toml", 'fail-on = "never"\n'),
        lambda: write("kmblint.toml", "[rules.missing-header]\nseverity = 'error'\n"),
        lambda: write("kmblint.toml", "[target]\nname = 'guide'\n"),
        lambda: write("kmblint.toml", "[history]\napplied = 1\n"),
        lambda: write("kmblint.toml", "[history]\nfailed = ['0002_fill_a.sql']\n"),
        lambda: write("kmblint.toml", "[per-file-ignores]\n'0009*' = ['all']\n"),
        lambda: write(".kimberlite/migrations/.lock", "version = 'x'\n"),
        lambda: write(
            ".kimberlite/migrations/applied.toml",
            "[[migrations]]\nid = 1\nname = 'x'\nchecksum = 'y'\napplied_at = '2026-01-01T00:00:00Z'\n",
        ),
    ],
)
def test_whatever_counts_makes_another_answer(change: Callable[[], object]) -> None:
    before = said("migrations")
    change()
    assert said("migrations") != before
    assert run("migrations").stdout == run("migrations").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["--ignore", "repeated-row"],
        ["--applied-through", "1"],
        ["--target", "guide"],
        ["--all-history", "--applied-through", "2"],
        ["--min-confidence", "high", "--ignore", "missing-header"],
        ["--max-file-size", "10"],
        ["migrations/0001_create_a.sql"],
        ["--fail-on", "never"],
        ["--statistics"],
        ["--verbose"],
    ],
)
def test_what_is_asked_makes_another_answer(arguments: list[str]) -> None:
    before = said()
    assert said(*arguments) != before
    assert said() == before


def test_a_file_of_the_schema_before_the_history_counts() -> None:
    write("kmblint.toml", "[history]\nbaseline = 'schema.sql'\n")
    write("schema.sql", "CREATE TABLE b (id BIGINT PRIMARY KEY);\n")
    write("migrations/0003_more.sql", "UPDATE b SET id = 2 WHERE id = 1;\n")
    before = said()
    write("schema.sql", "CREATE TABLE c (id BIGINT PRIMARY KEY);\n")
    assert said() != before


def test_known_findings_count() -> None:
    assert CliRunner().invoke(main, ["baseline", "--baseline", "known.jsonl"]).exit_code == 0
    before = said("--baseline", "known.jsonl")
    lines = Path("known.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    write("known.jsonl", "".join(lines[:-1]))
    assert said("--baseline", "known.jsonl") != before


def test_what_git_says_counts() -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)

    git("init", "--initial-branch", "main")
    git("add", "migrations/0001_create_a.sql")
    git("commit", "--message", "one")
    before, staged = said("--since", "main"), said("--staged")
    git("add", "migrations/0002_fill_a.sql")
    assert said("--staged") != staged
    git("commit", "--message", "two")
    assert said("--since", "main") != before


def test_a_day_counts_where_a_suppression_ends(asked: list[str]) -> None:
    assert said("--today", "2026-01-01") == said("--today", "2026-06-30")
    assert run("--today", "2027-01-01").exit_code == 1
    assert asked.count("judged") == 1 + 2, "once, and without the cache twice"
    write("migrations/0002_fill_a.sql", f"-- kmblint: ignore[repeated-row until=2026-03-01] soon\n{B}")
    assert said("--today", "2026-01-01") != said("--today", "2026-06-30")
    assert said("--today", "2026-01-01") != said("--today", "2026-06-30")


def test_another_program_answers_for_itself(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    run()
    monkeypatch.setattr(remembered, "_program", lambda: b"another")
    run()
    assert asked == ["judged"] * 2


def test_a_file_that_changes_while_it_is_judged_makes_no_answer(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = judging.judged

    def changing(*arguments: object, **named: object) -> object:
        write("migrations/0002_fill_a.sql", A.replace(" a ", " b "))
        done = judged(*arguments, **named)  # type: ignore[arg-type] # passed on
        write("migrations/0002_fill_a.sql", B)
        write("migrations/0003_more.sql", "")
        return done

    with monkeypatch.context() as patched:
        patched.setattr(judging, "judged", changing)
        run()
    Path("migrations/0003_more.sql").unlink()
    said()
    assert len(asked) == 3


def test_no_secret_is_kept(cache: Path) -> None:
    write("migrations/0003_keys.sql", f"INSERT INTO a (id, name) VALUES (7, '{SECRET}');\n")
    out = run().stdout
    assert "hard-coded-secret" in out or "secret" in out
    for kept in cache.glob(f"*{SUFFIX}"):
        assert SECRET.encode() not in kept.read_bytes()


def test_no_secret_is_kept_of_what_another_file_says(cache: Path) -> None:
    write("migrations/0003_users.sql", "CREATE TABLE u (id BIGINT PRIMARY KEY, api_key TEXT, note TEXT);\n")
    write("migrations/0004_open.sql", "INSERT INTO u (id, api_key, note) VALUES (1, 'correcthorse9', 'x');\n")
    write("migrations/0005_again.sql", "UPDATE a SET name = 'the correcthorse9' WHERE id = 1;\n")
    write("migrations/0006_role.sql", "CREATE USER carol WITH PASSWORD 'battery staple';\n")
    write("migrations/0007_back.sql", "DROP TABLE a;\n-- Down Migration\nUPDATE u SET api_key = 'paperclip77';\n")
    run()
    run("--ignore", "all")
    name = remembered._digest(["files", os.path.realpath("migrations")]).hex()[:32]
    kept = (cache / f"{name}{SUFFIX}").read_bytes()
    assert b"note" in kept
    assert not [word for word in (b"horse", b"staple", b"clip77") if word in kept]


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files whose statements are read, and those of which a rule that looks back is asked."""
    done: list[str] = []
    parse, asked = parsing.statements, answers._Asking.of_part

    def reading(source: Source, span: Span) -> tuple[Statement, ...]:
        done.append(f"read {source.name}")
        return parse(source, span)

    def asking(self: answers._Asking, part: Part) -> answers._Heard:
        done.append(f"asked {part.migration.file}")
        return asked(self, part)

    monkeypatch.setattr(known_files, "statements", reading)
    monkeypatch.setattr(answers._Asking, "of_part", asking)
    return done


def test_of_a_changed_history_only_what_stands_behind_the_change_is_judged_anew(work: list[str]) -> None:
    first, second, third = (f"000{number}_x.sql" for number in (1, 2, 3))
    for path in Path("migrations").iterdir():
        path.unlink()
    texts = (A, B, "CREATE INDEX a_name_idx ON a(name);\n-- Down Migration\nDROP INDEX a_name_idx;\n")
    for name, text in zip((first, second, third), texts, strict=True):
        write(f"migrations/{name}", text)
    run()
    work.clear()
    write(f"migrations/{third}", "UPDATE a SET name = 'z' WHERE id = 1;\n")
    run()
    assert work == [f"read {third}", f"asked {third}"]
    work.clear()
    write("migrations/0004_x.sql", "DELETE FROM a WHERE id = 1;\n")
    run()
    assert work == ["read 0004_x.sql", "asked 0004_x.sql"]
    work.clear()
    write(f"migrations/{second}", f"{B}-- told\n")
    assert said() == said()
    assert [each for each in work if "asked" in each][:3] == [
        f"asked {second}", f"asked {third}", "asked 0004_x.sql",
    ]  # fmt: skip
    assert f"read {first}" not in work
    work.clear()
    run("--ignore", "KMB1")
    assert f"asked {first}" in work, "other rules are asked"


def test_a_file_of_which_nothing_is_kept_is_read_and_those_behind_it_are_not(work: list[str]) -> None:
    write("migrations/0003_broken.sql", "CREATE TABEL d (id INT);\n")
    write("migrations/0003_failed.sql", "-- Failed: why\nDROP TABLE a;\n")
    write("migrations/0004_more.sql", "CREATE TABLE e (id BIGINT PRIMARY KEY);\n")
    run()
    work.clear()
    write("migrations/0005_new.sql", "DROP TABLE e;\n")
    run()
    left = ["read 0003_broken.sql", "read 0003_failed.sql", "read 0005_new.sql"]
    assert [each for each in work if each.startswith("read")] == left
    assert [each for each in work if each.startswith("asked")] == ["asked 0003_broken.sql", "asked 0005_new.sql"]


def test_what_is_known_of_a_file_is_what_is_read_of_it() -> None:
    """Whoever asks for the words of a statement that is known gets them."""
    write("migrations/0003_more.sql", "CREATE TABLE b (id BIGINT);;\n/* x */ DROP TABLE IF EXISTS nowhere; -- y\n")
    (sought,) = histories.seek(Request())
    basis, target = b"basis", targets.get("kimberlite")
    plain = sought.read().history
    known = known_files.KnownFiles("f", basis)
    session = Session(Rulebook.load(), target)
    session.judge(plain, Settings(rules={}, today=date(2026, 5, 1)))
    assert session.replayed is not None
    known.keep(session.replayed, session.told, target)
    later = known_files.KnownFiles("f", basis)
    again = sought.read(parse=later.parse).history
    assert not any(isinstance(each.words, ReadWords) for one in again.migrations for each in one.statements)
    for one, other in zip(again.migrations, plain.migrations, strict=True):
        for mine, read in zip(one.statements, other.statements, strict=True):
            for field in ("span", "changes", "semicolon", "keyword", "tokens", "comments", "tree", "title", "problem"):
                assert getattr(mine, field) == getattr(read, field)
            asked = later.target(target)
            assert asked.form(mine, one.source) == target.form(read, other.source)
            assert asked.fate(mine, one.source, one.pieces) == target.fate(read, other.source, other.pieces)


def test_a_number_that_no_entry_can_hold_is_none_that_a_run_fails_on() -> None:
    write("migrations/0003_more.sql", f"CREATE TABLE b (id BIGINT PRIMARY KEY, c VARCHAR({'9' * 30}));\n")
    write("migrations/0004_few.sql", f"UPDATE b SET c = 'x' WHERE id = {'9' * 30};\n")
    assert said() == said() == said("--no-cache")


def test_nothing_is_kept_without_the_cache(cache: Path) -> None:
    run("--no-cache")
    run("--debug")
    CliRunner().invoke(main, ["check", "-", "--stdin-filename", "migrations/0003_x.sql"], input=A)
    assert not cache.exists()


def test_a_spoilt_cache_is_no_cache(cache: Path) -> None:
    before = said()
    whole = {kept: kept.read_bytes() for kept in cache.glob(f"*{SUFFIX}")}
    for length, behind in ((0, b""), (-1, b""), (0, b"\0" * 1000)):
        for kept, data in whole.items():
            kept.write_bytes(data[:length] + behind)
        assert said() == before
        assert said() == before


def test_few_answers_are_kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "_MOST_ANSWERS", 2)
    sizes = []
    for number in range(1, 6):
        run("--min-confidence", "high", "--today", f"2026-01-0{number}", "--ignore", f"KMB10{number}")
        sizes.append(sum(path.stat().st_size for path in cache.iterdir()))
    assert sizes[2] == pytest.approx(sizes[4], rel=0.3)


def test_several_folders_are_one_answer(asked: list[str]) -> None:
    write("other/migrations/0001_create_b.sql", A)
    before = said("migrations", "other/migrations")
    assert asked.count("judged") == 2
    assert said("migrations", "other/migrations") == before
    write("other/migrations/0001_create_b.sql", A + B)
    assert said("migrations", "other/migrations") != before


def test_the_working_directory_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    before = said("migrations")
    monkeypatch.chdir("migrations")
    assert said(".") != before


def test_where_it_is_and_how_to_be_rid_of_it(cache: Path) -> None:
    run()
    assert CliRunner().invoke(main, ["cache", "dir"]).stdout == f"{cache}\n"
    cleaned = CliRunner().invoke(main, ["cache", "clean"])
    assert cleaned.exit_code == 0
    assert "2 files deleted" in cleaned.stderr
    assert not cache.exists()


def test_a_known_answer_imports_neither_parser_nor_rules() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "kmblint", "check", "--exit-zero"]
    first, second = (subprocess.run(command, check=True, capture_output=True, text=True) for _ in range(2))
    assert first.stdout == second.stdout
    imported = {line.rpartition("|")[2].strip() for line in second.stderr.splitlines()}
    assert {"kmblint.replay.steps", "kmblint.sql.parse"} <= {
        line.rpartition("|")[2].strip() for line in first.stderr.splitlines()
    }
    heavy = ("sqlglot", "networkx", "rpds", "kmblint.checks", "kmblint.replay", "kmblint.sql", "kmblint.schema")
    assert not [name for name in imported if name.startswith(heavy)]


OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "history.applied": st.integers(1, 2),
        "target.name": st.sampled_from(["guide", "kimberlite"]),
        "ignore": st.sampled_from([("KMB1",), ("missing-header",)]),
        "min-confidence": st.sampled_from(["high", "low"]),
    },
)
DAYS = st.sampled_from([date(2026, 5, 1), date(2026, 7, 1)])


def shown(answer: Answer) -> tuple[object, ...]:
    texts = [render(report, name) for report in answer.reports for name in ("full", "json")]
    return texts, answer.code, answer.output_format, answer.details, answer.kept


def replace_all(root: Path, files: Mapping[str, bytes], clock: count[int]) -> None:
    """Makes these the files of a folder, each change with a time of its own."""
    for path in root.iterdir():
        if path.name not in files:
            path.unlink()
    for name, data in files.items():
        path = root / name
        if not path.exists() or path.read_bytes() != data:
            path.write_bytes(data)
            os.utime(path, ns=(next(clock),) * 2)


@pytest.mark.parametrize("grain", [stamps.GRAIN, -(10**15)], ids=["in doubt", "by time"])
@settings(max_examples=40)
@given(versions=st.lists(st.tuples(FILES, OPTIONS, DAYS, st.booleans()), min_size=2, max_size=4))
def test_whatever_happens_the_answer_is_that_of_a_run_without_a_cache(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    grain: int,
    versions: list[tuple[dict[str, bytes], dict[str, object], date, bool]],
) -> None:
    monkeypatch.setattr(stamps, "GRAIN", grain)
    root, clock = tmp_path / "edited", count(10**9)
    root.mkdir(exist_ok=True)
    for files, options, day, all_history in (*versions, *versions):
        replace_all(root, {"0001_first.sql": A.encode(), "0002_second.sql": B.encode(), **files}, clock)
        request = Request(paths=(root,), overrides=options)
        cached, plain = (check.run(request, day, all_history=all_history, cache=cache) for cache in (True, False))
        assert shown(cached) == shown(plain)


def test_a_page_shows_files_without_findings_however_often_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KMBLINT_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "migrations").mkdir()
    text = "CREATE TABLE IF NOT EXISTS wards (id BIGINT PRIMARY KEY);\n"
    (tmp_path / "migrations" / "0001_create_wards.sql").write_text(text)
    asked = ["check", str(tmp_path), "--output-format", "html"]
    first, again = (CliRunner().invoke(main, asked).stdout for _ in range(2))
    assert "wards (id BIGINT PRIMARY KEY)" in first
    assert again == first
