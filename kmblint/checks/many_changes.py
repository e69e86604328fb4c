"""A migration whose changes have nothing to do with each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kmblint.analysis.cohesion import components_of, is_one_kind
from kmblint.analysis.proposals import migration_description
from kmblint.findings import Applicability, Edit, Finding, Fix, NewFile, Related
from kmblint.history.files import History, Migration
from kmblint.replay.steps import Part, Step
from kmblint.text import Span


def check(part: Part, history: History) -> Iterator[Finding]:
    """The first statement of the second component, with the others and the split; once a file."""
    migration, steps = part.migration, part.steps
    if len(migration.statements) < 2 or len({step.subject for step in steps}) < 2 or is_one_kind(steps):
        return
    components = components_of(steps)
    if len(components) < 2 or migration is history.replayed[0]:  # the history last: it is then asked each time
        return
    names = [_file_name(history, number, component) for number, component in enumerate(components[1:])]
    subjects = ", ".join(f"`{component[0].subject}`" for component in components)
    yield Finding(
        components[1][0].place(components[1][0].statement.span),
        f"{migration.id} makes {len(components)} changes that have nothing to do with each other: {subjects}",
        help="\n".join(
            ["one logical change a migration:"]
            + [
                f"{file}: {_titles(component)}"
                for file, component in zip([migration.file, *names], components, strict=True)
            ]
        ),
        related=tuple(
            Related(
                component[0].place(component[0].statement.span), f"another begins here, about `{component[0].subject}`"
            )
            for component in (components[0], *components[2:])
        ),
        fix=_fix(migration, history, components, names),
        subject="",
    )


def _file_name(history: History, number: int, component: Sequence[Step]) -> str:
    change = component[0].change
    name = history.next_file("changes" if change is None else migration_description(change))
    digits, _, description = name.partition("_")
    return f"{int(digits) + number:0{len(digits)}}_{description}"


def _titles(component: Sequence[Step]) -> str:
    return ", ".join(dict.fromkeys(step.statement.title for step in component))


def _fix(
    migration: Migration, history: History, components: Sequence[Sequence[Step]], names: Sequence[str]
) -> Fix | None:
    """All but the first in files behind the newest; not where a later file, or a rollback, needs them here."""
    if migration is not history.replayed[-1] or migration.down is not None:
        return None
    edits: list[Edit] = []
    files: list[NewFile] = []
    for name, component in zip(names, components[1:], strict=True):
        spans = list(dict.fromkeys(_whole(step) for step in component))
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
