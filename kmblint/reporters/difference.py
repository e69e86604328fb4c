"""A difference between two schemas as text, as JSON and as Markdown (as SQL: `reporters/difference_sql.py`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

from kmblint.reporters.characters import fold, visible
from kmblint.reporters.json_document import written
from kmblint.reporters.markdown_text import code, fenced
from kmblint.reporters.paint import Paint
from kmblint.schema.difference import Difference, Part, PartDifference, PartKind, TableDifference
from kmblint.text import Place
from kmblint.wording import counted

Where: TypeAlias = Callable[[Place], str]
"""How a place is called: `migrations/0003_add_wards.sql:7`."""

_STYLES: Final = {"+": "help", "-": "error", "~": "warning", " ": "strong"}
_CHANGES: Final = {"+": "added", "-": "removed", "~": "changed"}


def as_text(difference: Difference, where: Where, paint: Paint, width: int) -> str:
    """A block a table, a line a part: `+` is new, `-` is gone, `~` is another; behind it where that was written.

    Of a table that is gone, the name says it all.
    """
    lines: list[str] = []
    for table in difference.tables:
        lines += ["", *_lines(_sign(table), _title(table), _place(table, where), paint, width)]
        for part in table.parts if table.after else ():
            made = where(part.after.made) if part.after and table.before else ""
            lines += _lines(_sign(part), _told(part), made, paint, width, indent=4)
    if difference.objects:
        lines.append("")
    for part in difference.objects:
        lines += _lines(_sign(part), _told(part), where(part.after.made) if part.after else "", paint, width)
    return "".join(f"{line}\n" for line in [summary(difference), *lines])


def summary(difference: Difference) -> str:
    """How many tables and objects differ, in a line."""
    counts = [
        f"{counted(count, noun)} {word}"
        for noun, members in (("table", difference.tables), ("other object", difference.objects))
        for sign, word in _CHANGES.items()
        if (count := sum(_sign(member) == sign for member in members))
    ]
    return ", ".join(counts) or "no difference"


def as_markdown(difference: Difference, sides: tuple[str, str]) -> str:
    """A heading with what the user called the two, and the difference as a block that is coloured like a patch."""
    lines: list[str] = []
    for table in difference.tables:
        sign = _sign(table)
        lines.append(f"{sign if sign != '~' else '!'} {_title(table)}")
        lines += [line for part in (table.parts if table.after else ()) for line in _patch(part, "    ")]
    lines += [line for part in difference.objects for line in _patch(part, "")]
    text = "\n".join(map(visible, lines))
    block = f"\n{fenced(text, 'diff')}" if lines else ""
    return f"### Schema, from {code(sides[0])} to {code(sides[1])}: {summary(difference)}\n{block}"


def _patch(part: PartDifference, indent: str) -> Iterator[str]:
    """A changed part is a line that goes and one that comes."""
    if part.before is not None:
        yield f"- {indent}{_definition(part, part.before)}"
    if part.after is not None:
        yield f"+ {indent}{_definition(part, part.after)}"


def as_json(difference: Difference, sides: tuple[str, str], where: tuple[Where, Where]) -> str:
    """The difference as data, version 1; `sides` is what the user called the two."""
    document = {
        "version": 1,
        "from": sides[0],
        "to": sides[1],
        "tables": [_table_data(table, where) for table in difference.tables],
        "objects": [_part_data(part, where) for part in difference.objects],
    }
    return written(document)


def _table_data(table: TableDifference, where: tuple[Where, Where]) -> dict[str, Any]:
    return {
        "name": table.name,
        "change": _CHANGES[_sign(table)],
        "former": table.former,
        "remade": table.remade,
        "reordered": table.reordered,
        "parts": [_part_data(part, where) for part in table.parts],
    }


def _part_data(part: PartDifference, where: tuple[Where, Where]) -> dict[str, Any]:
    sides = (part.before, part.after)
    return {
        "kind": str(part.kind),
        "name": part.name,
        "change": _CHANGES[_sign(part)],
        "former": part.former,
        "before": _side_data(sides[0], where[0]),
        "after": _side_data(sides[1], where[1]),
    }


def _side_data(part: Part | None, where: Where) -> dict[str, str] | None:
    return None if part is None else {"definition": part.definition, "place": where(part.made)}


def _sign(differing: TableDifference | PartDifference) -> str:
    return "+" if differing.before is None else "-" if differing.after is None else "~"


def _title(table: TableDifference) -> str:
    notes = [f"was {table.former}"] * bool(table.former)
    notes += ["dropped and made again: its rows are gone"] * table.remade
    notes += ["its columns stand in another order"] * table.reordered
    return ", ".join((f"table {table.name}", *notes))


def _place(table: TableDifference, where: Where) -> str:
    return where(table.after.made) if table.before is None and table.after else ""


def _told(part: PartDifference) -> str:
    """A part in a line; of a changed one, both sides."""
    before, after = (_definition(part, side) if side else "" for side in (part.before, part.after))
    if before == after:
        return f"{after} (another {'default' if part.kind is PartKind.COLUMN else 'secret'}, which isn't shown)"
    return f"{before} → {after}" if before and after else before or after


def _definition(part: PartDifference, side: Part) -> str:
    """A part on one line, without the words that the line above it says."""
    text = visible(" ".join(side.definition.split()))
    if part.kind is PartKind.MASKING_POLICY or part.kind is PartKind.CLASSIFICATION:  # no object, which is equal to it
        return text[text.index(" COLUMN ") + 1 :]
    return text.removeprefix("CREATE ")


def _lines(sign: str, text: str, where: str, paint: Paint, width: int, *, indent: int = 0) -> Iterator[str]:
    """A line that is folded where it is too wide; its place stands behind it, or below it."""
    lead = " " * indent
    first, *rest = fold(visible(text), width, first=indent + 2, rest=indent + 6, code=True)
    last = rest[-1] if rest else first
    behind = f"  {visible(where)}" if where else ""
    fits = len(lead) + (6 if rest else 2) + len(last) + len(behind) <= width
    lines = [f"{lead}{paint(_STYLES[sign], sign)} {first}", *(f"{lead}      {line}" for line in rest)]
    if behind and fits:
        lines[-1] += paint("faint", behind)
    elif behind:
        lines.append(f"{lead}      {paint('faint', behind.strip())}")
    yield from lines
