"""What the runner sends of a file, piece by piece, and which statement each piece belongs to."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmblint import targets
from kmblint.history import folder
from kmblint.history.known import Known
from kmblint.live.sendings import Part, parts_of, whole


def sent(tmp_path: Path, text: str) -> list[tuple[str, ...]]:
    (tmp_path / "0001_step.sql").write_bytes(text.encode())
    history = folder.read(tmp_path)
    (part,) = parts_of(history, {})
    source = part.migration.source
    return [each.texts(source) for each in part.sendings(targets.get("kimberlite"))]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("-- header\nDROP TABLE a;\nDROP TABLE b;\n", [("DROP TABLE a",), ("DROP TABLE b",)]),
        ("DROP TABLE a;\n-- why\nDROP TABLE b;\n", [("DROP TABLE a",), ()]),
        ("DROP TABLE a /* x; y */;\n", [("DROP TABLE a /* x",), ("y */",)]),
        (
            "INSERT INTO t (a) VALUES ('1;2');\nDROP TABLE t;",
            [("INSERT INTO t (a) VALUES ('1", "2')"), ("DROP TABLE t",)],
        ),
        ("DROP TABLE a;\n/* end */\n", [("DROP TABLE a",), ("/* end */",)]),
        ("DROP TABLE a;\n-- end\n", [("DROP TABLE a",)]),
        ("/* b */ DROP TABLE a\r\n;\r\n", [("/* b */ DROP TABLE a",)]),
        ("DELETE\r\nFROM a;\r\n", [("DELETE\nFROM a",)]),
        ("DROP TABLE a;\n-- Down Migration\nDROP TABLE b;\n", [("DROP TABLE a",)]),
        ("", []),
    ],
)
def test_pieces(tmp_path: Path, text: str, pieces: list[tuple[str, ...]]) -> None:
    assert sent(tmp_path, text) == pieces


def test_every_piece_that_is_sent_is_sent_once_and_in_order(tmp_path: Path) -> None:
    text = "CREATE TABLE a (id BIGINT PRIMARY KEY);\nINSERT INTO a (id) VALUES (';--;');\n/* x */\n;DROP TABLE a"
    (tmp_path / "0001_step.sql").write_text(text)
    (migration,) = folder.read(tmp_path).migrations
    flat = [each for texts in sent(tmp_path, text) for each in texts]
    assert flat == [migration.source.slice(piece.span) for piece in migration.pieces if piece.sent]


def test_a_file_of_rows_is_sent_statement_by_statement_whatever_stands_before_them() -> None:
    part = whole(
        "seed.sql", Path("seed.sql"), "-- rows\nINSERT INTO a (id, n) VALUES (1, ';');\n-- more\nDELETE FROM a;\n"
    )
    source = part.migration.source
    assert [each.texts(source) for each in part.sendings(targets.get("kimberlite"))] == [
        ("INSERT INTO a (id, n) VALUES (1, ';')",), ("DELETE FROM a",),
    ]  # fmt: skip


def test_the_baseline_comes_first_and_rows_behind_their_migration(tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"{number:04}_step.sql").write_text(f"DROP TABLE t{number};\n")
    (tmp_path / "base").mkdir()
    baseline = tmp_path / "base" / "schema.sql"
    baseline.write_text("CREATE TABLE t1 (id BIGINT PRIMARY KEY);\n")
    history = folder.read(tmp_path, Known(baseline=baseline))
    seed: Part = whole("seed.sql", Path("seed.sql"), "DELETE FROM t1;\n")
    parts = parts_of(history, {"0001_step.sql": [seed]})
    assert [part.migration.file for part in parts][1:] == ["0001_step.sql", "seed.sql", "0002_step.sql"]
    assert [part.runs for part in parts] == [False, True, False, True]
    assert [part.is_data for part in parts] == [False, False, True, False]
