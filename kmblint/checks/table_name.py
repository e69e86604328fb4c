"""A table whose name isn't snake_case, or not of the number that was agreed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.schema.changes import AddTable, RenameTable
from kmblint.targets.capabilities import OWN_TABLES
from kmblint.targets.verdict import Verdict
from kmblint.wording import plurals, singular, snake


def check(change: AddTable | RenameTable, step: Step, *, pattern: str, plural: str) -> Iterator[Finding]:
    """The name of a new table, each of its parts where it is written with dots."""
    if step.outcome.verdict is Verdict.NO_OP:
        return
    name = next(change.introduces()).name
    for part in name.text.split("."):
        if not part.isascii() or part.startswith(OWN_TABLES):  # rules of their own look at those
            continue
        if not re.fullmatch(pattern, part):
            wanted = snake(part)
            yield Finding(
                step.place(name.span),
                f"table `{name}` is not named in snake_case",
                help=_call(wanted, step) if re.fullmatch(pattern, wanted) else f"names match `{pattern}`",
                subject=name.text,
            )
            return
    *before, last = name.text.rpartition(".")[2].split("_")
    if plural != "ignore" and _is_plural(last) != (plural == "plural"):
        many = "_".join([*before, plurals(last)[1]])
        yield Finding(
            step.place(name.span),
            f"table `{name}` is not named in the {plural}",
            help=_call(many, step) if plural == "plural" else "call it as one of its rows is called",
            subject=name.text,
        )


def _call(wanted: str, step: Step) -> str:
    taken = step.before.table(wanted) is not None
    return f"find another name: `{wanted}` is another table's" if taken else f"call it `{wanted}`"


def _is_plural(word: str) -> bool:
    return singular(word) != word or word in _PLURALS_WITHOUT_S


_PLURALS_WITHOUT_S: Final = frozenset({"people", "children", "men", "women", "staff", "data", "media", "criteria"})
