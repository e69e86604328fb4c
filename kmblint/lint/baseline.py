"""Findings that a project has agreed to live with for now: a file of them, a line each, that only ever shrinks.

JSON lines, sorted: a finding that comes or goes is one line of a diff, and two branches that mend different ones merge.
A line names the finding by file, rule and object and holds no text of the migration, so no secret of it either; what
counts is the fingerprint, which moved lines and a new number of the file leave alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

import msgspec

from kmblint.errors import InputError

VERSION: Final = 1
"""Raised when a key changes its meaning or goes."""
_HEAD: Final = {"kmblint": "baseline", "version": VERSION}


class Entry(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """One known finding."""

    path: str
    """From the folder of the baseline, with `/`."""
    code: str
    rule: str
    object: str
    fingerprint: str

    @property
    def folder(self) -> str:
        """The migrations folder, as `path` begins with it; `.` where that is the baseline's own."""
        return self.path.rpartition("/")[0] or "."

    @property
    def file(self) -> str:
        """The name of the migration."""
        return self.path.rpartition("/")[2]


def rendered(entries: Iterable[Entry]) -> str:
    """The file: a line that says what it is, then the entries in their order."""
    lines = (_HEAD, *sorted(set(entries)))
    return "".join(f"{msgspec.json.format(msgspec.json.encode(line), indent=-1).decode()}\n" for line in lines)


def parse(text: str, name: str) -> tuple[Entry, ...]:
    """The entries of a file that the user calls `name`; raises InputError with the line that is none."""
    lines = text.splitlines()
    try:
        head = msgspec.json.decode(lines[0]) if lines else None
    except msgspec.DecodeError:
        head = None
    if head != _HEAD:
        told = "it begins with no line of one" if not isinstance(head, dict) else f"its first line is `{lines[0]}`"
        raise InputError(f"`{name}` is no baseline that this kmblint knows: {told}; `kmblint baseline` writes one")
    entries: list[Entry] = []
    for number, line in enumerate(lines[1:], start=2):
        if line.strip():
            try:
                entries.append(msgspec.json.decode(line, type=Entry))
            except msgspec.DecodeError as error:
                reason = str(error)
                raise InputError(
                    f"{name}:{number}: no entry of a baseline: {reason[:1].lower()}{reason[1:]}; restore the line, or "
                    "take it out"
                ) from error
    return tuple(entries)


def gone(
    entries: Iterable[Entry], fingerprints: Collection[str], rules: Collection[str], shown: Collection[str] | None
) -> list[Entry]:
    """The entries of which nothing is found any more; `fingerprints` are those of this run.

    Nothing is said of the rules that didn't run, nor of the files that weren't looked at.
    """
    return [
        entry
        for entry in entries
        if entry.fingerprint not in fingerprints and entry.rule in rules and (shown is None or entry.file in shown)
    ]
