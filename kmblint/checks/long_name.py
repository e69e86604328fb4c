"""A name that is too long, or not ASCII."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Step
from kmblint.schema.changes import (
    AddColumn,
    AddConstraint,
    AddIndex,
    AddMask,
    AddTable,
    CreateObject,
    RenameColumn,
    RenameConstraint,
    RenameTable,
)
from kmblint.sql.reader import short
from kmblint.targets.verdict import Verdict


def check(
    change: (
        AddTable
        | AddColumn
        | AddConstraint
        | AddIndex
        | AddMask
        | CreateObject
        | RenameColumn
        | RenameConstraint
        | RenameTable
    ),
    step: Step,
    *,
    max_bytes: int,
) -> Iterator[Finding]:
    """Every new name, each for itself."""
    if step.outcome.verdict is Verdict.NO_OP:
        return
    for new in change.introduces():
        name = new.name.text
        size = len(name.encode("utf-8", "surrogatepass"))
        if size > max_bytes:
            message = f"{new.kind} `{short(name)}` is {size} bytes long, other tools keep {max_bytes}"
            help_ = f"shorten it to {max_bytes} bytes"
        elif not name.isascii():
            odd = next(letter for letter in name if not letter.isascii())
            message = f"{new.kind} `{short(name)}` is not ASCII (`{odd}`)"
            help_ = "write it with the letters a to z, digits and `_`"
        else:
            continue
        yield Finding(step.place(new.name.span), message, help=help_, subject=new.subject)
