"""All files of a draft are written, or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmblint import writing
from kmblint.access import Access
from kmblint.errors import InputError
from kmblint.findings import Edit, Fix, NewFile
from kmblint.fixing import disk
from kmblint.fixing.draft import Draft
from kmblint.history.folder import read
from kmblint.text import Place, Span


def edited(root: Path) -> Draft:
    """A folder of three files, as it reads with a renaming, an edit and a new file."""
    for number, name in enumerate("abc", start=1):
        (root / f"000{number}_{name}.sql").write_bytes(b"SELECT 1;\n")
    fix = Fix(
        "x",
        tuple(Edit(Place(name, Span(7, 8)), "2") for name in ("0002_b.sql", "0003_c.sql")),
        files=(NewFile("0004_b.sql", "", "0002_b.sql"), NewFile("0005_d.sql", "SHOW TABLES;\n")),
    )
    return Draft.of(read(root), spell=disk.spelling(root, Access())).with_fixes([fix])


def files(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(root.iterdir())}


def test_all_files_are_written(tmp_path: Path) -> None:
    disk.write([(tmp_path, Access(), edited(tmp_path))])
    assert files(tmp_path) == {
        "0001_a.sql": b"SELECT 1;\n",
        "0003_c.sql": b"SELECT 2;\n",
        "0004_b.sql": b"SELECT 2;\n",
        "0005_d.sql": b"SHOW TABLES;\n",
    }


@pytest.mark.parametrize("failing", ["0003_c.sql", "0004_b.sql", "0005_d.sql"])
def test_where_one_cannot_be_written_none_is(failing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draft, before = edited(tmp_path), files(tmp_path)
    replace = writing.replace

    def fail(file: Path, data: bytes, inside: Path | None = None) -> None:
        if file.name == failing and data != before.get(failing):
            raise OSError(28, "No space left on device")
        replace(file, data, inside)

    monkeypatch.setattr(writing, "replace", fail)
    with pytest.raises(InputError, match="nothing was written: No space left on device"):
        disk.write([(tmp_path, Access(), draft)])
    assert files(tmp_path) == before


def test_a_file_that_was_changed_meanwhile_stops_all(tmp_path: Path) -> None:
    draft = edited(tmp_path)
    (tmp_path / "0003_c.sql").write_bytes(b"SELECT 1; -- mine\n")
    before = files(tmp_path)
    with pytest.raises(InputError, match=r"0003_c\.sql` isn't what kmblint read of it"):
        disk.write([(tmp_path, Access(), draft)])
    assert files(tmp_path) == before


def test_a_name_that_was_taken_meanwhile_stops_all(tmp_path: Path) -> None:
    draft = edited(tmp_path)
    (tmp_path / "0005_d.sql").write_bytes(b"SELECT 5;\n")
    before = files(tmp_path)
    with pytest.raises(InputError, match=r"0005_d\.sql` is there already"):
        disk.write([(tmp_path, Access(), draft)])
    assert files(tmp_path) == before


def test_what_cannot_be_taken_back_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draft, replace = edited(tmp_path), writing.replace

    def fail(file: Path, data: bytes, inside: Path | None = None) -> None:
        if file.name == "0005_d.sql" or data == b"SELECT 1;\n":
            raise OSError(28, "No space left on device")
        replace(file, data, inside)

    monkeypatch.setattr(writing, "replace", fail)
    with pytest.raises(InputError, match=r"0003_c\.sql`, `.*0004_b\.sql` could not be taken back: No space") as told:
        disk.write([(tmp_path, Access(), draft)])
    assert "nothing was written" not in str(told.value)
