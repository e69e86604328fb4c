"""What GitHub reads as part of a command must not come from a message or a path."""

from __future__ import annotations

from kmblint.findings import Finding, Severity
from kmblint.reporters import render
from kmblint.text import Place, Source, Span
from tests.reporters.samples import diagnostic, report


def test_what_has_a_meaning_in_a_command_is_escaped() -> None:
    source = Source("1.sql", "x", "a,b:c%d/1.sql")
    found = diagnostic("KMB001", "x", Severity.INFO, Finding(Place("1.sql", Span(0, 1)), "100%,\r\n::error::no"))
    assert render(report(found, sources=(source,)), "github") == (
        "::notice title=KMB001 x,file=a%2Cb%3Ac%25d/1.sql,line=1,col=1,endLine=1,endColumn=2"
        "::100%25,\\r\\n::error::no\n"
    )
