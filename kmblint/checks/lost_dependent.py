"""A drop of what an index, a key, a mask or a masking policy still uses."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related, Severity
from kmblint.replay.steps import Step
from kmblint.schema.catalog import Catalog
from kmblint.schema.changes import DropColumn, DropObject, DropTable
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.parts import Check, Constraint, ForeignKey, Name, PrimaryKey, Unique, named_in
from kmblint.text import Place


def check(change: DropTable | DropColumn | DropObject, step: Step) -> Iterator[Finding]:
    """What still depends on the table, column or masking policy that goes."""
    match change:
        case DropTable(table=table):
            kind, name, dependents = "table", table, _of_table(step.before, table.text)
        case DropColumn(table=table, column=column):
            kind, name, dependents = "column", column, _of_column(step.before, table.text, column.text)
        case DropObject(kind=ObjectKind.MASKING_POLICY, name=Name() as policy):
            kind, name, dependents = "masking policy", policy, _of_policy(step.before, policy.text)
        case DropObject():
            return
    hanging = [*dependents]
    if not hanging:
        return
    refusal = next((each for each in step.outcome.refusals if each.span == name.span), None)
    listed = ", ".join(what for what, _ in hanging[:3]) + (f" and {len(hanging) - 3} more" if len(hanging) > 3 else "")
    yield Finding(
        step.place(name.span),
        f"{kind} `{name}` is dropped while {listed} still {'depends' if len(hanging) == 1 else 'depend'} on it"
        f"{', so it is refused' if refusal else ''}",
        help=(refusal and refusal.help) or "take down first what depends on it",
        related=tuple(Related(place, f"{what} is declared here") for what, place in hanging),
        subject=f"{change.table}.{name}" if isinstance(change, DropColumn) else name.text,
        severity=Severity.ERROR if refusal else None,
    )


def _of_table(catalog: Catalog, name: str) -> Iterator[tuple[str, Place]]:
    for other, _, place in catalog.referring(name):
        if other.name != name:
            yield f"the foreign key of `{other.name}`", place
    table = catalog.table(name)
    for column, (policy, place) in sorted(table.policies.items()) if table else ():
        yield f"masking policy `{policy}` on `{column}`", place
    yield from _masks(catalog, name)


def _of_column(catalog: Catalog, table_name: str, name: str) -> Iterator[tuple[str, Place]]:
    """Constraints written with the column itself go with it, and nobody misses them."""
    table = catalog.table(table_name)
    column = table.column(name) if table else None
    if table is None or column is None:
        return
    for index in table.indexes:
        if name in index.columns:
            yield f"index `{index.name}`", index.made
    for declared in table.constraints:
        is_key = isinstance(declared.constraint, PrimaryKey)
        if name in named_in(declared.constraint) and (is_key or declared.made != column.made):
            yield "the primary key" if is_key else _called(declared.constraint), declared.made
    for other, key, place in catalog.referring(table_name):
        targets = tuple(target.text for target in key.targets) or table.primary_key
        if name in targets and other.name != table_name:
            yield f"the foreign key of `{other.name}`", place
    if name in table.policies:
        policy, place = table.policies[name]
        yield f"masking policy `{policy}`", place
    yield from _masks(catalog, table_name, name)


def _of_policy(catalog: Catalog, name: str) -> Iterator[tuple[str, Place]]:
    for table in catalog.in_order:
        for column, (policy, place) in sorted(table.policies.items()):
            if policy == name:
                yield f"`{table.name}.{column}`", place


def _masks(catalog: Catalog, table: str, column: str | None = None) -> Iterator[tuple[str, Place]]:
    for _, mask in sorted(catalog.masks.items()):
        if mask.table == table and column in {None, mask.column}:
            yield f"mask `{mask.name}`", mask.made


def _called(constraint: Constraint) -> str:
    kinds = {ForeignKey: "a foreign key", Unique: "a UNIQUE constraint", Check: "a CHECK constraint"}
    return f"constraint `{constraint.name}`" if constraint.name else kinds[type(constraint)]
