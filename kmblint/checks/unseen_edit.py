"""An edit of an applied file that the checksum doesn't see."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, point
from kmblint.history.files import History, checksum
from kmblint.history.sections import split


def check(history: History) -> Iterator[Finding]:
    """Every file of the revision whose text differs and whose checksum doesn't."""
    for name, old in sorted((history.released or {}).items()):
        migration = history.by_file.get(name)
        if migration is None or name in history.edited or migration.source.text == old.text:
            continue
        if checksum(old.text, split(old).header) == migration.checksum:
            only_ends = old.text.splitlines() == migration.source.text.splitlines()
            what = "line ends" if only_ends else "header"
            yield Finding(
                point(name),
                f"the {what} of `{name}` differ{'' if only_ends else 's'} from `{history.since}`, "
                "and the checksum doesn't see it",
                help="nothing needs to be done; restore the file if the edit was not meant",
            )
