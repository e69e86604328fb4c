"""What the full report leaves out, adds, and colours."""

from __future__ import annotations

import re

from kmblint.findings import Finding, Related, Severity
from kmblint.reporters import render
from kmblint.reporters.view import View
from kmblint.text import Place, Source, Span
from tests.reporters.samples import diagnostic, everything, report


def test_colours_change_nothing_but_colour() -> None:
    coloured = render(everything(), "full", View(color=True))
    assert "\x1b[1;31merror[KMB204 table-exists]\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render(everything(), "full")


def test_quiet_leaves_the_summary_out() -> None:
    whole = render(everything(), "full")
    quiet = render(everything(), "full", View(quiet=True))
    assert whole.startswith(quiet)
    assert "\n2 errors, 2 warnings" in whole.removeprefix(quiet)
    assert render(report(), "full", View(quiet=True)) == ""


def test_statistics_take_the_place_of_the_findings() -> None:
    assert render(everything(), "full", View(statistics=True, quiet=True)) == (
        "1  error    KMB202  unknown-column\n"
        "1  error    KMB204  table-exists\n"
        "1  warning  KMB301  non-idempotent-create\n"
        "1  warning  KMB501  unbatched-update\n"
        "1  info     KMB101  file-name\n"
    )


def test_many_other_places_are_listed_and_counted() -> None:
    source = Source("1.sql", "a\n" * 20)
    first, *others = (Place("1.sql", Span(2 * line, 2 * line + 1)) for line in range(20))
    finding = Finding(first, "x", related=tuple(Related(other, "likewise") for other in others))
    text = render(report(diagnostic("KMB001", "x", Severity.INFO, finding), sources=(source,)), "full")
    assert "\n  = at 2:1, 3:1, 4:1, 5:1, 6:1, 7:1, 8:1, 9:1 and 11 more: likewise\n" in text


def test_the_gutter_is_as_wide_as_the_largest_line_number_of_the_finding() -> None:
    here, there = Source("2.sql", "b\n"), Source("1.sql", "\n" * 120 + "a\n")
    finding = Finding(Place("2.sql", Span(0, 1)), "x", related=(Related(Place("1.sql", Span(120, 121)), "made here"),))
    text = render(
        report(diagnostic("KMB001", "x", Severity.INFO, finding), sources=(here, there)), "full", View(quiet=True)
    )
    assert text.splitlines()[1:] == [
        "   --> 2.sql:1:1",
        "    |",
        "  1 | b",
        "    | ^",
        "    |",
        "   ::: 1.sql:121:1",
        "    |",
        "121 | a",
        "    | - made here",
        "    |",
    ]


def test_a_name_cannot_act_on_the_terminal() -> None:
    source = Source("1.sql", "a\n", "mig\x1b[2Jrations/1.sql")
    finding = Finding(Place("1.sql", Span(0, 1)), "table `a\x1b]0;x\x07\nb` \u202e")
    found = report(diagnostic("KMB001", "x", Severity.INFO, finding), sources=(source,))
    for output_format in ("full", "concise"):
        text = render(found, output_format)
        assert text.replace("\n", "").isprintable()
        assert "mig<U+001B>[2Jrations/1.sql:1:1" in text
