"""What a file deletes before it inserts: the index finds what asking each statement would."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kmblint import targets
from kmblint.analysis.clearing import is_cleared
from kmblint.replay.replayer import replay
from kmblint.schema.catalog import Table
from kmblint.schema.changes import Change, DeleteRows, DropTable, InsertRows, Truncate
from kmblint.schema.rows import literals_of, says_of_columns, spares
from tests.rules_at_hand import history

_TABLES = "".join(f"CREATE TABLE {name} (id BIGINT PRIMARY KEY, code TEXT, fee DECIMAL(5,2));\n" for name in ("a", "b"))
_CLEARING = (
    "DELETE FROM {t} WHERE id = {n}", "DELETE FROM {t} WHERE id = {n}.0", "DELETE FROM {t} WHERE id IN ({n}, {m})",
    "DELETE FROM {t} WHERE code = '{n}' AND id = {m}", "DELETE FROM {t} WHERE id BETWEEN {n} AND {m}",
    "DELETE FROM {t} WHERE fee = {n}.5", "DELETE FROM {t} WHERE code IS NULL",
    "DELETE FROM {t} WHERE id = {n} OR id = {m}",
    "DELETE FROM {t} WHERE id >= {n} AND id <= {n}", "DELETE FROM {t}", "TRUNCATE {t}",
    "DELETE FROM {t} WHERE code = code",
)  # fmt: skip
_INSERTING = (
    "INSERT INTO {t} (id) VALUES ({n})", "INSERT INTO {t} (id, code) VALUES ({n}, '{m}'), ({m}, '{n}')",
    "INSERT INTO {t} VALUES ({n}, NULL, {m}.5)", "INSERT INTO {t} (id) VALUES ({n}.5)",
    "INSERT INTO {t} (code) VALUES ('{n}')",
    "INSERT INTO {t} (id) VALUES (1 + {n})", "INSERT INTO {t} (id, fee) SELECT id, fee FROM {t}",
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "cleared"),
    [
        ("TRUNCATE plans", True),
        ("DELETE FROM plans", True),
        ("DELETE FROM plans WHERE id IN (1, 2, 3)", True),
        ("DELETE FROM plans WHERE slug <> 'c'", True),
        ("DELETE FROM plans WHERE id = 1", False),
        ("DELETE FROM plans WHERE id > 0 AND slug = 'a'", False),
        ("UPDATE plans SET slug = 'c'", False),
    ],
)
@pytest.mark.parametrize("columns", ["", "(id, slug)"])
def test_what_clears_the_way_for_rows(tmp_path: Path, change: str, cleared: bool, columns: str) -> None:
    files = {
        "0001_plans.sql": "CREATE TABLE plans (id BIGINT PRIMARY KEY, slug TEXT);\n",
        "0002_rows.sql": f"{change};\nINSERT INTO plans {columns} VALUES (1, 'a'), (2, 'b');\n",
    }
    part = replay(history(tmp_path / "h", files), targets.get("guide")).parts[-1]
    (step,) = part.all_of(InsertRows)
    table = step.before.table("plans")
    assert table is not None
    assert isinstance(step.change, InsertRows)
    assert is_cleared(table, step.change, step, part) is cleared


def _clears(table: Table, change: Change, rows: InsertRows) -> bool:
    """Whether one statement alone takes the rows away."""
    if not isinstance(change, DeleteRows):
        return isinstance(change, Truncate)
    says = says_of_columns(table, change)
    return not any(spares(says, literals_of(table, rows, row)) for row in rows.rows)


def test_each_insert_is_cleared_by_what_would_clear_it_alone(tmp_path: Path) -> None:
    """Two hundred statements in an order of chance, with few values, so that many meet."""
    chance = random.Random(7)  # noqa: S311  # a seed, so that a failure can be had again
    for number in range(12):
        kinds = chance.choices(_CLEARING[: chance.choice((1, 4, 9, 12))], k=25) + chance.choices(_INSERTING, k=25)
        chance.shuffle(kinds)
        lines = [
            kind.format(t=chance.choice("ab"), n=chance.randrange(5), m=chance.randrange(5)) + ";\n" for kind in kinds
        ]
        files = {"0001_tables.sql": _TABLES, "0002_rows.sql": "".join(lines)}
        played = replay(history(tmp_path / str(number), files), targets.get("kimberlite"))
        part = played.parts[-1]
        for step in part.all_of(InsertRows):
            table = step.before.table(step.subject)
            assert table is not None
            assert isinstance(step.change, InsertRows)
            earlier = part.earlier(step, DropTable, Truncate, DeleteRows)
            alone = [
                _clears(table, each.change, step.change)
                for each in earlier
                if each.change and each.subject == table.name
            ]
            assert is_cleared(table, step.change, step, part) is any(alone), (lines, step.statement.span)
