"""Whether a batch is ready, in plain words."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from kmblint.findings import Finding, Severity
from kmblint.reporters.judgement import Readiness, judged
from kmblint.text import Place, Span
from tests.replay.test_review import BEDS, WARDS, reviewed
from tests.reporters.samples import diagnostic, report


def _judged(root: Path, *texts: str, severity: Severity | None = None, applied_through: int | None = None) -> str:
    """The judgement on a history, with one finding in its first file."""
    found = [diagnostic("KMB001", "x", severity, Finding(Place("0001_a.sql", Span(0, 1)), "x"))] if severity else []
    review = reviewed(root, *texts, applied=applied_through)
    sources = tuple(each.source for each in review.history.migrations)
    judgement = judged(report(*found, sources=sources), [review])
    return f"{judgement.readiness.value}: {judgement.because}"


@pytest.mark.parametrize(
    ("texts", "severity", "applied", "said"),
    [
        ((WARDS,), None, None, "Ready: it runs to its end, and every statement does what it says"),
        ((WARDS,), Severity.INFO, None, "Ready: it runs to its end, and every statement does what it says"),
        ((WARDS,), Severity.WARNING, None, "Look first: it runs to its end, with 1 warning"),
        ((WARDS,), Severity.ERROR, None, "Not ready: it runs to its end, with 1 error"),
        (
            (WARDS.replace("name TEXT", "name TEXT UNIQUE"),),
            None,
            None,
            "Ready: it runs to its end, 1 statement not quite as written",
        ),
        ((WARDS,), None, 1, "Nothing is pending: "),
        ((WARDS, BEDS), Severity.ERROR, 1, "Look first: it runs to its end; 1 error in what is applied already"),
        (
            ("-- a\n" + WARDS + "-- beds\n" + BEDS.split("\n")[0],),
            None,
            None,
            "Not ready: it runs to its end, but 1 statement doesn't do what it says",
        ),
        ((WARDS, "ALTER TABLE beds ADD COLUMN x TEXT;\n"), None, None, "Not ready: the run stops in `0002_a.sql`"),
    ],
)
def test_the_worst_decides(
    tmp_path: Path, texts: tuple[str, ...], severity: Severity | None, applied: int | None, said: str
) -> None:
    assert _judged(tmp_path, *texts, severity=severity, applied_through=applied) == said


def test_what_a_branch_breaks_in_released_files_is_its_own_fault(tmp_path: Path) -> None:
    review = reviewed(tmp_path, WARDS, BEDS, applied=1)
    against = replace(review, history=replace(review.history, since="main"))
    found = diagnostic("KMB702", "x", Severity.ERROR, Finding(Place("0001_a.sql", Span(0, 1)), "x"))
    sources = tuple(each.source for each in review.history.migrations)
    assert judged(report(found, sources=sources), [against]).readiness is Readiness.NOT_READY


def test_a_stop_before_the_files_that_are_asked_for_is_named(tmp_path: Path) -> None:
    review = reviewed(tmp_path, "ALTER TABLE x ADD COLUMN y TEXT;\n", WARDS, shown=frozenset({"0002_a.sql"}))
    judgement = judged(report(sources=()), [review])
    assert judgement.readiness is Readiness.NOT_READY
    assert judgement.because == "the run stops before, in `0001_a.sql`"


def test_the_facts_count_files_and_verdicts(tmp_path: Path) -> None:
    review = reviewed(tmp_path, WARDS, "ALTER TABLE beds ADD COLUMN x TEXT;\n", BEDS)
    assert judged(report(sources=()), [review]).facts == (
        "the run stops at line 1; nothing took effect, and nothing is recorded",
        "1 migration behind it not reached",
        "3 migrations, 4 statements: 3 taken, 1 refused",
        "no findings",
    )
