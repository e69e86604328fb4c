"""The runner's header and halves, against a plain reading of its source, and what was meant beside it."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kmblint.history.files import checksum
from kmblint.history.sections import markers, split
from kmblint.targets.layout import pieces
from kmblint.text import Source, Span

PARTS = st.sampled_from([
    "-- Down Migration", "-- down migration", "-- DOWN: back", "-- Migration: a name", "-- Author: me", "--", "-- note",
    "CREATE TABLE a (id BIGINT PRIMARY KEY)", "DROP TABLE a", "'", '"', "/*", "*/", ";", " ", "\t", "\n", "\n", "\n",
    "\r\n", "\r", "é", "\u3000",
])  # fmt: skip
TEXTS = st.lists(PARTS, max_size=30).map("".join)


def lines_of(text: str) -> list[str]:
    """Rust's `str::lines`."""
    lines = text.split("\n")
    last = lines.pop()
    return [line.removesuffix("\r") for line in lines] + ([last] if last else [])


def content_of(text: str) -> str:
    """What the runner keeps of a file: all from the first line that is neither blank nor a comment."""
    lines = lines_of(text)
    while lines and (not lines[0].strip() or lines[0].strip().startswith("--")):
        lines.pop(0)
    return "\n".join(lines)


def source(text: str) -> Source:
    return Source("0001_a.sql", text)


def said(text: str, span: Span | None) -> str | None:
    return None if span is None else text[span.start : span.end]


@given(TEXTS)
@example("a\r\r\n\r\n")
@example("-- only\n-- a header")
def test_the_sent_half_is_cut_as_the_runner_cuts_it(text: str) -> None:
    parts = split(source(text))
    found = [
        (text[piece.span.start : piece.span.end].replace("\r\n", "\n"), piece.sent)
        for piece in pieces(source(text), parts.sent)
    ]
    up = content_of(text).split("-- Down Migration", 1)[0]
    trimmed = [piece.strip() for piece in up.split(";") if piece.strip()]
    assert found == [(piece, not piece.startswith("--")) for piece in trimmed]


@given(TEXTS)
def test_the_down_half_begins_behind_the_line_of_the_marker(text: str) -> None:
    _, marker, behind = content_of(text).partition("-- Down Migration")
    expected = behind.partition("\n")[2] if marker else None
    found = said(text, split(source(text)).sent_down)
    assert (None if found is None else found.replace("\r\n", "\n").strip()) == (
        None if expected is None else expected.strip()
    )


@given(TEXTS)
def test_the_checksum_is_that_of_the_content(text: str) -> None:
    header = split(source(text)).header
    assert checksum(text, header) == hashlib.sha256(content_of(text).encode()).hexdigest()


@given(TEXTS)
def test_sections_lie_in_order_and_the_uncommented_text_keeps_its_offsets(text: str) -> None:
    parts = split(source(text))
    assert parts.header.span.start == 0
    assert parts.header.span.end == parts.up.start == parts.sent.start
    assert (parts.marker is None) == (parts.down is None)
    if parts.marker and parts.down:
        assert parts.up.end == parts.marker.start < parts.down.start <= parts.down.end == len(text)
    assert len(parts.commented.text) == len(text)
    assert all(new in (old, " ") for new, old in zip(parts.commented.text, text, strict=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "CREATE TABLE a (id BIGINT PRIMARY KEY, c TEXT);\n",
            "4c5c79b5e9c84bff2063d62f730b3d86388932af05acc2cc8dca42f6f10c245a",
        ),
        (
            "CREATE TABLE b (id BIGINT PRIMARY KEY);\n",
            "0677fd6c09160779665d9da0f53c52090e8308c25c6701256bf6e0033f6aad78",
        ),
    ],
)
def test_the_checksums_that_the_runner_wrote(text: str, expected: str) -> None:
    header = "-- Migration: any\n-- Author: other\n\n"
    for version in (text, header + text, (header + text).replace("\n", "\r\n"), text.rstrip()):
        assert checksum(version, split(source(version)).header) == expected
    later = text + "-- later\n"
    assert checksum(later, split(source(later)).header) != expected


def test_the_header_says_what_the_runner_reads() -> None:
    text = "-- Migration: Add b\n--- Author: no\n---- Author: me\n-- migration: no\n\n-- Failed: typo\nSELECT 1;\n"
    header = split(source(text)).header
    assert (header.name, header.failed) == ("Add b", "typo")
    assert said(text, header.name_span) == "Add b"
    assert said(text, header.span) == text[: text.index("SELECT")]


def test_a_header_line_may_be_empty_of_words() -> None:
    header = split(source("-- Failed:\n-- Migration:   \nSELECT 1;")).header
    assert (header.name, header.failed) == ("", "")


@pytest.mark.parametrize(
    ("text", "up", "down"),
    [
        ("A;\n-- Down Migration (optional)\nB;\n", "A;\n", "B;\n"),
        ("A;\n-- down migration\nB;\n", "A;\n", "B;\n"),
        ("A;\n--Down Migration\nB;\n", "A;\n", "B;\n"),
        ("A; -- Down Migration\nB;\n", "A; ", "B;\n"),
        ("A;\n-- down: back\n-- B;\n", "A;\n", "-- B;\n"),
        ("A;\n-- DOWN: DROP TABLE a;\n", "A;\n", " DROP TABLE a;\n"),
        ("A;\n  -- DOWN:\nB;", "A;\n  ", "B;"),
        ("A;\n-- Down payments\nB;\n", "A;\n-- Down payments\nB;\n", None),
        ("A '-- Down Migration';\nB;\n", "A '-- Down Migration';\nB;\n", None),
        ("A;\n/*\n-- DOWN: no\n*/ B;\n", "A;\n/*\n-- DOWN: no\n*/ B;\n", None),
        ("A -- Down Migration of old\n;B;\n", "A -- Down Migration of old\n;B;\n", None),
        ("-- Down Migration\nA;\n", "A;\n", None),
    ],
)
def test_what_was_meant_as_up_and_down(text: str, up: str, down: str | None) -> None:
    parts = split(source(text))
    assert (said(text, parts.up), said(text, parts.down)) == (up, down)


@pytest.mark.parametrize(
    ("down", "expected"),
    [
        ("-- DOWN: by hand\n-- DROP TABLE a;\n", ["DROP TABLE a;"]),
        ("-- DOWN: DROP TABLE a;\n", ["DROP TABLE a;"]),
        ("-- DOWN:\n-- ask first\n-- ALTER TABLE a\n--   DROP COLUMN c;\n-- tell\n", ["ALTER TABLE a DROP COLUMN c;"]),
        ("-- DOWN:\n-- update the wiki too\nDROP TABLE a;\n", ["DROP TABLE a;"]),
        ("-- DOWN:\nDROP TABLE a\n-- and\n-- DROP TABLE b;\n", ["DROP TABLE a", "DROP TABLE b;"]),
        ("-- DOWN: nothing to do\n", []),
    ],
)  # fmt: skip
def test_commented_sql_behind_the_guides_marker_is_read(down: str, expected: list[str]) -> None:
    parts = split(source("CREATE TABLE a (id BIGINT PRIMARY KEY);\n" + down))
    assert parts.down is not None
    live = [line for line in parts.commented.slice(parts.down).split("\n") if not line.strip().startswith("--")]
    assert " ".join(" ".join(live).split()) == " ".join(expected)


def test_comments_behind_the_runners_marker_stay_comments() -> None:
    text = "A;\n-- Down Migration\n-- DROP TABLE a;\n"
    assert split(source(text)).commented.text == text


@pytest.mark.parametrize(
    "line",
    ["-- Down Migration", "-- Down Migration and its reasons", "--down migration", "-- DOWN_MIGRATION (optional)",
     "-- +goose Down", "-- migrate:down", "-- +migrate Down", "-- DOWN: back", "-- down", "---  Down Migration: back"],
)  # fmt: skip
def test_a_line_that_was_meant_as_the_marker(line: str) -> None:
    text = f"DROP TABLE a;\n{line}\r\nDROP TABLE b;"
    (found,) = markers(source(text), Span(0, len(text)))
    assert (found["guide"] is not None) is (line in {"-- DOWN: back", "-- down"})


@pytest.mark.parametrize(
    "text",
    ["-- down migrations are run by hand", "-- Down payments", "SELECT '-- Down Migration'", "/* -- Down Migration */",
     "DROP TABLE a; -- Down Migration is manual", "DROP TABLE a -- Down Migration", "-- see -- Down Migration"],
)  # fmt: skip
def test_words_that_only_sound_like_the_marker(text: str) -> None:
    assert list(markers(source(text), Span(0, len(text)))) == []
