"""A comment that GitHub takes whole, and that does nothing but show."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from pytest_snapshot.plugin import Snapshot

from kmblint.cli import main
from kmblint.findings import Finding, Severity
from kmblint.reporters import render
from kmblint.reporters.markdown import BUDGET, MARKER
from kmblint.text import Place, Source, Span
from tests.reporters.html.pages import hostile, project
from tests.reporters.samples import diagnostic, report
from tests.reporters.test_markdown_text import Read

ROOT = Path(__file__).parents[2]


def _comment(text: str, message: str, *, times: int = 1) -> str:
    found = diagnostic("KMB001", "x", Severity.ERROR, Finding(Place("1.sql", Span(0, len(text))), message))
    return render(report(*[found] * times, sources=(Source("1.sql", text),)), "markdown")


def _checked(*arguments: str | Path) -> str:
    done = CliRunner().invoke(main, ["check", "--isolated", "--output-format", "markdown", *map(str, arguments)])
    assert done.exit_code in (0, 1), done.stderr
    return done.stdout


def test_the_marker_comes_first() -> None:
    assert _comment("x", "x").startswith(f"{MARKER}\n")


def test_what_does_not_fit_is_counted() -> None:
    comment = _comment("x" * 100, "y" * 500, times=300)
    shown = comment.count("<details")
    assert len(comment) <= BUDGET
    assert 0 < shown < 300
    assert f"{300 - shown} more findings" in comment


def test_a_fence_in_the_text_ends_no_fence_of_ours() -> None:
    assert "````text\n" in _comment("```", "x")


def test_a_message_is_no_html_and_calls_nobody() -> None:
    comment = _comment("x", "<b> @someone `a <i> @b` and ` alone")
    assert "&#60;b&#62; @<!-- -->someone <code>a &#60;i&#62; @b</code> and &#96; alone" in comment


def test_a_comment_on_what_is_pending_as_its_reader_sees_it(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of whole histories are among the expected files of the fixtures."""
    monkeypatch.chdir(ROOT)
    snapshot.snapshot_dir = Path(__file__).parent / "snapshots"
    comment = _checked("fixtures/clinic", "--today", "2026-06-30", "--applied-through", "28")
    snapshot.assert_match(comment, "comment.clinic.md")


def test_the_worst_stand_open_and_the_rest_is_folded() -> None:
    comment = _checked(ROOT / "fixtures" / "guide")
    opened = [line for line in comment.splitlines() if line.startswith("<details open>")]
    assert ["<b>error</b>" in line for line in opened] == [True] * 3
    assert comment.count("<details><summary><b>warning</b>") == 2


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    read = Read(_checked(hostile(tmp_path)))
    ours = {"h3", "ul", "li", "p", "strong", "code", "table", "thead", "tbody", "tr", "th", "td", "pre", "sub", "br",
            "details", "summary", "b"}  # fmt: skip
    assert {tag.split()[0] for tag in read.tags} <= ours
    assert read.tags.count("td") + sum(tag.startswith("td ") for tag in read.tags) == 3 * 5


def test_it_fits_whatever_the_history(tmp_path: Path) -> None:
    wild = "`|<@_*[" * 12
    texts = [f'CREATE TABLE "{wild}{number}" (id BIGINT PRIMARY KEY, "{wild}" TEXT);\n' for number in range(250)]
    folder = project(tmp_path, *texts)
    for number in range(251, 400):
        (folder / f"{number:04}_{'|_@' * 60}.sql").write_text("SELEKT 1;\n", encoding="utf-8")
    for options in ((), ("--applied-through", "250")):
        comment = _checked(folder, *options)
        assert 20_000 < len(comment) <= BUDGET
        assert "more findings:" in comment
        assert "more files, none of them worse" in comment
    assert len(_checked(folder, folder.parent)) <= BUDGET


def test_secrets_are_stars_even_where_their_rule_is_left_out(tmp_path: Path) -> None:
    folder = project(
        tmp_path,
        "CREATE TABLE logins (id BIGINT PRIMARY KEY, password TEXT DEFAULT 'hunter20');\n"
        "INSERT INTO logins (id, password) VALUES (1, 'hunter22');\n",
    )
    assert "hunter" not in _checked(folder, "--ignore", "hard-coded-secret")
