"""Scenarios that the real engine answered, and the same scenarios as `targets/kimberlite` answers them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from kmblint.schema.catalog import Catalog
from kmblint.schema.changes import AddColumn, Change, DeleteRows, DropTable, InsertRows, UpdateRows
from kmblint.schema.conflict import Conflict
from kmblint.sql.parse import statements
from kmblint.sql.scanner import COMMENTS, scan
from kmblint.sql.statement import ReadWords, Statement
from kmblint.targets.kimberlite.release_0_9_1 import RELEASE_0_9_1
from kmblint.targets.kimberlite.target import Kimberlite
from kmblint.targets.outcome import Form, Outcome
from kmblint.targets.verdict import Crashes, PoisonedTableRefusal, Poisons
from kmblint.text import Source
from tests.database import Database

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
    engine = _Engine()
    database = Database(engine)
    for number, text in enumerate(texts):
        yield _judged(engine, database, Source(f"{number}", text))


def _judged(engine: _Engine, database: Database, source: Source) -> Judged:
    if len(statements(source)) > 1:
        return Judged(taken=False)
    engine.warned, engine.sure = False, True
    steps = database.send(source)
    if not steps:
        form = engine.form(_comments(source), source)
        return Judged(not form.refused, tuple(refusal.reason for refusal in form.refusals))
    outcome, change = steps[0].outcome, steps[0].change
    taken = outcome.verdict.happens
    if change is None:
        return Judged(taken, tuple(refusal.reason for refusal in outcome.refusals))
    engine.note(change, database.catalog, taken=taken)
    return Judged(
        taken,
        tuple(refusal.reason for refusal in outcome.refusals),
        any(isinstance(refusal, PoisonedTableRefusal) for refusal in outcome.refusals),
        engine.warned,
        not taken or engine.sure,
    )


class _Engine(Kimberlite):
    """The target, and which tables hold rows: a change that meets none harms nothing."""

    def __init__(self) -> None:
        super().__init__(RELEASE_0_9_1)
        self.filled: set[str] = set()
        """Tables into which a row was inserted and that nothing has emptied."""
        self.warned = False
        """As `Judged` has it, of the statement that was judged last."""
        self.sure = True
        """Likewise."""

    def outcome(self, form: Form, change: Change, catalog: Catalog, conflicts: tuple[Conflict, ...]) -> Outcome:
        """Without the harm, where no row is met."""
        outcome = super().outcome(form, change, catalog, conflicts)
        harm = [hazard for hazard in outcome.hazards if isinstance(hazard, Poisons | Crashes)]
        met = self._meets_a_row(change, catalog, outcome)
        self.warned |= any(isinstance(hazard, Crashes) for hazard in harm)
        self.sure &= not harm or met is not None
        if met is not False:
            return outcome
        return msgspec.structs.replace(outcome, hazards=tuple(each for each in outcome.hazards if each not in harm))

    def _meets_a_row(self, change: Change, catalog: Catalog, outcome: Outcome) -> bool | None:
        """None where that hangs on values we don't keep."""
        if not isinstance(change, UpdateRows | AddColumn):
            return True
        table = catalog.table(change.table.text)
        if table is None or table.name not in self.filled:
            return False
        if isinstance(change, AddColumn) or change.where is None:
            return True
        if outcome.reach is not None and outcome.reach.no_row:
            return False
        if outcome.found is None or (outcome.found.unsure and not outcome.found.sure):
            return None
        return bool(outcome.found.sure)

    def note(self, change: Change, after: Catalog, *, taken: bool) -> None:
        """Which table a change has filled or emptied."""
        match change:
            case InsertRows(table=table):
                known = after.table(table.text)
                if known is not None and (len(known.rows) or taken):
                    self.filled.add(table.text)
            case DropTable(table=table) | DeleteRows(table=table, where=None) if taken:
                self.filled.discard(table.text)


def _comments(source: Source) -> Statement:
    """A text of comments, as the empty statement that a client sends."""
    comments = tuple(token for token in scan(source) if token.kind in COMMENTS)
    words = ReadWords((), comments, source.text, None, None, None, "")
    return Statement(source.everything, words, (), None, None, None, conflict=False)
