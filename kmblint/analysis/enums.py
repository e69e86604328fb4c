"""The values that an enumerated type has, where the history says all of them."""

from __future__ import annotations

import re
from typing import Final

from kmblint.history.files import History
from kmblint.replay.steps import Step
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.types import DataType

_LABEL: Final = r"'(?:[^']|'')*'"
_LABELS: Final = re.compile(rf"\bAS\s+ENUM\s*\(\s*(?P<labels>{_LABEL}(?:\s*,\s*{_LABEL})*)\s*\)\s*\Z", re.IGNORECASE)
_ALTERED: Final = re.compile(
    rf"""\bALTER\s+TYPE\s+(?:[\w"]+\s*\.\s*)?"?(?P<name>\w+)"?\s+
    (?P<added>ADD\s+VALUE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<label>{_LABEL})(?![\w']))?""",
    re.IGNORECASE | re.VERBOSE,
)


def values_of(step: Step, declared: DataType) -> tuple[str, ...] | None:
    """The values of a type before a step, and what any file adds to them; None where it is no type that the history
    makes as an enumeration, or where not all of them are known."""
    name = declared.name.casefold()
    catalog = step.before
    made = [each for each in catalog.named(ObjectKind.TYPE).values() if each.name.casefold() == name]
    if declared.array or len(made) != 1 or catalog.opaque is not None or made[0].name in catalog.unread:
        return None
    place = made[0].made
    written = _LABELS.search(step.history.sources[place.file].slice(place.span))
    if written is None:
        return None
    added = _added(step.history, name)
    return None if added is None else (*_texts(written["labels"]), *added)


def _added(history: History, name: str) -> tuple[str, ...] | None:
    """The values that ALTER TYPE adds anywhere, in rollbacks and in texts too; None where more happens."""
    added: list[str] = []
    for source in history.sources.values():
        if "pg_enum" in source.text:
            return None
        for change in _ALTERED.finditer(source.text):
            if change["name"].casefold() == name:
                if change["added"] is None:
                    return None
                added += _texts(change["label"])
    return tuple(added)


def _texts(labels: str) -> list[str]:
    return [label[1:-1].replace("''", "'") for label in re.findall(_LABEL, labels)]
