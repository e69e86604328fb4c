"""A migration whose changes have nothing to do with each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kmblint.analysis.cohesion import is_one_kind, islands_of
from kmblint.analysis.proposals import migration_description
from kmblint.findings import Applicability, Edit, Finding, Fix, NewFile, Related
from kmblint.history.files import History, Migration
from kmblint.replay.steps import Replay, Step
from kmblint.text import Span


def check(migration: Migration, history: History, replay: Replay) -> Iterator[Finding]:
    """The first statement of the second island, with the others and the split; once a file."""
    steps = replay.by_file.get(migration.file, ())
    if len(migration.statements) < 2 or migration is history.replayed[0] or is_one_kind(steps):
        return
    islands = islands_of(steps)
    if len(islands) < 2:
        return
    names = [_file_name(history, number, island) for number, island in enumerate(islands[1:])]
    subjects = ", ".join(f"`{island[0].subject}`" for island in islands)
    yield Finding(
        islands[1][0].place(islands[1][0].statement.span),
        f"{migration.id} makes {len(islands)} changes that have nothing to do with each other: {subjects}",
        help="\n".join(
            ["one logical change a migration:"]
            + [f"{file}: {_titles(island)}" for file, island in zip([migration.file, *names], islands, strict=True)]
        ),
        related=tuple(
            Related(island[0].place(island[0].statement.span), f"another begins here, about `{island[0].subject}`")
            for island in (islands[0], *islands[2:])
        ),
        fix=_fix(migration, history, islands, names),
        subject="",
    )


def _file_name(history: History, number: int, island: Sequence[Step]) -> str:
    change = island[0].change
    name = history.next_file("changes" if change is None else migration_description(change))
    digits, _, description = name.partition("_")
    return f"{int(digits) + number:0{len(digits)}}_{description}"


def _titles(island: Sequence[Step]) -> str:
    return ", ".join(dict.fromkeys(step.statement.title for step in island))


def _fix(migration: Migration, history: History, islands: Sequence[Sequence[Step]], names: Sequence[str]) -> Fix | None:
    """All islands but the first in files behind the newest; not where a later file, or a rollback, needs them here."""
    if migration is not history.replayed[-1] or migration.down is not None:
        return None
    edits: list[Edit] = []
    files: list[NewFile] = []
    for name, island in zip(names, islands[1:], strict=True):
        spans = list(dict.fromkeys(_whole(step) for step in island))
        text = migration.source.text
        edits += [Edit(migration.place(Span(span.start, _line_end(text, span.end))), "") for span in spans]
        files.append(NewFile(name, "".join(f"{text[span.start : span.end].rstrip(';')};\n" for span in spans)))
    return Fix("write a migration for each", tuple(edits), Applicability.UNSAFE, tuple(files))


def _whole(step: Step) -> Span:
    """A statement with the comments before it and its `;`."""
    statement = step.statement
    start = min([statement.span.start, *(c.start for c in statement.comments)])
    return Span(start, statement.span.end if statement.semicolon is None else statement.semicolon + 1)


def _line_end(text: str, end: int) -> int:
    rest = text[end:]
    blank = len(rest) - len(rest.lstrip(" \t\r"))
    return end + blank + 1 if rest[blank : blank + 1] == "\n" else end
