"""What a reader is told of every statement that the engine was asked: a golden file, to be read as its reader would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pytest_snapshot.plugin import Snapshot

from kmblint import targets
from kmblint.replay.steps import Step
from kmblint.targets.verdict import Replacement
from kmblint.text import Place, Source, Span
from tests.database import Database
from tests.engine.replayed import SCENARIOS, scenarios


@pytest.mark.parametrize("target", targets.NAMES)
def test_what_is_said_of_every_recorded_statement(target: str, snapshot: Snapshot) -> None:
    """Each statement with the words that the target has for it; those that it has nothing to say of are left out."""
    remarks: dict[str, None] = {}
    for name in ("scenarios.jsonl", "oddities.jsonl", "facts.jsonl"):
        for scenario in scenarios(SCENARIOS.with_name(name)):
            database = Database(targets.get(target))
            for answer in scenario.statements:
                source = Source("it", answer.sql)
                for step in database.send(source):
                    lines = list(_remarks(step, source))
                    if lines:
                        remarks["\n".join((" ".join(answer.sql.split())[:300], *lines, ""))] = None
    snapshot.snapshot_dir = Path(__file__).parent / "snapshots"
    snapshot.assert_match("\n".join(sorted(remarks)), f"wordings-{target}.txt")


def _remarks(step: Step, source: Source) -> Iterator[str]:
    for about in (*step.outcome.refusals, *step.outcome.hazards):
        yield f"    {step.outcome.verdict.value}: {type(about).__name__}"
        for name, value in msgspec.structs.asdict(about).items():
            yield from (f"        {name}: {each}" for each in _shown(value, source))


def _shown(value: Any, source: Source) -> Iterator[str]:
    match value:
        case Span():
            yield f"`{source.slice(value)[:120]}`"
        case Place():
            yield f"another place, {value.span.start}–{value.span.end}"
        case Replacement():
            yield f"`{source.slice(value.span)}` → `{value.text}` ({value.message}; {value.applicability.value})"
        case tuple():
            for each in value:
                yield from _shown(each, source)
        case None | False | "":
            return
        case _:
            yield str(getattr(value, "value", value))
