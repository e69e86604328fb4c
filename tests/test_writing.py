"""Files are written whole, and keep what isn't their content."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from kmblint.errors import InputError
from kmblint.history.decode import Spelling, decoded
from kmblint.writing import replace, with_line_ends


def test_mode_and_neighbours_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "0001_a.sql"
    file.write_bytes(b"old")
    file.chmod(0o640)
    replace(file, b"new\r\n")
    assert file.read_bytes() == b"new\r\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["0001_a.sql"]


def test_a_new_file_has_the_mode_of_any_new_file(tmp_path: Path) -> None:
    replace(tmp_path / "new.sql", b"x")
    (tmp_path / "other").write_bytes(b"x")
    assert (tmp_path / "new.sql").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/a.sql").write_bytes(b"old")
    (tmp_path / "a.sql").symlink_to("shared/a.sql")
    replace(tmp_path / "a.sql", b"new", inside=tmp_path)
    assert (tmp_path / "a.sql").is_symlink()
    assert (tmp_path / "shared/a.sql").read_bytes() == b"new"


def test_a_link_that_leads_out_is_never_written_through(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "outside.sql").write_bytes(b"old")
    (tmp_path / "project/a.sql").symlink_to("../outside.sql")
    with pytest.raises(InputError, match="leads out of the project"):
        replace(tmp_path / "project/a.sql", b"new", inside=tmp_path / "project")
    assert (tmp_path / "outside.sql").read_bytes() == b"old"


def test_a_link_in_the_place_of_the_draft_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_bytes(b"old")
    (tmp_path / "victim").write_bytes(b"kept")
    (tmp_path / f".a.sql.{os.getpid()}.tmp").symlink_to("victim")
    with pytest.raises(InputError, match="can't be written: File exists"):
        replace(tmp_path / "a.sql", b"new")
    assert (tmp_path / "victim").read_bytes() == b"kept"
    assert (tmp_path / "a.sql").read_bytes() == b"old"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_read_only_file_stays(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_bytes(b"old")
    (tmp_path / "a.sql").chmod(0o444)
    with pytest.raises(InputError, match="read-only"):
        replace(tmp_path / "a.sql", b"new")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"-- a\nSELECT 1;\n",
        b"-- a\r\nSELECT 1;\r\n",
        b"-- a\rSELECT 1;\r",
        b"\xef\xbb\xbfSELECT 1;",
        "SELECT 'é';".encode("cp1252"),
        "SELECT 'é';".encode(),
        b"\xff\xfe" + "SELECT 1;\n".encode("utf-16-le"),
        b"\xfe\xff" + "SELECT 1;\n".encode("utf-16-be"),
        "SELECT 1;\n".encode("utf-16-le"),
    ],
)
def test_a_text_is_spelt_as_it_was(data: bytes) -> None:
    spelling, (text, _) = Spelling.of(data), decoded(data)
    assert spelling is not None
    assert text is not None
    assert spelling.encoded(text) == data


@pytest.mark.parametrize("data", [b"SELECT 1;\0", b"\xef\xbb\xbf\xff", b"\xff\x00\x00", b"'\x81'"])
def test_bytes_that_the_text_does_not_hold_cannot_be_spelt(data: bytes) -> None:
    assert Spelling.of(data) is None


def test_line_ends_follow_the_other_text() -> None:
    assert with_line_ends("a\nb\n", "x\r\ny\r\n") == "a\r\nb\r\n"
    assert with_line_ends("a\r\nb\n", "x\r\ny\r\nz") == "a\r\nb\r\n"
    assert with_line_ends("a\nb\n", "x\ny\r\n") == "a\nb\n"
    assert with_line_ends("a\n", "") == "a\n"


def test_a_draft_is_no_more_open_than_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a private file holds must not be readable while the draft is written either."""
    file = tmp_path / "a.sql"
    file.write_bytes(b"old")
    file.chmod(0o600)
    seen: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda _: seen.extend(p.stat().st_mode & 0o777 for p in tmp_path.glob(".a*")))
    replace(file, b"new")
    assert (seen, file.stat().st_mode & 0o777) == ([0o600], 0o600)
