"""An index whose name doesn't say its table and columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kmblint.findings import Finding, Fix
from kmblint.replay.steps import Replay, Step
from kmblint.schema.changes import AddIndex
from kmblint.schema.write import quoted
from kmblint.wording import singular

_FILLERS: Final = frozenset({"and", "by"})
_UNIQUE: Final = frozenset({"unique", "uniq", "uq"})
_ORDERS: Final = frozenset({"asc", "desc"})


def check(change: AddIndex, step: Step, replay: Replay, *, template: str) -> Iterator[Finding]:
    """The name, where the template doesn't give it, and what else it says."""
    if change.name is None:
        return
    name, table = change.name.text, change.table.text.rpartition(".")[2]
    middle = _middle(template, name, table)
    if middle is not None and (_says_columns(middle, change) or _misses_columns(change, step)):
        return
    columns = [part.column.text if part.column else "_".join(part.refs) or "expression" for part in change.parts]
    expected = template.replace("{table}", table).replace("{columns}", "_".join(columns))
    place = step.place(change.name.span)
    yield Finding(
        place,
        f"index `{name}` {_fault(change, step, middle, name, template)}",
        help=_help(expected, change, step, replay),
        fix=None if _taken(expected, change, step, replay) else Fix.instead(place, quoted(expected)),
        subject=name,
    )


def _help(expected: str, change: AddIndex, step: Step, replay: Replay) -> str:
    """The name that was meant, unless another index has it, or gets it later."""
    if _taken(expected, change, step, replay):
        return f"find another name, as `{expected}` is there: an index can't be renamed or dropped later"
    return f"call it `{expected}`: an index can't be renamed or dropped later"


def _taken(name: str, change: AddIndex, step: Step, replay: Replay) -> bool:
    """Whether another index of the table has a name, or gets it later."""
    table = replay.end.table(change.table.text) or step.before.table(change.table.text)
    return table is not None and table.index(name) is not None


def _middle(template: str, name: str, table: str) -> str | None:
    """What stands for the columns in a name that follows the template; None where it doesn't."""
    lowered = name.lower()
    before, columns, after = (part.replace("{table}", table).lower() for part in template.partition("{columns}"))
    if not columns:
        return "" if lowered == before else None
    middle = lowered.removeprefix(before).removesuffix(after)
    return middle if middle and lowered == f"{before}{middle}{after}" else None


def _says_columns(middle: str, change: AddIndex) -> bool:
    """Whether every word stands for columns of the index, in full, shortened, or as initials."""
    if not middle or change.where is not None or any(part.column is None for part in change.parts):
        return True
    if middle == "_".join(part.column.text for part in change.parts if part.column).lower():
        return True
    return not _strange(middle, change)


def _misses_columns(change: AddIndex, step: Step) -> bool:
    """Whether a column isn't there: then the column is what is wrong, and not the name."""
    table = step.before.table(change.table.text)
    return table is not None and any(part.column and not table.column(part.column.text) for part in change.parts)


def _strange(middle: str, change: AddIndex) -> list[str]:
    """The words that stand for nothing the index is on; a number tells it from another."""
    columns = [_words(part.column.text) for part in change.parts if part.column]
    allowed = _FILLERS | (_UNIQUE if change.unique else frozenset())
    if any(part.descending for part in change.parts):
        allowed |= _ORDERS
    words = (word for word in _words(middle) if word not in allowed and not word.isdecimal())
    return [word for word in words if not _stands_for(word, columns)]


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[^a-z0-9]+", name.lower()) if word]


def _stands_for(word: str, columns: list[list[str]]) -> bool:
    every = [each for column in columns for each in column]
    initials = ("".join(each[0] for each in every), "".join(column[0][0] for column in columns if column))
    return (
        any(_shortens(word, each) for each in every)
        or any(word == "".join(column) for column in columns)
        or (len(word) > 1 and any(word in each for each in initials))
    )


def _shortens(short: str, word: str) -> bool:
    """`qty` for `quantity`, `cust` for `customer`, `dates` for `date`: its letters in order, the first one first."""
    if singular(short) == singular(word):
        return True
    letters = iter(word)
    return len(short) > 1 and short[0] == word[0] and all(letter in letters for letter in short)


def _fault(change: AddIndex, step: Step, middle: str | None, name: str, template: str) -> str:
    """What the name says wrongly, as plainly as it can be known."""
    table = change.table.text
    if middle is not None:
        strange = " ".join(_strange(middle, change))
        return f"says `{strange}`, and is on {_listed(change)}"
    beginnings = [name[:end] for end, character in enumerate(name) if character == "_"]
    named = [other for beginning in beginnings for other in step.before.alike(beginning) if other != table]
    if named:
        return f"says `{max(named, key=lambda other: (len(other), other))}`, and is on `{table}`"
    if table.lower() not in name.lower():
        return f"doesn't name its table `{table}` (`{template}`)"
    return f"is not built as `{template}`"


def _listed(change: AddIndex) -> str:
    return ", ".join(f"`{part.column}`" for part in change.parts if part.column)
