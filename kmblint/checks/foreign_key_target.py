"""A foreign key that refers to what isn't there, or to what it can't refer to."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.analysis.unresolved import may_be_there, unresolved_column, unresolved_table
from kmblint.findings import Confidence, Finding, Related
from kmblint.replay.steps import Replay, Step
from kmblint.schema.catalog import Table
from kmblint.schema.changes import AddColumn, AddConstraint, AddTable
from kmblint.schema.conflict import UnknownColumn, UnknownTable
from kmblint.schema.parts import ForeignKey
from kmblint.schema.resolve import alike


def check(change: AddTable | AddColumn | AddConstraint, step: Step, replay: Replay) -> Iterator[Finding]:
    """For each foreign key of the statement, the first thing that is wrong with its target."""
    name = change.table.text
    own = step.after.table(name)
    if own is None or (isinstance(change, AddTable) and step.before.table(name)):
        return
    for key in change.declares():
        if not isinstance(key, ForeignKey):
            continue
        target = own if key.table.text == name else step.before.table(key.table.text)
        if key.table.text in step.before.unread:
            continue
        if target is not None:
            yield from _wrong(key, own, target, step, replay)
        elif not step.before.is_readable(key.table.text) and not may_be_there(step, UnknownTable(key.table)):
            absence = unresolved_table(step, replay, key.table.text)
            yield Finding(
                step.place(key.table.span),
                f"the foreign key refers to table `{key.table}`, which doesn't exist{absence.why}",
                help=absence.help,
                related=absence.related,
                subject=_subject(own, key),
                confidence=absence.confidence,
            )


def _wrong(key: ForeignKey, own: Table, target: Table, step: Step, replay: Replay) -> Iterator[Finding]:
    """The finding on a foreign key whose table exists, where there is something to say."""
    targets = tuple(_spelt(column.text, target, step) for column in key.targets) or target.primary_key
    made = (Related(target.made, f"`{target.name}` is created here"),)
    confidence = Confidence.HIGH if target.complete else Confidence.LOW
    for column, name in zip(key.targets, targets, strict=False):  # of none, all of the primary key
        if target.column(name) is None:
            if may_be_there(step, UnknownColumn(target.name, column, "REFERENCES")):
                return
            absence = unresolved_column(step, replay, target.name, column.text)
            yield Finding(
                step.place(column.span),
                f"the foreign key refers to `{target.name}.{column}`, which doesn't exist{absence.why}",
                help=absence.help,
                related=absence.related or made,
                subject=_subject(own, key),
                confidence=absence.confidence,
            )
            return
    wrong = _shape(key, own, target, targets)
    if wrong is not None:
        yield Finding(step.place(key.span), wrong, related=made, subject=_subject(own, key), confidence=confidence)


def _spelt(name: str, table: Table, step: Step) -> str:
    """The column as the table spells it, where the database may spell names its own way."""
    exact = step.target.capabilities.closed_world or table.column(name) is not None
    return name if exact else alike(name, table.column_names) or name


def _shape(key: ForeignKey, own: Table, target: Table, targets: tuple[str, ...]) -> str | None:
    if not targets:
        return f"the foreign key refers to `{target.name}`, which has no primary key"
    if len(targets) != len(key.columns):
        return f"the foreign key has {_columns(len(key.columns))} and refers to {_columns(len(targets))}"
    for column, name in zip(key.columns, targets, strict=True):
        one, other = own.column(column.text), target.column(name)
        if one and other and not one.type.matches(other.type):
            return (
                f"`{own.name}.{column}` is {one.type}, and `{target.name}.{name}`, which it refers to, is {other.type}"
            )
    if not any(set(unique) == set(targets) for unique in target.unique_keys):
        columns = ", ".join(targets)
        return f"the foreign key refers to `{target.name} ({columns})`, which is neither its primary key nor UNIQUE"
    return None


def _columns(count: int) -> str:
    return "one column" if count == 1 else f"{count} columns"


def _subject(own: Table, key: ForeignKey) -> str:
    return f"{own.name}.{key.columns[0]}" if len(key.columns) == 1 else own.name
