"""A table that is made again under the indexes of a dropped one, which still hold its rows."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, Related
from kmblint.replay.steps import Replay, Step
from kmblint.schema.changes import AddIndex, AddTable, DeleteRows, DropTable, InsertRows
from kmblint.schema.write import quoted


def check(change: AddTable, step: Step, replay: Replay) -> Iterator[Finding]:
    """The indexes of which the new table has the first column, and how they had been emptied."""
    name = change.table.text
    dropped = step.before.dropped.get(name)
    if dropped is None or dropped.renamed_to is not None or step.before.table(name):
        return
    dropping = next((each for each in replay.earlier(step, DropTable) if each.subject == name), None)
    if dropping is None or not _leaves_entries(dropping, replay):
        return
    columns = {column.name.text for column in change.columns}
    indexes = [each for each in _indexes(name, step, replay) if _first(each) in columns]
    if not indexes:
        return
    names = " and ".join(f"`{index.name}`" for _, index in indexes)
    emptied = f"empty the old one before the DROP TABLE: DELETE FROM {quoted(name)}; or "  # noqa: S608 - advice
    here = "" if dropping.migration.applied else emptied
    first = _first(indexes[0])
    yield Finding(
        step.place(change.table.span),
        f"`{name}` gets the old index{'es' if len(indexes) > 1 else ''} {names} of the table that was dropped "
        f"{step.said(dropped.place)}, and with {'them' if len(indexes) > 1 else 'it'} the dropped rows: a search by "
        f"`{first}` finds a new row by the old value of its key, and changes or deletes it",
        help=f"{here}give the new table a name of its own",
        related=(
            Related(dropped.place, "dropped with its rows here"),
            *(Related(made.place(made.statement.span), f"`{index.name}` is made here") for made, index in indexes),
        ),
        subject=name,
    )


def _leaves_entries(dropping: Step, replay: Replay) -> bool:
    """Whether the table that is dropped may hold rows, so that its indexes do."""
    name = dropping.subject
    for earlier in replay.earlier(dropping, DeleteRows, InsertRows, AddTable):
        if earlier.subject != name:
            continue
        match earlier.change:
            case InsertRows():
                return True
            case DeleteRows(where=None) if earlier.migration is dropping.migration:
                return False
            case AddTable():
                break
    return dropping.populated(name)


def _indexes(table: str, step: Step, replay: Replay) -> list[tuple[Step, AddIndex]]:
    """The indexes that were ever made on a table of this name, the oldest first."""
    made = [
        (each, each.change)
        for each in replay.earlier(step, AddIndex)
        if isinstance(each.change, AddIndex) and each.subject == table and not each.outcome.refusals
    ]
    return made[::-1]


def _first(made: tuple[Step, AddIndex]) -> str | None:
    """The first column of an index."""
    column = made[1].parts[0].column if made[1].parts else None
    return None if column is None else column.text
