"""The histories of `fixtures/` against a real engine: `pytest -m engine`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from kmblint import targets
from kmblint.cli.histories import Request, open_histories
from kmblint.replay.keeping import kept_by
from kmblint.replay.replayer import replay
from kmblint.replay.steps import Replay
from kmblint.replay.transcript import transcribe
from kmblint.reporters.catalog_sql import as_sql
from kmblint.sql.parse import statements
from kmblint.targets.verdict import Verdict
from kmblint.text import Source
from tests.engine.real import ask, missing

FIXTURES: Final = Path(__file__).parents[2] / "fixtures"
CASES: Final = sorted(folder.parent.name for folder in FIXTURES.glob("*/migrations"))

pytestmark = [
    pytest.mark.engine,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),  # the client leaves its pipes open
    pytest.mark.skipif(bool(missing()), reason=missing()),
]


def lived(case: str) -> Replay:
    (opened,) = open_histories(Request(paths=(FIXTURES / case,)))
    return replay(opened.history, targets.get("kimberlite"), actual=True)


@pytest.mark.parametrize("case", CASES)
def test_what_is_sent_is_taken_or_refused_as_the_transcript_says(case: str) -> None:
    done = lived(case)
    baseline = done.history.baseline
    before = [baseline.source.slice(each.span) for each in baseline.statements] if baseline else []
    sent = [
        entry
        for entry in transcribe(done, targets.get("kimberlite").capabilities).entries
        if entry.verdict not in {Verdict.SKIPPED, Verdict.SPLIT}
    ]
    answers = ask(case, [*before, *(entry.sql for entry in sent)]).statements[len(before) :]
    told = [(entry.sql, entry.verdict.happens) for entry in sent]
    assert [(answer.sql, answer.ok) for answer in answers] == told


@pytest.mark.parametrize("case", CASES)
def test_the_actual_schema_is_taken_as_it_is_written(case: str) -> None:
    done = lived(case)
    target = targets.get("kimberlite")
    kept = kept_by(target, done, actual=True)
    source = Source("schema.sql", as_sql(done.end, kept))
    answers = ask(case, [source.slice(statement.span) for statement in statements(source)]).statements
    assert [answer.sql for answer in answers if not answer.ok] == []
