"""Scenarios that the real engine answered, and the same scenarios as `targets/kimberlite` answers them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from kmblint import targets
from kmblint.schema.apply import apply
from kmblint.schema.catalog import Catalog
from kmblint.schema.changes import AddColumn, Change, InsertRows, UpdateRows
from kmblint.schema.conflicts import conflicts
from kmblint.sql.parse import statements
from kmblint.sql.scanner import COMMENTS, scan
from kmblint.sql.statement import Statement
from kmblint.targets.outcome_rows import poisons_of
from kmblint.targets.verdict import Crashes, Outcome, Poisons, Verdict
from kmblint.text import Place, Source, Span

SCENARIOS: Final = Path(__file__).with_name("scenarios.jsonl")
CRASH: Final = "server gone"


class Answer(msgspec.Struct, frozen=True):
    """One statement and what the engine said of it."""

    sql: str
    ok: bool
    affected: int | None = None
    rows: list[list[object]] | None = None
    error: str = ""
    reason: str = ""

    @property
    def reads(self) -> bool:
        """Whether it was asked as a query."""
        return self.sql.lstrip().upper().startswith("SELECT")


class Scenario(msgspec.Struct, frozen=True):
    """Statements on a fresh database, in order."""

    id: str
    area: str
    statements: list[Answer]


class Judged(msgspec.Struct, frozen=True):
    """What we say of one statement of a scenario."""

    taken: bool
    poisons: frozenset[tuple[str, str]]
    """(table, column) that the statement makes unreadable."""
    crashes: bool
    reasons: tuple[str, ...]


def scenarios(path: Path = SCENARIOS) -> list[Scenario]:
    """The scenarios of a file, one JSON object a line."""
    return [msgspec.json.decode(line, type=Scenario) for line in path.read_bytes().splitlines()]


def judge_all(texts: list[str]) -> Iterator[Judged]:
    """What becomes of each statement on a database that starts empty; what is refused changes nothing."""
    target = targets.get("kimberlite")
    catalog = Catalog()
    dead = False
    for number, text in enumerate(texts):
        source = Source(f"{number}", text)
        found = _only(source)
        if dead or found is None:
            yield Judged(
                taken=False, poisons=frozenset(), crashes=False, reasons=("the server is dead",) if dead else ()
            )
            continue
        form = target.form(found, source)
        changes: tuple[Change, ...] = found.changes
        if not changes:
            why = form.refusal.reason if form.refusal else ""
            yield Judged(taken=not why, poisons=frozenset(), crashes=False, reasons=(why,))
            continue
        change = changes[0]
        outcome = target.outcome(form, change, catalog, conflicts(catalog, change))
        happens = outcome.verdict is not Verdict.REFUSED
        effective = _effective(catalog, change, outcome)
        crashes = happens and any(isinstance(hazard, Crashes) for hazard in effective.hazards)
        before = _poisoned(catalog)

        def place_of(span: Span, name: str = source.name) -> Place:
            return Place(name, span)

        if happens:
            catalog = target.aftermath(apply(catalog, change, place_of), change, effective, place_of)
        elif isinstance(change, InsertRows) and form.refusal is None:
            catalog = target.aftermath(catalog, change, effective, place_of)
        dead = crashes
        reasons = tuple(refusal.reason for refusal in outcome.refusals)
        yield Judged(happens and not crashes, _poisoned(catalog) - before, crashes, reasons)


def _only(source: Source) -> Statement | None:
    """The one statement of a text; a text of comments is an empty statement, and one of several is refused."""
    found = statements(source)
    if len(found) == 1:
        return found[0]
    if found:
        return None
    comments = tuple(token for token in scan(source) if token.kind in COMMENTS)
    return Statement(source.everything, (), comments, ())


def _effective(catalog: Catalog, change: Change, outcome: Outcome) -> Outcome:
    """The outcome where no row is there that nobody inserted: rules assume rows, a fresh database has none."""
    if not isinstance(change, UpdateRows | AddColumn):
        return outcome
    table = catalog.table(change.table.text)
    if table is None or table.written is not None:
        return outcome
    hazards = tuple(hazard for hazard in outcome.hazards if not isinstance(hazard, Poisons | Crashes))
    return msgspec.structs.replace(outcome, hazards=hazards)


def _poisoned(catalog: Catalog) -> frozenset[tuple[str, str]]:
    return frozenset((name, poison.column) for name, table in catalog.tables.items() for poison in poisons_of(table))
