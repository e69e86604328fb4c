"""What fits a page, by the numbers that the engine gave (tests/engine/facts.jsonl, areas page and event)."""

from __future__ import annotations

import pytest

from kmblint.targets.kimberlite.release_0_9_1 import RELEASE_0_9_1
from kmblint.targets.pages import (
    field_bytes,
    insert_event,
    key_bytes,
    row_bytes,
    update_event,
)
from kmblint.targets.verdict import OversizedChange, OversizedRow, Verdict
from tests.targets.judging import last

PAGES = RELEASE_0_9_1.pages
TABLE = "CREATE TABLE {table} (id BIGINT PRIMARY KEY, s TEXT)"


@pytest.mark.parametrize(
    ("row", "updates"), [(14, 79), (23, 67), (100, 28), (500, 6), (1000, 2), (1307, 2), (1308, 1), (1979, 1), (1980, 0)]
)
def test_a_row_of_so_many_bytes_stands_so_many_updates(row: int, updates: int) -> None:
    assert PAGES.updates_left(row) == updates
    assert PAGES.updates_left(row, versions=PAGES.version(row)) == updates


def test_half_of_a_character_is_measured_too() -> None:
    """As an editor may send one: three bytes, as any other character of the plane."""
    half = "\ud83d"
    assert key_bytes([half]) == 3 + 2
    assert field_bytes(half, half) == 5 + 1 + 5
    rows = f"INSERT INTO t (id, s) VALUES (1, '{half}'), (2, 'a')"
    deleted = last(TABLE.format(table="t"), "CREATE INDEX i ON t (s)", rows, f"DELETE FROM t WHERE s >= '{half}'")
    assert deleted.found is not None
    assert deleted.found.sure == ((1,),)


def test_a_row_is_measured_as_compact_json() -> None:
    assert row_bytes([field_bytes("id", 1), field_bytes("n", 0), field_bytes("s", "x")]) == len(
        '{"id":1,"n":0,"s":"x"}'
    )
    assert field_bytes("s", 'a"\\\n') == len('"s":"a\\"\\\\\\n"')
    assert field_bytes("s", "é") == len('"s":""') + 2
    assert row_bytes([]) == len("{}")


def test_a_key_is_measured_as_it_is_encoded() -> None:
    assert key_bytes((1,)) == key_bytes((2**62,)) == 9
    assert key_bytes(("abc", 1, True)) == 5 + 9 + 2
    assert key_bytes(("a\x00b",)) == 3 + 1 + 2


def test_events_are_measured_as_the_log_holds_them() -> None:
    assert insert_event("t", 3951) == insert_event("patients", 3944) == PAGES.most_event
    assert insert_event("t", 3944, "upsert_update") == PAGES.most_event
    assert update_event("t", {"s": "x" * 3893}, {"id": 1}) == PAGES.most_event


@pytest.mark.parametrize(("table", "most"), [("t", 3951), ("patients", 3944)])
def test_the_longer_the_name_of_the_table_the_shorter_the_row(table: str, most: int) -> None:
    made = TABLE.format(table=table)
    for size, verdict in ((most, Verdict.TAKEN), (most + 1, Verdict.REFUSED)):
        text = "x" * (size - len('{"id":1,"s":""}'))
        assert last(made, f"INSERT INTO {table} (id, s) VALUES (1, '{text}')").verdict is verdict


def test_a_long_text_is_refused_once_a_row_matches() -> None:
    made, row = TABLE.format(table="t"), "INSERT INTO t (id, s) VALUES (1, '')"
    long = f"UPDATE t SET s = '{'x' * 3894}'"
    assert isinstance(last(made, row, f"{long} WHERE id = 1").refusal, OversizedRow)
    assert isinstance(last(made, row, long).refusal, OversizedRow)
    unsure = last(made, row, f"{long} WHERE s = 'a'")
    assert unsure.verdict is Verdict.TAKEN
    assert any(isinstance(hazard, OversizedChange) for hazard in unsure.hazards)
    assert last(made, row, f"UPDATE t SET s = '{'x' * 3893}' WHERE id = 1").verdict is Verdict.TAKEN


def test_what_is_too_long_is_pointed_at() -> None:
    made = "CREATE TABLE t (id TEXT PRIMARY KEY, a TEXT, b TEXT)"
    for first, second in ((3894, 5), (5, 3894)):
        text = f"{made};\nUPDATE t SET a = '{'x' * first}', b = '{'y' * second}'"
        (found,) = last(text).hazards
        assert isinstance(found, OversizedChange)
        assert text[found.span.start : found.span.end] == (
            f"'{'x' * first}'" if first > second else f"'{'y' * second}'"
        )
    long_key = last(made, f"INSERT INTO t (id, a) VALUES ('{'k' * 1000}', '{'x' * 2500}')").refusal
    assert isinstance(long_key, OversizedRow)
    assert long_key.reason.endswith("and with its key, which is stored twice, a page holds 3002")


def test_an_upsert_is_measured_by_what_it_writes() -> None:
    made, row = TABLE.format(table="t"), "INSERT INTO t (id, s) VALUES (1, '')"
    long = f"INSERT INTO t (id, s) VALUES (1, '{'x' * 4100}') ON CONFLICT (id) DO"
    assert last(made, row, f"{long} NOTHING").verdict is Verdict.TAKEN
    assert last(made, row, f"{long} UPDATE SET s = 'b'").verdict is Verdict.TAKEN
    assert last(made, row, f"{long} UPDATE SET s = EXCLUDED.s").verdict is Verdict.REFUSED
    assert last(made, f"{long} NOTHING").verdict is Verdict.REFUSED
