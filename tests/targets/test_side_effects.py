"""What values that a column can't hold leave behind, as the engine 0.9.1 answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmblint import targets
from kmblint.history import folder
from kmblint.replay.replayer import replay
from kmblint.targets.verdict import Verdict

HOLIDAYS = "CREATE TABLE holidays (id BIGINT PRIMARY KEY, day DATE, title TEXT);\n"
TWO_BAD_ROWS = "INSERT INTO holidays (id, day) VALUES (1, '2024-12-25'), (2, '2024-12-26'), (3, 20083)"


@pytest.mark.parametrize(
    ("insert", "row", "verdict"),
    [
        (TWO_BAD_ROWS, 1, Verdict.REFUSED),
        (TWO_BAD_ROWS, 2, Verdict.REFUSED),
        (TWO_BAD_ROWS, 3, Verdict.TAKEN),
        (f"{TWO_BAD_ROWS} ON CONFLICT (id) DO NOTHING", 2, Verdict.REFUSED),
        ("INSERT INTO holidays (id, day, place) VALUES (1, '2024-12-25', 'x')", 1, Verdict.TAKEN),
    ],
)
def test_every_poisoned_row_is_refused_by_its_key(tmp_path: Path, insert: str, row: int, verdict: Verdict) -> None:
    update = f"UPDATE holidays SET title = 'x' WHERE id = {row};\n"
    (tmp_path / "0001_create_holidays.sql").write_text(f"{HOLIDAYS}{insert};\n{update}", encoding="utf-8")
    history = folder.read(tmp_path)
    *_, last = replay(history, targets.get("kimberlite")).steps
    assert last.outcome.verdict is verdict
