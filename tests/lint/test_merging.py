"""Several histories in one report."""

from __future__ import annotations

from kmblint.findings import Edit, Finding, Fix, HistorySummary, Related, Report, Severity, Summary
from kmblint.lint.merging import merged
from kmblint.reporters import render
from kmblint.text import Place, Source, Span
from tests.reporters.samples import diagnostic


def _report(folder: str, text: str) -> Report:
    place = Place("0001_a.sql", Span(0, 4))
    finding = Finding(place, "x", related=(Related(place, "y"),), fix=Fix("z", (Edit(place, "w"),)))
    return Report(
        (diagnostic("KMB001", "x", Severity.ERROR, finding),),
        Summary(error=1, fixable=1),
        HistorySummary(folder, "kimberlite", 1, notes=("assumed",)),
        {"0001_a.sql": Source("0001_a.sql", text, f"{folder}/0001_a.sql")},
    )


def test_one_report_is_left_as_it_is() -> None:
    only = _report("a", "DROP")
    assert merged([only]) is only


def test_files_of_one_name_stay_apart() -> None:
    both = merged([_report("apps/clinic/migrations", "DROP a"), _report("apps/bank/migrations", "DROP b")])
    assert both.summary == Summary(error=2, fixable=2)
    assert both.history == HistorySummary("apps", "kimberlite", 2, notes=("assumed",))
    assert render(both, "concise") == (
        "apps/clinic/migrations/0001_a.sql:1:1: error: KMB001 x x\n"
        "apps/bank/migrations/0001_a.sql:1:1: error: KMB001 x x\n"
    )
    assert "1 | DROP a\n" in render(both, "full")
    assert "1 | DROP b\n" in render(both, "full")
    for found in both.diagnostics:
        assert found.finding.fix is not None
        files = {found.finding.place.file, found.finding.related[0].place.file, found.finding.fix.edits[0].place.file}
        assert len(files) == 1


def test_relative_and_absolute_folders_have_no_common_one() -> None:
    assert merged([_report("a", "DROP"), _report("/b", "DROP")]).history.root == "a, /b"
