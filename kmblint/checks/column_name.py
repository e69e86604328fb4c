"""A column whose name isn't snake_case, or begins with a forbidden prefix."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.schema.changes import AddColumn, AddTable, RenameColumn
from kmblint.schema.kinds import ObjectKind
from kmblint.targets.verdict import Verdict
from kmblint.wording import snake


def check(
    change: AddTable | AddColumn | RenameColumn, step: Step, *, pattern: str, forbidden_prefixes: tuple[str, ...]
) -> Iterator[Finding]:
    """Every new column, each for itself; what isn't ASCII has a rule of its own."""
    if step.outcome.verdict is Verdict.NO_OP:
        return
    fits = re.compile(pattern).fullmatch
    for new in change.introduces():
        name = new.name.text
        if new.kind is not ObjectKind.COLUMN or not name.isascii():
            continue
        prefix = next((prefix for prefix in forbidden_prefixes if name.startswith(prefix)), None)
        if prefix is not None:
            message = f"column `{name}` begins with `{prefix}`, which is not wanted here"
            wanted = name.removeprefix(prefix)
        elif not fits(name):
            message, wanted = f"column `{name}` is not named in snake_case", snake(name)
        else:
            continue
        yield Finding(
            step.place(new.name.span),
            message,
            help=_help(wanted, pattern, step),
            subject=new.subject,
        )


def _help(wanted: str, pattern: str, step: Step) -> str:
    """The name that was probably meant, where it is one and free."""
    if not re.fullmatch(pattern, wanted):
        return f"names match `{pattern}`"
    table = step.after.table(step.subject)
    taken = table is not None and table.column(wanted) is not None
    return f"find another name: `{wanted}` is another column's" if taken else f"call it `{wanted}`"
