"""A bound of another kind than its column, which by a key or an index keeps no row out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.targets.verdict import OpenBound

_KINDS: Final = {
    "TEXT": ("is a text", "texts"),
    "BIGINT": ("is a number", "numbers"),
    "BOOLEAN": ("is a truth", "truths"),
    "DECIMAL": ("has a fraction", "numbers with a fraction"),
}
"""What a bound of each kind is, and what its like are called."""


def check(hazard: OpenBound, step: Step) -> Iterator[Finding]:
    """The bound, the rows that it reaches, and the literal as the column has it."""
    column = hazard.column
    is_one, like = _KINDS[hazard.kind]
    where = "the key" if hazard.index is None else f"the index `{hazard.index}`"
    beyond = "below" if hazard.above else "above"
    word = "DELETE" if step.statement.keyword == "DELETE" else "UPDATE"
    reached = "every row" if hazard.every else "every row from its other end on"
    also = f", where `{column}` is NULL too" if hazard.nulls else ""
    yield Finding(
        step.place(hazard.span),
        f"this {word} reaches {reached}{also}: the bound {is_one}, and in {where} every value of `{column}` stands "
        f"{beyond} all {like}",
        help=hazard.help,
        fix=step.edited(hazard.replacement),
        subject=step.subject_of(column),
    )
