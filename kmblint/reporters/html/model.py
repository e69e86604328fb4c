"""The nouns of the page, as the template writes them down."""

from __future__ import annotations

import msgspec

from kmblint.reporters.html.listing import Line


class Link(msgspec.Struct, frozen=True):
    """A place, and where on the page it is; no address where it isn't shown."""

    text: str
    href: str = ""


class Other(msgspec.Struct, frozen=True):
    """Another place of a finding's cause."""

    message: str
    link: Link


class Told(msgspec.Struct, frozen=True):
    """A finding."""

    id: str
    severity: str
    code: str
    rule: str
    message: str
    file: str
    line: int
    link: Link
    help: tuple[str, ...]
    """A line of prose, then lines of SQL."""
    fix: str
    others: tuple[Other, ...]
    more: int
    """Other places that are left out."""
    confidence: str
    """Empty where it is sure."""


class Outcome(msgspec.Struct, frozen=True):
    """The verdict on a statement."""

    verdict: str
    good: bool
    changes: tuple[str, ...]
    reasons: tuple[str, ...]
    """Why, and what isn't as it looks; what a finding beside it says is left out."""
    lasting: tuple[str, ...]
    """Why it is for ever."""


class ShownLine(msgspec.Struct, frozen=True):
    """A line with what stands before and behind it."""

    line: Line
    id: str
    outcomes: tuple[Outcome, ...]
    told: tuple[Told, ...]


class FileView(msgspec.Struct, frozen=True):
    """A file of the page."""

    id: str
    path: str
    status: str
    state: str
    """A class: `stop`, `good`, `applied`, `other`."""
    open: bool
    note: str
    counts: tuple[tuple[str, int], ...]
    told: tuple[Told, ...]
    """Of the file as a whole."""
    lines: tuple[ShownLine, ...]
    left_out: int
    """Lines that aren't shown."""


class Done(msgspec.Struct, frozen=True):
    """A thing that the batch does, or an old one of a life story."""

    text: str
    lasting: str
    link: Link
    verdict: str
    pending: bool
    sql: str = ""
    """How the statement begins, where it doesn't happen."""


class Group(msgspec.Struct, frozen=True):
    """Things of one kind, or of one table."""

    title: str
    done: tuple[Done, ...]
    more: int
    lasting: str = ""
    """Why all of them are for ever; empty where that is said of each."""
