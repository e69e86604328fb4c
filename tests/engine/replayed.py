"""Scenarios that the real engine answered, and the same scenarios as `targets/kimberlite` answers them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from kmblint import targets
from kmblint.schema.apply import apply
from kmblint.schema.catalog import Catalog
from kmblint.schema.changes import AddColumn, Change, DeleteRows, DropTable, InsertRows, UpdateRows
from kmblint.schema.conflicts import conflicts
from kmblint.schema.predicate import And
from kmblint.sql.parse import statements
from kmblint.sql.scanner import COMMENTS, scan
from kmblint.sql.statement import Statement
from kmblint.targets.kimberlite.comparisons import finds_nothing
from kmblint.targets.kimberlite.outcome_rows import point_lookup
from kmblint.targets.verdict import Crashes, Outcome, PoisonedTableRefusal, Poisons, Verdict
from kmblint.text import Place, Source, Span

SCENARIOS: Final = Path(__file__).with_name("scenarios.jsonl")


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
    reasons: tuple[str, ...] = ()
    unreadable: bool = False
    """It is refused because its table holds a value that can't be read."""
    warned: bool = False
    """It is said to end the server once it meets a row."""
    sure: bool = True
    """False where stored rows, which we don't know, decide whether it harms: from there on nothing can be compared."""


def scenarios(path: Path = SCENARIOS) -> list[Scenario]:
    """The scenarios of a file, one JSON object a line."""
    return [msgspec.json.decode(line, type=Scenario) for line in path.read_bytes().splitlines()]


def judge_all(texts: list[str]) -> Iterator[Judged]:
    """What becomes of each statement on a database that starts empty; what is refused changes nothing."""
    replay = _Replay()
    for number, text in enumerate(texts):
        yield replay.judge(Source(f"{number}", text))


class _Replay:
    """The catalogue of a fresh database, and what rows it holds."""

    def __init__(self) -> None:
        self.target = targets.get("kimberlite")
        self.catalog = Catalog()
        self.filled: set[str] = set()
        """Tables into which a row was inserted and that nothing has emptied."""

    def judge(self, source: Source) -> Judged:
        """One statement, applied where it happens."""
        found = _only(source)
        if found is None:
            return Judged(taken=False)
        form = self.target.form(found, source)
        if not found.changes:
            return Judged(form.refusal is None, (form.refusal.reason,) if form.refusal else ())
        change = found.changes[0]
        outcome = self.target.outcome(form, change, self.catalog, conflicts(self.catalog, change))
        warned = any(isinstance(hazard, Crashes) for hazard in outcome.hazards)
        harms = any(isinstance(hazard, Poisons | Crashes) for hazard in outcome.hazards)
        matches = self._matches(change)
        if matches is False:
            kept = tuple(hazard for hazard in outcome.hazards if not isinstance(hazard, Poisons | Crashes))
            outcome = msgspec.structs.replace(outcome, hazards=kept)
        self._apply(change, outcome, source.name, formed=form.refusal is None)
        refused = outcome.verdict is Verdict.REFUSED
        return Judged(
            not refused,
            tuple(refusal.reason for refusal in outcome.refusals),
            any(isinstance(refusal, PoisonedTableRefusal) for refusal in outcome.refusals),
            warned,
            refused or not harms or matches is not None,
        )

    def _matches(self, change: Change) -> bool | None:
        """Whether the change meets a row; None where that hangs on values we don't keep."""
        if not isinstance(change, UpdateRows | AddColumn):
            return True
        table = self.catalog.table(change.table.text)
        if table is None or table.name not in self.filled:
            return False
        if isinstance(change, AddColumn) or change.where is None:
            return True
        key = point_lookup(table, change.where)
        if finds_nothing(table, change.where) or (key is not None and key not in table.rows):
            return False
        return True if key is not None and not isinstance(change.where, And) else None

    def _apply(self, change: Change, outcome: Outcome, name: str, *, formed: bool) -> None:
        def place_of(span: Span) -> Place:
            return Place(name, span)

        if outcome.verdict is not Verdict.REFUSED:
            self.catalog = apply(self.catalog, change, place_of)
        elif not (isinstance(change, InsertRows) and formed):
            return
        self.catalog = self.target.aftermath(self.catalog, change, outcome, place_of)
        match change:
            case InsertRows(table=table):
                known = self.catalog.table(table.text)
                if known is not None and (len(known.rows) or outcome.verdict is not Verdict.REFUSED):
                    self.filled.add(table.text)
            case DropTable(table=table) | DeleteRows(table=table, where=None):
                self.filled.discard(table.text)


def _only(source: Source) -> Statement | None:
    """The one statement of a text; a text of comments is an empty statement, and one of several is refused."""
    found = statements(source)
    if len(found) == 1:
        return found[0]
    if found:
        return None
    comments = tuple(token for token in scan(source) if token.kind in COMMENTS)
    return Statement(source.everything, (), comments, ())
