"""The scanner: every quote, comment and `;` with its offset; statements and the runner's pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmblint.sql.scanner import Kind, measure, scan, split
from kmblint.targets.layout import pieces
from kmblint.text import Source

FRAGMENTS = st.lists(
    st.sampled_from(
        [
            "'",
            '"',
            "`",
            "$$",
            "$x$",
            "--",
            "/*",
            "*/",
            ";",
            "\n",
            "\r\n",
            " ",
            "a",
            "1.5",
            "é",
            "''",
            "(",
            ")",
            "::",
            "\\",
        ]
    )
).map("".join)


def kinds(text: str) -> list[tuple[Kind, str]]:
    """Kind and text of every token."""
    return [(token.kind, token.text) for token in scan(Source("a.sql", text))]


@given(st.one_of(st.text(), FRAGMENTS))
def test_tokens_cover_the_text_in_order_and_leave_only_white_space(text: str) -> None:
    """Nothing is lost and nothing is read twice."""
    at = 0
    for token in scan(Source("a.sql", text)):
        assert text[at : token.start].strip() == ""
        assert token.start < token.end
        assert token.text == text[token.start : token.end]
        at = token.end
    assert text[at:].strip() == ""


@given(FRAGMENTS)
def test_pieces_hold_all_but_semicolons_and_white_space(text: str) -> None:
    """The runner's pieces are the text cut at every `;`."""
    source = Source("a.sql", text)
    shown = [source.slice(piece.span) for piece in pieces(source, source.everything)]
    assert shown == [part.strip() for part in text.split(";") if part.strip()]


def test_quotes_hide_semicolons_and_comment_marks() -> None:
    """What stands in quotes is no syntax."""
    assert kinds("'a;--' \"b;\" `c/*`") == [
        (Kind.STRING, "'a;--'"),
        (Kind.QUOTED, '"b;"'),
        (Kind.QUOTED, "`c/*`"),
    ]
    assert kinds("$x$;'$x$") == [(Kind.DOLLAR, "$x$;'$x$")]


def test_block_comments_do_not_nest() -> None:
    """Kimberlite ends a comment at the first `*/`."""
    assert kinds("/* a /* b */ c")[1] == (Kind.WORD, "c")


@pytest.mark.parametrize(
    ("text", "value"), [("'it''s'", "it's"), ('"a""b"', 'a"b'), ("`a``b`", "a`b"), ("$q$x$q$", "x"), ("word", "word")]
)
def test_value_undoes_quotes(text: str, value: str) -> None:
    """Doubled quotes count once."""
    (token,) = scan(Source("a.sql", text))
    assert token.value == value


def test_an_open_quote_spoils_its_own_statement_only() -> None:
    """The statements behind it are read as if it had been closed."""
    source = Source("a.sql", "SELECT 'open;\nSELECT 2;\nSELECT 'x';\n")
    cuts = list(split(scan(source)))
    assert [source.slice(each.span) for each in cuts] == ["SELECT 'open", "SELECT 2", "SELECT 'x'"]
    assert cuts[0].tokens[-1].kind is Kind.OPEN


def test_statements_keep_the_comments_before_and_inside_them() -> None:
    """The span of a statement begins at its first word."""
    text = "-- head\nSELECT /* in */ 1; -- tail\n;\n"
    (only,) = split(scan(Source("a.sql", text)))
    assert text[only.span.start : only.span.end] == "SELECT /* in */ 1"
    assert [comment.text for comment in only.comments] == ["-- head", "/* in */"]
    assert only.semicolon == text.index(";")


def test_a_piece_that_begins_with_a_line_comment_is_not_sent() -> None:
    """The runner skips it, statement and all."""
    source = Source("a.sql", "SELECT 1; -- note\nSELECT 2; /* x */ SELECT 3")
    assert [piece.sent for piece in pieces(source, source.everything)] == [True, False, True]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("A /* b */ c;\n'", ["WORD", "BLOCK_COMMENT", "WORD", "SEMICOLON", "OPEN"]),
        ("A /* b;\nC */ d '", ["WORD", "OPEN", "SEMICOLON", "WORD", "SYMBOL", "SYMBOL", "WORD", "OPEN"]),
        ("A $x$ b $x$; '", ["WORD", "DOLLAR", "SEMICOLON", "OPEN"]),
        ("A $x$ b;\nC $x$ '", ["WORD", "OPEN", "SEMICOLON", "WORD", "OPEN"]),
        ("A /* b;\nC /* d;\n", ["WORD", "OPEN", "SEMICOLON", "WORD", "OPEN", "SEMICOLON"]),
    ],
)
def test_behind_a_quote_that_is_open_comments_and_dollar_quotes_still_close(text: str, kinds: list[str]) -> None:
    assert [token.kind.name for token in scan(Source("a", text))] == kinds


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", (0, 0)),
        ("-- a\n/* b */", (0, 0)),
        (";;", (0, 0)),
        ("SELECT 1", (1, 2)),
        ("-- a\nSELECT 'x;y';\n;DROP TABLE b; -- c", (2, 5)),
        ("BEGIN; SELECT a /* b; c */ FROM d", (2, 5)),
        ("BEGIN; SELECT 'it never; ends", (3, 5)),
    ],
)
def test_a_text_is_measured_without_holding_it(text: str, size: tuple[int, int]) -> None:
    """Statements, and tokens beside comments; guessed behind a quote that nothing closes."""
    assert measure(text) == size


@pytest.mark.parametrize(
    ("comment", "block"),
    [
        ("-- now; or never", "/* now, or never */"),
        ("--a */ b", "/* a * / b */"),
        ("--", "/* */"),
        ("--  ", "/* */"),
    ],
)
def test_a_line_comment_as_a_block_comment_ends_where_the_line_did(comment: str, block: str) -> None:
    (token,) = scan(Source("it", comment))
    assert token.in_block_marks == block


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_of_a_merge_conflict_our_side_is_read(end: str) -> None:
    """With what was there before both sides too, as diff3 writes it."""
    lines = (
        "<<<<<<< ours",
        "DROP TABLE a",
        "||||||| base",
        "DROP TABLE b",
        "=======",
        "DROP TABLE c",
        ">>>>>>> theirs",
    )
    (cut,) = split(scan(Source("it", end.join((*lines, "CASCADE;")))))
    assert [token.text for token in cut.tokens] == ["DROP", "TABLE", "a", "CASCADE"]
    assert cut.conflict
