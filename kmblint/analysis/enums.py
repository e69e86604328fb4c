"""The values that an enumerated type has, where the history says all of them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from kmblint.replay.steps import Step
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.parts import bare
from kmblint.schema.types import DataType

_LABEL: Final = r"'(?:[^']|'')*'"
_LABELS: Final = re.compile(rf"\bAS\s+ENUM\s*\(\s*(?P<labels>{_LABEL}(?:\s*,\s*{_LABEL})*)\s*\)\s*\Z", re.IGNORECASE)
_ALTER: Final = re.compile(r"\bALTER\s+TYPE\b", re.IGNORECASE)
_ALTERED: Final = re.compile(
    rf"""{_ALTER.pattern}\s+(?:(?:\w+|"[^"]+")\s*\.\s*)?(?:"(?P<quoted>[^"]+)"|(?P<name>\w+))\s+
    (?P<added>ADD\s+VALUE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<label>{_LABEL})(?![\w']))?""",
    re.IGNORECASE | re.VERBOSE,
)


def values_of(step: Step, declared: DataType) -> tuple[str, ...] | None:
    """The values of a type at a step, those that its file adds later among them; None where it is no type that the
    history makes as an enumeration, or where not all of them are known."""
    name = bare(declared.name).casefold()
    catalog = step.before
    made = [each for each in catalog.named(ObjectKind.TYPE).values() if each.name.casefold() == name]
    if declared.array or len(made) != 1 or catalog.opaque is not None or made[0].name in catalog.unread:
        return None
    written = _LABELS.search(step.written(made[0].made))
    if written is None:
        return None
    added = _added(step, name)
    return None if added is None else (*_texts(written["labels"]), *added)


def _added(step: Step, name: str) -> tuple[str, ...] | None:
    """The values that ALTER TYPE adds up to a step's file, in rollbacks and in texts too; None where more happens."""
    added: list[str] = []
    for migration in step.history.altering_types(step.migration):
        changes = _changes(migration.source.text)
        if changes is None or (name, None) in changes:
            return None
        added += (label for altered, label in changes if altered == name and label is not None)
    return tuple(added)


@lru_cache(maxsize=64)
def _changes(text: str) -> tuple[tuple[str, str | None], ...] | None:
    """The types that a file alters, each with the value that it gets (None: it is something else).

    None where the file goes to PostgreSQL's own table of values, or doesn't write out which type it alters.
    """
    altered = tuple(_ALTERED.finditer(text))
    if "pg_enum" in text.casefold() or len(altered) < sum(1 for _ in _ALTER.finditer(text)):
        return None
    return tuple(
        ((change["quoted"] or change["name"]).casefold(), _texts(change["label"])[0] if change["added"] else None)
        for change in altered
    )


def _texts(labels: str) -> list[str]:
    return [label[1:-1].replace("''", "'") for label in re.findall(_LABEL, labels)]
