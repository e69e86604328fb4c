"""ALTER TABLE: every action that people bring is named."""

from __future__ import annotations

import pytest

from kmblint.schema.changes import (
    AddColumn,
    AddConstraint,
    AddIndex,
    Change,
    ChangeDefault,
    ChangeNullability,
    ChangeType,
    DropColumn,
    DropConstraint,
    DropIndex,
    Opaque,
    RenameColumn,
    RenameConstraint,
    RenameTable,
)
from kmblint.schema.parts import Check, ForeignKey, PrimaryKey, Unique
from tests.sql.conftest import Changes, ProblemOf, cut_out

ACTIONS = [
    ("ADD a INT", [AddColumn]), ("ADD COLUMN IF NOT EXISTS a INT NOT NULL DEFAULT 0", [AddColumn]),
    ("ADD COLUMN a INT AFTER b", [AddColumn]), ("ADD key TEXT", [AddColumn]), ("ADD column TEXT", [AddColumn]),
    ("DROP a", [DropColumn]), ("DROP COLUMN IF EXISTS a CASCADE", [DropColumn]), ("DROP column", [DropColumn]),
    ("RENAME a TO b", [RenameColumn]), ("RENAME COLUMN a TO b", [RenameColumn]), ("RENAME TO b", [RenameTable]),
    ("RENAME b", [RenameTable]), ("RENAME CONSTRAINT a TO b", [RenameConstraint]),
    ("ALTER COLUMN a TYPE BIGINT USING a::BIGINT", [ChangeType]), ("ALTER a SET DATA TYPE TEXT", [ChangeType]),
    ("ALTER COLUMN a SET NOT NULL", [ChangeNullability]), ("ALTER a DROP NOT NULL", [ChangeNullability]),
    ("ALTER COLUMN a SET DEFAULT 1", [ChangeDefault]), ("ALTER a DROP DEFAULT", [ChangeDefault]),
    ("ALTER COLUMN a VARCHAR(20) NOT NULL", [ChangeType, ChangeNullability]),
    ("MODIFY a BIGINT NOT NULL DEFAULT 1", [ChangeType, ChangeNullability, ChangeDefault]),
    ("MODIFY COLUMN a BIGINT", [ChangeType]), ("CHANGE a b BIGINT", [RenameColumn, ChangeType]),
    ("CHANGE COLUMN a a BIGINT PRIMARY KEY", [ChangeType, AddConstraint]),
    ("ADD CONSTRAINT c CHECK (a > 0) NOT VALID", [AddConstraint]), ("ADD CHECK (a > 0)", [AddConstraint]),
    ("ADD PRIMARY KEY (a)", [AddConstraint]), ("ADD UNIQUE (a)", [AddConstraint]),
    ("ADD UNIQUE KEY k (a)", [AddConstraint]), ("ADD FOREIGN KEY (a) REFERENCES u (id)", [AddConstraint]),
    ("ADD CONSTRAINT p PRIMARY KEY USING INDEX i", [AddConstraint]), ("ADD INDEX i (a)", [AddIndex]),
    ("ADD KEY i (a)", [AddIndex]), ("ADD FULLTEXT INDEX i (a)", [AddIndex]),
    ("DROP CONSTRAINT IF EXISTS c CASCADE", [DropConstraint]), ("DROP FOREIGN KEY c", [DropConstraint]),
    ("DROP INDEX i", [DropIndex]), ("DROP KEY i", [DropIndex]),
    ("DROP PRIMARY KEY", [Opaque]), ("OWNER TO x", [Opaque]), ("ENABLE ROW LEVEL SECURITY", [Opaque]),
    ("SET SCHEMA s", [Opaque]), ("SET (fillfactor = 70)", [Opaque]), ("VALIDATE CONSTRAINT c", [Opaque]),
    ("ATTACH PARTITION p FOR VALUES FROM (1) TO (2)", [Opaque]), ("ENGINE = InnoDB", [Opaque]),
    ("ALTER COLUMN a SET STATISTICS 100", [Opaque]), ("ALTER COLUMN a ADD GENERATED ALWAYS AS IDENTITY", [Opaque]),
    ("REPLICA IDENTITY FULL", [Opaque]), ("CONVERT TO CHARACTER SET utf8mb4", [Opaque]), ("INHERIT u", [Opaque]),
]  # fmt: skip


@pytest.mark.parametrize(("action", "kinds"), ACTIONS, ids=[action for action, _ in ACTIONS])
def test_actions(changes: Changes, action: str, kinds: list[type[Change]]) -> None:
    """One action may be several changes (MODIFY); each has the action's own span, also among others."""
    for sql in (f"ALTER TABLE t {action}", f"ALTER TABLE t DROP x, {action}, DROP y"):
        found = [change for change in changes(sql) if cut_out(sql, change.span) == action]
        assert [type(change) for change in found] == kinds


def test_several_actions_are_several_changes(changes: Changes) -> None:
    """In the order of the text."""
    found = changes("ALTER TABLE t ADD a DECIMAL(10, 2), DROP b, RENAME c TO d")
    assert [type(change) for change in found] == [AddColumn, DropColumn, RenameColumn]


def test_guards(changes: Changes) -> None:
    """Of the table and of the column."""
    (dropped,) = changes("ALTER TABLE IF EXISTS ONLY public.t DROP COLUMN IF EXISTS c")
    assert isinstance(dropped, DropColumn)
    assert (dropped.table.text, dropped.table_guard, dropped.if_exists) == ("public.t", True, True)


@pytest.mark.parametrize(
    ("constraint", "kind"),
    [
        ("PRIMARY KEY (a)", PrimaryKey),
        ("UNIQUE (a)", Unique),
        ("CHECK (a > 0)", Check),
        ("FOREIGN KEY (a) REFERENCES u", ForeignKey),
    ],
)
def test_constraints_are_named(changes: Changes, constraint: str, kind: type) -> None:
    """The name stands where it is written."""
    sql = f"ALTER TABLE t ADD CONSTRAINT c {constraint}"
    (added,) = changes(sql)
    assert isinstance(added, AddConstraint)
    assert isinstance(added.constraint, kind)
    assert added.constraint.name is not None
    assert cut_out(sql, added.constraint.name.span) == "c"


@pytest.mark.parametrize("word", ["order", "user", "between", "values", "index", "add", "column", "constraint"])
def test_keywords_are_names(changes: Changes, word: str) -> None:
    """As a table and as a column behind the word COLUMN."""
    (added,) = changes(f"ALTER TABLE {word} ADD COLUMN {word} TEXT")
    assert isinstance(added, AddColumn)
    assert (added.table.text, added.column.name.text) == (word, word)
    (dropped,) = changes(f"ALTER TABLE {word} DROP COLUMN {word}")
    assert isinstance(dropped, DropColumn)
    assert dropped.column.text == word


@pytest.mark.parametrize(
    ("action", "words"),
    [("AD c INT", "AD"), ("ADD COLUMN", "COLUMN"), ("RENAME a b", "b"), ("ALTER COLUMN a SET NOT", "NOT"), ("", "t")],
)
def test_broken_actions_are_pointed_at(problem: ProblemOf, action: str, words: str) -> None:
    """The token that can't stand there, or the last one where something is missing."""
    assert problem(f"ALTER TABLE t {action}")[1] == words
