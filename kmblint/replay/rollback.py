"""Replays the down section of a migration behind its up, and says what that doesn't give back.

The two catalogues are compared by what the target keeps of them: where a DEFAULT is thrown away, losing it is no loss.
The order of columns is left out, because a column that comes back stands last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final, TypeAlias

import msgspec
from msgspec.structs import replace

from kmblint.history.files import Migration
from kmblint.replay.playing import steps_of
from kmblint.replay.steps import Part, Step
from kmblint.schema.catalog import Catalog, Table
from kmblint.schema.changes import Opaque
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.parts import PrimaryKey
from kmblint.schema.write import constraint_text
from kmblint.sql.statement import Statement
from kmblint.targets import Target
from kmblint.targets.capabilities import Capabilities
from kmblint.text import Place

_Facts: TypeAlias = dict[str, tuple[str, Place]]
"""Object → what it is, and where it was made."""


class Difference(msgspec.Struct, frozen=True):
    """An object that the rollback loses (`after` is None), leaves behind (`before` is None) or gives back otherwise."""

    name: str
    """`column \\`patients.phone\\``: its kind and name, as messages say it."""
    before: str | None
    after: str | None
    place: Place
    """Where it was made; a table or column that is lost, where it was dropped."""

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.name} is left behind"
        return f"{self.name} is lost" if self.after is None else f"{self.name} is {self.after} and was {self.before}"

    @property
    def subject(self) -> str:
        """The object of its name: `patients.phone` of a column, an index's own name."""
        return self.name.partition("`")[2].partition("`")[0]

    @property
    def drawn(self) -> str:
        """A line for each side, `-` before what was there and `+` before what is there now."""
        sides = [("-", self.before), ("+", self.after)]
        return "\n".join(
            f"{sign} {self.name} {definition}".rstrip() for sign, definition in sides if definition is not None
        )


class Rollback(msgspec.Struct, frozen=True, dict=True):
    """The down section of a migration, replayed as it was meant behind the migration's up."""

    migration: Migration
    up: tuple[Step, ...]
    down: tuple[Step, ...]
    capabilities: Capabilities

    @property
    def before(self) -> Catalog:
        """The catalogue that a rollback should give back."""
        return self.up[0].before

    @property
    def after(self) -> Catalog:
        """The catalogue that it does give."""
        return self.down[-1].after

    @property
    def understood(self) -> bool:
        """Whether no statement of it is opaque, so that what is said of it is sure."""
        return not any(step.change is None or isinstance(step.change, Opaque) for step in (*self.up, *self.down))

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """What down behind up doesn't give back, tables first."""
        before, after = self.before, self.after
        pairs = [(name, before.table(name), after.table(name)) for name in self._touched]
        tables = [
            Difference(f"table `{name}`", "" if was else None, "" if now else None, _end_of(name, after))
            for name, was, now in pairs
            if (was is None) is not (now is None)
        ]
        rest = [*_compared(_of_catalog(before, self.capabilities), _of_catalog(after, self.capabilities))]
        for name, was, now in pairs:
            if was and now:
                gone = {_column(name, column): dropped.place for column, dropped in now.dropped.items()}
                rest += _compared(_of_table(was, self.capabilities), _of_table(now, self.capabilities), gone)
        return (*tables, *rest)

    @cached_property
    def _touched(self) -> tuple[str, ...]:
        """The tables that a statement is about; all of them where one names none."""
        names: dict[str, None] = {}
        for step in (*self.up, *self.down):
            change = step.change
            if change is None or change.table is None:
                return tuple({**dict.fromkeys(self.before.tables), **dict.fromkeys(self.after.tables)})
            names.update(dict.fromkeys(name.text for name in change.touches()))
        return tuple(names)

    def known_to_runner(self, statement: Statement) -> bool:
        """Whether the runner takes a statement as part of down; what the guide keeps in comments, it doesn't."""
        return any(piece.span.overlaps(statement.span) for piece in self.migration.down_pieces)


def roll_back(part: Part, target: Target) -> Rollback | None:
    """The rollback of a replayed file; None where its up or its down holds no statement."""
    up, migration = part.steps, part.migration
    if not up or not migration.down_statements or migration.down is None:
        return None
    undone = replace(
        migration, statements=migration.down_statements, pieces=migration.down_pieces, up=migration.down,
        sent=migration.down,
    )  # fmt: skip
    down = tuple(steps_of(up[-1].surroundings, undone, target, up[-1].after, actual=False))
    return Rollback(migration, up, down, target.capabilities)


def _end_of(name: str, catalog: Catalog) -> Place:
    """Where a table was made, or dropped where it is gone."""
    table = catalog.table(name)
    return table.made if table else catalog.dropped[name].place


def _compared(before: _Facts, after: _Facts, gone: Mapping[str, Place] | None = None) -> Iterator[Difference]:
    for name in {**before, **after}:
        was, now = before.get(name), after.get(name)
        here = now or was
        if here is not None and (was is None or now is None or was[0] != now[0]):
            place = here[1] if now else (gone or {}).get(name, here[1])
            yield Difference(name, was and was[0], now and now[0], place)


def _column(table: str, column: str) -> str:
    return f"column `{table}.{column}`"


def _of_catalog(catalog: Catalog, capabilities: Capabilities) -> _Facts:
    return {
        f"{kind} `{item.name}`": (item.definition, item.made)
        for kind in ObjectKind
        if capabilities.drops_every_object or kind not in _NEVER_DROPPED
        for item in catalog.named(kind).values()
    }


_NEVER_DROPPED: Final = frozenset({ObjectKind.ROLE, ObjectKind.USER})
"""What Kimberlite makes and can't drop."""


def _of_table(table: Table, capabilities: Capabilities) -> _Facts:
    name = table.name
    facts: _Facts = {f"primary key of `{name}`": (", ".join(table.primary_key), table.made)}
    for column in table.columns:
        words = [str(capabilities.kept_type(column.type)), "" if column.nullable else "NOT NULL"]
        if capabilities.keeps_declarations and column.default is not None:
            words.append("DEFAULT …")
        facts[_column(name, column.name)] = (" ".join(filter(None, words)), column.made)
    if capabilities.keeps_declarations:
        for declared in table.constraints:
            if not isinstance(declared.constraint, PrimaryKey):
                facts[f"constraint {constraint_text(declared.constraint)} of `{name}`"] = ("", declared.made)
    if capabilities.drops_every_object:
        for index in table.indexes:
            listed = ", ".join(column or "(…)" for column in index.columns)
            facts[f"index `{index.name}` on `{name}`"] = (f"({listed})", index.made)
    for column_name, (policy, place) in table.policies.items():
        facts[f"the masking policy of `{name}.{column_name}`"] = (policy, place)
    return facts
