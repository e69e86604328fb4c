"""Plays a history on a real engine, statement by statement beside our prediction, and compares what both say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from kmblint.live import grounds
from kmblint.live.known_rows import OnKnownRows
from kmblint.live.readback import Difference, differences, expected, read
from kmblint.live.sendings import Part, Sending
from kmblint.live.stage import Answer, Ended, LostStageError, Stage
from kmblint.replay.playing import judged
from kmblint.replay.steps import Step, Surroundings
from kmblint.replay.transcript import Ending, Entry, comment_of, ending_of, entry_of, hazard_text
from kmblint.schema.catalog import Catalog, Table
from kmblint.schema.changes import DeleteRows, InsertRows, UpdateRows
from kmblint.schema.types import Family
from kmblint.schema.write import quoted
from kmblint.sql.statement import time_travel
from kmblint.targets import Target
from kmblint.targets.verdict import Crashes, PoisonedTableRefusal, Verdict
from kmblint.wording import counted

HELD: Final = "held back"
NOT_SENT: Final = "not sent"
"""How a statement was seen to end that the engine never met."""


class Miss(msgspec.Struct, frozen=True):
    """A difference between prediction and engine, and which facts of the release the prediction rests on."""

    difference: Difference
    rests_on: str


class Played(msgspec.Struct, frozen=True):
    """A statement with our prediction, and what the engine made of it."""

    entry: Entry
    seen: str
    """`taken`, `refused`, `died`, `no answer`, `held back` or `not sent`."""
    said: str = ""
    """What the client tells of a refusal, without secrets."""
    rows: int | None = None
    misses: tuple[Miss, ...] = ()
    note: str = ""

    @property
    def stops(self) -> bool:
        """Whether it was sent and not taken, so that its file ends there."""
        return self.seen in {"refused", "died", "no answer"}


class PlayedFile(msgspec.Struct, frozen=True):
    """A file that was played: its statements, what differs behind it, and how it ends."""

    part: Part
    statements: tuple[Played, ...]
    misses: tuple[Miss, ...] = ()
    note: str = ""
    """Why it isn't recorded; empty where it is."""
    stops: bool = False
    is_reached: bool = True


class Rehearsal(msgspec.Struct, frozen=True):
    """A history that was played."""

    called: str
    release: str
    """Of the engine that played."""
    facts: str
    """The release whose facts the predictions rest on."""
    stage: str
    """Where it was played, in words."""
    files: tuple[PlayedFile, ...]
    obstacle: str = ""
    restarts: int = 0
    lost: str = ""
    """Why the rehearsal ends before its time; empty where it doesn't."""

    @property
    def statements(self) -> Iterator[Played]:
        """In the order in which they were played."""
        return (each for file in self.files for each in file.statements)

    @property
    def differences(self) -> int:
        """How many things are otherwise than predicted."""
        return sum(len(file.misses) + sum(len(each.misses) for each in file.statements) for file in self.files)

    @property
    def is_clean(self) -> bool:
        """Whether everything was played, and went as predicted and to the end."""
        held = any(each.seen == HELD for each in self.statements)
        stops = any(file.stops for file in self.files)
        return not (self.differences or held or stops or self.obstacle or self.lost)


class Wanted(msgspec.Struct, frozen=True):
    """How a rehearsal is meant."""

    run_dangerous: bool = False
    keep_going: bool = False
    """Go on behind a stop, as if the statement hadn't been there."""


def rehearse(parts: Sequence[Part], target: Target, stage: Stage, wanted: Wanted) -> tuple[tuple[PlayedFile, ...], str]:
    """The files as they were played, and why it ended early (empty where it didn't)."""
    player = _Player(target, stage, wanted)
    files: list[PlayedFile] = []
    for number, part in enumerate(parts):
        try:
            files.append(player.file(part))
        except LostStageError as error:
            return (*files, player.interrupted(part)), str(error)
        if files[-1].stops and not wanted.keep_going:
            files += (PlayedFile(each, (), is_reached=False) for each in parts[number + 1 :])
            break
    return tuple(files), ""


class _Player:
    """Keeps the catalogue that the engine should have by now."""

    def __init__(self, target: Target, stage: Stage, wanted: Wanted) -> None:
        self.target, self.stage, self.wanted = OnKnownRows(target), stage, wanted
        self.catalog = Catalog()
        self.numbers: dict[int | None, str] = {}
        """Number → the file that has taken it."""
        self.told: set[Difference] = set()
        """Differences of the schema that were told, and stay."""
        self.played: list[Played] = []

    def interrupted(self, part: Part) -> PlayedFile:
        """A file that was played in part."""
        return PlayedFile(part, tuple(self.played), stops=True, note="the server went away")

    def file(self, part: Part) -> PlayedFile:
        """Plays one file; raises LostStageError where the server went away for good."""
        self.played = []
        touched: set[str] = set()
        stop: Entry | None = None
        for sending in part.sendings(self.target):
            played, steps = self.statement(part, sending)
            self.played.append(played)
            touched |= {name.text for step in steps if step.change for name in step.change.touches()}
            if played.stops and stop is None:
                stop = played.entry
                if not self.wanted.keep_going:
                    break
        misses = tuple(self._behind(touched))
        return self._ended(part, stop, misses)

    def _ended(self, part: Part, stop: Entry | None, misses: tuple[Miss, ...]) -> PlayedFile:
        played, migration = tuple(self.played), part.migration
        if not part.runs:
            note = f"it stops at line {stop.line}" if stop else ""
            return PlayedFile(part, played, misses, note, stops=stop is not None)
        entries = tuple(_as_seen(each) for each in played)
        number = migration.number
        numbered = self.target.capabilities.applies_by_number
        taken_by = self.numbers.setdefault(number, migration.file) if numbered else migration.file
        unrecorded = msgspec.structs.replace(migration, applied=False)
        ending: Ending = ending_of(unrecorded, entries, taken_by, reached=True)
        return PlayedFile(part, played, misses, ending.note, ending.stops)

    def statement(self, part: Part, sending: Sending) -> tuple[Played, tuple[Step, ...]]:
        """Plays one statement."""
        source = part.migration.source
        steps: tuple[Step, ...] = ()
        if sending.statement is None:
            entry = comment_of(part.migration, sending.pieces[0])
        else:
            steps = judged(
                Surroundings(part.history), part.migration, sending.statement, self.target, self.catalog, actual=True
            )
            entry = entry_of(steps)
        texts = sending.texts(source)
        if not texts:
            return Played(entry, NOT_SENT), steps
        danger = _may_end_it(steps)
        if danger and not self.wanted.run_dangerous:
            return Played(entry, HELD, note=f"{_why(entry)}; `--run-dangerous` sends it all the same"), steps
        answer = self.stage.send(texts, expects_death=danger)
        past = sending.statement is not None and time_travel(sending.statement.tokens) > 0
        misses = () if past else tuple(self._found(entry, steps, answer, danger=danger))
        self._goes_on(part, sending, steps, entry, answer)
        note = "the server was gone, and was started again for it" if answer.retried else ""
        if answer.ended is Ended.NO_ANSWER:
            note = f"{answer.said} (--timeout): whether it would have been taken isn't known"
        if past:
            note = "it asks about a time at which this database wasn't there, or not as yours was: not compared"
        words = entry.secrets.masked(answer.said)
        return Played(entry, answer.ended.value, words, answer.rows, misses, note), steps

    def _found(self, entry: Entry, steps: tuple[Step, ...], answer: Answer, *, danger: bool) -> Iterator[Miss]:
        """What a statement's answer has that wasn't predicted."""
        goes_on = entry.verdict.happens or (entry.verdict is Verdict.SPLIT and not entry.stops)
        predicted = "taken" if goes_on else "refused"
        unknown = answer.ended in {Ended.NOT_SENT, Ended.NO_ANSWER}
        if unknown or (answer.ended is Ended.DIED and danger) or self._hangs_on_rows(steps):
            return
        if answer.ended.value != predicted:
            because = f": {'; '.join(entry.reasons)}" if entry.reasons else ""
            seen = entry.secrets.masked(f"{answer.ended.value}{f': {answer.said}' if answer.said else ''}")
            rests_on = grounds.of_statement(steps) if steps else "comments that are sent as statements (`forms.py`)"
            yield Miss(Difference("verdict", "", f"{entry.verdict.value}{because}", seen), rests_on)
        elif answer.ended is Ended.TAKEN and answer.rows is not None and len(steps) == 1:
            rows = self._rows(steps[0])
            if rows is not None and rows != answer.rows:
                pair = counted(rows, "row"), counted(answer.rows, "row")
                yield Miss(Difference("rows", "", *pair), grounds.of_rows(steps))

    def _hangs_on_rows(self, steps: tuple[Step, ...]) -> bool:
        """Whether the verdict rests on a value of which it isn't known whether a row holds it."""
        return any(
            isinstance(refusal, PoisonedTableRefusal) and step.subject in self.target.unsure
            for step in steps
            for refusal in step.outcome.refusals
        )

    def _rows(self, step: Step) -> int | None:
        """How many rows a step is to change; None where that isn't known."""
        change, inserted = step.change, step.outcome.inserted
        if isinstance(change, UpdateRows | DeleteRows):
            return self.target.reached(change, step.before, step.outcome)
        if isinstance(change, InsertRows) and inserted is not None and change.on_conflict is None:
            return len(inserted.rows)
        return None

    def _goes_on(self, part: Part, sending: Sending, steps: tuple[Step, ...], entry: Entry, answer: Answer) -> None:
        """The catalogue as the engine must have it now, so that one difference makes no second one."""
        if not steps or sending.statement is None:
            return
        if answer.ended is Ended.TAKEN or not entry.verdict.happens:
            for step in steps:
                if step.change is not None and not step.form.refused:
                    self.target.note(step.change, step.before, step.outcome)
        if answer.ended is Ended.TAKEN and not entry.verdict.happens and entry.verdict is not Verdict.SPLIT:
            anyway = judged(
                Surroundings(part.history), part.migration, sending.statement, self.target, self.catalog, actual=False
            )
            self.catalog = anyway[-1].after
        elif answer.ended is Ended.TAKEN or not entry.verdict.happens:
            self.catalog = steps[-1].after
        elif steps[0].change is not None and steps[0].change.table is not None:
            self.target.unsure.add(steps[0].change.table.text)

    def _behind(self, touched: set[str]) -> Iterator[Miss]:
        """What the schema and the rows behind a file have that wasn't predicted."""
        live = self.stage.ask(lambda connection: read(connection, touched))
        wanted = expected(self.catalog, self.target.stored_type)
        for difference in differences(wanted, live, self.catalog, touched):
            if difference not in self.told:
                self.told.add(difference)
                yield Miss(difference, grounds.of_schema(difference.what))
        for name in sorted(touched & live.tables.keys()):
            table = self.catalog.table(name)
            if table is not None and table.columns:
                yield from self._in_table(table)

    def _in_table(self, table: Table) -> Iterator[Miss]:
        """Whether the table can be read, and whether the rows of known keys are the ones that are there."""
        columns = [name for name in table.primary_key if table.column(name)] or [table.columns[0].name]
        sql = f"SELECT {', '.join(map(quoted, columns))} FROM {quoted(table.name)}"  # noqa: S608 -- names of the catalogue, quoted
        answer = self.stage.query(sql)
        place = table.made
        poisons = table.unreadable_for
        if table.name in self.target.unsure:
            return
        if (answer is None) != bool(poisons):
            pair = ("can't be read", "can be read") if poisons else ("can be read", "can't be read")
            difference = Difference("read", table.name, *pair, place)
        elif answer is None or not _comparable(table) or table.former:
            return
        else:
            mine, theirs = set(table.rows), {tuple(row) for row in answer}
            if mine == theirs and len(mine) == len(answer):
                return
            difference = Difference("rows", table.name, _keys(mine - theirs, mine), _keys(theirs - mine, theirs), place)
        if difference not in self.told:
            self.told.add(difference)
            yield Miss(difference, grounds.of_schema(difference.what))


def _as_seen(played: Played) -> Entry:
    """The entry of a statement as the run lived it, for the ending of its file."""
    verdict = {"taken": Verdict.TAKEN, HELD: Verdict.SKIPPED, NOT_SENT: Verdict.SKIPPED}.get(played.seen)
    return msgspec.structs.replace(played.entry, stops=played.stops, verdict=verdict or Verdict.REFUSED)


_COMPARED: Final = {Family.INTEGER, Family.TEXT, Family.BOOLEAN}


def _comparable(table: Table) -> bool:
    """Whether its keys read back as they are written."""
    key = [table.column(name) for name in table.primary_key]
    return bool(key) and all(column is not None and column.type.family in _COMPARED for column in key)


def _keys(more: set[tuple[object, ...]], every: set[tuple[object, ...]]) -> str:
    shown = ", ".join(sorted(repr(key[0] if len(key) == 1 else key) for key in more)[:10])
    return f"{counted(len(every), 'row')}{f', among them {shown}' if shown else ''}"


def _why(entry: Entry) -> str:
    """Why a statement is held back."""
    reasons = (hazard_text(hazard) for hazard in entry.hazards if isinstance(hazard, Crashes))
    return entry.secrets.masked(next(reasons, "the server dies"))


def _may_end_it(steps: tuple[Step, ...]) -> bool:
    """Whether a statement is known to end the server."""
    return any(isinstance(hazard, Crashes) for step in steps for hazard in step.outcome.hazards)
