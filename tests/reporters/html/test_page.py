"""The page as bytes: what it asks for, what it shows, what it leaves out."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kmblint.reporters import render
from kmblint.reporters.html import contents
from tests.reporters.html.pages import FIXTURES, HOSTILE, hostile, page, project
from tests.reporters.samples import everything, report


class Tags(HTMLParser):
    """Every element with its attributes, and the ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def values(self, name: str) -> list[str]:
        return [value for _, attributes in self.tags if (value := attributes.get(name)) is not None]

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)


@pytest.fixture(scope="module")
def guide() -> str:
    return page(FIXTURES / "guide")


def test_the_policy_names_the_one_style_and_the_one_script_by_their_hashes(guide: str) -> None:
    (policy,) = [each for each in Tags(guide).values("content") if "-src" in each]
    for kind in ("style", "script"):
        (text,) = re.findall(rf"<{kind}>(.*?)</{kind}>", guide, re.DOTALL)
        assert f"{kind}-src 'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy


def test_it_asks_for_nothing_and_carries_looks_in_classes_alone(guide: str) -> None:
    tags = Tags(guide)
    assert not {"link", "img", "iframe", "object", "base"} & {tag for tag, _ in tags.tags}
    assert tags.values("style") == tags.values("src") == []
    assert [name for _, attributes in tags.tags for name in attributes if name.startswith("on")] == []
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest|https?://(?!www\.w3\.org/2000/svg)", guide)


@pytest.mark.parametrize("name", ["guide", "clinic", "five-families", "clean"])
def test_every_link_leads_to_a_place_of_the_page_and_no_id_stands_twice(name: str) -> None:
    tags = Tags(page(FIXTURES / name))
    ids = tags.values("id")
    assert len(ids) == len(set(ids))
    links = tags.values("href")
    assert links
    assert {link.removeprefix("#") for link in links} <= set(ids)


def test_the_verdict_comes_first_and_every_finding_stands_at_its_line(guide: str) -> None:
    body = guide[guide.index("<body>") :]
    assert body.index("<h1>Not ready: the run stops in <code>0001_initial_schema.sql</code></h1>") < body.index("<h2>")
    assert guide.count("<article ") == guide.count('<li class="entry ') == 8
    skipped = body.index('data-rule="KMB901 skipped-statement"', body.index("<article "))
    assert body.index('id="f1-13"') < skipped < body.index('id="f1-14"')


def test_the_same_input_gives_the_same_bytes(guide: str) -> None:
    assert page(FIXTURES / "guide") == guide


def test_nothing_of_the_users_is_markup(tmp_path: Path) -> None:
    text = page(hostile(tmp_path))
    tags = Tags(text)
    assert tags.count("script") == 1
    assert tags.count("img") == 0
    assert HOSTILE not in text
    assert "&lt;script&gt;" in text


def test_what_cannot_be_seen_is_spelt_out(tmp_path: Path) -> None:
    folder = project(tmp_path, "CREATE TABLE wards (id BIGINT PRIMARY KEY); /* \u202egnp.exe\x07 */\n")
    text = page(folder)
    assert "&lt;U+202E&gt;gnp.exe&lt;U+0007&gt;" in text
    assert not {"\u202e", "\x07"} & set(text)


def test_secrets_are_stars_whether_their_rule_runs_or_not(tmp_path: Path) -> None:
    folder = project(
        tmp_path,
        "CREATE TABLE logins (id BIGINT PRIMARY KEY, password TEXT DEFAULT 'hunter20');\n"
        "INSERT INTO logins (id, password) VALUES (1, 'hunter22');\nCREATE USER bob PASSWORD 'hunter21';\n"
        "-- Down Migration\nUPDATE logins SET password = 'hunter23' WHERE id = 1;\n",
    )
    for options in ((), ("--ignore", "hard-coded-secret")):
        text = page(folder, *options)
        assert "hunter" not in text
        assert "'********'" in text or "&#39;********&#39;" in text


def test_the_applied_part_of_a_history_is_folded_to_a_line(tmp_path: Path) -> None:
    texts = [f"CREATE TABLE IF NOT EXISTS t{number} (id BIGINT PRIMARY KEY);\n" for number in range(1, 151)]
    text = page(project(tmp_path, *texts), "--applied-through", "149")
    assert text.count('<details class="file ') == 1
    assert "149 other migrations without findings, of which the last 100 are listed" in text


def test_the_size_is_bounded_and_what_is_left_out_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, most in (("MOST_FINDINGS", 20), ("_MOST_LINES", 100), ("_MOST_DEEDS", 5), ("_MOST_FILES", 2)):
        monkeypatch.setattr(contents, name, most)
    first = f"CREATE TABLE t (id BIGINT PRIMARY KEY /* {'x' * 5_000} */);\n"
    rows = "".join(f"CREATE TABLE t{number} (id BIGINT PRIMARY KEY);\n" for number in range(400))
    refused = "".join(f"ALTER TABLE t DROP COLUMN c{number};\n" for number in range(60))
    text = page(project(tmp_path, first + rows, refused, "DROP TABLE t;\n"))
    assert "further findings left out, none of them worse" in text
    assert re.search(r"\d+ lines of this file aren't shown", text)
    assert re.search(r"… \d+ more characters", text)
    assert "and 396 more" in text
    assert "1 further pending migration left out" in text


def test_a_long_file_shows_the_beginning_of_each_statement(tmp_path: Path) -> None:
    long = (
        "CREATE TABLE t (id BIGINT PRIMARY KEY,\n"
        + "".join(f"c{number} TEXT,\n" for number in range(400))
        + "z TEXT);\n"
    )
    text = page(project(tmp_path, long))
    assert re.search(r"\d+ lines of this file aren't shown", text)
    assert "c1 TEXT" in text


def test_several_histories_have_a_schema_each_and_call_files_by_their_paths() -> None:
    text = page(FIXTURES / "guide", FIXTURES / "clean")
    assert text.count('aria-label="The schema, with what differs marked"') == 4  # a region and its drawing, twice
    assert "guide/migrations/0001_initial_schema.sql:13</a>" in text


def test_a_file_that_cannot_be_read_is_told_of(tmp_path: Path) -> None:
    folder = project(tmp_path, "CREATE TABLE wards (id BIGINT PRIMARY KEY);\n")
    (folder / "0002_odd.sql").write_bytes(b"CREATE TABLE \xff\xfe (id BIGINT);\n")
    text = page(folder)
    assert "the runner refuses the whole folder" in text
    assert "0002_odd.sql" in text


def test_a_report_without_a_history_is_a_page_too() -> None:
    for each in (report(), everything()):
        text = render(each, "html")
        assert text.startswith("<!DOCTYPE html>")
        assert text.count("<article ") == len(each.diagnostics)


def test_a_clean_page_says_so() -> None:
    text = page(FIXTURES / "clean")
    assert "<h1>Ready: it runs to its end, and every statement does what it says</h1>" in text
    assert "<p>None.</p>" in text
