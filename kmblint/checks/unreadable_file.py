"""A `*.sql` that the runner can't read as text."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Applicability, Finding, Fix, point
from kmblint.history.files import History, Unreadable
from kmblint.targets import Target


def check(unreadable: Unreadable, history: History, target: Target) -> Iterator[Finding]:
    """The file, at the line that it stumbles over where there is one."""
    if unreadable.beyond:
        return
    migration = history.by_file.get(unreadable.file)
    place = point(unreadable.file)
    if migration is not None and unreadable.offset:
        place = migration.place(migration.source.line_span(unreadable.line))
    consequence = (
        "; one such file makes the whole folder unusable"
        if target.capabilities.applies_by_number and unreadable.fatal
        else ""
    )
    yield Finding(
        place,
        f"`{unreadable.file}` can't be used: {unreadable.reason}{history.nor_behind(unreadable)}{consequence}",
        help=unreadable.help,
        fix=_fix(unreadable, history),
    )


def _fix(unreadable: Unreadable, history: History) -> Fix | None:
    """The same text as UTF-8, as it was read; a guess where the bytes say of no encoding that it is theirs."""
    migration = history.by_file.get(unreadable.file)
    if migration is None or "\ufffd" in migration.source.text or not unreadable.help.startswith("save "):
        return None
    guessed = unreadable.offset is not None and unreadable.offset > 0
    return Fix(
        unreadable.help,
        applicability=Applicability.UNSAFE if guessed else Applicability.SAFE,
        files=(migration.renamed(migration.file),),
    )
