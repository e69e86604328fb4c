"""What is told of the word under the cursor: the finding's card, the life of what is named, the engine's word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kmblint.analysis.life import Event, life
from kmblint.errors import page_of
from kmblint.lint.cards import Card
from kmblint.redaction import Secrets
from kmblint.replay.leaks import leaks
from kmblint.replay.transcript import entry_of
from kmblint.reporters.characters import by_backticks, visible
from kmblint.schema.catalog import Column, Table
from kmblint.schema.changes import AddColumn, AddTable, ChangeType
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.types import DataType
from kmblint.server.folder import Answer
from kmblint.server.names import Situation, Thing, situation_at, thing_of, token_at
from kmblint.text import Place, Span

_SIGNS: Final = re.compile(r"[\\`*_\[\]<>#!|~&$]")
_EVENTS: Final = 12
"""As many of the newest events of a life are told, and the first."""


def hover(answer: Answer, file: str, offset: int) -> tuple[str, Span | None]:
    """Markdown for an offset, and the word that it is about; empty where there is nothing to say."""
    parts = list(_cards(answer, file, offset))
    word: Span | None = None
    situation = situation_at(answer, file, offset)
    if situation is not None:
        number = token_at(situation, offset)
        thing = None if number is None else thing_of(situation, number)
        typed = _type_at(situation, offset)
        if typed is not None:
            parts.append(_stored(answer, typed[0]))
            word = typed[1]
        elif thing is not None and number is not None:
            parts.append(_told(answer, situation, thing))
            word = situation.tokens[number].span
        elif number is not None and number < 2 and situation.steps:
            parts.append(_verdict(situation))
            word = situation.tokens[number].span
    return "\n\n---\n\n".join(part for part in parts if part), word


def plain(markdown: str) -> str:
    """The same for an editor that shows no Markdown."""
    text = re.sub(r"\\([^\w\s])", r"\1", markdown.replace("**", ""))
    return re.sub(r"^```\w*\n?", "", text, flags=re.MULTILINE).replace("---\n\n", "")


def _cards(answer: Answer, file: str, offset: int) -> Iterator[str]:
    """The cards of the findings that stand there, each once."""
    rules = dict.fromkeys(
        diagnostic.rule
        for diagnostic in answer.report.diagnostics
        if diagnostic.finding.place.file == file and diagnostic.finding.place.span.touches(offset)
    )
    for slug in rules:
        rule = answer.rulebook.get(slug)
        if rule is not None:
            yield _card(rule.card)


def _card(card: Card) -> str:
    sections = dict(re.findall(r"^## (Effect|Instead)\n+(.*?)(?=^## |\Z)", card.text, re.MULTILINE | re.DOTALL))
    told = [f"**{card.code} {card.slug}**: {card.summary}"]
    told += [f"**{name}**\n\n{sections[name].strip()}" for name in ("Effect", "Instead") if sections.get(name)]
    return "\n\n".join([*told, f"[The whole card]({page_of(card.slug)})"])


def _type_at(situation: Situation, offset: int) -> tuple[DataType, Span] | None:
    """The type that is written at an offset, and where."""
    for change in situation.statement.changes:
        definitions = change.columns if isinstance(change, AddTable) else ()
        definitions = (change.column,) if isinstance(change, AddColumn) else definitions
        for definition in definitions:
            if definition.type_span.touches(offset):
                return definition.type, definition.type_span
        if isinstance(change, ChangeType):
            span = _span_of(situation, change.to, offset)
            if span is not None:
                return change.to, span
    return None


def _span_of(situation: Situation, wanted: DataType, offset: int) -> Span | None:
    """The first word of a type, where the offset lies on it."""
    first = wanted.name.partition(" ")[0]
    tokens = (token.span for token in situation.tokens if token.upper == first)
    return next((span for span in tokens if span.touches(offset)), None)


def _stored(answer: Answer, declared: DataType) -> str:
    stored = answer.target.stored_type(declared)
    if stored is None:
        return f"{_code(str(declared))}: {answer.target.name} refuses this type"
    if stored == declared:
        return f"{_code(str(declared))}: kept as it is written"
    return f"{_code(str(declared))}: {answer.target.name} keeps it as {_code(str(stored))}"


def _verdict(situation: Situation) -> str:
    """How the statement ends, and what is otherwise than written."""
    entry = entry_of(situation.steps)
    lines = [f"**{entry.verdict.value}**"]
    lines += [f"- {_inline(text)}" for text in (*map(entry.secrets.masked, entry.changes), *entry.reasons)]
    lines += [f"- {_inline(text)}" for text in entry.surprises]
    return "\n".join([lines[0], "", *lines[1:]]) if lines[1:] else lines[0]


def _told(answer: Answer, situation: Situation, thing: Thing) -> str:
    table = situation.table(thing.table)
    if table is None:
        return ""
    if thing.kind is ObjectKind.INDEX:
        index = table.index(thing.name)
        columns = ", ".join(each or "…" for each in index.meant) if index else "…"
        head = f"index {_code(thing.name)} on {_code(thing.table)} ({_inline(columns)})"
        return f"{head}\n\nmade in {_where(answer, thing.made)}"
    column = table.column(thing.name) if thing.kind is ObjectKind.COLUMN else None
    head = _table_head(answer, table) if thing.kind is ObjectKind.TABLE else ""
    if column is not None:
        head = f"column {_code(f'{thing.table}.{thing.name}')}: {_column(answer, table, column)}"
    return "\n\n".join([head, _life(answer, thing)])


def _table_head(answer: Answer, table: Table) -> str:
    columns = (f"- {_code(column.name)} {_column(answer, table, column)}" for column in table.columns)
    return "\n".join([f"table {_code(table.name)}", "", *columns])


def _column(answer: Answer, table: Table, column: Column) -> str:
    stored = answer.target.stored_type(column.type)
    kept = "" if stored is None or stored == column.type else f" (kept as {stored})"
    rule = ", key" if column.name in table.primary_key else "" if column.nullable else ", not null"
    return _inline(f"{column.type}{kept}{rule}")


def _life(answer: Answer, thing: Thing) -> str:
    """The events of its life, under the name that it has at the end."""
    table, column = thing.table, thing.name if thing.kind is ObjectKind.COLUMN else None
    for there in answer.replay.end.tables.values():
        if column is None and there.made == thing.made:
            table = there.name
        if column is not None:
            now = next((each.name for each in there.columns if each.made == thing.made), None)
            if now is not None:
                table, column = there.name, now
    events = life(answer.replay, table, column)
    told = [f"- {_where(answer, event.place)}: {_inline(_masked(answer, event))}" for event in events]
    if len(told) > _EVENTS + 1:
        told = [told[0], f"- … {len(told) - _EVENTS - 1} more …", *told[-_EVENTS:]]
    return "\n".join(told)


def _masked(answer: Answer, event: Event) -> str:
    """What is told of an event, without the secrets of its statements."""
    steps = answer.replay.by_file.get(event.place.file, ()) if event.reason else ()
    hidden = [
        (step.migration.source, secret.span)
        for step in steps
        if step.statement.span == event.place.span
        for secret in leaks(step)
    ]
    return Secrets(hidden).masked(event.told)


def _where(answer: Answer, place: Place) -> str:
    return _code(f"{place.file}:{answer.source(place.file).position(place.span.start).line}")


def _code(text: str) -> str:
    """A text as code, with a fence longer than any that stands in it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    gap = " " if longest else ""
    return f"{fence}{gap}{visible(text)}{gap}{fence}"


def _inline(text: str) -> str:
    """A text on one line: names in backticks as code, the rest as it reads."""
    return "".join(
        _code(part) if is_code else _SIGNS.sub(lambda sign: f"\\{sign[0]}", part)
        for part, is_code in by_backticks(visible(text))
    )
