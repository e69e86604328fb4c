"""Why a name isn't there: made later, dropped or renamed earlier, written in another case, or misspelt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from kmblint.findings import Confidence, Fix, Related
from kmblint.replay.steps import Replay, Step
from kmblint.schema.catalog import Dropped
from kmblint.schema.changes import (
    AddColumn,
    AddTable,
    RenameColumn,
    RenameTable,
)
from kmblint.schema.conflict import Unknown, UnknownObject
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.unread import accounted_for
from kmblint.schema.write import quoted
from kmblint.targets.verdict import Verdict
from kmblint.text import Place
from kmblint.wording import nearest


class Unresolved(msgspec.Struct, frozen=True):
    """What is known of a name that isn't there."""

    why: str = ""
    """What goes on after "doesn't exist": ` any more: it was dropped in 0003, line 2`; empty where nothing is known."""
    related: tuple[Related, ...] = ()
    meant: str | None = None
    """The name that was probably meant."""
    confidence: Confidence = Confidence.HIGH

    again: bool = False
    """Whether a statement before would have made it, and didn't take effect."""

    @property
    def help(self) -> str | None:
        """The question whether another name was meant, or what makes it after all."""
        if self.again:
            return "make it in a migration before this one"
        return f"did you mean `{self.meant}`?" if self.meant else None

    def fix(self, place: Place) -> Fix | None:
        """The name that was probably meant, where the help asks for it."""
        return Fix.instead(place, quoted(self.meant)) if self.meant and not self.again else None


def may_be_there(step: Step, absent: Unknown) -> bool:
    """Whether what the catalogue doesn't have when a step runs may be there all the same: nobody calls it wrong."""
    return accounted_for(step.before, absent, closed_world=step.target.capabilities.closed_world)


def unresolved_table(step: Step, replay: Replay, name: str) -> Unresolved:
    """Why a table isn't there when a step runs."""
    readable = (each for kind in ObjectKind if kind.is_readable for each in step.before.named(kind))
    makers = replay.later(step, AddTable, RenameTable)
    made = next((table.made for later in makers if (table := later.after.table(name))), None)
    dropped = step.before.dropped.get(name)
    other = None if dropped else alike(step, name)
    if other is not None and other.casefold() != name.casefold():
        why = f": a qualifier is part of the name, and `{other}` is another"
        return Unresolved(why, (Related(step.before.tables[other].made, f"`{other}` is made here"),), other)
    lost = next(replay.makers(step, ObjectKind.TABLE, name), None)
    return _unresolved(
        step, name, (*step.before.tables, *readable), dropped, made, guess=step.before.guess(name), lost=lost
    )


def alike(step: Step, name: str) -> str | None:
    """A table that is there when a step runs, and whose name differs in case or in its qualifier alone."""
    return min((other for other in step.before.alike(name) if other != name), default=None)


def unresolved_column(step: Step, replay: Replay, table_name: str, name: str) -> Unresolved:
    """Why a column isn't in a table that is there when a step runs, or that the step makes."""
    table = step.before.table(table_name) or step.after.table(table_name)
    if table is None:
        return Unresolved()
    makers = replay.later(step, AddColumn, RenameColumn, RenameTable)
    later = (there for each in makers if (there := each.after.table(table_name)))
    made = next((column.made for there in later if there.made == table.made and (column := there.column(name))), None)
    is_old = step.before.table(table_name) is not None  # what the step makes itself nothing has touched
    guess = table.opaque or (step.before.guess(table_name) if is_old else None)
    earlier = replay.makers(step, ObjectKind.COLUMN, name, table_name)
    lost = next((each for each in earlier if isinstance(each.change, AddColumn | RenameColumn)), None)
    return _unresolved(step, name, table.column_names, table.dropped.get(name), made, guess=guess, lost=lost)


def unresolved_object(step: Step, replay: Replay, conflict: UnknownObject) -> Unresolved:
    """Why an index, constraint, mask, masking policy or role isn't there when a step runs."""
    name = conflict.name.text
    if conflict.kind is ObjectKind.TABLE:
        return unresolved_table(step, replay, name)
    if conflict.kind is ObjectKind.INDEX and conflict.table:
        owner = next(step.before.with_index(name), None)
        index = owner.index(name) if owner else None
        if owner is not None and index is not None:
            related = (Related(index.made, f"`{name}` is made here"),)
            return Unresolved(f" on `{conflict.table}`: it is an index of `{owner.name}`", related)
    made = next(map(_where, replay.later_of(step, conflict.kind, name, made=True)), None)
    gone = next(map(_where, replay.earlier_of(step, conflict.kind, name, made=False)), None)
    dropped = Dropped(name, gone, gone) if gone else None
    lost = next(replay.earlier_of(step, conflict.kind, name, made=True), None)
    guess = step.before.guess(conflict.table)
    return _unresolved(step, name, _known(step, conflict), dropped, made, guess=guess, lost=lost)


_LOST: Final = {
    Verdict.SKIPPED: "is skipped by the runner",
    Verdict.SPLIT: "is split by the runner",
    Verdict.REFUSED: "is refused",
    Verdict.UNREADABLE: "can't be read",
}


def _where(step: Step) -> Place:
    return step.place(step.statement.span)


def _known(step: Step, conflict: UnknownObject) -> Iterable[str]:
    """The names of the objects of its kind that are there."""
    catalog = step.before
    table = catalog.table(conflict.table) if conflict.table else None
    match conflict.kind:
        case ObjectKind.INDEX:
            return [index.name for index in table.indexes] if table else catalog.index_names
        case ObjectKind.CONSTRAINT:
            return [declared.name for declared in table.constraints if declared.name] if table else []
        case ObjectKind.ROLE:
            return [*catalog.named(ObjectKind.ROLE), *catalog.named(ObjectKind.USER)]
        case kind:
            return catalog.named(kind)


def _unresolved(
    step: Step,
    name: str,
    known: Iterable[str],
    dropped: Dropped | None,
    made: Place | None,
    *,
    guess: Place | None,
    lost: Step | None,
) -> Unresolved:
    """The best explanation.

    `guess` is a statement that may have made it, as nobody knows what it does; `lost` one that would have made it.
    """
    meant = nearest(name, known)
    if lost is not None and dropped is None and lost.outcome.verdict in _LOST:
        why = f": the statement that makes it, {step.said(_where(lost))}, {_LOST[lost.outcome.verdict]}"
        return Unresolved(why, (Related(_where(lost), f"`{name}` would be made here"),), again=True)
    if guess is not None:
        note = Related(guess, "what this statement makes isn't known")
        return Unresolved(f", unless the statement {step.said(guess)} made it", (note,), meant, Confidence.LOW)
    if dropped is not None and dropped.renamed_to:
        why = f" any more: it was renamed to `{dropped.renamed_to}` {step.said(dropped.place)}"
        return Unresolved(why, (Related(dropped.place, f"`{name}` is renamed here"),), dropped.renamed_to)
    if dropped is not None:
        why = f" any more: it was dropped {step.said(dropped.place)}"
        return Unresolved(why, (Related(dropped.place, f"`{name}` is dropped here"),))
    if meant is not None and meant.casefold() == name.casefold():
        return Unresolved(f": names are compared exactly, and `{meant}` is another", (), meant)
    if made is not None:
        return Unresolved(
            f" yet: it is made later, {step.said(made)}", (Related(made, f"`{name}` is made here"),), meant
        )
    return Unresolved("", (), meant)
