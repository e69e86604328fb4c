"""A name that breaks some statement of the engine."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.schema.changes import AddColumn, AddTable, RenameColumn, RenameTable
from kmblint.schema.parts import Name
from kmblint.sql.scanner import Kind
from kmblint.sql.statement import Problem, Statement
from kmblint.targets.kimberlite.facts import BROKEN_NAMES, STORED_TYPES
from kmblint.targets.verdict import Verdict


def check(
    change: AddTable | RenameTable | AddColumn | RenameColumn | Problem, step: Step, statement: Statement
) -> Iterator[Finding]:
    """Every new table and column of such a name; a column's quotes are enough to keep it."""
    if isinstance(change, Problem):
        yield from (_finding(step, "column", name, name.text) for name in _unreadable(statement))
        return
    if step.outcome.verdict is Verdict.NO_OP:
        return
    for new in change.introduces():
        if new.name.text.upper() in BROKEN_NAMES.get(new.kind, {}) and not (new.kind == "column" and new.name.quoted):
            yield _finding(step, new.kind, new.name, new.subject)


def _unreadable(statement: Statement) -> Iterator[Name]:
    """Columns of a CREATE TABLE that can't be read because of their names: the word and a type behind it."""
    words = [name for name, broken in BROKEN_NAMES["column"].items() if "CREATE TABLE" in broken]
    for before, (token, behind) in zip(statement.tokens, pairwise(statement.tokens[1:]), strict=False):
        opens = before.text in ("(", ",")
        if opens and token.kind is Kind.WORD and token.upper in words and behind.upper in STORED_TYPES:
            yield Name(token.text, token.span)


def _finding(step: Step, kind: str, name: Name, subject: str) -> Finding:
    broken = BROKEN_NAMES[kind][name.text.upper()]
    *most, last = [f"`{statement}`" for statement in broken]
    listed = f"{', '.join(most)} and {last}" if most else last
    return Finding(
        step.place(name.span),
        f"{kind} `{name}` can't be named in {listed}: the engine reads the word as something else there",
        help="choose another name" if kind == "table" else f'choose another name, or write `"{name}"` everywhere',
        subject=subject,
    )
