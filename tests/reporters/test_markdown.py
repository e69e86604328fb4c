"""A comment that GitHub takes whole, and that does nothing but show."""

from __future__ import annotations

from kmblint.findings import Finding, Severity
from kmblint.reporters import render
from kmblint.reporters.markdown import BUDGET, MARKER
from kmblint.text import Place, Source, Span
from tests.reporters.samples import diagnostic, report


def _comment(text: str, message: str, *, times: int = 1) -> str:
    found = diagnostic("KMB001", "x", Severity.ERROR, Finding(Place("1.sql", Span(0, len(text))), message))
    return render(report(*[found] * times, sources=(Source("1.sql", text),)), "markdown")


def test_the_marker_comes_first() -> None:
    assert _comment("x", "x").startswith(f"{MARKER}\n")


def test_what_does_not_fit_is_counted() -> None:
    comment = _comment("x" * 100, "y" * 500, times=300)
    shown = comment.count("<details>")
    assert len(comment) <= BUDGET
    assert 0 < shown < 300
    assert f"{300 - shown} more" in comment


def test_a_fence_in_the_text_ends_no_fence_of_ours() -> None:
    assert "````text\n" in _comment("```", "x")


def test_a_message_is_no_html_and_calls_nobody() -> None:
    comment = _comment("x", "<b> @someone `a <i> @b` and ` alone")
    assert "&lt;b&gt; @<!-- -->someone <code>a &lt;i&gt; @b</code> and ` alone" in comment
