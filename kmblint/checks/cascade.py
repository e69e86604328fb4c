"""CASCADE on a DROP or TRUNCATE."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.analysis.graph import Dependent, dependents, reached_by_cascade, referring
from kmblint.findings import Finding, Related
from kmblint.replay.steps import Step
from kmblint.schema.catalog import Catalog, Table
from kmblint.schema.changes import DropColumn, DropConstraint, DropObject, DropTable, Truncate
from kmblint.schema.parts import PrimaryKey, Unique
from kmblint.targets import Target


def check(
    change: DropTable | DropColumn | DropConstraint | DropObject | Truncate, step: Step, target: Target
) -> Iterator[Finding]:
    """What goes with it, or stays behind broken where the target ignores the word; from the replay."""
    if not change.cascade:
        return
    if isinstance(change, DropObject):
        yield Finding(
            step.place(change.span),
            f"CASCADE takes whatever hangs on the {change.kind}{f' `{change.name}`' if change.name else ''}, "
            "and nobody reads here what that is",
            help="drop what hangs on it by name, in statements of their own",
            subject=change.name.text if change.name else "",
        )
        return
    table = step.before.table(change.table.text)
    if table is None:
        return
    ignored = not target.capabilities.drops_dependents and isinstance(change, DropTable | DropColumn)
    hanging = list(_hanging(change, table, step.before, ignored=ignored))
    if not hanging and not step.populated(table.name):
        return
    listed = ", ".join(each.what for each in hanging)
    if ignored:
        effect = (
            f"is ignored here: {listed} stay{'s' if len(hanging) == 1 else ''} behind, broken"
            if hanging
            else ("is ignored here; nothing that the migrations made hangs on it")
        )
    else:
        effect = (
            f"takes with it {listed}" if hanging else "takes whatever else hangs on it; the migrations made nothing"
        )
    yield Finding(
        step.place(change.span),
        f"CASCADE {effect}",
        help="drop what hangs on it by name, in statements of their own, and leave CASCADE out",
        related=tuple(Related(each.place, f"{each.what} hangs on it") for each in hanging),
        subject=step.subject if isinstance(change, DropTable | Truncate) else _part(change),
    )


def _part(change: DropColumn | DropConstraint) -> str:
    return f"{change.table}.{change.column if isinstance(change, DropColumn) else change.constraint}"


def _hanging(
    change: DropTable | DropColumn | DropConstraint | Truncate, table: Table, catalog: Catalog, *, ignored: bool
) -> Iterator[Dependent]:
    match change:
        case Truncate():
            for name in reached_by_cascade(catalog, table.name):
                other = catalog.table(name)
                if other is not None and name != table.name:
                    yield Dependent(f"every row of `{name}`", other.made)
        case DropConstraint(constraint=name):
            declared = table.constraint(name.text)
            if declared is not None and isinstance(declared.constraint, PrimaryKey | Unique):
                columns = tuple(column.text for column in declared.constraint.columns)
                for reference in referring(catalog, table.name):
                    if reference.declared and reference.targets == columns:
                        yield Dependent(f"the foreign key `{reference.name}`", reference.place)
        case DropTable() | DropColumn():
            column = change.column.text if isinstance(change, DropColumn) else None
            for reference in referring(catalog, table.name, column):
                if reference.declared:
                    yield Dependent(f"the foreign key `{reference.name}`", reference.place)
            if ignored:
                yield from dependents(catalog, table, column)
