"""What a word of a migration names, and everywhere else that the same thing is named.

A thing is known by where it was made, so that it stays the same when it is renamed, and another of its name is another.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import groupby
from typing import Final

import msgspec

from kmblint.replay.steps import Part, Step
from kmblint.schema.catalog import Catalog, Column, Index, Table
from kmblint.schema.changes import Change, RenameColumn, RenameTable
from kmblint.schema.kinds import ObjectKind
from kmblint.server.folder import Answer
from kmblint.sql.scanner import Kind, Token
from kmblint.sql.statement import Statement
from kmblint.text import Place, Span

NAMES: Final = (Kind.WORD, Kind.QUOTED)


class Thing(msgspec.Struct, frozen=True):
    """A table, column or index."""

    kind: ObjectKind
    table: str
    """Its table as it is called there; a table's own name."""
    name: str
    made: Place
    """The statement, or the part of one, that made it."""

    def is_same(self, other: Thing) -> bool:
        """Whether another is this one, whatever either is called."""
        return (self.kind, self.made) == (other.kind, other.made)


class Situation(msgspec.Struct, frozen=True, dict=True):
    """A statement and the schema around it."""

    file: str
    statement: Statement
    before: Catalog
    after: Catalog
    steps: tuple[Step, ...] = ()
    """None in a rollback, which isn't replayed."""

    def table(self, name: str) -> Table | None:
        """A table behind the statement, or before it."""
        return self.after.table(name) or self.before.table(name)

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """Those of the statement, which reads them again each time that it is asked."""
        return self.statement.tokens

    @cached_property
    def tables(self) -> dict[str, Table]:
        """The tables that it names, in whatever clause."""
        named = {name.text for change in self.statement.changes for name in change.touches()}
        named |= {token.value for token in self.tokens if token.kind in NAMES}
        return {name: table for name in sorted(named) if (table := self.table(name)) is not None}


def situations_in(part: Part) -> list[Situation]:
    """The statements of a file in the order of its text, those of its rollback too."""
    grouped = (tuple(steps) for _, steps in groupby(part.steps, key=lambda step: step.statement.span))
    file = part.migration.file
    up = [Situation(file, steps[0].statement, steps[0].before, steps[-1].after, steps) for steps in grouped]
    after = part.after
    return [*up, *(Situation(file, statement, after, after) for statement in part.migration.down_statements)]


def situation_at(answer: Answer, file: str, offset: int) -> Situation | None:
    """The statement that stands at an offset; its end counts."""
    part = answer.part(file)
    if part is None:
        return None
    return next((situation for situation in situations_in(part) if situation.statement.span.touches(offset)), None)


def token_at(situation: Situation, offset: int) -> int | None:
    """The number of the token that an offset lies in; where two meet, that of the name."""
    near = [n for n, token in enumerate(situation.tokens) if token.span.touches(offset)]
    return next((n for n in near if situation.tokens[n].kind in NAMES), near[0] if near else None)


def thing_at(answer: Answer, file: str, offset: int) -> tuple[Thing, Span] | None:
    """What is named at an offset, and the word that names it."""
    situation = situation_at(answer, file, offset)
    number = None if situation is None else token_at(situation, offset)
    if situation is None or number is None:
        return None
    thing = thing_of(situation, number)
    return None if thing is None else (thing, situation.tokens[number].span)


def thing_of(situation: Situation, number: int) -> Thing | None:
    """What a token of a statement names; None for a keyword, a value and a name that nothing has."""
    token = situation.tokens[number]
    if token.kind not in NAMES:
        return None
    for change in situation.statement.changes:
        thing = _written(situation, change, token)
        if thing is not None:
            return thing
    return _qualified(situation, number) or _by_name(situation, token.value)


def _written(situation: Situation, change: Change, token: Token) -> Thing | None:
    """What a change says of a word: that it makes a thing of that name, or is about a table."""
    for made in change.introduces():
        if token.span in made.name.span:
            return _thing(situation, made.kind, made.table or made.name.text, made.name.text)
    for name in change.touches():
        if token.span in name.span:
            return _thing(situation, ObjectKind.TABLE, name.text, name.text)
    return None


def _qualified(situation: Situation, number: int) -> Thing | None:
    """A column behind the name of its table and a dot."""
    tokens = situation.tokens
    if number < 2 or tokens[number - 1].text != ".":
        return None
    return _thing(situation, ObjectKind.COLUMN, tokens[number - 2].value, tokens[number].value)


def _by_name(situation: Situation, name: str) -> Thing | None:
    tables = situation.tables
    subjects = [change.table.text for change in situation.statement.changes if change.table is not None]
    for table in (*subjects, *tables):
        for kind in (ObjectKind.COLUMN, ObjectKind.INDEX):
            thing = _thing(situation, kind, table, name)
            if thing is not None:
                return thing
    if name in tables:
        return _thing(situation, ObjectKind.TABLE, name, name)
    if situation.statement.keyword == "DROP":
        indexes = (_thing(situation, ObjectKind.INDEX, table, name) for table in situation.before.tables)
        return next(filter(None, indexes), None)
    return None


def _thing(situation: Situation, kind: ObjectKind, table: str, name: str) -> Thing | None:
    for catalog in (situation.after, situation.before):
        there = catalog.table(table)
        part: Table | Column | Index | None = None
        if there is not None:
            match kind:
                case ObjectKind.TABLE:
                    part = there
                case ObjectKind.COLUMN:
                    part = there.column(name)
                case ObjectKind.INDEX:
                    part = there.index(name)
        if part is not None:
            return Thing(kind, table, name, part.made)
    return None


def named_at(answer: Answer, thing: Thing) -> Place:
    """Where a thing gets its name: the word in the statement that makes it, or that statement."""
    part = answer.part(thing.made.file)
    for situation in [] if part is None else situations_in(part):
        if situation.statement.span.overlaps(thing.made.span):
            for change in situation.statement.changes:
                for made in change.introduces():
                    same = made.kind is thing.kind and made.name.text == thing.name
                    if same and (thing.kind is ObjectKind.TABLE or made.name.span in thing.made.span):
                        return Place(thing.made.file, made.name.span)
            for number, token in enumerate(situation.tokens):  # renamed since
                named = thing_of(situation, number) if token.span.start >= thing.made.span.start else None
                if named is not None and named.is_same(thing):
                    return Place(thing.made.file, token.span)
    return thing.made


def occurrences(answer: Answer, thing: Thing) -> Iterator[Place]:
    """Every word that names a thing, in the order of the history, rollbacks too."""
    names = _former_names(answer, thing)
    for part in answer.replay.parts:
        if answer.part(part.migration.file) is None:
            continue
        for situation in situations_in(part):
            for number, token in enumerate(situation.tokens):
                if token.kind in NAMES and token.value in names:
                    named = thing_of(situation, number)
                    if named is not None and named.is_same(thing):
                        yield Place(part.migration.file, token.span)


def _former_names(answer: Answer, thing: Thing) -> set[str]:
    """The names that it may have had, or have by now."""
    pairs = [
        ((change.column if isinstance(change, RenameColumn) else change.table).text, change.new.text)
        for step in answer.replay.steps
        if isinstance(change := step.change, RenameTable | RenameColumn)
    ]
    names = {thing.name}
    for old, new in [*pairs, *reversed(pairs)]:
        if old in names or new in names:
            names |= {old, new}
    return names
