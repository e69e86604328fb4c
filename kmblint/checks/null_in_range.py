"""Comparisons that also take the rows where the column is NULL."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Applicability, Edit, Finding, Fix
from kmblint.replay.steps import Step
from kmblint.targets.verdict import NullRows
from kmblint.text import Span


def check(hazard: NullRows, step: Step) -> Iterator[Finding]:
    """The comparison, and the condition that leaves those rows alone."""
    if hazard.others:
        yield Finding(
            step.place(hazard.span),
            f"`{hazard.comparison}` with NULL changes rows where `{hazard.column}` isn't NULL, and in SQL none: "
            "Kimberlite takes NULL for the smallest value",
            help=f"say {hazard.column} IS NOT NULL where those rows are meant, or leave NULL out",
            subject=step.subject_of(hazard.column),
        )
        return
    yield Finding(
        step.place(hazard.span),
        f"`{hazard.comparison}` also changes the rows where `{hazard.column}` is NULL: Kimberlite takes NULL for the "
        "smallest value",
        help=_help(hazard),
        fix=_fix(hazard, step),
        subject=step.subject_of(hazard.column),
    )


def _help(hazard: NullRows) -> str:
    """What says which rows are meant."""
    if hazard.with_null and hazard.comparison == "=":
        return f"write {hazard.column} IS NULL"
    if hazard.with_null:
        return f"leave NULL out, and say {hazard.column} IS NULL beside it where those rows are meant"
    return f"add AND {hazard.column} IS NOT NULL, or say IS NULL where those rows are meant"


def _fix(hazard: NullRows, step: Step) -> Fix | None:
    """The comparison and the condition, in parentheses of their own where they don't stand alone.

    Where it compares with NULL itself, those rows are meant, or the author believes that none is.
    """
    if hazard.with_null:
        written = f"{hazard.column} IS NULL"
        return Fix.instead(step.place(hazard.span), written) if hazard.comparison == "=" else None
    where = getattr(step.change, "where", None)
    more = f" AND {hazard.column} IS NOT NULL"
    if where is not None and where.span == hazard.span:
        return Fix(
            f"add{more}", (Edit(step.place(Span(hazard.span.end, hazard.span.end)), more),), Applicability.UNSAFE
        )
    edits = (
        Edit(step.place(Span(hazard.span.start, hazard.span.start)), "("),
        Edit(step.place(Span(hazard.span.end, hazard.span.end)), f"{more})"),
    )
    return Fix(f"add{more}", edits, Applicability.UNSAFE)
