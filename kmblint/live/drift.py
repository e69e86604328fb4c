"""How a live database differs from the migrations that are applied, and the statements that bring one to the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from kmblint.history.files import History
from kmblint.live.readback import Difference, LiveColumn, LivePolicy, LiveSchema, differences, expected, is_same
from kmblint.replay.replayer import replay
from kmblint.replay.steps import Replay
from kmblint.schema.changes import CreateObject
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.write import column_list, quoted, text_literal
from kmblint.targets import Target
from kmblint.targets.capabilities import TRACKING_TABLE


class Drift(msgspec.Struct, frozen=True):
    """A comparison of the migrations that are applied with a database."""

    history: History
    """Of the applied migrations alone."""
    server: str
    release: str
    facts: str
    wanted: LiveSchema
    """What the migrations come to."""
    live: LiveSchema
    differences: tuple[Difference, ...]
    keys: Mapping[str, tuple[str, ...]]
    """Table → its primary key, of those that the migrations make."""

    @property
    def is_empty(self) -> bool:
        """Whether the database holds nothing at all, though the migrations make something."""
        return not self.live.tables and bool(self.wanted.tables)

    @property
    def unasked(self) -> tuple[str, ...]:
        """The tables whose columns the server can't be asked for."""
        return tuple(name for name, columns in self.live.tables.items() if columns is None)


def compare(history: History, target: Target, live: LiveSchema, *, server: str, release: str, facts: str) -> Drift:
    """What differs, the migrations replayed as the database lived them."""
    applied = _applied(history)
    replayed = replay(applied, target, actual=True)
    wanted = expected(replayed.end, target.stored_type, exempt_roles(replayed))
    if TRACKING_TABLE not in wanted.tables:  # a runner's own, of which no migration says anything
        live = msgspec.structs.replace(live, tables={k: v for k, v in live.tables.items() if k != TRACKING_TABLE})
    differing = tuple(differences(wanted, live, replayed.end))
    keys = {table.name: table.primary_key for table in replayed.end.in_order}
    return Drift(applied, server, release, facts, wanted, live, differing, keys)


def exempt_roles(replayed: Replay) -> dict[str, tuple[str, ...]]:
    """The roles that see through each masking policy."""
    return {
        step.change.name.text: tuple(role.text for role in step.change.roles)
        for step in replayed.steps
        if isinstance(step.change, CreateObject)
        and step.change.kind is ObjectKind.MASKING_POLICY
        and step.change.name is not None
        and step.outcome.verdict.happens
    }


def _applied(history: History) -> History:
    """The part that is said to be applied; all of it where nothing is said."""
    if history.applied_through is None:
        return history
    return msgspec.structs.replace(history, migrations=tuple(each for each in history.migrations if each.applied))


class FollowUp(msgspec.Struct, frozen=True):
    """Statements that make of one schema the other, and what a person must know or do."""

    statements: tuple[str, ...]
    notes: tuple[str, ...] = ()
    unguarded: bool = False
    """Whether some of them are refused where they were done already: no guard of them is heeded."""


def fix_history(drift: Drift) -> FollowUp:
    """What was done by hand, as the statements of a migration."""
    return _Writer(drift.wanted, drift.live, drift.keys).written()


def fix_database(drift: Drift) -> FollowUp:
    """What undoes in the database what was done by hand."""
    return _Writer(drift.live, drift.wanted, drift.keys).written()


_DECLARABLE: Final = {"BYTES": "BLOB"}
"""What is stored under a name that no statement may use (release 0.9.1) → what is declared for it."""


_QUOTED: Final = re.compile(r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'')


def _is_one(statement: str) -> bool:
    """Whether the names and types that a server told leave it one statement: the runner parts at every `;`."""
    words = _QUOTED.sub("", statement).replace("\n", " ")
    inside = any(sign in words for sign in ("--", "/*", '"', "'"))
    return ";" not in statement[:-1] and words.isprintable() and not inside


class _Writer:
    """Writes the way from one schema to another."""

    def __init__(self, before: LiveSchema, after: LiveSchema, keys: Mapping[str, tuple[str, ...]]) -> None:
        self.before, self.after, self.keys = before, after, keys
        self.notes: list[str] = []
        self.unguarded = False

    def written(self) -> FollowUp:
        """Attachments go first and come last, as a policy that is attached can't be dropped."""
        anew = self._policies_anew()
        statements = [*self._detached(anew), *self._tables(), *self._policies(anew), *self._attached(anew)]
        sound = tuple(each for each in statements if _is_one(each))
        self.notes += [
            f"a name or a type in it would end the statement, so it isn't written: {each}"
            for each in statements
            if each not in sound
        ]
        return FollowUp(sound, tuple(self.notes), self.unguarded)

    def _tables(self) -> Iterator[str]:
        for name in sorted({*self.before.tables, *self.after.tables}):
            old, new = self.before.tables.get(name), self.after.tables.get(name)
            if name not in self.after.tables:
                yield f"DROP TABLE IF EXISTS {quoted(name)};"
            elif new is None or (name in self.before.tables and old is None):
                self.notes.append(f"the columns of `{name}` can't be asked for, so nothing is written for it")
            elif name not in self.before.tables:
                yield self._table(name, new)
                yield from self._classifications(name, {}, new)
            elif old is not None:
                yield from self._columns(name, old, new)

    def _table(self, name: str, columns: tuple[LiveColumn, ...]) -> str:
        key = self.keys.get(name)
        if not key:
            key = (columns[0].name,)
            self.notes.append(
                f"the key of `{name}` is not visible: PRIMARY KEY ({quoted(key[0])}) is a guess, so check it"
            )
        parts = [*(self._column(each) for each in columns), f"PRIMARY KEY ({column_list(key)})"]
        return f"CREATE TABLE IF NOT EXISTS {quoted(name)} (\n    " + ",\n    ".join(parts) + "\n);"

    def _column(self, column: LiveColumn) -> str:
        kind = _DECLARABLE.get(column.type, column.type)
        return f"{quoted(column.name)} {kind}{'' if column.nullable else ' NOT NULL'}"

    def _columns(self, table: str, old: tuple[LiveColumn, ...], new: tuple[LiveColumn, ...]) -> Iterator[str]:
        before, after = {each.name: each for each in old}, {each.name: each for each in new}
        key = self.keys.get(table, ())
        for name, column in before.items():
            there = after.get(name)
            if there is not None and is_same(column, there, key):
                continue
            drop = f"ALTER TABLE {quoted(table)} DROP COLUMN {quoted(name)};"
            if name in key:
                self.notes.append(f"`{table}.{name}` is of the key, and can't be dropped: make the table anew by hand")
            elif there is None:
                self.unguarded = True
                yield drop
            else:
                add = f"ALTER TABLE {quoted(table)} ADD COLUMN {self._column(there)};"
                self.notes.append(self._anew(table, column, there, f"{drop} {add}"))
        for name, column in after.items():
            if name not in before:
                self.unguarded = True
                yield f"ALTER TABLE {quoted(table)} ADD COLUMN {self._column(column)};"
        yield from self._classifications(table, before, new)

    @staticmethod
    def _anew(table: str, old: LiveColumn, new: LiveColumn, statements: str) -> str:
        """What can be done about a column that is declared otherwise: values of another type can't be read."""
        if old.type != new.type:
            only = "only where no row ever held a value of it"
            return f"`{table}.{old.name}` can't be made {new.type}; {only}: {statements}"
        null = "NULL" if new.nullable else "NOT NULL"
        return f"`{table}.{old.name}` can't be made {null}, save by dropping it; its values come back: {statements}"

    def _classifications(
        self, table: str, before: Mapping[str, LiveColumn], new: tuple[LiveColumn, ...]
    ) -> Iterator[str]:
        for column in new:
            old = before.get(column.name)
            if column.classification == (old.classification if old is not None else ""):
                continue
            if column.classification:
                word = text_literal(column.classification)
                yield f"ALTER TABLE {table} MODIFY COLUMN {column.name} SET CLASSIFICATION {word};"
            else:
                self.notes.append(f"the classification of `{table}.{column.name}` can't be taken back")

    def _policies_anew(self) -> set[str]:
        """The masking policies that are another one afterwards."""
        before, after = self.before.policies or {}, self.after.policies or {}
        return {name for name in before if name in after and not before[name].is_like(after[name])}

    def _changes(self, name: tuple[str, str], anew: set[str]) -> bool:
        old, new = self.before.attachments.get(name), self.after.attachments.get(name)
        return old != new or old in anew

    def _detached(self, anew: set[str]) -> Iterator[str]:
        if self.before.policies is None or self.after.policies is None:
            return
        for table, column in sorted(self.before.attachments):
            if self._changes((table, column), anew):
                self.unguarded = True
                yield f"ALTER TABLE {table} ALTER COLUMN {column} DROP MASKING POLICY;"

    def _policies(self, anew: set[str]) -> Iterator[str]:
        before, after = self.before.policies, self.after.policies
        if before is None or after is None:
            return
        for name in sorted(before):
            if name not in after or name in anew:
                self.unguarded = True
                yield f"DROP MASKING POLICY {name};"
        for name in sorted(after):
            if name not in before or name in anew:
                yield from self._policy(after[name])

    def _policy(self, policy: LivePolicy) -> Iterator[str]:
        if not policy.roles:
            self.notes.append(f"masking policy `{policy.name}`: which roles it exempts isn't known")
            return
        self.unguarded = True
        yield f"CREATE MASKING POLICY {policy.name} STRATEGY {policy};"

    def _attached(self, anew: set[str]) -> Iterator[str]:
        if self.before.policies is None or self.after.policies is None:
            return
        for table, column in sorted(self.after.attachments):
            if self._changes((table, column), anew):
                self.unguarded = True
                policy = self.after.attachments[table, column]
                yield f"ALTER TABLE {table} ALTER COLUMN {column} SET MASKING POLICY {policy};"
