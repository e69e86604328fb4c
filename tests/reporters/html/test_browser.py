"""The page in a browser: opened, filtered, followed, printed, on a telephone, and under hostile names.

The browser is the machine's own Chromium (`apt-get install chromium`), or the one that KMBLINT_CHROMIUM names; without
one these tests are skipped, and where KMBLINT_CHROMIUM is set they fail instead: CI sets it.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.reporters.html.pages import FIXTURES, hostile, page, project

NAMED = os.environ.get("KMBLINT_CHROMIUM")
FOUND = NAMED or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(FOUND is None, reason="no Chromium on this machine: the page isn't opened in a browser")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=FOUND, args=["--no-sandbox"])  # as root it has none
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("guide") / "page.html"
    file.write_text(page(FIXTURES / "guide"), encoding="utf-8")
    return file


class Opened:
    """A page, and what it said on its console or asked of the network."""

    def __init__(
        self, browser: Browser, file: Path, *, width: int = 1200, dark: bool = False, script: bool = True
    ) -> None:
        context = browser.new_context(
            viewport={"width": width, "height": 844},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
        )
        self.page: Page = context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(file.as_uri())

    def shown(self) -> int:
        """How many findings are to be seen at their lines."""
        return self.page.locator("article.finding:visible").count()

    def overflow(self) -> int:
        """Pixels that the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def test_it_opens_without_a_word_and_asks_for_nothing_else(browser: Browser, guide: Path) -> None:
    for dark in (False, True):
        opened = Opened(browser, guide, dark=dark)
        assert opened.page.title().startswith("Not ready: ")
        assert opened.shown() == 8
        assert (opened.said, opened.asked) == ([], [guide.as_uri()])


def test_light_and_dark_are_two_looks(browser: Browser, guide: Path) -> None:
    colors = {
        Opened(browser, guide, dark=dark).page.evaluate("getComputedStyle(document.body).backgroundColor")
        for dark in (False, True)
    }
    assert colors == {"rgb(255, 255, 255)", "rgb(20, 24, 28)"}


def test_findings_are_filtered_by_severity_rule_and_file(browser: Browser, guide: Path) -> None:
    opened = Opened(browser, guide)
    form = opened.page.locator("#filters")
    form.get_by_label("warning").uncheck()
    form.get_by_label("info").uncheck()
    assert opened.shown() == opened.page.locator("li.entry:visible").count() == 5
    form.get_by_label("Rule").select_option("KMB903 refused-statement")
    assert opened.shown() == 2
    form.get_by_label("File").select_option("0007_normalize_phone_numbers.sql")
    assert opened.shown() == 1
    assert opened.page.locator("#count").inner_text() == "1 of 8 shown"
    form.get_by_role("button").click()
    opened.page.wait_for_function("document.querySelector('#count').textContent === '8 of 8 shown'")
    assert opened.said == []


def test_a_finding_is_followed_from_the_list_to_its_line_and_on_to_its_cause(browser: Browser, tmp_path: Path) -> None:
    made = "CREATE TABLE wards (id BIGINT PRIMARY KEY);\n"
    file = tmp_path / "page.html"
    file.write_text(page(project(tmp_path, made, made), "--applied-through", "1"), encoding="utf-8")
    opened = Opened(browser, file)
    cause = opened.page.locator("#f1-1")
    assert not cause.is_visible()  # an applied file is folded
    opened.page.locator("li.entry a").first.click()
    finding = opened.page.locator("article.finding:target")
    assert finding.is_visible()
    finding.locator(".cause a").first.click()
    assert cause.is_visible()
    assert opened.page.url.endswith("#f1-1")
    fresh = Opened(browser, file, script=False)
    fresh.page.goto(f"{file.as_uri()}#f1-1")
    assert fresh.page.locator("#f1-1").is_visible()  # the browser opens what it leads into


def test_keys_step_through_the_findings_and_leave_other_keys_alone(browser: Browser, guide: Path) -> None:
    opened = Opened(browser, guide)
    focused = "document.activeElement.dataset.rule"
    first, second = "KMB301 non-idempotent-create", "KMB904 dropped-clause"
    for key, rule in (("j", first), ("j", second), ("k", first)):
        opened.page.keyboard.press(key)
        assert opened.page.evaluate(focused) == rule
    opened.page.keyboard.press("o")
    assert opened.shown() == 0  # every file was open, so all are closed
    opened.page.keyboard.press("o")
    assert opened.shown() == 8
    opened.page.keyboard.press("f")
    assert opened.page.evaluate("document.activeElement.name") == "severity"


def test_without_script_and_style_it_is_all_there(browser: Browser, guide: Path, tmp_path: Path) -> None:
    opened = Opened(browser, guide, script=False)
    assert not opened.page.locator("#filters").is_visible()
    assert opened.shown() == 8
    text = guide.read_text(encoding="utf-8")
    barred = re.sub(r"(style|script)-src &#39;sha256-.*?&#39;", r"\1-src &#39;none&#39;", text)
    assert barred != text
    bare = tmp_path / "bare.html"
    bare.write_text(barred, encoding="utf-8")
    plain = Opened(browser, bare)
    assert plain.page.evaluate("getComputedStyle(document.querySelector('nav')).display") == "block"
    assert plain.shown() == 8
    assert "CREATE TABLE patients" in plain.page.locator("#f1-4").inner_text()


def test_it_prints_with_what_is_folded(browser: Browser, guide: Path) -> None:
    opened = Opened(browser, guide)
    opened.page.locator("details.file summary").first.click()
    assert opened.shown() == 3
    assert opened.page.pdf().startswith(b"%PDF-")
    opened.page.emulate_media(media="print")
    assert opened.shown() == 8
    assert not opened.page.locator("nav").is_visible()
    assert opened.said == []


@pytest.mark.parametrize("name", ["guide", "five-families", "clinic", "healthcare-template"])
def test_a_telephone_scrolls_in_one_direction(browser: Browser, tmp_path: Path, name: str) -> None:
    file = tmp_path / "page.html"
    file.write_text(page(FIXTURES / name), encoding="utf-8")
    opened = Opened(browser, file, width=390)
    opened.page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert opened.overflow() == 0


def test_hostile_names_do_nothing(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(page(hostile(tmp_path)), encoding="utf-8")
    opened = Opened(browser, file, width=390)
    opened.page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert opened.page.evaluate("document.documentElement.dataset.ran ?? 'no'") == "no"
    assert opened.page.locator("script").count() == 1
    assert opened.page.locator("img").count() == 0
    assert opened.overflow() == 0
    assert opened.said == []
