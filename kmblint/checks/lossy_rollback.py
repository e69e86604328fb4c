"""A down section that destroys what was there before up."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Confidence, Finding, Related
from kmblint.replay.rollback import Rollback
from kmblint.schema.catalog import Table
from kmblint.schema.changes import DeleteRows, DropColumn, DropTable, Truncate
from kmblint.schema.rows import keys_named, point_lookup
from kmblint.text import Place


def check(rollback: Rollback) -> Iterator[Finding]:
    """Each statement of down that takes a table, a column or rows that up didn't make."""
    for step in rollback.down:
        change = step.change
        if not isinstance(change, DropTable | DropColumn | DeleteRows | Truncate):
            continue
        table = step.before.table(change.table.text)
        if table is None or not step.populated(table.name):
            continue
        made: Place = table.made
        what, subject = f"the rows of `{table.name}`", table.name
        if isinstance(change, DropTable):
            what = f"table `{table.name}` with its rows"
        elif isinstance(change, DropColumn):
            column = table.column(change.column.text)
            if column is None or not step.history.populated_at(column.made.file, step.migration):
                continue
            what, made, subject = f"column `{table.name}.{column.name}`", column.made, f"{table.name}.{column.name}"
        elif isinstance(change, DeleteRows) and _only_new(change, table, rollback):
            continue
        yield Finding(
            step.place(step.statement.span),
            f"rolling back {step.migration.id} destroys {what}, older than this migration "
            f"({step.history.why_populated(made.file, step.migration)})",
            help="take back only what up made",
            related=(Related(made, "created here"),),
            subject=subject,
            confidence=Confidence.MEDIUM if isinstance(change, DeleteRows) else Confidence.HIGH,
        )


def _only_new(change: DeleteRows, table: Table, rollback: Rollback) -> bool:
    """Whether it names keys, all of which up inserted."""
    before, behind = rollback.before.table(table.name), rollback.up[-1].after.table(table.name)
    new = set(behind.rows if behind else ()) - set(before.rows if before else ())
    if change.where is None:
        return False
    lookup = point_lookup(table, change.where)
    named = keys_named(table, change.where) if lookup is None else (lookup,)
    return named is not None and set(named) <= new
