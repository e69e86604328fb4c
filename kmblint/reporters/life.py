"""The life of a table or column, to read and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kmblint.analysis.life import Event
from kmblint.history import git
from kmblint.history.files import History
from kmblint.reporters.characters import fold, visible
from kmblint.reporters.json_document import written
from kmblint.reporters.paint import Paint
from kmblint.schema.catalog import Catalog
from kmblint.targets.verdict import Verdict


def now(end: Catalog, name: str, column: str | None) -> str:
    """What it is at the end of the history."""
    table = end.table(name)
    called = name if column is None else f"{name}.{column}"
    if table is None or (column is not None and table.column(column) is None):
        return f"{called}: not there any more"
    if column is None:
        return f"{called}: {', '.join(table.column_names)}"
    there = table.column(column)
    assert there is not None, "asked of what is there"
    rule = ", key" if column in table.primary_key else "" if there.nullable else ", not null"
    return f"{called}: {there.type}{rule}"


def as_text(
    now: str,
    events: tuple[Event, ...],
    history: History,
    origins: Mapping[str, git.Origin],
    paint: Paint,
    *,
    width: int,
) -> Iterator[str]:
    """To read: what it is now, then a block a file with its commit, and a line a statement."""
    first, *rest = fold(visible(now), width, rest=4)
    yield paint("strong", first)
    yield from (f"    {line}" for line in rest)
    told = ""
    for event in events:
        file = event.place.file
        if file != told:
            yield ""
            yield from _file(history, file, origins.get(file), paint, width)
            told = file
        line = history.sources[file].position(event.place.span.start).line
        head, *more = fold(visible(event.told), width, first=8, rest=10)
        style = "help" if event.verdict is Verdict.TAKEN else "faint" if event.verdict is Verdict.NO_OP else "error"
        yield f"{paint('gutter', f'{line:>6}')}  {paint(style, head)}"
        yield from (f"          {paint(style, each)}" for each in more)


def _file(history: History, file: str, origin: git.Origin | None, paint: Paint, width: int) -> Iterator[str]:
    yield paint("strong", visible(history.sources[file].path))
    if origin is not None:
        words = f"{origin.commit} {origin.day} {origin.author}: {origin.subject}"
        first, *rest = fold(visible(words), width, first=4, rest=8)
        yield f"    {paint('faint', first)}"
        yield from (f"        {paint('faint', each)}" for each in rest)


def as_json(name: str, events: tuple[Event, ...], history: History, origins: Mapping[str, git.Origin]) -> str:
    """One document, version 1."""
    document = {
        "version": 1,
        "name": name,
        "events": [
            {
                "file": history.sources[event.place.file].path,
                "line": history.sources[event.place.file].position(event.place.span.start).line,
                "what": event.what,
                "verdict": event.verdict.value,
                "reason": event.reason or None,
                "statements": event.count,
                "commit": _commit(origins.get(event.place.file)),
            }
            for event in events
        ],
    }
    return written(document)


def _commit(origin: git.Origin | None) -> dict[str, str] | None:
    if origin is None:
        return None
    return {"id": origin.commit, "day": origin.day, "author": origin.author, "subject": origin.subject}
