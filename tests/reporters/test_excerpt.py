"""Code frames: where the marks fall."""

from __future__ import annotations

from textwrap import dedent

from hypothesis import given
from hypothesis import strategies as st

from kmblint.findings import Severity
from kmblint.reporters.characters import measured
from kmblint.reporters.excerpt import Mark, excerpt
from kmblint.reporters.paint import Paint
from kmblint.text import Source, Span


def frame(text: str, *parts: tuple[str, str], gutter: int = 1, width: int = 100) -> str:
    """The frame of a text: the first part is the finding's, the others are other places of its cause."""
    source = Source("0001_x.sql", text)
    marks = []
    for number, (part, label) in enumerate(parts):
        start = text.index(part)
        marks.append(Mark(Span(start, start + len(part)), label, Severity.ERROR if number == 0 else None))
    return "\n".join(excerpt(source, marks, gutter, Paint(), width)) + "\n"


def expected(text: str) -> str:
    return dedent(text).removeprefix("\n")


def test_one_line() -> None:
    assert frame("SELECT 1;\nDROP TABLE a;\n", ("TABLE", "")) == expected("""
          |
        2 | DROP TABLE a;
          |      ^^^^^
          |
        """)


def test_an_empty_span_is_one_caret() -> None:
    source = Source("x", "DROP a")
    assert excerpt(source, [Mark(Span(6, 6), severity=Severity.ERROR)], 1, Paint(), 100)[1:3] == [
        "1 | DROP a",
        "  |       ^",
    ]


def test_wide_and_combining_characters_are_counted_in_cells() -> None:
    assert frame("SET a = '診療' -- e\u0301, bad\n", ("bad", "")).splitlines()[1:3] == [
        "1 | SET a = '診療' -- e\u0301, bad",
        "  |                      ^^^",
    ]


def test_a_tab_is_a_jump_to_the_next_stop() -> None:
    assert frame("\tSET\tbad\n", ("bad", "")).splitlines()[1:3] == ["1 |     SET bad", "  |         ^^^"]


def test_what_cannot_be_seen_is_spelt_out() -> None:
    rows = frame("a\u202eb \x1b[31m bad\n", ("bad", "")).splitlines()
    assert rows[1:3] == ["1 | a<U+202E>b <U+001B>[31m bad", f"  | {' ' * 24}^^^"]


def test_two_marks_on_one_line_share_it() -> None:
    assert frame("CREATE TABLE t (a INT, b INT);\n", ("b", ""), ("a", "first here")) == expected("""
          |
        1 | CREATE TABLE t (a INT, b INT);
          |                 - first here
          |                        ^
          |
        """)


def test_a_gap_between_two_marks_is_shown() -> None:
    assert frame("one\n\n\ntwo\n", ("two", ""), ("one", "before")) == expected("""
          |
        1 | one
          | --- before
        ...
        4 | two
          | ^^^
          |
        """)


def test_several_lines_have_a_bracket() -> None:
    assert frame("UPDATE a\n  SET b = 1;\n", ("UPDATE a\n  SET b = 1", "all rows")) == expected("""
          |
        1 | / UPDATE a
        2 | |   SET b = 1;
          | |___________^ all rows
          |
        """)


def test_the_middle_of_many_lines_is_left_out() -> None:
    text = "".join(f"line {number}\n" for number in range(1, 13))
    assert frame(text, (text, ""), gutter=2) == expected("""
           |
         1 | / line 1
         2 | | line 2
         3 | | line 3
        ...  |
        12 | | line 12
           | |_______^
           |
        """)


def test_a_long_line_is_cut_around_its_mark() -> None:
    rows = frame("x" * 5000 + "bad" + "y" * 5000, ("bad", ""), width=80).splitlines()
    assert rows[1] == "1 | …" + "x" * 25 + "bad" + "y" * 46 + "…"
    assert rows[2] == "  | " + " " * 26 + "^^^"


def test_the_beginning_of_a_long_line_stays_where_its_mark_fits() -> None:
    rows = frame("CREATE TABLE t (" + "x" * 50 + ");", ("CREATE TABLE t", ""), width=40).splitlines()
    assert rows[1:3] == ["1 | CREATE TABLE t (xxxxxxxxxxxxxxxxxxx…", "  | ^^^^^^^^^^^^^^"]


def test_two_marks_that_no_line_holds_are_drawn_on_two() -> None:
    assert frame("one" + "x" * 80 + "two\n", ("two", ""), ("one", "before"), width=40) == expected("""
          |
        1 | onexxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
          | --- before
        1 | …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxtwo
          |                                  ^^^
          |
        """)


def test_two_marks_in_the_part_that_is_shown_share_it() -> None:
    assert frame("x" * 80 + "one, two" + "y" * 80, ("two", ""), ("one", "before"), width=40) == expected("""
          |
        1 | …xxxxxxxxxxxxone, twoyyyyyyyyyyyyyy…
          |              --- before
          |                   ^^^
          |
        """)


def test_a_label_without_room_stands_below_its_mark() -> None:
    drawn = frame("SELECT 1; -- a remark\n", ("-- a remark", "all that stands behind it is skipped"), width=40)
    assert drawn == expected("""
          |
        1 | SELECT 1; -- a remark
          |           ^^^^^^^^^^^
          | all that stands behind it is skipped
          |
        """)


def test_an_accent_is_never_cut_from_its_letter() -> None:
    rows = frame("e\u0301" * 40 + "bad" + "e\u0301" * 40, ("bad", ""), width=40).splitlines()
    assert rows[1] == "1 | …" + "e\u0301" * 12 + "bad" + "e\u0301" * 19 + "…"
    assert rows[2] == "  | " + " " * 13 + "^^^"


@given(st.text(st.sampled_from("aé診\t\u0301\u200b\r\n '"), max_size=40), st.data())
def test_any_span_of_any_text_has_a_frame_that_marks_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    rows = excerpt(Source("x", text), [Mark(Span(start, end), severity=Severity.ERROR)], 2, Paint(), 32)
    assert sum("^" in row for row in rows) == 1
    assert all(row.isprintable() for row in rows)
    assert all(measured(row) <= 32 for row in rows)


FILLING = st.text(st.sampled_from("aé診\t\u0301\u200b👍 '"), max_size=120)


@given(FILLING, FILLING, st.integers(32, 120))
def test_the_marks_stand_under_what_they_mean(before: str, behind: str, width: int) -> None:
    source = Source("x", f"{before}BAD{behind}")
    mark = Mark(Span(len(before), len(before) + 3), "not good", Severity.ERROR)
    _, line, under, *_ = excerpt(source, [mark], 1, Paint(), width)
    assert measured(line) <= width
    assert under.index("^") == measured(line[: line.index("BAD")])
    assert under.split("|", 1)[1].split() == ["^^^", "not", "good"] or under.endswith(" ^^^")
