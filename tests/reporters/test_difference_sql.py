"""The statements that lead from one schema to another do."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmblint import targets
from kmblint.replay.replayer import replay
from kmblint.replay.steps import Replay
from kmblint.reporters.difference import as_json, as_markdown, as_text
from kmblint.reporters.difference_sql import as_sql
from kmblint.reporters.paint import Paint
from kmblint.schema.difference import Shown, difference
from kmblint.targets.verdict import Verdict
from tests.reporters.test_catalog_sql import kept
from tests.rules_at_hand import history

TABLES: Final = ("wards", "beds")
STATEMENTS: Final = [
    statement.format(table=table)
    for table in TABLES
    for statement in (
        "CREATE TABLE {table} (id BIGINT PRIMARY KEY, name TEXT NOT NULL, price DECIMAL(9,2) DEFAULT 1);",
        "CREATE TABLE {table} (id BIGINT PRIMARY KEY, name TEXT UNIQUE CHECK (name <> 'x'));",
        "ALTER TABLE {table} ADD COLUMN floor INT;",
        "ALTER TABLE {table} DROP COLUMN name;",
        "ALTER TABLE {table} RENAME COLUMN name TO title;",
        "ALTER TABLE {table} RENAME TO {table}_2;",
        "ALTER TABLE {table} ALTER COLUMN name TYPE VARCHAR(9);",
        "ALTER TABLE {table} ALTER COLUMN name SET NOT NULL;",
        "ALTER TABLE {table} ADD CONSTRAINT {table}_c FOREIGN KEY (id) REFERENCES wards(id);",
        "ALTER TABLE {table} DROP CONSTRAINT {table}_c;",
        "DROP TABLE {table};",
        "CREATE INDEX {table}_i ON {table} (name);",
        "CREATE INDEX {table}_i ON {table} (id);",
        "DROP INDEX {table}_i;",
        "CREATE MASK {table}_m ON {table}.name USING HASH;",
        "DROP MASK {table}_m;",
        "ALTER TABLE {table} MODIFY COLUMN name SET CLASSIFICATION 'PHI';",
    )
]


@pytest.mark.parametrize("target", ["guide", "kimberlite"])
@settings(max_examples=30)
@given(
    before=st.lists(st.sampled_from(STATEMENTS), max_size=8), after=st.lists(st.sampled_from(STATEMENTS), max_size=8)
)
def test_what_leads_there_does(
    target: str, before: list[str], after: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Replayed behind the first schema, it leaves nothing between the two but what its header says."""
    root = tmp_path_factory.mktemp("difference")
    used = targets.get(target)
    before, after = (happening(root / "first", sql, target) for sql in (before, after))
    one, two = (played(root / name, sql, target) for name, sql in (("a", before), ("b", after)))
    start, end = (Shown(done.end, kept(done, target)) for done in (one, two))
    sql = as_sql(difference(start, end), start, end, used)
    header, statements = parted(sql)
    then = played(root / "c", [*before, statements], target)
    left = difference(Shown(then.end, kept(then, target)), end)
    if not header:
        assert not left
    else:
        said = (
            *("PRIMARY KEY", "another order", "its rows are gone", "no name to drop", "takes a classification away"),
            *("there is no column", "there is no table"),  # a constraint outlives its column, and no table can have it
            *(("refused (",) if target == "kimberlite" else ()),
        )
        assert all(any(words in line for words in said) for line in header.splitlines()), header


def played(root: Path, statements: list[str], target: str) -> Replay:
    return replay(history(root, {"0001_a.sql": "\n".join(statements)}), targets.get(target))


def happening(root: Path, statements: list[str], target: str) -> list[str]:
    """The statements that the target takes."""
    done = replay(history(root, {"0001_a.sql": "\n".join(statements)}), targets.get(target), actual=True)
    return [sql for sql, step in zip(statements, done.steps, strict=True) if step.outcome.verdict is Verdict.TAKEN]


def parted(sql: str) -> tuple[str, str]:
    lines = sql.splitlines()
    header = [line for line in lines if line.startswith("--")]
    return "\n".join(header), "\n".join(lines[len(header) :])


@settings(max_examples=30)
@given(
    before=st.lists(st.sampled_from(STATEMENTS), max_size=8), after=st.lists(st.sampled_from(STATEMENTS), max_size=8)
)
def test_every_difference_can_be_told(
    before: list[str], after: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """In each format."""
    root = tmp_path_factory.mktemp("told")
    one, two = (played(root / name, sql, "kimberlite") for name, sql in (("a", before), ("b", after)))
    found = difference(*(Shown(done.end, kept(done, "kimberlite")) for done in (one, two)))
    text = as_text(found, lambda place: place.file, Paint(), 60)
    assert text.startswith("no difference\n") is (not found)
    assert as_json(found, ("a", "b"), (lambda _: "", lambda _: ""))
    assert as_markdown(found, ("a", "b")).startswith("### Schema, from <code>a</code> to <code>b</code>: ")
