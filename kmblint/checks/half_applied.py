"""A file that stops half-way, and then stops earlier for ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from kmblint.findings import Finding, Related, Severity
from kmblint.replay.playing import lived
from kmblint.replay.steps import Part, Step
from kmblint.schema.changes import (
    AddColumn,
    AddConstraint,
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
    DeleteRows,
    DetachPolicy,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropObject,
    DropTable,
    Grant,
    InsertRows,
    Opaque,
    Read,
    RenameColumn,
    RenameConstraint,
    RenameTable,
    SetClassification,
    Transaction,
    Truncate,
    UpdateRows,
)
from kmblint.schema.write import column_list
from kmblint.targets import Target
from kmblint.targets.verdict import RepeatedKey, Verdict
from kmblint.text import Place
from kmblint.wording import counted


def check(part: Part, target: Target, *, strict: bool) -> Iterator[Finding]:
    """The statement at which the file stops, if the next run then stops at one that took effect before it."""
    steps, migration = part.steps, part.migration
    if migration.applied or not steps or (len(migration.statements) < 2 and not _has_rows(steps[0])):
        return
    if not strict and all(step.outcome.verdict.happens for step in steps):
        return
    first = lived(steps[0].surroundings, migration, target, part.before)
    again = lived(steps[0].surroundings, migration, target, first[-1].after)
    meets = again[-1]
    if first[-1].stops and meets.stops and (meets.statement.span < first[-1].statement.span or _own(first[-1], meets)):
        yield _stuck(first, meets)
    elif strict and not first[-1].stops and meets.stops and meets.statement.span < first[-1].statement.span:
        yield _could_be(meets)


def _has_rows(step: Step) -> bool:
    return isinstance(step.change, InsertRows) and len(step.change.rows) > 1


def _own(first: Step, meets: Step) -> bool:
    """Whether an INSERT was refused at a later row, so that its own earlier rows stop the next run."""
    return (
        meets.statement.span == first.statement.span
        and isinstance(meets.outcome.refusal, RepeatedKey)
        and first.rows_left > 0
    )


def _stuck(first: Sequence[Step], meets: Step) -> Finding:
    """What is left behind by the first run, and where the next one stops."""
    left = [
        (what, step) for step in first[:-1] if step.outcome.verdict is Verdict.TAKEN and (what := _left(step.change))
    ]
    rows = first[-1].rows_left
    if rows:
        left.append((f"{counted(rows, 'row')} of `{first[-1].subject}`", first[-1]))
    names = _listed(left)
    stop = first[-1]
    refusals = stop.outcome.refusals
    because = f" ({refusals[0].reason})" if refusals else ""
    instead = [refusal.help for refusal in refusals if refusal.help]
    return Finding(
        stop.place(refusals[0].span) if refusals else _head(stop),
        f"the run stops here{because} and leaves behind {names}, with nothing recorded; the next run stops in line "
        f"{_line(meets)}{_why(meets)}",
        help="\n".join([*instead, _help(stop, rows)]),
        related=(
            *(Related(stop.place(refusal.span), refusal.reason) for refusal in refusals[1:]),
            *(Related(_head(step), f"{what} stays") for what, step in left if step is not stop),
        ),
        fix=stop.mended(refusals[0]) if refusals else None,
        subject="",
    )


def _listed(left: Sequence[tuple[str, Step]]) -> str:
    """What is left behind, the rows of a table counted together."""
    rows: Counter[str] = Counter()
    for _, step in left:
        if isinstance(step.change, InsertRows):
            taken = step.outcome.verdict is Verdict.TAKEN
            rows[step.subject] += len(step.change.rows) if taken else step.rows_left
    names = dict.fromkeys(
        f"{counted(rows[step.subject], 'row')} of `{step.subject}`" if isinstance(step.change, InsertRows) else what
        for what, step in left
    )
    return ", ".join([*names][:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _help(stops: Step, rows: int) -> str:
    """How the file gets through, now and after a first run that stopped."""
    table = stops.before.table(stops.subject)
    if not rows or table is None:
        return "mend this statement, or move it into a migration of its own"
    key = column_list(table.primary_key)
    return f"mend the row, and write ON CONFLICT ({key}) DO NOTHING so that the rows before it can be sent again"


def _could_be(meets: Step) -> Finding:
    """What would happen if a later statement of the file failed."""
    return Finding(
        _head(meets),
        f"if a later statement of this file fails, the next run stops here{_why(meets)}",
        help="put each statement that can't be run twice into a migration of its own, or last in its file",
        severity=Severity.WARNING,
    )


def _left(change: Change | None) -> str | None:
    """What a change leaves in the database, where running it twice isn't as good as running it once."""
    match change:
        case AddTable(table=name):
            return f"table `{name}`"
        case AddColumn(table=table, column=column):
            return f"column `{table}.{column.name}`"
        case AddIndex(name=name):
            return f"index `{name}`"
        case AddMask(name=name):
            return f"mask `{name}`"
        case CreateObject(kind=kind, name=name):
            return f"{kind} `{name}`" if kind.is_accounted_for else None
        case AttachPolicy(table=table, column=column):
            return f"the masking policy on `{table}.{column}`"
        case DetachPolicy(table=table, column=column):
            return f"`{table}.{column}` without its masking policy"
        case DropTable(table=name):
            return f"the drop of `{name}`"
        case DropObject(kind=kind, name=name):
            return f"the drop of `{name}`" if kind.is_accounted_for else None
        case DropColumn(table=table, column=column):
            return f"the drop of `{table}.{column}`"
        case InsertRows(table=table, rows=rows):
            return f"{counted(len(rows), 'row')} of `{table}`"
        case UpdateRows(table=table) | DeleteRows(table=table):
            return f"changed rows of `{table}`"
        case RenameTable() | Truncate() | RenameColumn() | ChangeType() | ChangeNullability() | ChangeDefault():
            return None
        case AddConstraint() | DropConstraint() | RenameConstraint() | DropIndex() | SetClassification() | Grant():
            return None
        case Transaction() | Read() | Comment() | Opaque() | None:
            return None


def _head(step: Step) -> Place:
    """The first two words of the statement."""
    tokens = step.statement.tokens[:2]
    return step.place(tokens[0].span.to(tokens[-1].span))


def _line(step: Step) -> int:
    return step.migration.source.position(step.statement.span.start).line


def _why(step: Step) -> str:
    return f": {step.outcome.refusal.reason}" if step.outcome.refusal else ""
