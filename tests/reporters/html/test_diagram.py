"""The schema as a drawing: boxes that don't cover each other, and what is left out."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from kmblint.reporters.html.diagram import BESIDE, MOST_TABLES, chosen, draw
from kmblint.reporters.schema_view import NOT_KEPT, Row, State, TableView


def table(name: str, *rows: Row, state: State = State.SAME, refers: tuple[str, ...] = (), note: str = "") -> TableView:
    return TableView(name, state, rows, tuple((each, State.SAME) for each in refers), note)


def many(count: int, state: State = State.SAME) -> tuple[Row, ...]:
    return tuple(Row(state, f"c{number} TEXT") for number in range(count))


@given(st.lists(st.integers(0, 12), min_size=1, max_size=12))
def test_no_box_covers_another_and_all_lie_inside(sizes: list[int]) -> None:
    tables = [table(f"t{number}", *many(size)) for number, size in enumerate(sizes)]
    drawing = draw(tables, [each.name for each in tables])
    assert len(drawing.boxes) == len(tables)
    for one, other in combinations(drawing.boxes, 2):
        beside = abs(one.x - other.x) >= drawing.box_width
        assert beside or one.y + one.height <= other.y or other.y + other.height <= one.y
    for box in drawing.boxes:
        assert 0 <= box.x <= box.x + drawing.box_width <= drawing.width
        assert 0 <= box.y <= box.y + box.height <= drawing.height
        assert all(box.y < row.y <= box.y + box.height for row in (box.title, *box.rows))


def test_what_differs_is_always_drawn_and_what_does_not_is_counted() -> None:
    wide = table("t", *many(20), Row(State.REMOVED, "old TEXT"), Row(State.ADDED, "new TEXT", note=NOT_KEPT))
    (box,) = draw([wide], ["t"]).boxes
    assert [row.text for row in box.rows][BESIDE:] == ["old TEXT", "new TEXT", "… 12 more"]
    assert [(row.sign, row.state) for row in box.rows][BESIDE : BESIDE + 2] == [("-", "removed"), ("!", "lost")]


def test_a_small_schema_is_drawn_whole_and_a_large_one_by_what_differs() -> None:
    small = [table(f"t{number}") for number in range(10)]
    assert len(chosen(small)) == 10
    large = [*small, table("a", state=State.ADDED, refers=("t3", "gone"))]
    assert chosen(large) == ("a", "t3")
    drawing = draw(large, chosen(large))
    assert (drawing.left_out, drawing.differing_left_out) == (9, 0)
    huge = [table(f"n{number}", state=State.ADDED) for number in range(MOST_TABLES + 5)]
    assert draw(huge, chosen(huge)).differing_left_out == 5


def test_references_are_lines_between_drawn_tables() -> None:
    tables = [table("beds", refers=("wards", "beds", "elsewhere")), table("wards")]
    lines = draw(tables, ["beds", "wards"]).lines
    assert [line.title for line in lines] == ["beds refers to wards", "beds refers to beds"]


def test_a_long_text_is_cut_and_kept_whole_for_the_pointer() -> None:
    (box,) = draw([table("t" * 80, Row(State.CHANGED, "c" * 80, was="old"))], ["t" * 80]).boxes
    assert box.title.text.endswith("…")
    assert box.title.whole == "t" * 80
    assert box.rows[0].text.endswith("…")
    assert box.rows[0].whole == "c" * 80 + "; was old"
