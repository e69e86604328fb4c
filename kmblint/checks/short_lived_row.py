"""Rows whose page has no room for the changes to come."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from kmblint.analysis.row_lives import Death, Life, declared_length, left_of_rewritten, lives
from kmblint.findings import Confidence, Finding, Related, Severity
from kmblint.replay.steps import Replay, Step
from kmblint.schema.changes import AddColumn, AddTable, DropTable, UpdateRows
from kmblint.schema.rows import Key
from kmblint.targets import Target
from kmblint.targets.capabilities import Pages
from kmblint.targets.verdict import Verdict
from kmblint.text import Place
from kmblint.wording import counted


def check(replay: Replay, target: Target, *, min_updates: int) -> Iterator[Finding]:
    """The write that a row doesn't survive; else the last write of a row that stands few more; else a wide column."""
    pages = target.capabilities.pages
    if pages is None:
        return
    deaths, tables = lives(replay, pages)
    told: set[tuple[Place, str]] = set()
    for death in deaths:
        place = death.step.place(death.step.statement.span)
        if (place, death.table) not in told and place.file in replay.history.by_file:
            told.add((place, death.table))
            yield _death(death, place)
    wide: dict[tuple[Place, str], tuple[Key, Life]] = {}
    for (name, _), rows in tables.items():
        for key, life in rows.items():
            if life.there and life.left < min_updates:
                wide.setdefault((life.writes[-1], name), (key, life))
    for (place, name), (key, life) in sorted(wide.items(), key=lambda each: each[0]):
        if (place, name) not in told and place.file in replay.history.by_file:
            yield _short(place, name, key, life)
    yield from _rewritten(replay, pages, min_updates, {name for _, name in (*told, *wide)})
    for step in replay.all_of(AddTable, AddColumn):
        yield from _declared(step, pages, min_updates)


def _death(death: Death, place: Place) -> Finding:
    writes = death.life.writes
    first = writes[0]
    return Finding(
        place,
        f"the page of the row {_shown(death.row)} of `{death.table}` is full: this would be its version "
        f"{len(writes)}, of {death.life.size:,} bytes: {_lost(death.life.pages)}",
        help="write the row once, with the values that it is to have; to change it often, keep the long texts in a "
        "table of their own, whose rows are only added",
        related=(Related(first, "written first here"),) if first != place else (),
        subject=death.table,
        severity=Severity.ERROR,
    )


def _lost(pages: Pages) -> str:
    return f"the statement is refused, and the row may be lost with up to {pages.rows_beside} beside it"


def _short(place: Place, name: str, key: Key, life: Life) -> Finding:
    versions = len(life.writes)
    before = f", its version {versions}," if versions > 1 else ""
    return Finding(
        place,
        f"the row {_shown(key)} of `{name}` takes {life.size:,} bytes{before} and stands {_stands(life.left)}: with "
        f"the next one {_lost(life.pages)}",
        help="keep the long texts in a table of their own, whose rows are only added and never changed"
        if versions == 1
        else "write the row once; all versions of a row share one page, and neither DELETE nor DROP COLUMN makes room",
        related=(Related(life.writes[0], "written first here"),) if life.writes[0] != place else (),
        subject=name,
    )


def _rewritten(replay: Replay, pages: Pages, min_updates: int, told: Collection[str]) -> Iterator[Finding]:
    """The UPDATE of every row that leaves too little room, by the least that a row of the table takes."""
    updates: dict[str, list[Step]] = {}
    for step in replay.all_of(DropTable, UpdateRows):
        if isinstance(step.change, DropTable):
            updates.pop(step.subject, None)
        elif _of_every_row(step):
            updates.setdefault(step.subject, []).append(step)
    for name, steps in updates.items():
        table, last = replay.end.table(name), steps[-1]
        place = last.place(last.statement.span)
        if table is None or name in told or place.file not in replay.history.by_file:
            continue
        size, left = left_of_rewritten(table, len(steps), pages)
        if left < min_updates:
            yield Finding(
                place,
                f"migrations rewrite every row of `{name}` {len(steps)} times; a row of {size} bytes, the least that "
                f"one takes, stands {_stands(left)}, and with the next one it may be lost",
                help="set what can be set when a row is inserted; make a new table for what changes often",
                related=tuple(Related(step.place(step.statement.span), "rewritten here") for step in steps[:-1][-3:]),
                subject=name,
                confidence=Confidence.MEDIUM,
            )


def _of_every_row(step: Step) -> bool:
    change = step.change
    return isinstance(change, UpdateRows) and change.where is None and step.outcome.verdict is Verdict.TAKEN


def _declared(step: Step, pages: Pages, min_updates: int) -> Iterator[Finding]:
    """A text column of a length that alone fills the page in fewer changes."""
    match step.change:
        case AddTable(table=table, columns=columns) if step.before.table(table.text) is None:
            pass
        case AddColumn(table=table, column=column):
            columns = (column,)
        case _:
            return
    for column in columns:
        length = declared_length(column.type, step.target)
        left = pages.updates_left(length)
        if left < min_updates:
            yield Finding(
                step.place(column.type_span),
                f"a row whose `{column.name}` is filled takes {length:,} bytes and stands {_stands(left)}: "
                "with the next one it may be lost",
                help="if rows are that long and change, keep the text in a table whose rows are only added",
                subject=f"{table}.{column.name}",
                severity=Severity.INFO,
                confidence=Confidence.LOW,
            )


def _stands(left: int) -> str:
    return "no change" if left <= 0 else f"at most {counted(left, 'more change')}"


def _shown(key: Key) -> str:
    return ", ".join(f"'{part}'" if isinstance(part, str) else str(part) for part in key)
