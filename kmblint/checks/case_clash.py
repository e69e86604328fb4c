"""Two names that differ only in case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Step
from kmblint.schema.catalog import Catalog
from kmblint.schema.changes import AddColumn, AddIndex, AddMask, AddTable, CreateObject, RenameColumn, RenameTable
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.parts import Introduced
from kmblint.text import Place
from kmblint.wording import plurals


def check(
    change: AddTable | RenameTable | AddColumn | RenameColumn | AddIndex | AddMask | CreateObject,
    step: Step,
) -> Iterator[Finding]:
    """Every new name beside one of its kind that is the same in lower case.

    Where any database may be meant, quotes keep names apart that are one without them: who writes them means it.
    """
    is_open = not step.target.capabilities.closed_world
    own: dict[tuple[ObjectKind, str | None, str], Introduced] = {}
    for new in change.introduces():
        folded = new.name.text.lower()
        twin = own.setdefault((new.kind, new.table, folded), new)
        if twin is not new and twin.name.text != new.name.text:
            if is_open and (new.name.quoted or twin.name.quoted):
                continue
            yield _finding(step, new, twin.name.text, step.place(twin.name.span))
            continue
        alike = [(name, made) for name, made in _known(step.before, new) if name.lower() == folded]
        if any(name == new.name.text for name, _ in alike):
            continue
        for name, made in alike:
            if not _renames(change, name) and not (is_open and (new.name.quoted or _is_quoted(step, name, made))):
                yield _finding(step, new, name, made)
                break


def _known(catalog: Catalog, new: Introduced) -> Iterable[tuple[str, Place]]:
    """The names that may be the same in lower case, and where each was made."""
    table = catalog.table(new.table) if new.table else None
    match new.kind:
        case ObjectKind.TABLE:
            return ((name, catalog.tables[name].made) for name in catalog.alike(new.name.text))
        case ObjectKind.COLUMN:
            names = "\n".join(("", *table.column_names, "")).lower() if table else ""
            if f"\n{new.name.text.lower()}\n" not in names:  # all at once: one name a time takes three times as long
                return ()
            return ((each.name, each.made) for each in (table.columns if table else ()))
        case ObjectKind.INDEX:
            return ((each.name, each.made) for each in (table.indexes if table else ()))
        case kind:
            others = catalog.spelt_alike(kind, new.name.text) if kind.is_own else ()
            return ((other.name, other.made) for other in others)


def _is_quoted(step: Step, name: str, made: Place) -> bool:
    """Whether a name stands in quotes where it was made."""
    text = step.written(made)
    return f'"{name}"' in text or f"`{name}`" in text


def _renames(change: object, name: str) -> bool:
    """Whether the other name goes with this very change."""
    match change:
        case RenameTable(table=old) | RenameColumn(column=old):
            return old.text == name
    return False


def _finding(step: Step, new: Introduced, other: str, made: Place) -> Finding:
    of_table = f" of `{new.table}`" if new.table else ""
    _, plural, *_ = plurals(new.kind)
    return Finding(
        step.place(new.name.span),
        f"`{new.name}` and `{other}` differ only in case, and are two {plural}{of_table} in Kimberlite",
        help=f"if `{other}` is meant, write it exactly so; if not, choose a name that can't be taken for it",
        related=(Related(made, f"`{other}` is made here"),),
        subject=new.subject,
    )
