"""A file that isn't called `{sequence}_{description}.sql`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kmblint.findings import Finding, Fix, Related, Severity, point
from kmblint.history.files import History, Migration
from kmblint.targets import Target
from kmblint.wording import snake

_INIT_DIGITS: Final = 3
"""What `kimberlite init` writes, beside the four of `migration create` and the guide."""
_FORTH: Final = re.compile(r"\.up$", re.IGNORECASE)
"""How tools that keep the way back in a file of its own call the other one; here it says nothing."""


def check(history: History, target: Target, *, digits: int, pattern: str) -> Iterator[Finding]:
    """One finding for a width that the whole folder keeps, and one a file whose name has another shape."""
    numbered = [m for m in history.migrations if m.number is not None and m.digits.isdigit()]
    widths = {len(migration.digits) for migration in numbered}
    other_width = len(widths) == 1 and widths != {digits}
    if other_width:
        yield _of_folder(numbered, digits, pattern)
    for migration in history.migrations:
        trouble = _trouble(migration, pattern)
        if trouble is None or migration.undoes is not None:
            continue
        consequence = (
            ", and the runner then refuses the whole folder"
            if target.capabilities.applies_by_number and not migration.numbered
            else ""
        )
        wanted = _wanted(history, migration, digits, pattern)
        mendable = wanted is not None and migration.numbered and not other_width
        yield Finding(
            point(migration.file),
            f"`{migration.file}` is not called `{{sequence}}_{{description}}.sql`: {trouble}{consequence}",
            help=f"call it `{wanted}`" if wanted else "call it like `0007_add_phone_to_patients.sql`",
            fix=Fix(f"rename it to `{wanted}`", files=(migration.renamed(wanted),)) if wanted and mendable else None,
        )


def _of_folder(numbered: list[Migration], digits: int, pattern: str) -> Finding:
    """The numbers keep one width, and it isn't the convention's."""
    first, *others = numbered
    width = len(first.digits)
    by_init = width == _INIT_DIGITS
    names = {m.file: f"{m.number:0{digits}}_{_snake(m.description, pattern)}.sql" for m in numbered}
    mendable = len({*names.values()}) == len(names) and all(len(str(m.number)) <= digits for m in numbered)
    return Finding(
        point(first.file),
        f"the numbers of this folder have {width} digits{', as `kimberlite init` writes them,' if by_init else ''} "
        f"where the convention is {digits}",
        help=f"rename the files all at once (`{names[first.file]}`): number and checksum stay the same"
        if mendable
        else f"number the files from {1:0{digits}} on, in their order",
        related=tuple(Related(point(migration.file), "named likewise") for migration in others),
        fix=Fix(f"rename the files to {digits} digits", files=tuple(m.renamed(names[m.file]) for m in numbered))
        if mendable
        else None,
        severity=Severity.WARNING if by_init else None,
    )


def _trouble(migration: Migration, pattern: str) -> str | None:
    """What is wrong with the shape of a name, widths aside; a number that is only too large has a rule of its own."""
    if not migration.digits.isdecimal() or not migration.digits.isascii():
        return "it doesn't begin with digits and `_`"
    if not migration.description:
        return "it has no description"
    if not re.fullmatch(pattern, migration.description):
        return f"`{migration.description}` is not snake_case"
    return None


def _wanted(history: History, migration: Migration, digits: int, pattern: str) -> str | None:
    """The name that was probably meant, where it is free."""
    leading = re.match(r"[Vv+]?(\d+)(?![A-Za-z])", migration.file)
    rest = migration.file.removesuffix(".sql")
    rest = rest[leading.end() :] if leading else rest
    rest = _FORTH.sub("", rest)
    description = _snake(rest, pattern)
    if not re.fullmatch(pattern, description):
        return None
    number = migration.number if migration.number is not None else int(leading[1]) if leading else None
    taken = any(file != migration.file for file in history.by_number.get(number or 0, ()))
    if number is None or (not migration.numbered and taken):
        return history.next_file(description)
    kept = migration.digits if migration.digits.isdigit() and migration.numbered else f"{number:0{digits}}"
    name = f"{kept}_{description}.sql"
    return name if name not in history.sources else None


def _snake(description: str, pattern: str) -> str:
    """The description in snake_case; as it is where the pattern takes it."""
    return description if re.fullmatch(pattern, description) else snake(description)
