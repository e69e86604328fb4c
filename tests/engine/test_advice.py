"""Followed help against a real engine: `pytest -m engine` sends every statement that the runner then would."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmblint import targets
from kmblint.history import folder
from kmblint.replay.steps import Replay, replay
from kmblint.targets.verdict import Crashes, Verdict
from tests.advice import Situation, followed
from tests.cards import run
from tests.engine.real import ask, missing
from tests.test_help import migrations
from tests.test_rules import FLAGGED, RULEBOOK

SLUGS = sorted({card.slug for card, _ in FLAGGED if "kimberlite" in card.metadata.targets} - {"internal-error"})


@pytest.mark.engine
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the client leaves its pipes open
@pytest.mark.skipif(bool(missing()), reason=missing())
@pytest.mark.parametrize("slug", SLUGS)
def test_the_engine_takes_what_help_leads_to(slug: str, tmp_path: Path) -> None:
    asked: set[tuple[str, ...]] = set()
    for number, (card, case) in enumerate((card, case) for card, case in FLAGGED if card.slug == slug):
        if "[target]" in case.config:
            continue
        before = run(card, case, RULEBOOK, tmp_path / f"{number}")
        for diagnostic in before.own:
            for files in followed(Situation(diagnostic.finding, migrations(tmp_path / f"{number}"))):
                replayed = _replayed(files, tmp_path / f"followed-{len(asked)}-{number}")
                sent = tuple(_sent(replayed))
                texts = tuple(text for text, _ in sent)
                if sent and texts not in asked and not _crashes(replayed):
                    asked.add(texts)
                    answers = ask(f"{slug}/{case.title}", list(texts)).statements
                    assert [(answer.sql, answer.ok) for answer in answers] == list(sent), diagnostic.finding.help


def _replayed(files: dict[str, str], project: Path) -> Replay:
    """The migrations as the engine lives them."""
    project.mkdir(exist_ok=True)
    for stale in project.glob("*.sql"):
        stale.unlink()
    for name, text in files.items():
        (project / name).write_bytes(text.encode())
    return replay(folder.read(project, folder.Known()), targets.get("kimberlite"), actual=True)


def _sent(replayed: Replay) -> list[tuple[str, bool]]:
    """The statements that the runner sends whole, and whether each is taken."""
    steps = [step for step in replayed.steps if step.number == 0]
    whole = [step for step in steps if step.outcome.verdict not in {Verdict.SKIPPED, Verdict.SPLIT}]
    taken = {Verdict.TAKEN, Verdict.NO_OP}
    return [(step.migration.source.slice(step.statement.span), step.outcome.verdict in taken) for step in whole]


def _crashes(replayed: Replay) -> bool:
    """Whether a statement would end the engine, which no test does."""
    return any(isinstance(hazard, Crashes) for step in replayed.steps for hazard in step.outcome.hazards)
