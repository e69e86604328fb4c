"""Numbers of different widths, so that the order of the text isn't that of the numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from kmblint.findings import Finding, Fix, Related, point
from kmblint.history.files import History, Migration


def check(history: History) -> Iterator[Finding]:
    """Every file whose number has another width than most."""
    numbered = [m for m in history.migrations if m.number is not None and m.digits.isdigit()]
    widths = Counter(len(migration.digits) for migration in numbered)
    if len(widths) < 2:
        return
    usual = max(widths, key=lambda width: (widths[width], width == 4, width))
    model = next(migration for migration in numbered if len(migration.digits) == usual)
    for migration in numbered:
        if len(migration.digits) == usual:
            continue
        wanted = f"{migration.number:0{usual}}_{migration.description}.sql"
        mendable = len(str(migration.number)) <= usual and wanted not in history.sources
        yield Finding(
            point(migration.file),
            f"`{migration.digits}` has {_digits(len(migration.digits))} where others have {usual}"
            f"{_misplaced(migration, numbered)}",
            help=f"call it `{wanted}`: the number stays the same"
            if mendable
            else f"write all numbers with {_digits(max(4, len(migration.digits)))}",
            related=(Related(point(model.file), f"has {_digits(usual)}"),),
            fix=Fix(f"rename it to `{wanted}`", files=(migration.renamed(wanted),)) if mendable else None,
        )


def _misplaced(migration: Migration, numbered: list[Migration]) -> str:
    """Before or behind which file a listing by name puts it, where that is wrong."""
    for other in numbered:
        if (other.digits < migration.digits) != ((other.number or 0) < (migration.number or 0)):
            side = "before" if migration.digits < other.digits else "behind"
            return f", so a listing by name puts it {side} `{other.file}`"
    return ""


def _digits(count: int) -> str:
    return "1 digit" if count == 1 else f"{count} digits"
