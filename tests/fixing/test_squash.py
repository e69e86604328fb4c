"""A baseline that stands is equal, and one that isn't equal doesn't stand."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmblint import targets
from kmblint.cli.histories import until
from kmblint.fixing.squash import disproof, obstacles
from kmblint.history import folder
from kmblint.history.files import History, Migration
from kmblint.history.known import Known
from kmblint.history.loose import loose
from kmblint.replay.keeping import kept_by
from kmblint.replay.replayer import replay
from kmblint.replay.steps import Replay
from kmblint.reporters.catalog import as_json
from kmblint.reporters.catalog_sql import as_sql
from kmblint.text import Source
from tests.reporters.test_difference_sql import happening
from tests.rules_at_hand import history as history_of

SCHEMA: Final = [
    statement.format(table=table)
    for table in ("wards", "beds")
    for statement in (
        "CREATE TABLE {table} (id BIGINT PRIMARY KEY, name VARCHAR(9) NOT NULL DEFAULT 'x', price DECIMAL(9,2));",
        "CREATE TABLE {table} (id BIGINT, name TEXT, PRIMARY KEY (id, name));",
        "CREATE TABLE IF NOT EXISTS {table} (id BIGINT PRIMARY KEY, name TEXT UNIQUE);",
        "CREATE TABLE {table} (id SERIAL PRIMARY KEY, name TEXT);",
        "ALTER TABLE {table} ADD COLUMN floor INT;",
        "ALTER TABLE {table} DROP COLUMN name;",
        "ALTER TABLE {table} RENAME COLUMN name TO title;",
        "ALTER TABLE {table} ADD COLUMN name TEXT;",
        "DROP TABLE {table};",
        "CREATE INDEX {table}_i ON {table} (name);",
        "CREATE INDEX {table}_f ON {table} (floor);",
        "CREATE MASK {table}_m ON {table}.name USING HASH;",
        "ALTER TABLE {table} MODIFY COLUMN name SET CLASSIFICATION 'PHI';",
        "ALTER TABLE {table} ALTER COLUMN name SET MASKING POLICY p;",
        "ALTER TABLE {table} ALTER COLUMN name DROP MASKING POLICY;",
    )
] + ["CREATE ROLE nurse;", "CREATE MASKING POLICY p STRATEGY HASH EXEMPT ROLES ('nurse');"]
ROWS: Final = [
    "INSERT INTO wards (id, name) VALUES (1, 'a');", "UPDATE wards SET name = 'b' WHERE id = 1;",
    "DELETE FROM beds WHERE id = 1;", "TRUNCATE TABLE wards;",
]  # fmt: skip
STATEMENTS: Final = st.lists(st.sampled_from(SCHEMA), max_size=9)


def written(done: Replay, path: Path, target: str) -> Migration:
    text = as_sql(done.end, kept_by(targets.get(target), done, actual=False))
    return loose(Source(path.name, text, path.name), path)


def disproved(history: History, number: int, baseline: Migration, target: str) -> str | None:
    used = targets.get(target)
    done = replay(until(history, number, "first"), used, actual=True)
    return disproof(history, done, baseline, used)


def seen(done: Replay, target: str) -> list[object]:
    """The schema as it is shown, written and kept, and how each statement of the last file ended."""
    used = targets.get(target)
    schemas = [as_json(done.end, kept_by(used, done, actual=actual)) for actual in (False, True)]
    return [*schemas, *(step.outcome.verdict for step in done.steps if step.migration.file == "0003_c.sql")]


@pytest.mark.parametrize("target", ["kimberlite", "guide"])
@settings(max_examples=30)
@given(one=STATEMENTS, two=STATEMENTS, rest=STATEMENTS)
def test_what_nothing_speaks_against_replays_to_the_same(
    target: str, one: list[str], two: list[str], rest: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("squash") / "migrations"
    every = [*one, *two]
    taken = happening(root.parent / "first", every, target)
    one, two = taken[: len(taken) // 2], taken[len(taken) // 2 :]
    files = {"0001_a.sql": "\n".join(one), "0002_b.sql": "\n".join(two), "0003_c.sql": "\n".join(rest)}
    history = history_of(root, files)
    used = targets.get(target)
    done = replay(until(history, 2, "first"), used, actual=True)
    if [*obstacles(done, used)]:
        return
    path = root.parent / "baseline.sql"
    baseline = written(done, path, target)
    path.write_text(baseline.source.text, encoding="utf-8")
    assert disproved(history, 2, baseline, target) is None
    for name in ("0001_a.sql", "0002_b.sql"):
        (root / name).unlink()
    after = folder.read(root, Known(baseline=path), display=lambda each: each.name)
    assert seen(replay(after, used, actual=True), target) == seen(replay(history, used, actual=True), target)


@settings(max_examples=30)
@given(
    statements=st.lists(st.sampled_from(SCHEMA), min_size=1, max_size=9),
    rows=st.sampled_from(ROWS),
    at=st.integers(0, 9),
)
def test_rows_that_stay_speak_against_it(
    statements: list[str], rows: str, at: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("rows")
    history = history_of(root, {"0001_a.sql": "\n".join([*statements[:at], rows, *statements[at:]])})
    done = replay(history, targets.get("kimberlite"), actual=True)
    [step] = [step for step in done.steps if step.change and type(step.change).__name__ in _CHANGES]
    stays = step.outcome.verdict.happens and done.end.table(step.subject) is not None
    found = [each for each in obstacles(done, targets.get("kimberlite")) if "a baseline holds no rows" in each.why]
    assert bool(found) is (stays or step.rows_left > 0)


_CHANGES: Final = ("InsertRows", "UpdateRows", "DeleteRows", "Truncate")


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("CREATE USER ann WITH ROLE nurse;", "user"),
        ("GRANT SELECT ON wards TO nurse;", "grants"),
        ("CREATE INDEX i ON wards (name); DROP TABLE wards;", "keeps index `i`"),
        ("CREATE MASK m ON wards.name USING HASH; DROP TABLE wards;", "keeps mask `m`"),
        ("CREATE TABLE broken (id BIGINT PRIMARY KEY", "nobody knows"),
        ("CREATE TABLE late (id SERIAL PRIMARY KEY);", "the run stops here: "),
        (
            "ALTER TABLE wards ADD COLUMN api_key TEXT DEFAULT 'xyzzy-1';",
            "the default of `wards.api_key` is a secret",
        ),
        ("CREATE TABLE doors (id BIGINT PRIMARY KEY, pwd TEXT, CHECK (pwd <> 'xyzzy-1'));", "it holds a secret"),
        (
            "CREATE TABLE d (id BIGINT PRIMARY KEY, n TEXT GENERATED ALWAYS AS ('sk_live_0123456789abcdef') STORED);",
            "it holds a secret",
        ),
    ],
)
def test_what_a_baseline_doesn_t_say(tmp_path: Path, sql: str, why: str) -> None:
    made = "CREATE ROLE nurse;\nCREATE TABLE wards (id BIGINT PRIMARY KEY, name TEXT);\n"
    target = targets.get("kimberlite")
    done = replay(history_of(tmp_path, {"0001_a.sql": made + sql}), target, actual=True)
    against = [each.why for each in obstacles(done, target)]
    assert any(why in each for each in against), against


@pytest.mark.parametrize("left", ["name", "id"])
def test_a_computed_column_is_written_where_it_names_columns_as_they_are_called(tmp_path: Path, left: str) -> None:
    sql = f"CREATE TABLE wards (id BIGINT PRIMARY KEY, name TEXT, n TEXT GENERATED ALWAYS AS ({left} || 'x') STORED);\n"
    target = targets.get("guide")
    done = replay(history_of(tmp_path, {"0001_a.sql": f"{sql}ALTER TABLE wards RENAME name TO called;"}), target)
    against = [each.why for each in obstacles(done, target)]
    assert against == (["it computes `wards.n` of `name`, which was renamed"] if left == "name" else [])


@pytest.mark.parametrize(
    ("baseline", "why"),
    [
        ("CREATE TABLE wards (id BIGINT PRIMARY KEY);", "`wards` is another behind 0001"),
        ("CREATE TABLE wards (id BIGINT PRIMARY KEY, name VARCHAR(9));", "`wards` is another behind 0001"),
        ("", "`wards` is another behind 0001"),
        ("CREATE TABLE wards (id SERIAL PRIMARY KEY, name TEXT);", "line 1 of the baseline isn't taken: "),
        (
            "CREATE TABLE wards (id BIGINT PRIMARY KEY, name TEXT); CREATE TABLE late (id BIGINT PRIMARY KEY);",
            "`late` is another behind 0001",
        ),
    ],
)
def test_a_baseline_that_is_another_is_disproved(tmp_path: Path, baseline: str, why: str) -> None:
    history = history_of(
        tmp_path,
        {
            "0001_a.sql": "CREATE TABLE wards (id BIGINT PRIMARY KEY, name TEXT);",
            "0002_b.sql": "CREATE TABLE late (id BIGINT PRIMARY KEY);",
        },
    )
    found = disproved(history, 1, loose(Source("b.sql", baseline, "b.sql")), "kimberlite")
    assert found is not None
    assert found.startswith(why)
