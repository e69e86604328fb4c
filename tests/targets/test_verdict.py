"""What is said of a verdict's parts."""

from __future__ import annotations

import pytest

from kmblint.targets.outcome import Way, WayKind


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("key", "one row by its key"),
        ("key range", "a range of the key `c`"),
        ("index range", "a range of the index `i`"),
        ("scan", "every row, one after the other"),
    ],
)
def test_how_a_change_comes_to_its_rows(kind: WayKind, said: str) -> None:
    assert str(Way(kind, "c", "i")) == said
