"""A table is made under the name of one that was dropped."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related, Severity
from kmblint.replay.steps import Replay, Step
from kmblint.schema.changes import AddColumn, AddIndex, AddTable, DeleteRows, DropTable, InsertRows
from kmblint.targets import Target


def check(change: AddTable, step: Step, replay: Replay, target: Target) -> Iterator[Finding]:
    """Both places, and what of the old table is still about: its name, or the entries of its indexes too."""
    name = change.table.text
    dropped = step.before.dropped.get(name)
    if dropped is None or dropped.renamed_to is not None or step.before.table(name):
        return
    living = [] if target.capabilities.drops_dependents else _living_indexes(change, step, replay)
    yield _haunted(change, step, living) if living else _renamed(change, step, target)


def _renamed(change: AddTable, step: Step, target: Target) -> Finding:
    """The name alone is left of the old table, or indexes that nothing leads through."""
    name = change.table.text
    dropped = step.before.dropped[name]
    stale = [index.name for index in step.before.stale_indexes(name)]
    if not target.capabilities.drops_dependents:
        indexes = ", ".join(f"`{index}`" for index in stale)
        effect = "time travel shows two tables under one name" + (
            f", and its old index{'es' if len(stale) > 1 else ''} {indexes} can't be made again" if stale else ""
        )
    else:
        effect = "programs and reports take the one for the other"
    remade = dropped.place.file == step.migration.file and step.history.populated_at(dropped.made.file, step.migration)
    if remade:
        why = step.history.why_populated(dropped.made.file, step.migration)
        effect = f"the rows of the first ({why}) are gone, and {effect}"
    return Finding(
        step.place(change.table.span),
        f"`{name}` is the name of a table that was dropped {step.said(dropped.place)}: {effect}",
        help="keep the first until no program reads it, and give the new table a name of its own"
        if remade
        else "give the new table a name of its own",
        related=(Related(dropped.made, "the first one was made here"), Related(dropped.place, "it was dropped here")),
        subject=name,
        severity=Severity.ERROR if remade else None,
    )


def _haunted(change: AddTable, step: Step, living: list[tuple[Step, AddIndex]]) -> Finding:
    """Indexes of the old table lead to its dropped rows, by columns that the new one has too."""
    name = change.table.text
    dropped = step.before.dropped[name]
    names = " and ".join(f"`{index.name}`" for _, index in living)
    emptied = "" if step.history.is_applied(dropped.place.file) else ", or empty the old one before it is dropped"
    first = _first(living[0])
    return Finding(
        step.place(change.table.span),
        f"`{name}` gets the old index{'es' if len(living) > 1 else ''} {names} of the table that was dropped "
        f"{step.said(dropped.place)}, and with {'them' if len(living) > 1 else 'it'} the dropped rows: a search by "
        f"`{first}` finds a new row by the old value of its key, and changes or deletes it",
        help=f"give the new table a name of its own{emptied}",
        related=(
            Related(dropped.place, "dropped with its rows here"),
            *(Related(made.place(made.statement.span), f"`{index.name}` is made here") for made, index in living),
        ),
        subject=name,
        severity=Severity.ERROR,
    )


def _living_indexes(change: AddTable, step: Step, replay: Replay) -> list[tuple[Step, AddIndex]]:
    """The indexes of the dropped table that may hold entries and of which the new one has the first column."""
    name = change.table.text
    dropping = next((each for each in replay.earlier(step, DropTable) if each.subject == name), None)
    if dropping is None or not _leaves_entries(dropping, replay):
        return []
    columns = {column.name.text for column in change.columns} | _added_later(name, step, replay)
    return [each for each in _indexes(name, step, replay) if _first(each) in columns]


def _added_later(table: str, step: Step, replay: Replay) -> set[str]:
    """The columns that later statements add to the new table, to which an old index leads as well."""
    added: set[str] = set()
    for later in replay.later(step, AddColumn, DropTable):
        if later.subject != table:
            continue
        if not isinstance(later.change, AddColumn):
            break
        added.add(later.change.column.name.text)
    return added


def _leaves_entries(dropping: Step, replay: Replay) -> bool:
    """Whether the table that is dropped may hold rows, so that its indexes do."""
    name = dropping.subject
    there = dropping.before.table(name)
    rows = there is not None and len(there.rows) > 0
    for earlier in replay.earlier(dropping, DeleteRows, InsertRows, AddTable):
        if earlier.subject != name:
            continue
        match earlier.change:
            case InsertRows() if rows or not _keys_known(earlier):
                return True
            case DeleteRows(where=None) if earlier.migration is dropping.migration:
                return False
            case AddTable():
                break
    return dropping.populated(name)


def _keys_known(insert: Step) -> bool:
    """Whether each row of an INSERT is known by its key, so that what deletes it is known too."""
    inserted = insert.outcome.inserted
    return inserted is not None and all(row.key is not None for row in inserted.rows)


def _indexes(table: str, step: Step, replay: Replay) -> list[tuple[Step, AddIndex]]:
    """The indexes that were ever made on a table of this name, the oldest first."""
    made = [
        (earlier, earlier.change)
        for earlier in replay.earlier(step, AddIndex)
        if isinstance(earlier.change, AddIndex) and earlier.subject == table and not earlier.outcome.refusals
    ]
    return made[::-1]


def _first(made: tuple[Step, AddIndex]) -> str | None:
    """The first column of an index."""
    column = made[1].parts[0].column if made[1].parts else None
    return None if column is None else column.text
