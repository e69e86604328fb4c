"""Why a name isn't there: made later, dropped or renamed earlier, written in another case, or misspelt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from kmblint.findings import Confidence, Related
from kmblint.replay.steps import Replay, Step
from kmblint.schema.catalog import Dropped
from kmblint.schema.changes import (
    AddColumn,
    AddConstraint,
    AddIndex,
    AddMask,
    AddPolicy,
    AddRole,
    AddTable,
    Change,
    DropConstraint,
    DropIndex,
    DropMask,
    DropPolicy,
    DropRole,
    RenameColumn,
    RenameTable,
)
from kmblint.schema.conflict import UnknownObject
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

    @property
    def help(self) -> str | None:
        """The question whether another name was meant."""
        return f"did you mean `{self.meant}`?" if self.meant else None


def unresolved_table(step: Step, replay: Replay, name: str) -> Unresolved:
    """Why a table isn't there when a step runs."""
    readable = (other for kind, other in step.before.others if kind.endswith(("VIEW", "TABLE")))
    makers = replay.later(step, AddTable, RenameTable)
    made = next((table.made for later in makers if (table := later.after.table(name))), None)
    return _unresolved(step, name, (*step.before.tables, *readable), step.before.dropped.get(name), made)


def unresolved_column(step: Step, replay: Replay, table_name: str, name: str) -> Unresolved:
    """Why a column isn't in a table that is there when a step runs, or that the step makes."""
    table = step.before.table(table_name) or step.after.table(table_name)
    if table is None:
        return Unresolved()
    makers = replay.later(step, AddColumn, RenameColumn, RenameTable)
    later = (there for each in makers if (there := each.after.table(table_name)))
    made = next((column.made for there in later if there.made == table.made and (column := there.column(name))), None)
    guess = None if table.complete else (table.changed or (table.made,))[-1]
    return _unresolved(step, name, table.column_names, table.dropped.get(name), made, guess=guess)


def unresolved_object(step: Step, replay: Replay, conflict: UnknownObject) -> Unresolved:
    """Why an index, constraint, mask, masking policy or role isn't there when a step runs."""
    name = conflict.name.text
    if conflict.kind == "table":
        return unresolved_table(step, replay, name)
    if conflict.kind == "index" and conflict.table:
        for table in step.before.tables.values():
            index = table.index(name)
            if index is not None:
                related = (Related(index.made, f"`{name}` is made here"),)
                return Unresolved(f" on `{conflict.table}`: it is an index of `{table.name}`", related)
    adds, drops = _VERBS.get(conflict.kind, ((), ()))
    made = next((_where(later) for later in replay.later(step, *adds) if _is_about(later.change, adds, conflict)), None)
    gone = next(
        (_where(past) for past in replay.earlier(step, *drops) if _is_about(past.change, drops, conflict)), None
    )
    return _unresolved(step, name, _known(step, conflict), Dropped(name, gone, gone) if gone else None, made)


_VERBS: Final[dict[str, tuple[tuple[type, ...], tuple[type, ...]]]] = {
    "index": ((AddIndex,), (DropIndex,)),
    "constraint": ((AddConstraint,), (DropConstraint,)),
    "mask": ((AddMask,), (DropMask,)),
    "masking policy": ((AddPolicy,), (DropPolicy,)),
    "role": ((AddRole,), (DropRole,)),
}
"""Kind of an object → the changes that make one and those that drop one."""


def _where(step: Step) -> Place:
    return step.place(step.statement.span)


def _is_about(change: Change | None, kinds: tuple[type, ...], conflict: UnknownObject) -> bool:
    match change:
        case AddConstraint(constraint=constraint) if AddConstraint in kinds:
            return constraint.name is not None and constraint.name.text == conflict.name.text
        case DropConstraint(constraint=name) if DropConstraint in kinds:
            return name.text == conflict.name.text
        case AddIndex() | DropIndex() | AddMask() | DropMask() | AddPolicy() | DropPolicy() | AddRole() | DropRole():
            return isinstance(change, kinds) and str(change.name) == conflict.name.text
        case _:
            return False


def _known(step: Step, conflict: UnknownObject) -> Iterable[str]:
    """The names of the objects of its kind that are there."""
    catalog = step.before
    table = catalog.table(conflict.table) if conflict.table else None
    match conflict.kind:
        case "index":
            return [index.name for each in ([table] if table else catalog.tables.values()) for index in each.indexes]
        case "constraint":
            return [declared.name for declared in table.constraints if declared.name] if table else []
        case "mask":
            return catalog.masks
        case "masking policy":
            return catalog.policies
        case _:
            return [*catalog.roles, *catalog.users]


def _unresolved(
    step: Step,
    name: str,
    known: Iterable[str],
    dropped: Dropped | None,
    made: Place | None,
    *,
    guess: Place | None = None,
) -> Unresolved:
    """The best explanation; `guess` is a statement that may have made it, as nobody knows what it does."""
    meant = nearest(name, known)
    guess = guess or (step.before.opaque[-1] if step.before.opaque else None)
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
