"""A catalogue as SQL: the statements that would make it.

Masking policies are taken from their place, because the model doesn't hold them whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.schema.catalog import Catalog, Table
from kmblint.schema.definition import (
    classification_definition,
    column_definition,
    constraint_definition,
    index_definition,
    mask_definition,
    policy_definition,
)
from kmblint.schema.kept import Kept
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.write import column_list, quoted


def as_sql(catalog: Catalog, kept: Kept) -> str:
    """Tables with their indexes, then roles, policies, masks and classifications; users and grants are left out."""
    unread = {table.name for table in catalog.in_order if table.name in catalog.unread and not table.columns}
    blocks = ["\n".join(_table(table, kept)) for table in catalog.in_order if table.name not in unread]
    blocks += [f"-- {name}: what makes it in {catalog.tables[name].made.file} is no SQL" for name in sorted(unread)]
    guards = [*_guards(catalog, kept)]
    blocks += ["\n".join(guards)] if guards else []
    return "\n\n".join(blocks) + ("\n" if blocks else "")


def _table(table: Table, kept: Kept) -> Iterator[str]:
    yield f"{table_sql(table, kept)};"
    for index in sorted(table.indexes, key=lambda index: index.name):
        yield f"{index_definition(table, index, kept)};"


def table_sql(table: Table, kept: Kept) -> str:
    """The statement that makes a table, without its `;` and its indexes."""
    if not table.columns:
        return kept.text(table.made)
    parts = [column_definition(table, column, kept) for column in table.columns]
    parts += [f"PRIMARY KEY ({column_list(table.primary_key)})"] if table.primary_key else []
    parts += [constraint_definition(declared, kept) for declared in kept.shown(table)]
    return f"CREATE TABLE {quoted(table.name)} (\n    " + ",\n    ".join(parts) + "\n)"


def _guards(catalog: Catalog, kept: Kept) -> Iterator[str]:
    """Roles, policies, classifications and masks; what stays attached to a dropped column can't be said again."""
    yield from (f"CREATE ROLE {quoted(name)};" for name in sorted(catalog.named(ObjectKind.ROLE)))
    yield from (f"{kept.text(policy.made)};" for _, policy in sorted(catalog.named(ObjectKind.MASKING_POLICY).items()))
    for table in catalog.in_order:
        for column, (policy, _) in sorted(table.policies.items()):
            if table.column(column):
                yield f"{policy_definition(table, column, policy)};"
        for column, (word, _) in sorted(table.classifications.items()):
            if table.column(column):
                yield f"{classification_definition(table, column, word)};"
    for _, mask in sorted(catalog.masks.items()):
        if catalog.table(mask.table):
            yield f"{mask_definition(mask)};"
