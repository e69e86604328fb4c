"""A difference between two schemas as SQL: the statements that lead from the one to the other.

They stand in an order in which each finds what it needs: what is in the way goes first, what leans on it comes last.
What no statement says (another key, another order of columns) and what the target won't have stands in the header, as
lines of `--`: there, and only there, the runner passes over them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kmblint.history.files import History
from kmblint.history.loose import loose
from kmblint.replay.playing import steps_of
from kmblint.replay.steps import Surroundings
from kmblint.reporters.catalog_sql import table_sql
from kmblint.schema.catalog import Column, Table
from kmblint.schema.definition import default_text
from kmblint.schema.difference import Difference, PartDifference, PartKind, Shown, TableDifference
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.write import quoted
from kmblint.targets.target import Target
from kmblint.text import Source


def as_sql(difference: Difference, before: Shown, after: Shown, target: Target) -> str:
    """The statements that the target takes on the schema before, below a header of what it doesn't take and why."""
    header: list[str] = []
    taken: list[str] = []
    catalog = before.catalog
    for sql in statements_between(difference, after):
        if sql.startswith("--"):
            header.append(" ".join(sql.split()))
            continue
        *_, step = steps_of(
            Surroundings(_NO_HISTORY), loose(Source("difference.sql", f"{sql};\n")), target, catalog, actual=True
        )
        if step.outcome.verdict.happens:
            taken.append(f"{sql};\n")
            catalog = step.after
        else:
            why = "; ".join(dict.fromkeys(refusal.reason for refusal in step.outcome.refusals))
            header.append(f"-- {step.outcome.verdict.value}{why and f' ({why})'}: {' '.join(sql.split())}")
    return "".join(f"{line}\n" for line in header) + ("\n" if header and taken else "") + "".join(taken)


_NO_HISTORY: Final = History(Path(), ())


def statements_between(difference: Difference, after: Shown) -> tuple[str, ...]:
    """Statements without their `;`, and notes that begin with `--`, in an order in which they can run."""
    changed = [table for table in difference.tables if table.before and table.after]
    gone = [part for part in difference.objects if part.after is None]
    return (
        *(_dropped(part) for part in gone if part.kind is ObjectKind.MASK),
        *(_created(part) for part in difference.objects if part.after),
        *(line for table in changed for line in _renamed(table)),
        *(
            line
            for table in difference.tables
            for part in table.parts
            if part.before
            for line in _loosened(table, part)
        ),
        # Without its indexes, which come when the others are gone.
        *(table_sql(table.after, after.kept) for table in difference.tables if not table.before and table.after),
        *(line for table in changed for part in table.parts for line in _columns(table, part, after)),
        *(line for table in changed for line in _unsaid(table)),
        *(line for table in difference.tables for part in table.parts for line in _fastened(table, part)),
        *(f"DROP TABLE {quoted(table.name)}" for table in difference.tables if table.after is None),
        *(_dropped(part) for part in gone if part.kind is not ObjectKind.MASK),
    )


def _created(part: PartDifference) -> str:
    assert part.after is not None, "asked of what is there"
    if part.kind is ObjectKind.USER:
        return f"-- user {part.name}: made with a password, which stands where it was written"
    return part.after.definition


def _dropped(part: PartDifference) -> str:
    return f"DROP {part.kind.upper()} {quoted(part.name)}"


def _renamed(table: TableDifference) -> Iterator[str]:
    if table.former:
        yield f"ALTER TABLE {quoted(table.former)} RENAME TO {quoted(table.name)}"
    for part in table.parts:
        if part.kind is PartKind.COLUMN and part.former:
            yield f"ALTER TABLE {quoted(table.name)} RENAME COLUMN {quoted(part.former)} TO {quoted(part.name)}"


def _loosened(table: TableDifference, part: PartDifference) -> Iterator[str]:
    """What goes before columns do, and before another of its name comes; from a table that goes, what would stay."""
    assert part.before is not None, "asked of what was there"
    name = part.before.name
    if table.after is None and part.kind not in (PartKind.MASK, PartKind.MASKING_POLICY):
        return
    match part.kind:
        case PartKind.INDEX:
            yield f"DROP INDEX {quoted(name)}"
        case PartKind.CONSTRAINT if name:
            yield f"ALTER TABLE {quoted(table.name)} DROP CONSTRAINT {quoted(name)}"
        case PartKind.CONSTRAINT:
            yield f"-- {table.name}: {part.before.definition} has no name to drop it by"
        case PartKind.MASK:
            yield f"DROP MASK {name}"
        case PartKind.MASKING_POLICY:
            yield f"ALTER TABLE {table.name} ALTER COLUMN {part.name} DROP MASKING POLICY"
        case PartKind.CLASSIFICATION if part.after is None:
            yield f"-- {table.name}.{part.name}: no statement takes a classification away"


def _columns(table: TableDifference, part: PartDifference, after: Shown) -> Iterator[str]:
    if part.kind is not PartKind.COLUMN or table.before is None or table.after is None:
        return
    head = f"ALTER TABLE {quoted(table.name)}"
    if part.after is None:
        yield f"{head} DROP COLUMN {quoted(part.name)}"
    elif part.before is None:
        yield f"{head} ADD COLUMN {part.after.definition}"
    else:
        old, new = table.before.column(part.before.name), table.after.column(part.name)
        assert old is not None, "a part of the table"
        assert new is not None, "a part of the table"
        yield from (f"{head} ALTER COLUMN {quoted(part.name)} {what}" for what in _altered(table, old, new, after))


def _altered(table: TableDifference, old: Column, new: Column, after: Shown) -> Iterator[str]:
    assert table.before is not None, "asked of changed tables"
    assert table.after is not None, "asked of changed tables"
    kept = after.kept
    if not kept.type(old).same_as(kept.type(new)):
        yield f"TYPE {kept.declarable(new)}"
    if kept.nullable(table.before, old) != kept.nullable(table.after, new) and new.name not in table.after.primary_key:
        yield "DROP NOT NULL" if kept.nullable(table.after, new) else "SET NOT NULL"
    if kept.declarations and old.default != new.default:
        text = default_text(table.after, new)
        if new.default is None or text is not None:
            yield "DROP DEFAULT" if text is None else f"SET DEFAULT {text}"


def _unsaid(table: TableDifference) -> Iterator[str]:
    """What no statement says."""
    if table.remade:
        yield f"-- {table.name}: dropped and made again, its rows are gone"
    if table.before and table.after and _resulting(table, table.before) != table.after.column_names:
        yield f"-- {table.name}: its columns stand in another order"
    for part in table.parts:
        if part.kind is PartKind.PRIMARY_KEY:
            before, after = (side.definition if side else "no key" for side in (part.before, part.after))
            yield f"-- {table.name}: {before} becomes {after}: make the table anew and copy its rows"


def _resulting(table: TableDifference, before: Table) -> tuple[str, ...]:
    """The columns in the order in which the statements leave them: new ones come last."""
    columns = {part.name: part for part in table.parts if part.kind is PartKind.COLUMN}
    renamed = {part.former: name for name, part in columns.items() if part.former}
    kept = (renamed.get(name, name) for name in before.column_names)
    stay = [name for name in kept if name not in columns or columns[name].after is not None]
    return (*stay, *(name for name, part in columns.items() if part.before is None))


def _fastened(table: TableDifference, part: PartDifference) -> Iterator[str]:
    """What leans on columns, when these are there."""
    if part.after is None or table.after is None:
        return
    if part.kind is PartKind.CONSTRAINT:
        if table.before is not None:  # a new table has it in its own statement
            yield f"ALTER TABLE {quoted(table.name)} ADD {part.after.definition}"
    elif part.kind not in (PartKind.COLUMN, PartKind.PRIMARY_KEY):
        yield part.after.definition
