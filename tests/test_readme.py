"""What README.md and the pages of docs/ show is so: commands, output, configuration, suppressions."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from kmblint.cli import main
from kmblint.config.configuration import load
from kmblint.config.keys import KEYS
from kmblint.lint.rulebook import Rulebook
from kmblint.reporters import FORMATS
from tests.cli.branches import Repo

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {path.relative_to(ROOT): path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md"))}


def marked(name: str) -> str:
    """The fence between two markers, in README.md or else in one of the pages."""
    fence = re.compile(rf"^<!-- {name} -->\n```\w+\n(.*?)^```\n<!-- /{name} -->$", re.MULTILINE | re.DOTALL)
    (found,) = fence.findall(TEXT) or fence.findall("\n".join(PAGES.values()))
    return str(found)


def kmblint(*arguments: str) -> str:
    done = CliRunner().invoke(main, list(arguments))
    assert done.exit_code in (0, 1), done.output
    return done.stdout


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


def test_the_output_is_what_the_command_prints() -> None:
    printed = kmblint("check", "--isolated", "--exit-zero", "fixtures/guide")
    assert marked("output").rstrip("\n") == printed.split("\n\n", 1)[0]


def test_the_fixes_are_those_that_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree("fixtures/guide/migrations", tmp_path / "migrations")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["check", "--isolated", "--fix"])
    assert done.stderr == marked("fixes")


def test_the_page_and_the_comment_are_what_the_command_writes(tmp_path: Path) -> None:
    command = marked("page").replace("review.html", f"{tmp_path}/review.html").split()[1:]
    kmblint(*command)
    page = (tmp_path / "review.html").read_text(encoding="utf-8")
    comment = kmblint(*command[:-1], "markdown")
    shown = marked("comment")
    assert comment.startswith(shown)
    (verdict,) = re.findall(r"^### kmblint: (.*)$", shown, re.MULTILINE)
    assert f"<h1>{verdict}</h1>" in page


@pytest.mark.parametrize("name", ["main job", "tests"])
def test_the_two_commands_are_one_line_each_and_name_what_exists(name: str) -> None:
    command = marked(name)
    assert command.count("\n") == 1
    assert all((ROOT / path).exists() for path in re.findall(r"fixtures/\S+", command))
    groups = re.findall(r"--group (\S+)", command)
    declared = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert all(f"\n{group} = [" in declared for group in groups)


def test_continuous_integration_runs_the_command_of_the_tests() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "/<!-- tests -->/,/<!-- \\/tests -->/p' README.md" in script


def test_every_command_and_option_that_is_named_exists() -> None:
    assert isinstance(main, click.Group)
    context = click.Context(main)
    commands = {name: main.get_command(context, name) for name in main.list_commands(context)}
    assert set(re.findall(r"^\| `kmblint (\w+)", TEXT, re.MULTILINE)) == set(commands)
    options = {option for command in commands.values() if command for each in command.params for option in each.opts}
    ours = re.sub(r"```sh\n.*?```", "", TEXT, flags=re.DOTALL)
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", ours)) - options == set()
    for page in ("configuration", "daily", "editors", "fixes", "reviewers"):
        assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", PAGES[Path(f"docs/{page}.md")])) - options == set(), page


def test_the_configuration_shows_every_key_and_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "kmblint.toml"
    file.write_text(marked("configuration"), encoding="utf-8")
    config = load(file, "kmblint.toml", Rulebook.load(), {}, FORMATS)
    unset = [name for name, key in KEYS.items() if getattr(config, key.field).origin == "default"]
    assert unset == []


def test_the_suppressions_are_used_and_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "0001_create_patients.sql").write_text(marked("suppression"), encoding="utf-8")
    shown = kmblint("check", "--isolated", "--today", "2026-06-30", str(tmp_path))
    assert shown == "no findings in 1 migration (kimberlite); 2 suppressed\n"


def _anchors(text: str) -> set[str]:
    """Of the headings, as a forge makes them."""
    titles = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", [Path("README.md"), *PAGES], ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    for path, anchor in re.findall(
        r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", (ROOT / page).read_text(encoding="utf-8")
    ):
        to = ROOT / page if not path else (ROOT / page).parent / path
        assert to.exists(), path
        assert not anchor or anchor in _anchors(to.read_text(encoding="utf-8")), f"{path}#{anchor}"


def test_every_page_is_reached_from_the_readme() -> None:
    assert {path.as_posix() for path in PAGES} - {"docs/performance.md"} <= set(re.findall(r"\]\(([^)#]+)", TEXT))


def test_the_readme_is_read_in_one_go() -> None:
    """Ten minutes; what the first five don't need stands in docs/."""
    assert len(TEXT.split()) < 2600


def toured() -> list[tuple[str, str]]:
    """The commands of the tour, each with what the page says that it prints."""
    blocks = re.findall(r"^```console\n(.*?)^```$", PAGES[Path("docs/daily.md")], re.MULTILINE | re.DOTALL)
    steps = [step.partition("\n") for block in blocks for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    return [(command, output) for command, _, output in steps]


def test_the_tour_is_what_the_commands_print(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a repository of which the page tells: two migrations, and a third number that the main branch takes too."""
    repo = Repo(tmp_path / "repo", monkeypatch)
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Ann Lee")
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2026-03-02T09:00:00+00:00")
    repo.git("config", "user.name", "Ann Lee")
    repo.commit(
        _0001_create_wards="CREATE TABLE IF NOT EXISTS wards (id BIGINT PRIMARY KEY, name TEXT);\n",
        _0002_create_beds="CREATE TABLE IF NOT EXISTS beds (id BIGINT PRIMARY KEY, ward_id BIGINT);\n",
    )
    repo.branch("work")
    for command, output in toured():
        printed = kmblint(*command.split()[1:])
        assert re.sub(r"\b[0-9a-f]{7}\b", "3f2c9a1", printed) == output, command
        if command == "kmblint new add_phone_to_wards":
            file = repo.root / "migrations/0003_add_phone_to_wards.sql"
            file.write_text(file.read_text().replace("\n\n\n\n", "\n\nALTER TABLE wards ADD COLUMN phone TEXT;\n\n"))
            repo.git("add", "-A")
            repo.git("commit", "-q", "-m", "Add a phone to each ward")
            repo.switch("main")
            repo.commit(_0003_create_rooms="CREATE TABLE IF NOT EXISTS rooms (id BIGINT PRIMARY KEY);\n")
            repo.switch("work")
            repo.git("merge", "-q", "-m", "Merge", "main")
        if command == "kmblint renumber --yes":
            repo.git("commit", "-q", "-a", "-m", "Add a phone to each ward")
    assert len(toured()) >= 7
