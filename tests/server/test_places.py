"""URIs and positions as editors write them."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from kmblint.reporters.positions import ColumnUnit
from kmblint.server.places import offset_of, path_of, place_at, uri_of
from kmblint.text import Source

TEXTS = st.text(alphabet=st.sampled_from("aé😀\n\r\x0b\x0c\x85\u2028 ;"), max_size=12)


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///home/ann/0001_a.sql", Path("/home/ann/0001_a.sql")),
        ("file:///home/an%20n/%C3%A4%23%25.sql", Path("/home/an n/ä#%.sql")),
        ("file://localhost/tmp/a.sql", Path("/tmp/a.sql")),  # noqa: S108 -- a name, never opened
        ("FILE:///a.sql", Path("/a.sql")),
        ("untitled:Untitled-1", None),
        ("git:/home/ann/0001_a.sql?HEAD", None),
        ("file:relative.sql", None),
        ("file:///a%00.sql", None),
        ("file://[", None),
        ("", None),
    ],
)
def test_the_path_of_a_uri(uri: str, path: Path | None) -> None:
    assert path_of(uri, windows=False) == path


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///c%3A/Users/ann/0001_a.sql", "c:/Users/ann/0001_a.sql"),
        ("file:///C:/Users/ann/a%20b.sql", "C:/Users/ann/a b.sql"),
        ("file://server/share/a.sql", "//server/share/a.sql"),
    ],
)
def test_the_path_of_a_uri_on_windows(uri: str, path: str) -> None:
    assert path_of(uri, windows=True) == PureWindowsPath(path)


def test_paths_become_uris_that_lead_back() -> None:
    assert uri_of(Path("/home/an n/ä#%?.sql")) == "file:///home/an%20n/%C3%A4%23%25%3F.sql"
    assert uri_of(PureWindowsPath("C:/Users/an n/a.sql")) == "file:///c:/Users/an%20n/a.sql"
    assert uri_of(PureWindowsPath("//server/share/a.sql")) == "file://server/share/a.sql"
    assert path_of(uri_of(Path("/caf\udce9.sql")), windows=False) == Path("/caf\udce9.sql")


@pytest.mark.parametrize(
    ("unit", "character"), [(ColumnUnit.CHARACTERS, 2), (ColumnUnit.UTF16, 3), (ColumnUnit.BYTES, 6)]
)
def test_a_position_counts_what_was_negotiated(unit: ColumnUnit, character: int) -> None:
    source = Source("a.sql", "x\x0cy\u2028\n😀éz")
    assert place_at(source, 7, unit) == types.Position(1, character)
    assert offset_of(source, types.Position(1, character), unit) == 7


def test_a_position_behind_an_end_is_that_end() -> None:
    source = Source("a.sql", "ab\ncd")
    assert offset_of(source, types.Position(0, 99), ColumnUnit.UTF16) == 2
    assert offset_of(source, types.Position(1, 99), ColumnUnit.UTF16) == 5
    assert offset_of(source, types.Position(99, 0), ColumnUnit.UTF16) == 5


@given(TEXTS, st.sampled_from([ColumnUnit.CHARACTERS, ColumnUnit.UTF16, ColumnUnit.BYTES]), st.data())
def test_an_offset_comes_back(text: str, unit: ColumnUnit, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    source = Source("a.sql", text)
    there = place_at(source, offset, unit)
    back = offset_of(source, there, unit)
    # Inside of a line's end is its end.
    assert back == offset or text[back:offset] == "\r"
