"""What the engine's quirks leave behind in the catalogue once a change has happened."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from kmblint.schema.alter import PlaceOf
from kmblint.schema.catalog import Catalog, Former, Index, Poison, Table
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
from kmblint.schema.ordered import OrderedMap
from kmblint.schema.rows import literal_rows, with_row
from kmblint.targets.kimberlite.facts import Facts
from kmblint.targets.kimberlite.outcome_rows import key_looked_up
from kmblint.targets.outcome import Outcome
from kmblint.targets.verdict import GhostColumn, Poisons, Verdict
from kmblint.text import Place


def after(catalog: Catalog, change: Change, outcome: Outcome, place_of: PlaceOf, facts: Facts) -> Catalog:
    """The catalogue with what stays behind; `catalog` is what the generic `apply` made of the change.

    Of a refused INSERT the rows before the refused one are in.
    """
    table = catalog.table_of(change)
    if table is None or outcome.verdict is Verdict.NO_OP:
        return catalog
    taken = outcome.verdict is Verdict.TAKEN
    match change:
        case InsertRows():
            return catalog.put(_inserted(table, change, outcome, place_of))
        case UpdateRows():
            updated = _updated(table, change, outcome, place_of, facts)
            return catalog.put(_with_found(updated, outcome)) if taken else catalog
        case DeleteRows():
            return catalog.put(_with_found(table, outcome)) if taken else catalog
        case AddColumn():
            return catalog.put(_poisons(table, outcome, place_of, None)) if taken else catalog
        case AddIndex(name=index):
            return _indexed(catalog, table, change, index.text, outcome) if index else catalog
        case AttachPolicy(column=column, policy=policy):
            attached = catalog.attachments.insert((table.name, column.text), (policy.text, place_of(change.span)))
            return replace(catalog, attachments=attached)
        case DetachPolicy(column=column):
            return replace(catalog, attachments=catalog.attachments.discard((table.name, column.text)))
        case AddTable():
            return catalog.put(_reattached(catalog, table, place_of(change.span)))
        case (
            Truncate() | DropTable() | RenameTable() | DropIndex() | AddMask() | SetClassification()
            | DropColumn() | RenameColumn() | ChangeType() | ChangeNullability() | ChangeDefault()
            | AddConstraint() | DropConstraint() | RenameConstraint() | CreateObject() | DropObject() | Grant()
            | Transaction() | Read() | Comment() | Opaque()
        ):  # fmt: skip
            return catalog


_NONE: Final[OrderedMap[str, Index]] = OrderedMap()


def _indexed(catalog: Catalog, table: Table, change: AddIndex, name: str, outcome: Outcome) -> Catalog:
    """The name stays registered for ever, also when table or column go."""
    table = _without_quoted(table, change, name, outcome)
    made = table.index(name)
    assert made is not None  # `apply` has made it
    known = catalog.registered.get(table.name, _NONE).insert(name, made)
    return replace(catalog.put(table), registered=catalog.registered.insert(table.name, known))


def _poisons(table: Table, outcome: Outcome, place_of: PlaceOf, row: tuple[object, ...] | None) -> Table:
    poisons = tuple(
        Poison(hazard.column, hazard.value, place_of(hazard.span), row)
        for hazard in outcome.hazards
        if isinstance(hazard, Poisons)
    )
    return replace(table, poisons=(*table.poisons, *poisons)) if poisons else table


def _inserted(table: Table, change: InsertRows, outcome: Outcome, place_of: PlaceOf) -> Table:
    """The poisons of the rows; `apply` has put in the keys, save those of an INSERT that fails half-way."""
    inserted = outcome.inserted
    if inserted is None or (outcome.verdict is Verdict.REFUSED and inserted.refusal is None):
        return table
    rows = table.rows
    poisons = [*table.poisons]
    skips = change.on_conflict is not None and not change.on_conflict.update
    for judged in inserted.rows:
        key, here = judged.key, place_of(judged.row.span)
        held = key is not None and key in rows and rows[key].place != here
        if not (held and skips):
            written = (hazard for hazard in judged.hazards if isinstance(hazard, Poisons))
            poisons += (Poison(hazard.column, hazard.value, place_of(hazard.span), key) for hazard in written)
        if held and key is not None:
            poisons += _set_on_conflict(change, outcome, place_of, key)
        if key is not None:
            new = dict(zip(inserted.columns, judged.row.values, strict=True))
            on_conflict = change.on_conflict if outcome.verdict is Verdict.REFUSED else None
            sure = not table.unseen or on_conflict is None
            rows = with_row(rows, key, new, here, on_conflict, sure=sure)
    if change.on_conflict and change.on_conflict.update:
        poisons = _rewritten(table, change, poisons)
    if rows is table.rows and tuple(poisons) == table.poisons:
        return table
    return replace(table, rows=rows, poisons=tuple(poisons))


def _set_on_conflict(
    change: InsertRows, outcome: Outcome, place_of: PlaceOf, key: tuple[object, ...]
) -> tuple[Poison, ...]:
    """The poisons that DO UPDATE SET writes into a row that is there."""
    if change.on_conflict is None:
        return ()
    return tuple(
        Poison(hazard.column, hazard.value, place_of(hazard.span), key)
        for hazard in outcome.hazards
        if isinstance(hazard, Poisons) and hazard.span in change.on_conflict.span
    )


def _rewritten(table: Table, change: InsertRows, poisons: list[Poison]) -> list[Poison]:
    """DO UPDATE over a poisoned row with another value mends it."""
    keys = {key for key, _ in literal_rows(table, change)}
    assert change.on_conflict is not None
    mended = {assignment.column.text for assignment in change.on_conflict.assignments}
    old = set(table.poisons)
    return [p for p in poisons if not (p in old and p.row in keys and p.column in mended)]


def _updated(table: Table, change: UpdateRows, outcome: Outcome, place_of: PlaceOf, facts: Facts) -> Table:
    if any(isinstance(each, Poisons) for each in outcome.hazards):
        table = _poisons(table, outcome, place_of, key_looked_up(table, change.where, facts))
    unseen = {each.column for each in outcome.hazards if isinstance(each, GhostColumn)}
    if not unseen:
        return table
    ghosts = table.ghosts
    for assignment in change.assignments:
        if assignment.column.text in unseen:
            ghosts = ghosts.insert(assignment.column.text, assignment.value)
    return replace(table, ghosts=ghosts)


def _without_quoted(table: Table, change: AddIndex, name: str, outcome: Outcome) -> Table:
    """An index on a quoted column is on no column that there is."""
    quoted = {hazard.span for hazard in outcome.hazards if isinstance(hazard, GhostColumn)}
    if not quoted:
        return table
    columns = tuple(
        None if part.column is None or part.column.span in quoted else part.column.text for part in change.parts
    )
    indexes = (replace(i, columns=columns, declared=i.columns) if i.name == name else i for i in table.indexes)
    return replace(table, indexes=tuple(indexes))


def _with_found(table: Table, outcome: Outcome) -> Table:
    """The known rows as the engine leaves them, whatever was meant."""
    left = outcome.found
    return table if left is None else replace(table, rows=left.rows, former=left.former)


def _reattached(catalog: Catalog, table: Table, made: Place) -> Table:
    """Policies, indexes and what stands in these stay with a table's name when it is dropped and made again."""
    dropped = catalog.dropped.get(table.name)
    if dropped is not None and dropped.renamed_to is None and table.made == made:
        stale = catalog.stale_indexes(table.name)
        former = (*dropped.former, *(Former(index, dropped.rows) for index in stale if dropped.rows))
        table = replace(table, former=former)
    policies = table.policies
    for (name, column), attached in catalog.attachments.items():
        if name == table.name:
            policies = policies.insert(column, attached)
    return replace(table, policies=policies)
