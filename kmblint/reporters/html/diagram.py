"""The schema as a diagram: a box a table, a line a reference, what differs marked by a sign and a class.

Everything is laid out here, in pixels of a drawing that the template only writes down; colours are the style's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from kmblint.reporters.characters import clip, visible
from kmblint.reporters.schema_view import Row as Part
from kmblint.reporters.schema_view import State, TableView

_WIDTH: Final = 290
"""Pixels of a box."""
_ROW: Final = 20
_GAP: Final = 44
"""Pixels between boxes, where the lines run."""
_ACROSS: Final = 3
"""Boxes beside each other."""
_LETTERS: Final = 36
"""Letters of a row, at the size that the style gives them."""
MOST_TABLES: Final = 24
"""Tables of a diagram; the rest are counted."""
_SMALL: Final = 10
"""Tables of a schema that is drawn whole."""
BESIDE: Final = 8
"""Rows that are as before, of a table of a difference; the rest are counted."""
WHOLE: Final = 40
"""Rows of a table of a schema."""


class Row(msgspec.Struct, frozen=True):
    """A line of a box, at a height from the top of the drawing."""

    y: int
    sign: str
    text: str
    whole: str
    """The same uncut, where it was cut."""
    state: str
    """A class."""


class Box(msgspec.Struct, frozen=True):
    """A table."""

    x: int
    y: int
    height: int
    title: Row
    rows: tuple[Row, ...]


class Line(msgspec.Struct, frozen=True):
    """A reference from one table to another, as the commands of two paths."""

    path: str
    head: str
    """Its arrow."""
    state: str
    title: str


class Diagram(msgspec.Struct, frozen=True):
    """A drawing."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    left_out: int
    """Tables that aren't drawn."""
    differing_left_out: int
    """Those of them that aren't as before."""

    box_width: int = _WIDTH
    row: int = _ROW


def chosen(tables: Sequence[TableView]) -> tuple[str, ...]:
    """The names of the tables to draw: all of a small schema, else those that differ and what they refer to."""
    if len(tables) <= _SMALL:
        return tuple(table.name for table in tables)
    names = dict.fromkeys(table.name for table in tables if table.differs)
    known = {table.name for table in tables}
    for table in tables:
        if table.differs:
            names.update(dict.fromkeys(name for name, _ in table.references if name in known))
    return tuple(names)[:MOST_TABLES]


def draw(tables: Sequence[TableView], names: Sequence[str], same: int = BESIDE) -> Diagram:
    """The tables of these names, in the shortest of three columns each, and the references between them.

    Of each table, `same` rows that are as before."""
    wanted = set(names)
    shown = [table for table in tables if table.name in wanted]
    heights = [0] * max(1, min(_ACROSS, len(shown)))
    places: dict[str, Box] = {}
    for table in shown:
        column = heights.index(min(heights))
        box = _box(table, column * (_WIDTH + _GAP) + 8, heights[column] + 8, same)
        places[table.name] = box
        heights[column] += box.height + _GAP // 2
    lines = tuple(_lines(shown, places))
    width = len(heights) * (_WIDTH + _GAP) - _GAP // 2
    differing = sum(table.differs for table in tables if table.name not in wanted)
    return Diagram(
        width + 8, max(heights, default=0) + 8, tuple(places.values()), lines, len(tables) - len(shown), differing
    )


def _box(table: TableView, x: int, y: int, same: int) -> Box:
    parts = _kept(table.rows, same)
    rows: list[Row] = []
    for number, part in enumerate(parts):
        top = y + (number + 2) * _ROW - 2
        if isinstance(part, int):
            rows.append(Row(top, "", f"… {part} more", "", "same"))
        else:
            rows += [_row(top, part)]
    state = "lost" if table.note else table.state.name.lower()
    name = visible(table.name)
    sign = "!" if table.note else table.state.value
    title = Row(y + _ROW - 5, sign, clip(name, _LETTERS - 4), name, state)
    return Box(x, y, (len(parts) + 1) * _ROW + 8, title, tuple(rows))


def _kept(parts: Sequence[Part], most: int) -> list[Part | int]:
    """What differs, and some of what doesn't, in order; at the end how many are left out."""
    kept: list[Part | int] = []
    same = 0
    for part in parts:
        same += part.state is State.SAME
        if part.state is not State.SAME or same <= most:
            kept.append(part)
    return [*kept, same - most] if same > most else kept


def _row(y: int, part: Part) -> Row:
    text = visible(f"{part.text}{' (key)' if part.key else ''}")
    whole = "; ".join(filter(None, (text, f"was {visible(part.was)}" if part.was else "", part.note)))
    sign = "!" if part.note else part.state.value
    return Row(y, sign, clip(text, _LETTERS), whole, "lost" if part.note else part.state.name.lower())


def _lines(tables: Sequence[TableView], places: Mapping[str, Box]) -> Iterator[Line]:
    for table in tables:
        for name, state in table.references:
            there = places.get(name)
            if there is not None:
                told = f"{visible(table.name)} refers to {visible(name)}"
                yield Line(*_paths(places[table.name], there), state.name.lower(), told)


def _paths(one: Box, other: Box) -> tuple[str, str]:
    """A curve from the head of one box to that of the other, through the gap between their columns, and its arrow."""
    start, end = one.y + _ROW // 2, other.y + _ROW // 2
    if one.x == other.x:
        x, bend = one.x + _WIDTH, one.x + _WIDTH + _GAP // 2
        end += 4 if one is other else 0
        return (
            f"M{x} {start}C{bend} {start} {bend} {end} {x + 6} {end}",
            f"M{x + 6} {end - 4}L{x} {end}L{x + 6} {end + 4}Z",
        )
    to_right = other.x > one.x
    x, x2 = (one.x + _WIDTH, other.x - 6) if to_right else (one.x, other.x + _WIDTH + 6)
    bend = _GAP if to_right else -_GAP
    tip = x2 + 6 if to_right else x2 - 6
    curve = f"M{x} {start}C{x + bend} {start} {x2 - bend} {end} {x2} {end}"
    return curve, f"M{x2} {end - 4}L{tip} {end}L{x2} {end + 4}Z"
