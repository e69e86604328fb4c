"""What the Kimberlite target says of SQL, asked as a test asks it."""

from __future__ import annotations

from kmblint import targets
from kmblint.sql.parse import statements
from kmblint.targets.outcome import Form, Outcome
from kmblint.text import Source
from tests.database import Database


def form(sql: str) -> Form:
    """The form of one statement."""
    source = Source("0001_a.sql", sql)
    (statement,) = statements(source)
    return targets.get("kimberlite").form(statement, source)


def refused(sql: str) -> str:
    """Why one statement is refused for its form, and what to write instead."""
    found = form(sql).refusals
    assert found, "it is taken"
    refusal = found[0]
    return refusal.reason if refusal.help is None else f"{refusal.reason}: {refusal.help}"


def mended(sql: str) -> str:
    """The statement with the refusal's certain edits made."""
    edits = [edit for refusal in form(sql).refusals for edit in refusal.replacements]
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        sql = sql[: edit.span.start] + edit.text + sql[edit.span.end :]
    return sql


def outcomes(*texts: str, target: str = "kimberlite") -> list[Outcome]:
    """The outcome of every statement of some texts in order; what is refused changes nothing."""
    steps = Database(targets.get(target)).send(Source("0001_a.sql", ";\n".join(texts)))
    return [step.outcome for step in steps if step.number == 0]


def last(*texts: str, target: str = "kimberlite") -> Outcome:
    """The outcome of the last statement of some texts."""
    return outcomes(*texts, target=target)[-1]
