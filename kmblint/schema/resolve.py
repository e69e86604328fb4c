"""Names as databases resolve them that know schemas and fold case: `public.t` is `t`, and `USERS` is `users`.

Kimberlite compares names as they are written; for other databases, a change is given the names that are there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

import msgspec

from kmblint.schema.catalog import Catalog
from kmblint.schema.changes import AddTable, Change, CreateObject
from kmblint.schema.conflict import Conflict, UnknownColumn, UnknownObject
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.parts import Name, bare
from kmblint.schema.predicate import ColumnRef, Query

_LONGEST: Final = 63
"""PostgreSQL cuts longer names."""
_Struct = TypeVar("_Struct", bound=msgspec.Struct)


def resolved(catalog: Catalog, change: Change) -> Change:
    """The change with the tables as the catalogue spells them, where it has them under another spelling."""
    spelt = _without_schemas(name.text for name in change.objects)
    if isinstance(change, CreateObject) and change.on is not None:
        spelt |= _table(catalog, change.on.text)
    for name in (*change.touches(), *getattr(change, "reads", ())):
        if name.text not in catalog.tables:
            spelt |= _table(catalog, name.text)
    if not spelt:
        return change
    made = {new.name.text for new in change.introduces() if new.kind is ObjectKind.TABLE}
    spelt = {old: new for old, new in spelt.items() if old not in made}
    spelt |= _without_schemas(made)
    return _respelt(change, spelt) if spelt else change


def _without_schemas(names: Iterable[str]) -> dict[str, str]:
    return {name: meant for name in names if (meant := bare(name)) != name}


def _table(catalog: Catalog, text: str) -> dict[str, str]:
    meant = bare(text)
    if not catalog.is_readable(meant):
        meant = alike(meant, catalog.alike(meant)) or meant
    return {text: meant} if meant != text else {}


def respelt(catalog: Catalog, change: Change, conflicts: Iterable[Conflict]) -> Change:
    """The change with the columns, constraints and indexes that it names as the catalogue spells them."""
    spelt: dict[str, str] = {}
    for conflict in conflicts:
        match conflict:
            case UnknownColumn(table=name, column=column):
                table = catalog.table(name)
                known = table.column_names if table else ()
                if isinstance(change, AddTable):
                    known = tuple(each.name.text for each in change.columns)
                meant = alike(column.text, known)
            case UnknownObject(kind=ObjectKind.CONSTRAINT, name=column, table=str() as name):
                table = catalog.table(name)
                meant = alike(column.text, (d.name for d in table.constraints if d.name) if table else ())
            case UnknownObject(kind=ObjectKind.INDEX, name=column):
                tables = (catalog.table(conflict.table),) if conflict.table else catalog.tables.values()
                bare = column.text.rpartition(".")[2]
                meant = alike(bare, (index.name for table in tables if table for index in table.indexes))
            case _:
                continue
        if meant is not None:
            spelt[column.text] = meant
    return _respelt(change, spelt) if spelt else change


def alike(name: str, known: Iterable[str]) -> str | None:
    """The one name that is written alike, but for case and for what PostgreSQL cuts off; None of several."""
    folded = name.casefold()
    same = {each for each in known if each.casefold() == folded or (len(name) == _LONGEST and each.startswith(name))}
    return same.pop() if len(same) == 1 else None


def _respelt(part: _Struct, spelt: Mapping[str, str]) -> _Struct:
    """A change, or any part of it, with names in other spellings."""
    changes: dict[str, object] = {}
    if isinstance(part, Name):
        changes = {"text": spelt.get(part.text, part.text)}
    elif isinstance(part, ColumnRef):
        changes = {
            "name": spelt.get(part.name, part.name),
            "qualifier": spelt.get(part.qualifier or "", part.qualifier),
        }
    elif isinstance(part, Query):
        changes = {"tables": tuple(spelt.get(each, each) for each in part.tables)}
    else:
        for field in part.__struct_fields__:
            old = getattr(part, field)
            if isinstance(old, msgspec.Struct):
                changes[field] = _respelt(old, spelt)
            elif isinstance(old, tuple):
                changes[field] = tuple(_respelt(x, spelt) if isinstance(x, msgspec.Struct) else x for x in old)
    return msgspec.structs.replace(part, **changes) if changes else part
