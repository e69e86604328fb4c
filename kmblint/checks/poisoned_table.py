"""Values that a column can't hold and the engine takes all the same."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Applicability, Edit, Finding, Fix
from kmblint.replay.steps import Step
from kmblint.schema.changes import AddColumn, AddTable, InsertRows
from kmblint.targets.verdict import Poisons
from kmblint.wording import counted


def check(hazard: Poisons | AddTable | AddColumn, step: Step) -> Iterator[Finding]:
    """The literal, the column's type, what happens to the table, and what would rescue it."""
    if not isinstance(hazard, Poisons):
        yield from _beyond_scale(hazard, step)
        return
    if _set_again(hazard, step):
        return
    most = step.target.capabilities.max_scale
    if most is not None and _scale(step, hazard.column) > most:
        return  # said where the column is made
    rescue = (
        "the column is part of the key and can't be dropped, so nothing rescues the table"
        if hazard.is_key
        else f"only ALTER TABLE {hazard.table} DROP COLUMN {hazard.column} would rescue it, or writing the row anew by "
        "INSERT … ON CONFLICT (the key) DO UPDATE SET"
    )
    better = f"write {hazard.instead}{_likewise(hazard)}" if hazard.instead else hazard.remedy
    yield Finding(
        step.place(hazard.span),
        f"`{hazard.column}` is {hazard.column_type} and can't hold {hazard.value}: it is taken, and from then on "
        f"`{hazard.table}` can only be read by the key of another row",
        help="; ".join(filter(None, (better, rescue))),
        fix=_fix(hazard, step),
        subject=f"{hazard.table}.{hazard.column}",
    )


def _fix(hazard: Poisons, step: Step) -> Fix | None:
    """Literals that the column holds for all its values; None where one of them has none."""
    if not hazard.instead or any(instead is None for _, instead in hazard.alike):
        return None
    spans = ((hazard.span, hazard.instead), *((span, instead or "") for span, instead in hazard.alike))
    edits = tuple(Edit(step.place(span), instead) for span, instead in spans)
    return Fix(f"write `{hazard.instead}`{_likewise(hazard)}", edits, Applicability.UNSAFE)


def _likewise(hazard: Poisons) -> str:
    return f", and {counted(len(hazard.alike), 'value')} of later rows likewise" if hazard.alike else ""


def _set_again(hazard: Poisons, step: Step) -> bool:
    """Whether ON CONFLICT sets what the rows of the same statement hold already."""
    change = step.change
    clause = change.on_conflict if isinstance(change, InsertRows) else None
    return (
        clause is not None
        and hazard.span in clause.span
        and any(
            isinstance(other, Poisons) and other.column == hazard.column and other.span not in clause.span
            for other in step.outcome.hazards
        )
    )


def _scale(step: Step, name: str) -> int:
    """The digits behind the point that a column was declared with."""
    table = step.before.table(step.subject)
    column = table.column(name) if table else None
    stored = step.target.stored_type(column.type) if column else None
    return stored.arguments[1] if stored is not None and stored.name == "DECIMAL" else 0


def _beyond_scale(change: AddTable | AddColumn, step: Step) -> Iterator[Finding]:
    """Each column of which no value can be read back."""
    table = step.before.table(change.table.text)
    most = step.target.capabilities.max_scale
    if most is None or (isinstance(change, AddTable) and table is not None):
        return
    for column in change.columns if isinstance(change, AddTable) else (change.column,):
        stored = step.target.stored_type(column.type)
        if stored is not None and stored.name == "DECIMAL" and stored.arguments[1] > most:
            yield Finding(
                step.place(column.type_span),
                f"`{column.name}` is {column.type}: with more than {most} digits behind the point no value can be "
                f"read back, and with the first one `{change.table}` can only be read by the key of another row",
                help=f"write a scale of {most} at most",
                subject=f"{change.table}.{column.name}",
            )
