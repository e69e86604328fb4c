"""Fixes are applied whole, and never two that touch the same characters."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kmblint.findings import Edit, Fix, NewFile
from kmblint.fixing.edits import apply, disjoint
from kmblint.text import Place, Span


def choose(fixes: list[Fix]) -> tuple[Edit, ...]:
    """The edits of the fixes that don't collide, in the order of their places."""
    return tuple(sorted({edit for fix in disjoint(fixes) for edit in fix.edits}))


def edit(start: int, end: int, text: str = "x", file: str = "a.sql") -> Edit:
    return Edit(Place(file, Span(start, end)), text)


def test_edits_are_applied_by_their_places_in_the_old_text() -> None:
    assert apply("one two three", [edit(8, 13, "3"), edit(0, 3, "1"), edit(4, 4, "and ")]) == "1 and two 3"


def test_a_fix_that_collides_is_left_for_the_next_run() -> None:
    first, second, third = Fix("a", (edit(0, 5),)), Fix("b", (edit(3, 8), edit(20, 21))), Fix("c", (edit(5, 6),))
    assert choose([first, second, third]) == (edit(0, 5), edit(5, 6))


def test_two_insertions_at_one_offset_collide() -> None:
    assert choose([Fix("a", (edit(3, 3, "a"),)), Fix("b", (edit(3, 3, "b"),))]) == (edit(3, 3, "a"),)


def test_the_same_edit_of_two_fixes_is_made_once() -> None:
    assert choose([Fix("a", (edit(3, 3),)), Fix("b", (edit(3, 3), edit(9, 9)))]) == (edit(3, 3), edit(9, 9))


def test_a_fix_that_collides_with_itself_is_none() -> None:
    assert choose([Fix("a", (edit(0, 5), edit(3, 8)))]) == ()


def test_other_files_are_other_places() -> None:
    assert len(choose([Fix("a", (edit(0, 5),)), Fix("b", (edit(0, 5, file="b.sql"),))])) == 2


def made(name: str, replaces: str | None = None) -> Fix:
    return Fix(f"make {name}", files=(NewFile(name, "", replaces),))


def test_one_number_is_given_once() -> None:
    fixes = [made("0004_a.sql"), made("0004_b.sql"), made("0005_b.sql"), made("0004_a.sql")]
    assert disjoint(fixes) == [fixes[0], fixes[2]]


def test_a_file_is_renamed_once() -> None:
    fixes = [made("0004_a.sql", "0003_a.sql"), made("0005_a.sql", "0003_a.sql"), made("0006_b.sql", "0002_b.sql")]
    assert disjoint(fixes) == [fixes[0], fixes[2]]


SPANS = st.tuples(st.integers(0, 30), st.integers(0, 6)).map(lambda pair: (pair[0], pair[0] + pair[1]))
FIXES = st.lists(st.lists(SPANS, min_size=1, max_size=3))


@given(FIXES)
def test_chosen_edits_never_overlap(fixes: list[list[tuple[int, int]]]) -> None:
    given_fixes = [
        Fix("fix", tuple(edit(*span, text=f"<{number}>") for span in spans)) for number, spans in enumerate(fixes)
    ]
    chosen = choose(given_fixes)
    for one, other in pairwise(chosen):
        assert one.place.span.end <= other.place.span.start
    for fix in given_fixes:
        assert len({each in chosen for each in fix.edits}) == 1, "a fix is applied whole or not at all"
