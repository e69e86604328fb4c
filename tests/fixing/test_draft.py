"""A draft holds what the files would say, byte for byte as they were where no edit stands."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmblint.findings import Edit, Fix, NewFile
from kmblint.fixing.draft import Draft, UnwritableError
from kmblint.history.decode import Spelling, decoded
from kmblint.history.folder import read
from kmblint.history.known import Known
from kmblint.text import Place, Span

NAME = "0001_create_wards.sql"
EMPTY = TemporaryDirectory()
WORDS = ["a", " ", "é", "'x'", ";", "\n", "\r\n", "-- c", "CREATE TABLE w (id BIGINT);"]
PIECES = st.lists(st.sampled_from(WORDS), max_size=12)
CODECS = st.sampled_from(
    [(b"", "utf-8"), (b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")]
)
SPOTS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)), max_size=4)


def draft_of(data: bytes, applied_through: int | None = None) -> Draft:
    """A folder of one file."""
    root = Path(EMPTY.name)
    history = read(root, Known(applied_through), overlay={root / NAME: data})
    return Draft.of(history, spell=lambda _: Spelling.of(data))


@given(PIECES, CODECS, SPOTS, st.sampled_from(["", "x", "y\nz"]))
def test_what_stands_outside_of_the_edits_keeps_its_bytes(
    pieces: list[str], codec: tuple[bytes, str], spots: list[tuple[int, int]], words: str
) -> None:
    mark, encoding = codec
    text = "".join(pieces)
    data = mark + text.encode(encoding)
    if decoded(data)[0] != text or Spelling.of(data) is None:
        return  # short texts pass for another encoding
    spans: list[Span] = []
    for start, length in sorted(spots):
        span = Span(min(start, len(text)), min(start + length, len(text)))
        if not spans or spans[-1].end < span.start:
            spans.append(span)
    written = words.replace("\n", "\r\n") if text.count("\r\n") * 2 > text.count("\n") else words
    kept = [text[one.end : other.start] for one, other in pairwise([Span(0, 0), *spans, Span(len(text), len(text))])]
    expected = mark + written.join(kept).encode(encoding)
    draft = draft_of(data).with_fixes([Fix("x", tuple(Edit(Place(NAME, span), words) for span in spans))])
    assert draft.files[NAME].data == (expected if spans else draft.files[NAME].data)


def test_an_applied_file_is_not_edited() -> None:
    draft = draft_of(b"CREATE TABLE wards (id BIGINT PRIMARY KEY);\n", applied_through=1)
    fix = Fix("x", (Edit(Place(NAME, Span(0, 0)), "x"),))
    assert draft.refusal(fix) == "it is applied"
    with pytest.raises(UnwritableError, match="it is applied"):
        draft.with_fixes([fix])


@pytest.mark.parametrize(
    ("fix", "said"),
    [
        (Fix("x", files=(NewFile(NAME, ""),)), f"`{NAME}` is there already"),
        (Fix("x", (Edit(Place("0007_x.sql", Span(0, 0)), ""),)), "`0007_x.sql` is no file that could be edited"),
    ],
)
def test_what_cannot_be_written_is_refused(fix: Fix, said: str) -> None:
    assert draft_of(b"SELECT 1;").refusal(fix) == said


def test_a_character_that_the_encoding_has_not_is_refused() -> None:
    draft = draft_of("SELECT 'é';".encode("cp1252"))
    with pytest.raises(UnwritableError, match="cp1252, which has no way to spell"):
        _ = draft.with_fixes([Fix("x", (Edit(Place(NAME, Span(0, 0)), "→"),))]).overlay


def test_a_renamed_file_takes_its_edits_along() -> None:
    fixes = [
        Fix("rename", files=(NewFile("0002_create_wards.sql", "old text", NAME),)),
        Fix("edit", (Edit(Place(NAME, Span(0, 6)), "SHOW"),)),
    ]
    draft = draft_of(b"SELECT 1;").with_fixes(fixes)
    assert draft.overlay == {NAME: None, "0002_create_wards.sql": b"SHOW 1;"}


def test_the_same_text_spelt_otherwise_is_a_change() -> None:
    draft = draft_of(b"\xef\xbb\xbfSELECT 1;").with_fixes([Fix("x", files=(NewFile(NAME, "SELECT 1;", NAME),))])
    assert draft.overlay == {NAME: b"SELECT 1;"}
