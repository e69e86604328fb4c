"""What a file and a history hold by name, and how those statements end that do nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from kmblint.replay.transcript import entry_of
from kmblint.schema.kinds import ObjectKind
from kmblint.server.folder import Answer
from kmblint.server.names import Thing, situations_in
from kmblint.targets.verdict import Verdict
from kmblint.text import Span

_QUIET: Final = {
    Verdict.SKIPPED: "skipped",
    Verdict.REFUSED: "refused",
    Verdict.NO_OP: "no-op",
}
"""The verdicts that are shown behind a statement: with them, the database is as before."""


class Symbol(msgspec.Struct, frozen=True):
    """A name that a statement brings into the schema, and what belongs to it."""

    kind: ObjectKind
    name: str
    at: Span
    whole: Span
    children: tuple[Symbol, ...] = ()


class Hint(msgspec.Struct, frozen=True):
    """What a statement comes to, in a word, with its reasons."""

    offset: int
    """Where the statement ends."""
    text: str
    reasons: tuple[str, ...]


def symbols(answer: Answer, file: str) -> list[Symbol]:
    """The names that a file brings in, in its order: tables with their columns, columns and indexes that are added."""
    part = answer.part(file)
    drawn: list[Symbol] = []
    for situation in [] if part is None else situations_in(part):
        if not situation.steps:
            continue
        for change in situation.statement.changes:
            whole = situation.statement.span
            made = [each for each in change.introduces() if each.kind is not ObjectKind.CONSTRAINT]
            if not made or not all(each.name.span in whole for each in made):
                continue
            first, *rest = made
            children = tuple(Symbol(each.kind, each.name.text, each.name.span, each.name.span) for each in rest)
            name = first.name.text if first.table is None else f"{first.table}.{first.name.text}"
            drawn.append(Symbol(first.kind, name, first.name.span, whole, children))
    return drawn


def things(answer: Answer, query: str) -> Iterator[Thing]:
    """The tables, columns and indexes at the end of the history whose name holds the letters of a query in order."""
    wanted = query.casefold()
    for table in answer.replay.end.in_order:
        here = [
            Thing(ObjectKind.TABLE, table.name, table.name, table.made),
            *(Thing(ObjectKind.COLUMN, table.name, each.name, each.made) for each in table.columns),
            *(Thing(ObjectKind.INDEX, table.name, each.name, each.made) for each in table.indexes),
        ]
        yield from (thing for thing in here if _holds(thing, wanted))


def _holds(thing: Thing, wanted: str) -> bool:
    name = thing.name if thing.kind is ObjectKind.TABLE else f"{thing.table}.{thing.name}"
    letters = iter(name.casefold())
    return all(letter in letters for letter in wanted)


def hints(answer: Answer, file: str, within: Span) -> Iterator[Hint]:
    """What those statements come to that change nothing, where they end in a stretch of a file."""
    part = answer.part(file)
    for situation in [] if part is None else situations_in(part):
        end = situation.statement.span.end
        if not situation.steps or not within.start <= end <= within.end:
            continue
        if all(step.outcome.verdict is Verdict.TAKEN for step in situation.steps):
            continue
        entry = entry_of(situation.steps)
        if entry.verdict in _QUIET:
            yield Hint(end, _QUIET[entry.verdict], entry.reasons)
