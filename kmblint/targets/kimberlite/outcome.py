"""What the engine makes of a change on a catalogue: the form, the conflicts that it checks, and the rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from msgspec.structs import replace

from kmblint.schema.catalog import Catalog, Index, Table
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
from kmblint.schema.conflict import Conflict
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.parts import Name
from kmblint.schema.types import DataType
from kmblint.schema.write import literal_text
from kmblint.targets.capabilities import SYSTEM_PREFIX
from kmblint.targets.kimberlite.facts import Facts
from kmblint.targets.kimberlite.outcome_rows import (
    insert_hazards,
    judge_insert,
    key_looked_up,
    poisoned_refusal,
    set_hazards,
    where_refusal,
)
from kmblint.targets.kimberlite.outcome_sizes import may_be_too_long, update_too_long
from kmblint.targets.kimberlite.planner.advice import advised
from kmblint.targets.kimberlite.planner.hazards import Judged, Statement, judge
from kmblint.targets.kimberlite.planner.path import Point, way_of
from kmblint.targets.kimberlite.planner.rows import found_rows
from kmblint.targets.kimberlite.refusals import catalogue_refusals, is_no_op
from kmblint.targets.kimberlite.values import Fate, instead, no_fraction, stored_type, update_fate
from kmblint.targets.outcome import Form, InsertedRows, Outcome
from kmblint.targets.verdict import (
    AttachedPolicyRefusal,
    CatalogueRefusal,
    Crashes,
    Hazard,
    OversizedChange,
    OversizedRow,
    Poisons,
    Refusal,
    StaleIndexRefusal,
    UnsupportedForm,
    Verdict,
)

_NUMBERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "REAL", "DATE", "TIME", "TIMESTAMP"})


def judge_change(form: Form, change: Change, catalog: Catalog, held: tuple[Conflict, ...], facts: Facts) -> Outcome:
    """The outcome of one change; the form counts with the first change of its statement."""
    refusals: list[Refusal] = [*catalogue_refusals(change, catalog, held, facts)]
    table = catalog.table_of(change)
    inserted = judge_insert(table, change, facts) if table and isinstance(change, InsertRows) else None
    judged = _judged(change, table, catalog, facts)
    if not refusals:
        refusals = [*_refusals(change, table, catalog, inserted, facts)]
    refusals[:0] = form.refusals
    hazards = form.hazards
    if table is not None:
        hazards = (*_standing(form, change, judged, facts), *_hazards(change, table, inserted, judged, facts))
    verdict = Verdict.REFUSED if refusals else Verdict.NO_OP if is_no_op(change, held) else Verdict.TAKEN
    outcome = Outcome(verdict, tuple(refusals), hazards, inserted=inserted)
    if judged is None or not isinstance(change, UpdateRows | DeleteRows):
        return outcome
    table = judged.statement.table
    rows = found_rows(table, change, judged.path, facts) if table.rows else None
    return replace(outcome, reach=judged.reach, way=way_of(judged.path, facts), found=rows)


def _judged(change: Change, table: Table | None, catalog: Catalog, facts: Facts) -> Judged | None:
    """The path of a data change, and what it reaches."""
    if table is None or not isinstance(change, UpdateRows | DeleteRows):
        return None
    indexes = (*table.indexes, *catalog.stale_indexes(table.name))
    return judge(Statement(table, change.where, indexes, facts))


def _refusals(
    change: Change, table: Table | None, catalog: Catalog, inserted: InsertedRows | None, facts: Facts
) -> Iterator[Refusal]:
    """What is refused for another reason than a name."""
    match change:
        case InsertRows():
            if inserted is not None and inserted.refusal is not None:
                yield inserted.refusal
        case UpdateRows() | DeleteRows() | Read():
            if not isinstance(change, Read) and table and table.complete and change.where is not None:
                unknown = where_refusal(table, change.where)
                # One row by its key: no other condition is looked at, not even at its columns (area where-update).
                if unknown and key_looked_up(table, change.where, facts) is None:
                    yield unknown
            if isinstance(change, UpdateRows) and table and (long := _oversized(table, change, facts, met=True)):
                yield OversizedRow(
                    f"the change takes {long.size} bytes of the log, and a page holds {long.most}", long.span, long.help
                )
            poisoned = poisoned_refusal(catalog, change, facts)
            if poisoned:
                yield poisoned
            if isinstance(change, Read):
                yield from _unread(change, catalog)
        case AddIndex(name=name):
            if table and name and (index := _registered(catalog, table, name.text)):
                yield StaleIndexRefusal(
                    f"an index `{name.text}` of a dropped table or column is still registered on `{table.name}`",
                    name.span, "give the index another name", cause=index.made, cause_note="made here, and for ever",
                )  # fmt: skip
        case DropColumn(column=column):
            if table and column.text in table.primary_key:
                yield UnsupportedForm(
                    f"`{column.text}` is part of the primary key, and the engine drops no key column", column.span,
                    "make a new table, copy the rows by a program, and drop the old one",
                )  # fmt: skip
        case AttachPolicy() | DetachPolicy() | DropObject() | CreateObject():
            yield from _attachment(change, catalog, table)
        case AddTable() | DropTable() | RenameTable() | Truncate() | DropIndex() | AddMask() | SetClassification():
            return
        case AddColumn() | RenameColumn() | ChangeType() | ChangeNullability() | ChangeDefault():
            return
        case AddConstraint() | DropConstraint() | RenameConstraint() | Grant() | Transaction() | Comment() | Opaque():
            return
        case never:
            assert_never(never)


def _registered(catalog: Catalog, table: Table, index: str) -> Index | None:
    """The index of that name that was ever made on the table's name."""
    known = catalog.registered.get(table.name)
    return known.get(index) if known else None


def _attachment(
    change: AttachPolicy | DetachPolicy | DropObject | CreateObject, catalog: Catalog, table: Table | None
) -> Iterator[Refusal]:
    match change:
        case AttachPolicy(column=column) if table and (held := table.policies.get(column.text)):
            yield AttachedPolicyRefusal(
                f"`{column.text}` has the masking policy `{held[0]}` already",
                column.span,
                f"detach it first: ALTER TABLE {table.name} ALTER COLUMN {column.text} DROP MASKING POLICY",
                cause=held[1],
                cause_note="attached here",
            )
        case DetachPolicy(column=column) if table and column.text not in table.policies:
            yield CatalogueRefusal(f"`{column.text}` has no masking policy", column.span)
        case DropObject(kind=ObjectKind.MASKING_POLICY, name=Name() as name):
            for other in catalog.tables.values():
                for column_name, (policy, place) in other.policies.items():
                    if policy == name.text:
                        yield AttachedPolicyRefusal(
                            f"masking policy `{name.text}` is still attached to `{other.name}.{column_name}`",
                            name.span,
                            f"detach it first: ALTER TABLE {other.name} ALTER COLUMN {column_name} DROP MASKING POLICY",
                            cause=place,
                            cause_note="attached here",
                        )
                        return
            for (dropped, column_name), (policy, place) in catalog.attachments.items():
                if policy == name.text:
                    yield AttachedPolicyRefusal(
                        f"masking policy `{name.text}` is still attached to `{column_name}` of the dropped `{dropped}`",
                        name.span, f"make `{dropped}` again, and detach it from there", cause=place,
                        cause_note="attached here",
                    )  # fmt: skip
                    return
        case CreateObject(kind=ObjectKind.USER, roles=roles) if not catalog.opaque:
            for role in roles:
                if role.text not in catalog.named(ObjectKind.ROLE) and role.text not in catalog.unread:
                    yield CatalogueRefusal(f"there is no role `{role.text}`", role.span, "write CREATE ROLE before it")


def _unread(change: Read, catalog: Catalog) -> Iterator[Refusal]:
    for name in change.tables:
        if catalog.table(name.text) is None and not name.text.startswith(SYSTEM_PREFIX):
            yield CatalogueRefusal(f"there is no table `{name.text}`", name.span)
            return


def _standing(form: Form, change: Change, judged: Judged | None, facts: Facts) -> tuple[Hazard, ...]:
    """The form's hazards; SET crashes nothing where WHERE finds no row, and else the column knows a better literal."""
    if judged is None or not isinstance(change, UpdateRows | DeleteRows):
        return form.hazards
    kept: list[Hazard] = []
    for hazard in form.hazards:
        if not isinstance(hazard, Crashes):
            kept.append(hazard)
        elif change.where is not None and hazard.span in change.where.span:
            if not isinstance(judged.path, Point):  # beside one row by its key, no condition is looked at
                kept.append(hazard)
        elif isinstance(change, UpdateRows) and not judged.reach.no_row:
            kept.append(_bettered(hazard, judged.statement.table, change, facts))
    return tuple(kept)


def _bettered(crash: Crashes, table: Table, change: UpdateRows, facts: Facts) -> Crashes:
    """With the literal to set in place of the one that kills."""
    for assignment in change.assignments:
        column = table.column(assignment.column.text)
        stored = stored_type(column.type, facts) if column and crash.span in assignment.span else None
        if stored is not None:
            better = instead(stored, assignment.value, facts, update=True)
            return replace(crash, instead=better, remedy=no_fraction(stored, assignment.value, facts))
    return crash


def _hazards(
    change: Change, table: Table, inserted: InsertedRows | None, judged: Judged | None, facts: Facts
) -> Iterator[Hazard]:
    match change:
        case InsertRows():
            if inserted is not None:
                yield from insert_hazards(table, change, inserted, facts)
        case UpdateRows():
            nothing = judged is not None and judged.reach.no_row
            for assignment in change.assignments:
                yield from set_hazards(table, assignment, facts, nothing=nothing)
            if not nothing and (long := _oversized(table, change, facts, met=False)):
                yield long
        case AddColumn():
            yield from _returning(table, change, facts)
        case (
            DeleteRows() | Truncate() | AddTable() | DropTable() | RenameTable() | AddIndex() | DropIndex()
            | DropColumn() | RenameColumn() | ChangeType() | ChangeNullability() | ChangeDefault()
            | AddConstraint() | DropConstraint() | RenameConstraint() | CreateObject() | DropObject() | Grant()
            | AddMask() | AttachPolicy() | DetachPolicy() | SetClassification()
            | Transaction() | Read() | Comment() | Opaque()
        ):  # fmt: skip
            pass
        case never:
            assert_never(never)
    if judged is not None:
        yield from advised(judged)


def _oversized(table: Table, change: UpdateRows, facts: Facts, *, met: bool) -> OversizedChange | None:
    """Whether an UPDATE writes more than fits, where it is known to meet a row (`met`), or isn't."""
    if not may_be_too_long(change, facts.pages):
        return None
    key = key_looked_up(table, change.where, facts)
    known = bool(len(table.rows)) if change.where is None else key is not None and key in table.rows
    if known is not met:
        return None
    return update_too_long(table, change, key, facts.pages)


def _returning(table: Table, change: AddColumn, facts: Facts) -> Iterator[Poisons]:
    """A column that comes with the values it had, or that were set before it was there, and can't read them."""
    name = change.column.name
    new = stored_type(change.column.type, facts)
    dropped, ghost = table.dropped.get(name.text), table.ghosts.get(name.text)
    if new is None or (dropped is None and ghost is None) or table.column(name.text):
        return
    old = stored_type(dropped.type, facts) if dropped and dropped.type else None
    if dropped and old is not None and not _reads(old, new):
        value, instead = f"the {old} values of the dropped column", str(dropped.type)
    elif ghost is not None and update_fate(new, ghost, facts) is Fate.POISONS:
        value, instead = f"{literal_text(ghost)}, which UPDATE set before there was such a column", None
    else:
        return
    yield Poisons(table.name, name.text, str(change.column.type), value, change.column.type_span, instead)


def _reads(old: DataType, new: DataType) -> bool:
    """Whether a column of the new type reads what was stored as the old one."""
    if new.name in {"JSON", old.name}:
        return True
    if new.name in _NUMBERS:
        return old.name in _NUMBERS
    return new.name == "TEXT" and old.name in {"DECIMAL", "UUID", "BYTES"}
