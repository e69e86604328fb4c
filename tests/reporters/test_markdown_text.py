"""User text in Markdown: it reads as it was, and is nothing but text."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from kmblint.reporters.markdown_text import code, fenced, inline, within

GITHUB = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


class Read(HTMLParser):
    """The tags and the text of what a Markdown text becomes."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(GITHUB.render(markdown))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(f"{tag} {attrs}" if attrs else tag)

    def handle_data(self, data: str) -> None:
        self.text += data


_TEXTS = st.text(alphabet="ab1 _*`<>&|[]()!~#@:/.\\\"'$-+=w{}^é\n\t\u202e", max_size=30)


@given(_TEXTS)
@example("__a__ _b_ **c**")
@example("[x](y) ![x](y) <a href=x> https://x.y www.x.y")
@example("&amp; &#60; \\* ~~x~~")
def test_a_text_is_read_as_it_was_and_holds_no_markup(text: str) -> None:
    for put in ("x {}", "### x {}", "- x {}"):
        read = Read(put.format(inline(text.replace("`", ""))))
        assert set(read.tags) <= {"p", "h3", "ul", "li"}
        assert "".join(read.text.split()).startswith("x")
        shown = text.replace("`", "").replace("\n", "\\n").replace("\t", "\\t").replace("\u202e", "<U+202E>")
        assert "".join(read.text.split()) == "x" + "".join(shown.split())


@given(_TEXTS)
def test_names_in_backticks_are_code(text: str) -> None:
    inner = text.replace("`", "")
    read = Read(f"x {inline(f'`{inner}`')}")
    assert read.tags == ["p", "code"]


@given(_TEXTS)
def test_a_cell_stays_a_cell(text: str) -> None:
    read = Read(f"| a | b |\n| - | - |\n| {code(text)} | {inline(text)} |\n")
    assert (read.tags.count("tr"), read.tags.count("td")) == (2, 2)
    assert set(read.tags) <= {"table", "thead", "tbody", "tr", "th", "td", "code"}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("ask @someone", "ask @<!-- -->someone"),
        ("like #12", "like #<!-- -->12"),
        ("see https://x.y", "see https:<!-- -->//x.y"),
        ("see www.x.y", "see www.<!-- -->x.y"),
        ("`@someone`", "<code>@someone</code>"),
        ("a_b (c)", "a_b (c)"),
    ],
)
def test_what_github_makes_links_of_is_parted(text: str, written: str) -> None:
    assert inline(text) == written


def test_a_fence_is_longer_than_any_inside() -> None:
    assert fenced("a\n````\nb", "diff") == "`````diff\na\n````\nb\n`````\n"


def test_the_first_lines_that_fit_are_kept_and_the_rest_counted() -> None:
    assert within(["abc", "de", "f"], 7) == (["abc", "de"], 1)
    assert within(["abcdefgh", "x"], 4) == ([], 2)
