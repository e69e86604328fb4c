"""What the Kimberlite target says of SQL, asked as a test asks it."""

from __future__ import annotations

from kmblint import targets
from kmblint.schema.apply import apply
from kmblint.schema.catalog import Catalog
from kmblint.schema.conflicts import conflicts
from kmblint.sql.parse import statements
from kmblint.targets.verdict import Form, Outcome, Verdict
from kmblint.text import Place, Source, Span


def form(sql: str) -> Form:
    """The form of one statement."""
    source = Source("0001_a.sql", sql)
    (statement,) = statements(source)
    return targets.get("kimberlite").form(statement, source)


def refused(sql: str) -> str:
    """Why one statement is refused for its form, and what to write instead."""
    refusal = form(sql).refusal
    assert refusal is not None, "it is taken"
    return refusal.reason if refusal.help is None else f"{refusal.reason}: {refusal.help}"


def mended(sql: str) -> str:
    """The statement with the refusal's certain edits made."""
    refusal = form(sql).refusal
    assert refusal is not None
    for edit in sorted(refusal.replacements, key=lambda edit: edit.span, reverse=True):
        sql = sql[: edit.span.start] + edit.text + sql[edit.span.end :]
    return sql


def outcomes(*texts: str, target: str = "kimberlite") -> list[Outcome]:
    """The outcome of every statement of some texts in order; what is refused changes nothing."""
    judge = targets.get(target)
    source = Source("0001_a.sql", ";\n".join(texts))
    catalog = Catalog()
    found: list[Outcome] = []

    def place_of(span: Span) -> Place:
        return Place(source.name, span)

    for statement in statements(source):
        change = statement.changes[0]
        outcome = judge.outcome(judge.form(statement, source), change, catalog, conflicts(catalog, change))
        if outcome.verdict is not Verdict.REFUSED:
            catalog = judge.aftermath(apply(catalog, change, place_of), change, outcome, place_of)
        found.append(outcome)
    return found


def last(*texts: str, target: str = "kimberlite") -> Outcome:
    """The outcome of the last statement of some texts."""
    return outcomes(*texts, target=target)[-1]
