"""The lock and `applied.toml`: what they say, and what is wrong with them, with its line."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmblint.access import Access
from kmblint.history.state import APPLIED, LOCK, State, project_of, read_state

LOCK_TEXT = """\
version = 1

[[migration]]
id = 1
name = "initial_schema"
checksum = "aa"

[[migration]]
id = 2
name = "add_wards"
checksum = "bb"
"""
APPLIED_TEXT = """\
[[migrations]]
id = 1
name = "initial_schema"
checksum = "aa"
applied_at = "2026-02-11T08:31:00.123456789Z"
applied_by = "dana"
"""


def state(project: Path, lock: str | bytes | None = None, applied: str | bytes | None = None) -> State:
    for name, content in ((LOCK, lock), (APPLIED, applied)):
        if content is not None:
            path = project / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_state(project, Access())


def damages(found: State) -> list[tuple[str, int]]:
    return [
        (damage.message, found.sources[damage.place.file].position(damage.place.span.start).line)
        for damage in found.damages
    ]


def test_both_files_are_read(tmp_path: Path) -> None:
    found = state(tmp_path, LOCK_TEXT, APPLIED_TEXT)
    assert found.damages == ()
    assert [(record.id, record.name, record.checksum) for record in found.lock] == [
        (1, "initial_schema", "aa"),
        (2, "add_wards", "bb"),
    ]
    assert (found.newest_applied, found.applied_here[1].applied_by) == (1, "dana")
    assert found.note == "this machine's applied.toml ends at migration 1 (nothing is taken from it as applied)"
    place = found.locked[2].place
    assert place.file == LOCK
    assert found.sources[LOCK].slice(place.span) == '[[migration]]\nid = 2\nname = "add_wards"\nchecksum = "bb"'


@pytest.mark.parametrize("text", [None, "", "\n \n"])
def test_missing_and_empty_files_say_nothing(tmp_path: Path, text: str | None) -> None:
    found = state(tmp_path, text, text)
    assert (found.lock, found.applied, found.damages, found.note) == ((), (), (), None)


@pytest.mark.parametrize(
    ("lock", "message", "line"),
    [
        (LOCK_TEXT.replace("id = 2", "<<<<<<< HEAD\nid = 2"), "it is no TOML", 9),
        (b"version = 1\n# caf\xe9\n", "not UTF-8: byte 0xE9", 2),
        ("version = 1\n", "there is no `[[migration]]`", 1),
        (LOCK_TEXT.replace("version = 1", "version = '1'"), "`version` is missing or no whole number", 1),
        (LOCK_TEXT.replace("id = 2", "id = '2'"), "`id` is not a whole number from 0 to 4294967295", 9),
        (LOCK_TEXT.replace("id = 2", "id = true"), "`id` is not a whole number from 0 to 4294967295", 9),
        (LOCK_TEXT.replace("id = 2", "id = 4294967296"), "`id` is not a whole number from 0 to 4294967295", 9),
        (LOCK_TEXT.replace('checksum = "bb"', ""), "`checksum` is missing", 8),
        (LOCK_TEXT.replace('"add_wards"', "7"), "`name` is not a string", 10),
        (LOCK_TEXT.replace("id = 2", "id = 1"), "migration 1 is recorded twice", 8),
        ("version = 1\nmigration = [1]\n", "an entry is no table", 1),
    ],
)
def test_damage_is_said_with_its_line(tmp_path: Path, lock: str | bytes, message: str, line: int) -> None:
    [(said, at)] = damages(state(tmp_path, lock))
    assert message in said
    assert at == line


def test_whole_records_of_a_damaged_file_still_count(tmp_path: Path) -> None:
    found = state(tmp_path, LOCK_TEXT.replace("id = 2", "id = 'x'"))
    assert list(found.locked) == [1]


@pytest.mark.parametrize("moment", ['"yesterday"', '"2026-02-11"', "2026-02-11T08:31:00Z"])
def test_applied_at_is_a_string_with_a_moment(tmp_path: Path, moment: str) -> None:
    text = "\n".join(f"applied_at = {moment}" if "applied_at" in line else line for line in APPLIED_TEXT.split("\n"))
    [(message, line)] = damages(state(tmp_path, None, text))
    assert "`applied_at` is not a string with a date and time" in message
    assert line == 5


def test_a_repetition_shows_the_first(tmp_path: Path) -> None:
    found = state(tmp_path, None, APPLIED_TEXT + APPLIED_TEXT.replace("aa", "cc"))
    [damage] = found.damages
    assert damage.related[0].place == found.applied[0].place
    assert found.applied_here[1].checksum == "aa"


PARTS = st.sampled_from([
    "version = 1", "[[migration]]", "[[migrations]]", "[migration]", "id = 1", "id = -1", 'name = "a"', "checksum = 1",
    'checksum = "c"', "migration = []", "migrations = [{ id = 1 }]", "migrations = 1", "<<<<<<< HEAD", "# note", "",
])  # fmt: skip


@given(st.lists(PARTS, max_size=8).map("\n".join), st.lists(PARTS, max_size=8).map("\r\n".join))
def test_whatever_they_hold_is_records_and_damages(lock: str, applied: str) -> None:
    with TemporaryDirectory() as project:
        found = state(Path(project), lock, applied)
    for damage in found.damages:
        assert damage.place.span in found.sources[damage.place.file].everything
    assert found.damages or len(found.lock) == len(found.locked)


def test_the_two_files_may_disagree(tmp_path: Path) -> None:
    found = state(tmp_path, LOCK_TEXT, APPLIED_TEXT.replace("aa", "cc"))
    [damage] = found.damages
    assert "migration 1 with different checksums" in damage.message
    assert (damage.place.file, damage.related[0].place.file) == (APPLIED, LOCK)


def test_the_project_is_what_kimberlite_marks_and_else_the_parent(tmp_path: Path) -> None:
    migrations = tmp_path / "repo" / "db" / "main" / "migrations"
    migrations.mkdir(parents=True)
    (tmp_path / "kimberlite.toml").touch()
    assert project_of(migrations) == tmp_path
    (tmp_path / "repo" / ".git").mkdir()
    assert project_of(migrations) == migrations.parent
    (tmp_path / "repo" / "db" / ".kimberlite" / "migrations").mkdir(parents=True)
    assert project_of(migrations) == tmp_path / "repo" / "db"
