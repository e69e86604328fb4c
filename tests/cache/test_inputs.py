"""Whatever a run may read changes the digest, and a file that is surely as it was isn't opened."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from kmblint.access import Access
from kmblint.cache.inputs import Inputs, Memory, Noticed
from kmblint.stamps import GRAIN, Stamp

ACCESS = Access()
FUTURE = 10**12
"""Nanoseconds; so much later everything is settled."""


def looked_at(root: Path, memory: Memory | None = None) -> Inputs:
    inputs = Inputs(memory or Memory())
    inputs.add_folder(root, ACCESS)
    return inputs


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a bit of everything."""
    root = tmp_path / "migrations"
    (root / "old").mkdir(parents=True)
    (root / "0001_a.sql").write_text("SELECT 1;", encoding="utf-8")
    (root / "old" / "0000_z.sql").write_text("SELECT 2;", encoding="utf-8")
    (root / "notes.txt").write_text("notes", encoding="utf-8")
    (tmp_path / "outside.sql").write_text("SELECT 3;", encoding="utf-8")
    (root / "0002_link.sql").symlink_to(tmp_path / "outside.sql")
    return root


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "0001_a.sql").write_text("SELECT 9;", encoding="utf-8"),
        lambda root: (root / "0001_a.sql").rename(root / "0003_a.sql"),
        lambda root: (root / "0001_a.sql").unlink(),
        lambda root: (root / "0003_b.sql").write_text("", encoding="utf-8"),
        lambda root: (root / "notes.txt").write_text("CREATE TABLE t (id INT);", encoding="utf-8"),
        lambda root: (root / "old" / "0000_y.sql").write_text("", encoding="utf-8"),
        lambda root: (root / "old" / "0000_z.sql").unlink(),
        lambda root: (root.parent / "outside.sql").write_text("SELECT 4;", encoding="utf-8"),
        lambda root: (root.parent / "outside.sql").unlink(),
        lambda root: os.mkfifo(root / "0004_pipe.sql"),
        lambda root: (root / "0005_dir.sql").mkdir(),
    ],
)
def test_every_change_shows(root: Path, change: Callable[[Path], object]) -> None:
    before = looked_at(root)
    assert looked_at(root, before.memory).digest == before.digest
    change(root)
    assert looked_at(root, before.memory).digest != before.digest
    assert looked_at(root).digest == looked_at(root, before.memory).digest


def test_a_file_that_came_or_went_shows(tmp_path: Path) -> None:
    def digest() -> bytes:
        inputs = Inputs(Memory())
        inputs.add_file(tmp_path / "lock", ACCESS)
        return inputs.digest

    nothing = digest()
    (tmp_path / "lock").write_text("version = 1", encoding="utf-8")
    something = digest()
    (tmp_path / "lock").unlink()
    assert nothing == digest() != something


def test_a_touched_file_of_the_same_content_is_the_same(root: Path) -> None:
    before = looked_at(root)
    os.utime(root / "0001_a.sql", ns=(1, 1))
    assert looked_at(root, before.memory).digest == before.digest


def test_only_a_file_that_is_in_doubt_is_opened(root: Path) -> None:
    path = root / "0001_a.sql"
    stamp = Stamp.of(path.lstat())
    assert stamp is not None
    lie = Noticed(stamp, b"\0" * 32)
    fresh = looked_at(root).digest
    told = {os.fspath(path): lie}
    assert looked_at(root, Memory(time.time_ns() + FUTURE, told)).digest != fresh, "it is believed"
    assert looked_at(root, Memory(max(stamp.modified, stamp.changed) + GRAIN, told)).digest == fresh, "it is in doubt"
    for field, value in (("size", 1), ("modified", 1), ("changed", 1), ("inode", 1), ("mode", 1)):
        other = msgspec.structs.replace(lie, stamp=msgspec.structs.replace(stamp, **{field: value}))
        assert looked_at(root, Memory(time.time_ns() + FUTURE, {os.fspath(path): other})).digest == fresh


def test_a_file_that_may_not_be_read_shows(root: Path) -> None:
    before = looked_at(root).digest
    small = Inputs(Memory())
    small.add_folder(root, Access(largest=3))
    assert small.digest != before


def test_what_may_not_be_read_is_not_taken_for_its_content(root: Path) -> None:
    def digest(largest: int, memory: Memory) -> tuple[bytes, Memory]:
        inputs = Inputs(memory)
        inputs.add_folder(root, Access(largest=largest))
        return inputs.digest, Memory(inputs.memory.seen + FUTURE, inputs.memory.files)

    small, memory = digest(3, Memory())
    whole, memory = digest(100, memory)
    again, memory = digest(3, memory)
    assert small == again != whole
    (root / "0001_a.sql").write_text("SELECT 2;", encoding="utf-8")
    _, memory = digest(3, memory)
    assert digest(100, memory)[0] != whole


def test_a_folder_that_is_not_there_has_a_digest_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert looked_at(tmp_path / "gone").digest != looked_at(tmp_path / "empty").digest
