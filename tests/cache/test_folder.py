"""The folder of the cache takes no harm, does none, and stays small."""

from __future__ import annotations

import errno
import os
import stat
import time
from pathlib import Path
from threading import Thread

import pytest

from kmblint.cache import folder
from kmblint.cache.folder import SUFFIX, cache_folder, clean, load, save


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of this test's own."""
    monkeypatch.setenv("KMBLINT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_what_is_saved_is_loaded_and_nobody_else_may_read_it(place: Path) -> None:
    save("a", b"answer")
    assert load("a") == b"answer"
    assert load("b") is None
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert [(path.name, stat.S_IMODE(path.stat().st_mode)) for path in place.iterdir()] == [(f"a{SUFFIX}", 0o600)]


@pytest.mark.parametrize("cut", [0, 5, 20, 47, 50])
def test_a_file_that_is_cut_short_is_none(place: Path, cut: int) -> None:
    save("a", b"answer")
    path = place / f"a{SUFFIX}"
    path.write_bytes(path.read_bytes()[:cut])
    assert load("a") is None


@pytest.mark.parametrize("data", [b"", b"foreign", b"kmblint cache 2\n" + b"\0" * 40, b"\0" * 100])
def test_a_foreign_file_is_none_and_is_replaced(place: Path, data: bytes) -> None:
    save("a", b"answer")
    (place / f"a{SUFFIX}").write_bytes(data)
    assert load("a") is None
    save("a", b"other")
    assert load("a") == b"other"


def test_a_flipped_bit_makes_it_none(place: Path) -> None:
    save("a", b"answer")
    path = place / f"a{SUFFIX}"
    data = path.read_bytes()
    for at in range(len(data)):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert load("a") is None


def test_what_others_could_have_written_is_none(place: Path, tmp_path: Path) -> None:
    save("a", b"answer")
    path = place / f"a{SUFFIX}"
    path.chmod(0o666)
    assert load("a") is None
    path.chmod(0o600)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert load("a") is None
    path.unlink()
    path.mkdir()
    assert load("a") is None


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    monkeypatch.setenv("KMBLINT_CACHE_DIR", str(tmp_path / "file" / "cache"))
    save("a", b"answer")
    assert load("a") is None
    assert clean() == (0, 0)


def test_a_full_disk_leaves_what_was_there(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save("a", b"answer")

    def full(self: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, f"no space for {self} {target}")

    monkeypatch.setattr(Path, "replace", full)
    save("a", b"other")
    assert load("a") == b"answer"
    assert [path.name for path in place.iterdir()] == [f"a{SUFFIX}"]


def test_runs_at_once_leave_a_whole_answer_of_one_of_them() -> None:
    answers = [bytes([letter]) * 100_000 for letter in b"abcd"]
    seen: list[bytes | None] = []

    def run(answer: bytes) -> None:
        for _ in range(20):
            save("a", answer)
            seen.append(load("a"))

    threads = [Thread(target=run, args=(answer,)) for answer in answers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(seen) <= {None, *answers}
    assert load("a") in answers


def test_the_draft_of_a_killed_run_goes_in_time(place: Path) -> None:
    save("a", b"answer")
    old, new = place / ".b.1.tmp", place / ".c.2.tmp"
    for draft in (old, new):
        draft.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    save("a", b"other")
    assert not old.exists()
    assert new.exists()


def test_the_oldest_give_way(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MOST_FILES", 3)
    for number in range(6):
        save(f"n{number}", b"answer")
        os.utime(place / f"n{number}{SUFFIX}", (number, number))
    save("n9", b"answer")
    assert sorted(path.stem for path in place.iterdir()) == ["n4", "n5", "n9"]
    monkeypatch.setattr(folder, "MOST_BYTES", 100)
    save("n9", b"answer")
    assert [path.stem for path in place.iterdir()] == ["n9"]


def test_what_is_too_large_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    save("a", b"answer")
    monkeypatch.setattr(folder, "LARGEST", 100)
    save("a", b"x" * 1000)
    assert load("a") == b"answer"


def test_cleaning_takes_what_is_ours_alone(place: Path) -> None:
    save("a", b"answer")
    save("b", b"answer")
    (place / "notes.txt").write_text("mine", encoding="utf-8")
    assert clean()[0] == 2
    assert [path.name for path in place.iterdir()] == ["notes.txt"]
    (place / "notes.txt").unlink()
    save("a", b"answer")
    clean()
    assert not place.exists()


def test_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KMBLINT_CACHE_DIR")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "kmblint"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder() == tmp_path / ".cache" / "kmblint"
    monkeypatch.setattr("sys.platform", "darwin")
    assert cache_folder() == tmp_path / "Library" / "Caches" / "kmblint"


def test_an_answer_under_the_name_of_another_is_none(place: Path) -> None:
    """Whoever owns the folder could move a file of ours, though not write one."""
    save("a", b"answer")
    (place / f"a{SUFFIX}").rename(place / f"b{SUFFIX}")
    assert load("b") is None
