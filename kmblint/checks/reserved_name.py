"""A name that breaks some statement of the engine."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.schema.changes import AddColumn, AddTable, RenameColumn, RenameTable
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.parts import Name
from kmblint.schema.types import DataType
from kmblint.sql.scanner import Kind
from kmblint.sql.statement import Problem, Statement
from kmblint.targets import Target
from kmblint.targets.verdict import Verdict
from kmblint.wording import listed


def check(
    change: AddTable | RenameTable | AddColumn | RenameColumn | Problem, step: Step, statement: Statement
) -> Iterator[Finding]:
    """Every new table and column of such a name; a column's quotes are enough to keep it."""
    if isinstance(change, Problem):
        yield from (_finding(step, ObjectKind.COLUMN, name, name.text) for name in _unreadable(statement, step.target))
        return
    if step.outcome.verdict is Verdict.NO_OP:
        return
    broken_names = step.target.capabilities.broken_names
    for new in change.introduces():
        keeps_quotes = new.kind is ObjectKind.COLUMN and new.name.quoted
        if new.name.text.upper() in broken_names.get(new.kind, {}) and not keeps_quotes:
            yield _finding(step, new.kind, new.name, new.subject)


def _unreadable(statement: Statement, target: Target) -> Iterator[Name]:
    """Columns of a CREATE TABLE that can't be read because of their names: the word and a type behind it."""
    names = target.capabilities.broken_names.get(ObjectKind.COLUMN, {})
    words = [name for name, broken in names.items() if "CREATE TABLE" in broken]
    for before, (token, behind) in zip(statement.tokens, pairwise(statement.tokens[1:]), strict=False):
        opens = before.text in ("(", ",")
        if (
            opens
            and token.kind is Kind.WORD
            and token.upper in words
            and target.stored_type(DataType(behind.upper)) is not None
        ):
            yield Name(token.text, token.span, quoted=False)


def _finding(step: Step, kind: ObjectKind, name: Name, subject: str) -> Finding:
    statements = listed(
        f"`{statement}`" for statement in step.target.capabilities.broken_names[kind][name.text.upper()]
    )
    return Finding(
        step.place(name.span),
        f"{kind} `{name}` can't be named in {statements}: the engine reads the word as something else there",
        help="choose another name"
        if kind is ObjectKind.TABLE
        else f'choose another name, or write `"{name}"` everywhere',
        subject=subject,
    )
