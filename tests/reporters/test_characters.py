"""Folding and clipping: where a line ends, and how many columns it takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmblint.reporters.characters import by_backticks, clip, fold, measured


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("short", ["short"]),
        ("", [""]),
        ("one two three four", ["one two", "three four"]),
        ("the names `a b c` go", ["the names", "`a b c` go"]),
        ("a `b c`, which", ["a `b c`,", "which"]),
        ("`a name that no line holds` is", ["`a name", "that no", "line holds`", "is"]),
        ("a unmistakable word", ["a", "unmistakable", "word"]),
        ("can't and won't", ["can't and", "won't"]),
        ("診療 診療 診", ["診療 診療", "診"]),
        ("two  spaces  stay  here", ["two  spaces", "stay  here"]),
    ],
)
def test_a_line_ends_between_words(text: str, lines: list[str]) -> None:
    assert fold(text, 11) == lines


def test_leads_take_their_room() -> None:
    assert fold("one two three", 12, first=6, rest=2) == ["one", "two three"]
    assert fold("elephants", 12, first=6, rest=2) == ["", "elephants"]


def test_a_space_before_the_first_word_takes_no_column_that_it_needs() -> None:
    assert fold(" ` ``\u8a3a\u8a3a\u8a3a", 10) == ["` ``\u8a3a\u8a3a\u8a3a"]


def test_a_literal_of_sql_stays_on_its_line() -> None:
    assert fold("SET name = 'a b c d'", 14, code=True) == ["SET name =", "'a b c d'"]


@given(st.text(st.sampled_from("aé診👍` '\u0301"), max_size=60), st.integers(1, 30), st.booleans())
def test_no_word_is_lost_and_no_line_is_too_wide(text: str, width: int, code: bool) -> None:
    lines = fold(text, width, code=code)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(measured(line) <= width or " " not in line.strip() for line in lines)
    assert fold(text, 500) == [text]


def test_a_text_is_clipped_to_columns() -> None:
    assert clip("hospital", 8) == "hospital"
    assert clip("hospital", 5) == "hosp…"
    assert clip("診療診療", 6) == "診療…"
    assert clip("e\u0301" * 9, 4) == "e\u0301" * 3 + "…"


@pytest.mark.parametrize(
    ("text", "code", "prose"),
    [
        ("plain", [], ["plain"]),
        ("`a` refers to `b`", ["a", "b"], ["", " refers to ", ""]),
        ("an odd ` stays", [], ["an odd ` stays"]),
        ("`a`, and an odd ` stays", ["a"], ["", ", and an odd ` stays"]),
    ],
)
def test_what_stands_between_backticks_is_code(text: str, code: list[str], prose: list[str]) -> None:
    stretches = list(by_backticks(text))
    assert [part for part, is_code in stretches if is_code] == code
    assert [part for part, is_code in stretches if not is_code] == prose
