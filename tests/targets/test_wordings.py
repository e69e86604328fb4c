"""What a reader is told of every statement that the engine was asked: a golden file, to be read as its reader would."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from pytest_snapshot.plugin import Snapshot

from kmblint import targets
from kmblint.replay.steps import Step
from kmblint.targets.verdict import Replacement
from kmblint.text import Place, Source, Span
from tests.database import Database
from tests.engine.replayed import SCENARIOS, scenarios
from tests.engine.row_agreement import ANSWERED, recorded

SNAPSHOTS: Final = Path(__file__).parent / "snapshots"


@pytest.mark.parametrize("target", targets.NAMES)
def test_what_is_said_of_every_recorded_statement(target: str, snapshot: Snapshot) -> None:
    """Each statement with the words that the target has for it; those that it has nothing to say of are left out."""
    files = (SCENARIOS.with_name(name) for name in ("scenarios.jsonl", "oddities.jsonl", "facts.jsonl"))
    asked = ([answer.sql for answer in scenario.statements] for file in files for scenario in scenarios(file))
    snapshot.snapshot_dir = SNAPSHOTS
    snapshot.assert_match("\n".join(sorted(set(_told(asked, target)))), f"wordings-{target}.txt")


def test_what_is_said_of_statements_of_other_databases(snapshot: Snapshot) -> None:
    corpus = (Path(__file__).parents[1] / "sql" / "corpus.sql").read_text(encoding="utf-8").strip().split("\n\n")
    snapshot.snapshot_dir = SNAPSHOTS
    snapshot.assert_match("\n".join(sorted(set(_told(([sql] for sql in corpus), "kimberlite")))), "wordings-corpus.txt")


def test_what_is_said_of_each_word_in_each_place(snapshot: Snapshot) -> None:
    """Of remarks that differ in their places only, the first."""
    asked = (
        [answer.sql for answer in scenario.statements] for scenario in scenarios(SCENARIOS.with_name("words.jsonl"))
    )
    alike: dict[str, str] = {}
    for statement in _told(asked, "kimberlite"):
        sql, *remarks = re.split(r"\n(?=    \w)", statement)
        for remark in remarks:
            words = re.sub(r"\n        (?:column|span|table): .*", "", remark)
            alike.setdefault(words, f"{sql}\n{remark}".rstrip() + "\n")
    snapshot.snapshot_dir = SNAPSHOTS
    snapshot.assert_match("\n".join(alike.values()), "wordings-words.txt")


def test_what_is_said_of_conditions_on_rows(snapshot: Snapshot) -> None:
    """Of remarks that differ in numbers, texts and names only, the first."""
    asked = ([told.sql for told in scenario.told] for scenario in (*recorded(ANSWERED), *recorded()))
    alike: dict[str, str] = {}
    for statement in _told(asked, "kimberlite"):
        sql, *remarks = re.split(r"\n(?=    \w)", statement)
        for remark in remarks:
            named = re.sub(
                r"\n        (?:column|span|table|value|kept|index|operator|replacements|way|comparison): .*", "", remark
            )
            words = re.sub(r"`[^`]*`|(?<!\w)'[^']*'|\b[A-Z]+\b(?:\(\d.*?\))?|index \w+|-?\b[\d.]+", "·", named)
            alike.setdefault(words, f"{sql}\n{remark}".rstrip() + "\n")
    snapshot.snapshot_dir = SNAPSHOTS
    snapshot.assert_match("\n".join(sorted(alike.values())), "wordings-rows.txt")


def _told(asked: Iterable[list[str]], target: str) -> Iterator[str]:
    """What is said of each statement, each time on a database of its own list."""
    for texts in asked:
        database = Database(targets.get(target))
        for sql in texts:
            source = Source("it", sql)
            for step in database.send(source):
                if lines := list(_remarks(step, source)):
                    yield "\n".join((" ".join(sql.split())[:300], *lines, ""))


def _remarks(step: Step, source: Source) -> Iterator[str]:
    for about in (*step.outcome.refusals, *step.outcome.hazards):
        yield f"    {step.outcome.verdict.value}: {type(about).__name__}"
        for name, value in msgspec.structs.asdict(about).items():
            yield from (f"        {name}: {each}" for each in _shown(value, source))


def _shown(value: Any, source: Source) -> Iterator[str]:
    match value:
        case Span() if value.start == value.end:
            yield f"nothing, at offset {value.start} of {len(source.text)}"
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
