"""A number that the runner can't use, or that no sequence has."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding, point
from kmblint.history.files import History
from kmblint.history.names import LARGEST_NUMBER
from kmblint.targets import Target


def check(history: History, target: Target) -> Iterator[Finding]:
    """Every file whose name begins with a number that is too large, or with 0, or with none; no way back."""
    for migration in history.migrations:
        if migration.undoes is not None or (migration.number and migration.numbered):
            continue
        if migration.number == 0:
            trouble = f"`{migration.digits}` is number 0, and the sequence begins with 0001"
            consequence = "`migration validate` fails"
        elif migration.digits.isascii() and migration.digits.isdecimal():
            trouble = f"number {migration.digits} is larger than {LARGEST_NUMBER}"
            consequence = "the runner can't use the whole folder"
        else:
            trouble = f"the name of `{migration.file}` doesn't begin with a number and `_`"
            consequence = "the runner can't use the whole folder"
        yield Finding(
            point(migration.file),
            f"{trouble}{f', so {consequence}' if target.capabilities.applies_by_number else ''}",
            help=f"call it like `{history.next_file('add_phone_to_patients')}`",
            cause=None if migration.digits.isdecimal() else point(migration.file),
        )
