"""Which statements of a migration belong together: they share an object, or their tables refer to each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kmblint.analysis.graph import components
from kmblint.replay.steps import Step
from kmblint.schema.catalog import Catalog
from kmblint.schema.changes import (
    AddColumn,
    AddIndex,
    AddMask,
    AddTable,
    AttachPolicy,
    Change,
    ChangeDefault,
    ChangeNullability,
    ChangeType,
    Comment,
    CreateObject,
    DetachPolicy,
    DropColumn,
    DropIndex,
    DropObject,
    DropTable,
    Grant,
    InsertRows,
    Opaque,
    Read,
    RenameTable,
    SetClassification,
    Transaction,
    UpdateRows,
)
from kmblint.schema.conflict import UnknownTable
from kmblint.sql.scanner import Kind
from kmblint.wording import plurals

_ASIDE: Final = (Read, Transaction, Comment)
"""Statements that change nothing, and so belong nowhere."""
_NAMES: Final = frozenset({Kind.WORD, Kind.QUOTED})
_KINDS: Final[tuple[tuple[type, ...], ...]] = ((AddIndex, DropIndex), (InsertRows,), (DropTable,))


def is_one_kind(steps: Sequence[Step]) -> bool:
    """Whether a file is one change though its tables have nothing in common.

    It makes tables and what belongs to them, or does one and the same to many: indexes, first rows, masks and rights.
    """
    changes = [step.change for step in steps if not isinstance(step.change, _ASIDE)]
    if any(change is None or isinstance(change, Opaque) for change in changes):
        return True  # what isn't understood may be the link
    if any(all(isinstance(change, kind) for change in changes) for kind in _KINDS) or all(map(_is_right, changes)):
        return True
    made = {change.table.text for change in changes if isinstance(change, AddTable)}
    return all(change and change.table and change.table.text in made for change in changes)


def _is_right(change: Change | None) -> bool:
    """Whether it says who sees what: masks, policies, classifications, roles, users and grants."""
    if isinstance(change, CreateObject | DropObject):
        return change.kind.is_own
    return isinstance(change, AddMask | AttachPolicy | DetachPolicy | SetClassification | Grant)


def components_of(steps: Sequence[Step]) -> list[list[Step]]:
    """The steps in groups that nothing joins, in the order of their first statements."""
    acting = [step for step in steps if not isinstance(step.change, _ASIDE) and not _misses_its_table(step)]
    if len({step.subject for step in acting}) < 2:
        return [acting] if acting else []
    links = [(_node(step), name) for step in acting for name in _names(step) if name]
    named = {name for _, name in links}
    for step in (*acting[:1], *acting[-1:]):
        links += [*_between(step.before, named), *_between(step.after, named)]
    groups = components(dict.fromkeys([*map(_node, acting), *sorted(named)]), links)
    group_of = {node: number for number, group in enumerate(groups) for node in group}
    held: dict[int, list[Step]] = {}
    for step in acting:
        held.setdefault(group_of[_node(step)], []).append(step)
    return sorted(held.values(), key=lambda group: group[0].statement.span)


def _misses_its_table(step: Step) -> bool:
    """Whether the table that a statement is about isn't there: by a slip, and it says nothing of what was meant."""
    return any(isinstance(each, UnknownTable) and each.table.text == step.subject for each in step.conflicts)


def _node(step: Step) -> str:
    """A statement among the names: no name begins so."""
    return f"\0{step.statement.span.start}"


def _between(catalog: Catalog, named: set[str]) -> Iterator[tuple[str, str]]:
    """The references between the tables that the file is about, declared or by a name such as `patient_id`.

    Tables that refer to one thing (`tenant_id`) belong together too.
    """
    sharing: dict[str, str] = {}
    for name in sorted(named):
        table = catalog.table(name)
        if table is None:
            continue
        pointed = {key.table.text for key, _ in table.foreign_keys}
        pointed.update(to.name for column in table.columns if (to := catalog.named_by(column)))
        yield from ((name, to) for to in sorted(pointed & named))
        for column in table.column_names:
            if column.casefold().endswith("_id"):
                first = sharing.setdefault(column.casefold(), name)
                yield first, name


def _names(step: Step) -> Iterator[str]:
    """What a statement is about: its table, every other table that it names, and the same change on many tables."""
    change = step.change
    yield step.subject
    if isinstance(change, RenameTable):
        yield change.new.text
    if isinstance(change, Grant):
        yield from (name.text for name in (*change.tables, *change.roles))
    if isinstance(change, AttachPolicy):
        yield change.policy.text
    if isinstance(change, CreateObject):
        yield from (role.text for role in change.roles)
    for token in step.statement.tokens:
        if token.kind in _NAMES and (step.after.table(token.value) or step.before.table(token.value)):
            yield token.value
    yield from _named_by_columns(step)
    columns = sorted(_columns(change))
    if columns:
        yield f"{type(change).__name__} {columns}"


def _named_by_columns(step: Step) -> Iterator[str]:
    """The tables that a new column is called after: `kind` and `kind_code` after `kinds`."""
    change = step.change
    match change:
        case AddColumn(column=definition):
            new = [definition.name.text]
        case AddTable(columns=columns):
            new = [column.name.text for column in columns]
        case _:
            return
    for column in new:
        stem = column.casefold()
        while stem:
            yield from (name for name in plurals(stem) if step.after.table(name))
            stem = stem.rpartition("_")[0]


def _columns(change: Change | None) -> set[str]:
    match change:
        case AddColumn(column=definition):
            return {definition.name.text}
        case DropColumn(column=name) | ChangeType(column=name) | ChangeDefault(column=name):
            return {name.text}
        case ChangeNullability(column=name) | SetClassification(column=name):
            return {name.text}
        case UpdateRows(assignments=assignments):
            return {assignment.column.text for assignment in assignments}
        case _:
            return set()
