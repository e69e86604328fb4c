"""Projects in an editor: texts are typed, and all that the language server answers is asked at odd places."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from kmblint.cli.histories import Request
from kmblint.cli.server import Disk
from kmblint.errors import KmblintError
from kmblint.history.decode import decoded
from kmblint.reporters.positions import ColumnUnit
from kmblint.server import completion, edits, hover, messages, names, outline
from kmblint.server.actions import Tried
from kmblint.server.folder import Answer, Folder, real
from kmblint.server.places import offset_of, range_of, uri_of
from kmblint.text import Place, Span
from tests.fuzzing import commands, invariants
from tests.fuzzing.inputs import Files
from tests.fuzzing.invariants import Fault, Promise
from tests.fuzzing.mutations import noise
from tests.fuzzing.projects import place_for

_EDITS = 4
_ASKED = 6
"""Places of a text at which everything is asked."""


def faults(files: Files, chance: random.Random, target: str = "kimberlite") -> list[Fault]:
    """What a project breaks while it is typed at."""
    with place_for() as place:
        project = place / "project"
        commands.write(files, project)
        (project / "migrations").mkdir(exist_ok=True)
        try:
            return [*_faults(project, chance, Request(overrides={"target.name": target}))]
        except KmblintError:
            return []
        except Exception as error:
            return [invariants.raised(error, "an editor's question")]


def _faults(project: Path, chance: random.Random, request: Request) -> Iterator[Fault]:
    disk = Disk(request)
    for root in disk.folders(real(project)):
        kept = Folder(root, disk)
        typed: dict[Path, str] = {}
        files = sorted(path for path in root.iterdir() if path.suffix == ".sql" and path.is_file())
        for _ in range(_EDITS if files else 0):
            path = chance.choice(files)
            typed[path] = _typed(chance, typed.get(path) or decoded(path.read_bytes())[0] or "")
            answer = kept.answer(typed, lambda: False, anew=False)
            fresh = Folder(root, Disk(request)).answer(typed, lambda: False, anew=False)
            yield from invariants.of_reports(Promise.SAME_AGAIN, "an editor", fresh.report, answer.report)
            yield from invariants.of_report(answer.report)
            if path in answer.names:
                yield from _questions(kept, answer, answer.names[path], chance)


def _typed(chance: random.Random, text: str) -> str:
    """A text behind some keys: less of it, something between, or noise."""
    at = chance.randrange(len(text) + 1)
    other = chance.randrange(len(text) + 1)
    keys = chance.choice((";", "'", '"', "\n", "-- ", "ALTER TABLE wards ", ".", "😀", "("))
    return chance.choice((
        lambda: text[:at],
        lambda: text[:at] + keys + text[at:],
        lambda: text[: min(at, other)] + text[max(at, other) :],
        lambda: noise(chance, text.encode("utf-8", "replace")).decode("utf-8", "replace"),
    ))()  # fmt: skip


def _questions(kept: Folder, answer: Answer, file: str, chance: random.Random) -> Iterator[Fault]:
    """All that an editor asks of a text; places that are told lie in their files, and lead back to their offsets."""
    source = answer.source(file)
    unit = chance.choice((ColumnUnit.UTF16, ColumnUnit.BYTES, ColumnUnit.CHARACTERS))
    messages.by_path(answer, unit, uri_of)
    for symbol in outline.symbols(answer, file):
        yield from _inside(answer, file, symbol.whole, "a symbol")
    for thing in outline.things(answer, chance.choice(("", "w", "id"))):
        yield from _there(answer, names.named_at(answer, thing))
    for hint in outline.hints(answer, file, Span(0, len(source.text))):
        yield from _inside(answer, file, Span(hint.offset, hint.offset), "a hint")
    tried = Tried(kept, answer)
    for _ in range(_ASKED):
        offset = chance.randrange(len(source.text) + 1)
        there = range_of(source, Span(offset, offset), unit).start
        back = offset_of(source, there, unit)
        if back != offset and source.text[offset - 1 : offset + 1] != "\r\n":  # where no editor is
            yield Fault(Promise.PLACES_LIE_INSIDE, f"offset {offset} leads back to {back}")
        _, span = hover.hover(answer, file, offset)
        if span is not None:
            yield from _inside(answer, file, span, "a hover")
        completion.completions(answer, file, offset)
        if (found := names.thing_at(answer, file, offset)) is not None:
            yield from _there(answer, names.named_at(answer, found[0]))
            for place in names.occurrences(answer, found[0]):
                yield from _there(answer, place)
    at, end = sorted(chance.randrange(len(source.text) + 1) for _ in range(2))
    for number, action in enumerate(tried.actions(file, Span(at, end), later=chance.random() < 0.8)):
        if action.draft is not None and not edits.respells(action.draft):
            edits.workspace_edit(action.draft, answer.opening.history.root, unit, uri_of, lambda _: None)
        if number > _ASKED:
            break
    tried.all_safe(file)


def _there(answer: Answer, place: Place) -> Iterator[Fault]:
    yield from _inside(answer, place.file, place.span, "a place")


def _inside(answer: Answer, file: str, span: Span, what: str) -> Iterator[Fault]:
    if not 0 <= span.start <= span.end <= max(len(answer.source(file).text), 1):
        yield Fault(Promise.PLACES_LIE_INSIDE, f"{what} lies outside of its file")
