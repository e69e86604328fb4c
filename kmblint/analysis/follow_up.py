"""What a migration behind the others must say, so that an edit of an applied file reaches every database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kmblint.history.files import Migration
from kmblint.schema.changes import AddTable
from kmblint.sql.parse import statements
from kmblint.sql.statement import Statement
from kmblint.text import Source


def follow_up(old: Source, edited: Migration) -> str:
    """The statements that the edit added, and ADD COLUMN for the columns that it wrote into a CREATE TABLE.

    Empty where the edit took something away or changed it: nobody can say what that was to mean.
    """
    before = statements(old, old.everything)
    now = edited.statements
    gone = _without(before, now)
    added = _without(now, before)
    tables = {change.table.text: change for one in gone for change in one.changes if isinstance(change, AddTable)}
    written: list[str] = []
    for statement in added:
        made = next((change for change in statement.changes if isinstance(change, AddTable)), None)
        if made is not None and made.table.text in tables:
            columns = list(_new_columns(tables.pop(made.table.text), made, old, edited.source))
            if not columns:
                return ""
            written += columns
        else:
            written.append(f"{edited.source.slice(statement.span)};")
    changed = len(gone) - sum(1 for one in gone if any(isinstance(change, AddTable) for change in one.changes))
    return "" if changed or tables else "".join(f"{sql}\n" for sql in written)


def _without(these: Iterable[Statement], those: Iterable[Statement]) -> list[Statement]:
    """The statements whose words are in none of the others."""
    known = [_words(statement) for statement in those]
    left: list[Statement] = []
    for statement in these:
        words = _words(statement)
        if words in known:
            known.remove(words)
        else:
            left.append(statement)
    return left


def _words(statement: Statement) -> tuple[str, ...]:
    return tuple(token.text for token in statement.tokens)


def _new_columns(before: AddTable, now: AddTable, old: Source, new: Source) -> Iterator[str]:
    """ADD COLUMN for each new column; nothing where more than columns differs."""
    known = {column.name.text: old.slice(column.span) for column in before.columns}
    kept = {column.name.text: new.slice(column.span) for column in now.columns}
    if any(kept.get(name) != text for name, text in known.items()):
        return
    for name, text in kept.items():
        if name not in known:
            yield f"ALTER TABLE {now.table} ADD COLUMN {' '.join(text.split())};"
