"""A folder as the runner finds it: names, numbers, order, text, ignored_files, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmblint.errors import InputError
from kmblint.history.files import History
from kmblint.history.folder import read
from kmblint.history.known import Known
from kmblint.history.names import description_of, is_migration, number_of
from kmblint.sql.statement import Statement
from kmblint.text import Source, Span

TABLE = "CREATE TABLE a (id BIGINT PRIMARY KEY);\n"


def unparsed(_source: Source, _span: Span) -> tuple[Statement, ...]:
    return ()


def history(root: Path, files: Mapping[str, str | bytes], known: Known | None = None) -> History:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(root, known or Known(), parse=unparsed)


def names(found: History) -> list[str]:
    return [migration.file for migration in found.migrations]


@pytest.mark.parametrize(
    ("name", "number", "description"),
    [
        ("0001_add_wards.sql", 1, "add_wards"),
        ("+1_add.sql", 1, "add"),
        ("0_add.sql", 0, "add"),
        ("20260211_094500_x.sql", 20260211, "094500_x"),
        ("4294967295_x.sql", 4294967295, "x"),
        ("4294967296_x.sql", None, "x"),
        (f"{'9' * 5000}_x.sql", None, "x"),
        ("-1_x.sql", None, "x"),
        ("+_x.sql", None, "x"),
        ("_x.sql", None, "x"),
        ("١_x.sql", None, "x"),
        ("1 _x.sql", None, "x"),
        ("0001.sql", None, ""),
        ("0001-add.sql", None, ""),
        ("notes.sql", None, ""),
    ],
)
def test_numbers_are_read_as_the_runner_reads_them(name: str, number: int | None, description: str) -> None:
    assert (number_of(name), description_of(name)) == (number, description)


@given(st.integers(0, 2**32 - 1), st.integers(0, 12))
def test_every_u32_is_a_number_at_any_width(number: int, width: int) -> None:
    assert number_of(f"{number:0{width}}_x.sql") == number


def test_only_sql_in_lower_case_is_a_migration() -> None:
    assert [name for name in ("0001_a.sql", ".sql", "0001_a.SQL", "0001_a.sql.bak", "sql") if is_migration(name)] == [
        "0001_a.sql"
    ]


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("0002-add-floor.sql", 2),
        ("0002 add floor.sql", 2),
        ("V2__add_floor.sql", 2),
        ("2.add_floor.sql", 2),
        ("2nd_floor.sql", None),
        ("notes.sql", None),
        ("20260211094500_floor.sql", None),
    ],
)
def test_an_evident_number_is_the_number_of_a_file_that_the_runner_refuses(
    tmp_path: Path, name: str, number: int | None
) -> None:
    found = history(tmp_path, {"0001_wards.sql": TABLE, name: TABLE, "0003_beds.sql": TABLE})
    place = 2 if number is None else 1
    assert (found.migrations[place].file, found.migrations[place].number) == (name, number)
    assert (found.migrations[place].numbered, found.migrations[place].id) == (False, name)


def test_a_number_that_another_file_has_is_not_evident(tmp_path: Path) -> None:
    found = history(tmp_path, {"0002-floor.sql": TABLE, "0002_beds.sql": TABLE})
    assert [each.number for each in found.migrations] == [2, None]


def test_the_order_is_by_number_then_name(tmp_path: Path) -> None:
    found = history(tmp_path, dict.fromkeys(["10_x.sql", "0002_b.sql", "2_a.sql", "x.sql", "0001_z.sql"], TABLE))
    assert names(found) == ["0001_z.sql", "0002_b.sql", "2_a.sql", "10_x.sql", "x.sql"]


def test_a_migration_knows_its_parts(tmp_path: Path) -> None:
    text = f"-- Migration: Add wards\n{TABLE}-- Down Migration\nDROP TABLE a;\n-- done"
    [migration] = history(tmp_path, {"0003_add_wards.sql": text}).migrations
    assert (migration.id, migration.number, migration.name) == ("0003", 3, "Add wards")
    assert [migration.source.slice(piece.span) for piece in migration.pieces] == [TABLE.rstrip(";\n")]
    assert [piece.sent for piece in migration.down_pieces] == [True, False]
    assert migration.path == tmp_path / "0003_add_wards.sql"


def test_statements_come_from_what_was_meant(tmp_path: Path) -> None:
    asked: list[str] = []

    def parse(source: Source, span: Span) -> tuple[Statement, ...]:
        asked.append(source.slice(span))
        return ()

    (tmp_path / "0001_a.sql").write_text("-- head\nA;\n-- DOWN: back\n-- DROP TABLE a;\n")
    read(tmp_path, parse=parse)
    assert asked == ["A;\n", "   DROP TABLE a;\n"]


@pytest.mark.parametrize(
    ("content", "reason", "place", "meant"),
    [
        (b"SELECT 1;\n-- caf\xe9\n", "not UTF-8: byte 0xE9 at offset 16", (16, 2), "SELECT 1;\n-- caf\u00e9\n"),
        (b"\xff\xfeA\x00;\x00", "UTF-16", (0, 1), "A;"),
        (b"\xfe\xff\x00A\x00;", "UTF-16", (0, 1), "A;"),
        (b"\xef\xbb\xbfA;", "byte order mark", (0, 1), "A;"),
        (b"A;\n\x00B", "NUL byte at offset 3", (3, 2), "A;\nB"),
        (b"\xe9;\n\x00B", "NUL byte at offset 3", (3, 2), None),
        (b"A\x00;\x00", "UTF-16", (0, 1), "A;"),
        (b"\x00A\x00;", "UTF-16", (0, 1), "A;"),
        (b"\x01\xe9", "not UTF-8: byte 0xE9", (1, 1), None),
    ],
)
def test_what_is_no_utf8_is_unreadable_and_read_as_meant_where_it_can_be(
    tmp_path: Path, content: bytes, reason: str, place: tuple[int, int], meant: str | None
) -> None:
    found = history(tmp_path, {"0002_a.sql": content})
    [unreadable] = found.unreadable
    assert reason in unreadable.reason
    assert (unreadable.file, unreadable.number, (unreadable.offset, unreadable.line)) == ("0002_a.sql", 2, place)
    assert [(m.source.text, m.readable) for m in found.migrations] == ([] if meant is None else [(meant, False)])


def test_directories_broken_links_and_dumps_are_unreadable(tmp_path: Path) -> None:
    (tmp_path / "0001_dir.sql").mkdir()
    (tmp_path / "0002_link.sql").symlink_to("nowhere.sql")
    (tmp_path / "0003_dump.sql").write_bytes(b" " * 20_000_001)
    (tmp_path / "real").write_text(TABLE)
    (tmp_path / "0004_link.sql").symlink_to("real")
    found = history(tmp_path, {})
    assert [u.reason.split(",")[0].split(" (")[0] for u in found.unreadable] == [
        "it is a directory",
        "it is a broken link",
        "it has 20",
    ]
    assert names(found) == ["0004_link.sql"]


def test_what_the_runner_never_reads_is_stray(tmp_path: Path) -> None:
    prose = "Create table wards later; then drop it\n"
    files = {
        "0001_a.sql": TABLE, "0002_b.SQL": TABLE, "0003_c.sql.bak": "", "0004_d.sql~": "", "0005_e.txt": TABLE,
        "archive/0001_old.sql": TABLE, "archive/deep/0002_old.sql": TABLE, "0006_f": "insert into a\nvalues (1);",
        "README.md": TABLE, "README.sql.txt": TABLE, ".gitkeep": "", ".0007_g.sql.swp": TABLE, "kmblint.toml": "",
        "notes.txt": prose, "data.sqlite": "", "docs/notes.md": TABLE, ".hidden/0001_x.sql": TABLE, "LICENSE": prose,
    }  # fmt: skip
    found = history(tmp_path, files)
    assert [ignored_file.file for ignored_file in found.ignored_files] == [
        "0002_b.SQL", "0003_c.sql.bak", "0004_d.sql~", "0005_e.txt", "0006_f", "archive/0001_old.sql",
    ]  # fmt: skip
    assert "`.sql~`" in found.ignored_files[2].reason
    assert "sub-folder `archive`, with 1 more file" in found.ignored_files[-1].reason


def test_an_overlay_replaces_adds_and_removes(tmp_path: Path) -> None:
    history(tmp_path, {"0001_a.sql": b"\xff", "0002_b.sql": "B;", "0003_c.sql": "C;"})
    overlay = {
        tmp_path / "0001_a.sql": "A;",
        tmp_path / "0003_c.sql": None,
        tmp_path / "0004_d.sql": "D;",
        tmp_path.parent / "0005_e.sql": "E;",
    }
    found = read(tmp_path, overlay=overlay, parse=unparsed)
    assert [m.source.text for m in found.migrations] == ["A;", "B;", "D;"]
    assert found.unreadable == ()


def test_a_folder_that_cannot_be_listed_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="doesn't exist"):
        read(tmp_path / "gone", parse=unparsed)


def test_a_baseline_comes_before_everything(tmp_path: Path) -> None:
    (tmp_path / "schema.sql").write_text(TABLE)
    found = history(tmp_path / "m", {"0001_a.sql": "A;"}, Known(baseline=tmp_path / "schema.sql"))
    assert found.baseline is not None
    assert (found.baseline_file, found.baseline.applied, found.baseline.source.text) == ("schema.sql", True, TABLE)
    for wrong, content in (("gone.sql", None), ("latin.sql", b"\xe9")):
        if content:
            (tmp_path / wrong).write_bytes(content)
        with pytest.raises(InputError, match=f"the baseline `.*{wrong}` can't be used"):
            history(tmp_path / "m", {}, Known(baseline=tmp_path / wrong))


def test_failed_is_said_in_the_header_or_by_name(tmp_path: Path) -> None:
    files = {"0001_a.sql": TABLE, "0002_b.sql": f"-- Failed: no JSONB\n{TABLE}", "0002_c.sql": TABLE}
    found = history(tmp_path, files, Known(failed=("0001_a.sql",)))
    assert [m.failed for m in found.migrations] == [True, True, False]
    assert [m.file for m in found.replayed] == ["0002_c.sql"]


def test_the_guides_failed_and_fixed_pair_is_known_unmarked(tmp_path: Path) -> None:
    files = [
        "0002_a.sql",
        "0002_fixed.sql",
        "0003_b.sql",
        "0003_b_fixed.sql",
        "0004_a.sql",
        "0004_b.sql",
        "0005_fixed.sql",
    ]
    found = history(tmp_path, dict.fromkeys(files, TABLE))
    assert {m.file: m.fixed_by for m in found.migrations if m.fixed_by} == {
        "0002_a.sql": "0002_fixed.sql",
        "0003_b.sql": "0003_b_fixed.sql",
    }
    assert [m.file for m in found.replayed] == [files[1], *files[3:]]


def test_a_way_back_in_a_file_of_its_own_is_no_step_forward(tmp_path: Path) -> None:
    pairs = {
        "0001_down.sql": "0001_up.sql",
        "0002_a.down.sql": "0002_a.up.sql",
        "0003_b_Rollback.sql": "0003_b.sql",
        "0004_c-undo.sql": "0004_c-up.sql",
        "0005_d_revert.sql": "0005_d_up.sql",
    }
    others = ["0004_c.sql", "0006_e_down.sql", "0006_f.sql", "0007_down.sql", "0008_g_fixed.sql", "0008_g.sql"]
    found = history(tmp_path, dict.fromkeys((*pairs, *pairs.values(), *others), TABLE))
    assert {m.file: m.undoes for m in found.migrations if m.undoes} == pairs
    assert {m.undone_by: m.file for m in found.migrations if m.undone_by} == pairs
    assert {m.file for m in found.replayed} == {*pairs.values(), *others} - {"0008_g.sql"}


def test_state_is_read_from_the_project(tmp_path: Path) -> None:
    lock = tmp_path / ".kimberlite" / "migrations" / ".lock"
    lock.parent.mkdir(parents=True)
    lock.write_text('version = 1\n[[migration]]\nid = 1\nname = "a"\nchecksum = "c"\n')
    found = history(tmp_path / "db" / "migrations", {"0001_a.sql": TABLE})
    assert found.state.locked[1].name == "a"
