"""A description that doesn't say what the migration does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kmblint.findings import Finding, point
from kmblint.history.files import Migration
from kmblint.wording import snake

_NOTHING: Final = re.compile(r"\d+|[a-z]|v\d+|\d+(?:st|nd|rd|th)")
"""A word that says nothing: a number, one letter, a version."""
_ANYTHING: Final = frozenset({"schema", "table", "tables", "database", "column", "columns"})
"""What any migration is about; `update_schema` says no more than `update`, while `create_tables` begins a history."""
_MONTHS: Final = frozenset(
    {"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
     "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"}
)  # fmt: skip
_GENERIC_TICKET: Final = re.compile(r"(?:issue|ticket|jira|gh|bug|task|story|case|pr|card)s?_?\d+", re.ASCII)
_PROJECT_TICKET: Final = re.compile(r"(?P<project>[a-z]{2,10})_(?!(?:19|20)\d\d$)\d{3,}", re.ASCII)
_STANDARDS: Final = frozenset({"iso", "rfc", "din", "en", "form", "icd", "sec", "hl", "part", "article", "title"})
"""What also stands before a number of several digits, and says something: `iso_20022`."""
_KEY: Final = re.compile(r"[A-Z]{2,10}-\d+", re.ASCII)
"""A ticket as its tracker writes it."""


def check(migration: Migration, *, words: tuple[str, ...]) -> Iterator[Finding]:
    """The file, where no word of its description says anything."""
    described = snake(migration.description).split("_")
    if not migration.numbered or not described[0] or not migration.replayed or migration.replaces is not None:
        return
    empty = [word in _MONTHS or bool(_NOTHING.fullmatch(word)) for word in described]
    if any(map(str.isdigit, migration.description)) and _is_ticket(migration.description):
        reason = "who reads it must look the ticket up"
    elif all(empty):
        reason = "it says nothing of the change"
    elif _fits_any(described, empty, words):
        reason = "it would fit any change"
    else:
        return
    yield Finding(
        point(migration.file),
        f"the description `{migration.description}` is vague: {reason}",
        help="name the change, as `add_phone_to_patients` does",
    )


def _fits_any(described: list[str], empty: list[bool], words: tuple[str, ...]) -> bool:
    """Whether no word says what is changed, and one at least says that something is."""
    told = [word for word, nothing in zip(described, empty, strict=True) if not nothing]
    if any(word not in words and word not in _ANYTHING for word in told):
        return False
    saying = {*told} - _ANYTHING
    only_create = saying == {"create"} and told != ["create"]
    return bool(saying) and not only_create


def _is_ticket(description: str) -> bool:
    lowered = description.lower().replace("-", "_")
    if _KEY.fullmatch(description) or _GENERIC_TICKET.fullmatch(lowered):
        return True
    ticket = _PROJECT_TICKET.fullmatch(lowered)
    return ticket is not None and ticket["project"] not in _STANDARDS
