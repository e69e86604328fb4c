"""The lines of a file, cut into stretches that look the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kmblint.findings import Severity
from kmblint.reporters.html.listing import Marked, listed, tokens_of, wanted
from kmblint.text import Source, Span

TEXT = "SELECT 'a\nb' -- c\nFROM t;\n"


def cut(text: str, *marks: Marked) -> list[list[tuple[str, str, str]]]:
    source = Source("1.sql", text)
    numbers = range(1, source.line_count + 1)
    lines = listed(source, numbers, tokens_of(source), marks)
    return [[(piece.text, piece.token, piece.mark) for piece in line.pieces] for line in lines]


def test_literals_and_comments_are_known_across_lines() -> None:
    assert cut(TEXT) == [
        [("SELECT ", "", ""), ("'a", "string", "")],
        [("b'", "string", ""), (" ", "", ""), ("-- c", "comment", "")],
        [("FROM t;", "", "")],
        [],
    ]


def test_the_worst_mark_is_seen_and_a_cause_marks_its_first_line() -> None:
    warned, wrong = Marked(Span(0, 6), Severity.WARNING), Marked(Span(3, 5), Severity.ERROR)
    assert cut("SELECT 1", warned, wrong)[0][:3] == [("SEL", "", "warning"), ("EC", "", "error"), ("T", "", "warning")]
    assert [[mark for *_, mark in line] for line in cut("a\nb\n", Marked(Span(0, 3), None))] == [["related"], [""], []]


def test_what_is_left_out_is_counted() -> None:
    source = Source("1.sql", "a\nb\nc\nd\n" + "x" * 500)
    lines = list(listed(source, [1, 4, 5], (), ()))
    assert [(line.number, line.gap, line.cut) for line in lines] == [(1, 0, 0), (4, 2, 0), (5, 0, 100)]


def test_of_a_file_that_is_not_under_review_what_is_spoken_of_is_shown() -> None:
    source = Source("1.sql", "x\n" * 50)
    assert wanted(source, None, [1, 20]) == [1, 2, 3, 18, 19, 20, 21, 22]


@given(
    st.text(alphabet="a '\n\t-;/*", max_size=40),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4),
)
def test_no_character_is_lost(text: str, spans: list[tuple[int, int]]) -> None:
    source = Source("1.sql", text)
    marks = [Marked(Span(min(pair), max(pair)), Severity.INFO) for pair in spans]
    lines = cut(text, *marks)
    shown = ["".join(piece for piece, *_ in line) for line in lines]
    assert shown == [source.line(number) for number in range(1, source.line_count + 1)]
