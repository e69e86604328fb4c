"""The values of enumerated types, and when nobody knows them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmblint import targets
from kmblint.analysis.enums import values_of
from kmblint.replay.replayer import replay
from kmblint.schema.types import DataType
from tests.rules_at_hand import history

MADE = "CREATE TYPE mood AS ENUM ('happy', 'it''s fine');\n"


@pytest.mark.parametrize(
    ("sql", "name", "values"),
    [
        (MADE, "MOOD", ("happy", "it's fine")),
        (MADE, "public.mood", ("happy", "it's fine")),
        (MADE, "app.mood", None),
        (MADE, "moods", None),
        ("CREATE TYPE \"Mood\" AS ENUM ('a');\n", "Mood", ("a",)),
        ("CREATE TYPE \"Mood\" AS ENUM ('a');\n" + MADE, "Mood", None),
        ("CREATE TYPE mood AS ENUM ();\n", "MOOD", None),
        ("CREATE TYPE mood AS (a INT);\n", "MOOD", None),
        (f"{MADE}ALTER TYPE mood ADD VALUE 'sad' BEFORE 'happy';\n", "MOOD", ("happy", "it's fine", "sad")),
        (f"{MADE}ALTER TYPE public.mood ADD VALUE IF NOT EXISTS 'sad';\n", "MOOD", ("happy", "it's fine", "sad")),
        (f"{MADE}ALTER TYPE other ADD VALUE 'sad';\n", "MOOD", ("happy", "it's fine")),
        (f"{MADE}ALTER TYPE mood RENAME VALUE 'happy' TO 'glad';\n", "MOOD", None),
        (f"{MADE}ALTER TYPE mood OWNER TO me;\n", "MOOD", None),
        (f"{MADE}DO $$ BEGIN EXECUTE 'ALTER TYPE mood ADD VALUE ''calm'''; END $$;\n", "MOOD", None),
        (f"{MADE}ALTER TYPE /* the one above */ mood ADD VALUE 'sad';\n", "MOOD", None),
        (f"{MADE}DO $$ BEGIN EXECUTE format('ALTER TYPE %I ADD VALUE %L', 'mood', 'x'); END $$;\n", "MOOD", None),
        ("CREATE TYPE \"My Mood\" AS ENUM ('a');\nALTER TYPE \"My Mood\" ADD VALUE 'b';\n", "My Mood", ("a", "b")),
        (f'{MADE}ALTER TYPE "my schema"."mood" ADD VALUE \'b\';\n', "MOOD", ("happy", "it's fine", "b")),
        (f"{MADE}UPDATE pg_catalog.pg_enum SET enumlabel = 'x';\n", "MOOD", None),
        (f"{MADE}CALL change_types();\n", "MOOD", None),
        (f"{MADE}DROP TYPE mood;\n", "MOOD", None),
    ],
)
def test_values_that_are_known(tmp_path: Path, sql: str, name: str, values: tuple[str, ...] | None) -> None:
    done = replay(history(tmp_path, {"0001_a.sql": f"{sql}CREATE TABLE t (id BIGINT);\n"}), targets.get("guide"))
    assert values_of(done.steps[-1], DataType(name)) == values
    assert values_of(done.steps[-1], DataType(name, (), array=True)) is None
