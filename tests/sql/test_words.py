"""What each word and operator is in each place where it may stand: golden files, a group a reading."""

from __future__ import annotations

import ast
import re
from itertools import groupby
from pathlib import Path
from typing import Final

import pytest
from pytest_snapshot.plugin import Snapshot

from kmblint.sql import parse
from kmblint.sql.broken import meant
from kmblint.sql.parse import statements
from kmblint.sql.scanner import scan
from kmblint.sql.tree import Node, Shape
from kmblint.text import Source

HERE: Final = Path(__file__).parent
WORDS: Final = (HERE / "vocabulary.txt").read_text(encoding="utf-8").split()
PLACES: Final = {
    "conditions": (
        "DELETE FROM t WHERE · = 1", "DELETE FROM t WHERE · IN (1)", "DELETE FROM t WHERE · NOT IN (1)",
        "DELETE FROM t WHERE · IS NULL", "DELETE FROM t WHERE ·", "DELETE FROM t WHERE a · b",
        "DELETE FROM t WHERE · (a) = 1", "DELETE FROM t WHERE · 'x' = a", "DELETE FROM t WHERE a = ·",
        "DELETE FROM t WHERE · (a AS INT) = 1", "DELETE FROM t WHERE a = · AND b = 1",
        "DELETE FROM t WHERE a > INTERVAL '1' ·", "DELETE FROM t WHERE a IS · NORMALIZED", "DELETE FROM t WHERE a · 1",
    ),
    "clauses": (
        "SELECT a · FROM t", "SELECT · FROM t", "SELECT a FROM t ·", "SELECT a FROM t · u",
        "SELECT a FROM t · JOIN u ON b",
        "DELETE FROM t · WHERE a = 1", "UPDATE t · SET a = 1", "UPDATE · SET a = 1", "UPDATE t SET · = 1",
        "INSERT · INTO t VALUES (1)", "INSERT INTO · VALUES (1)", "INSERT INTO t · (a) VALUES (1)",
        "· INTO t VALUES (1)",
        "SELECT a FROM t · SELECT b FROM u",
    ),
    "definitions": (
        "CREATE TABLE t (id BIGINT) · = x", "CREATE TABLE t (id BIGINT) · x", "CREATE TABLE t (id BIGINT) ·",
        "CREATE TABLE t (id BIGINT ·)", "CREATE TABLE t (id BIGINT · x)", "CREATE TABLE t (id BIGINT · (1))",
        "CREATE TABLE t (id BIGINT AS (a) ·)", "CREATE TABLE t (· BIGINT)", "CREATE TABLE t (id ·)",
        "CREATE TABLE t (LIKE u · ALL)", "CREATE TABLE t (· (a))", "CREATE TABLE t (id BIGINT PRIMARY KEY ·)",
        "CREATE · TABLE t (id BIGINT)", "CREATE · INDEX i ON t (a)", "CREATE INDEX i ON t (a ·)",
        "CREATE INDEX i ON t (a) · x", "CREATE · x", "CREATE · VIEW x AS SELECT 1", "DROP · x", "ALTER · x y",
        "ALTER TABLE t · x", "ALTER TABLE t ADD · x", "ALTER TABLE t DROP · x", "ALTER TABLE t ALTER x ·",
        "ALTER TABLE t ALTER x SET ·", "ALTER TABLE t RENAME · TO x", "GRANT · ON t TO r", "GRANT SELECT ON · x TO r",
        "· x",
    ),
    "foreign": (
        "DELETE FROM t WHERE x GLOB 'y' AND · = 1", "DELETE FROM t WHERE x GLOB 'y' AND group · b",
        "DELETE FROM t WHERE x GLOB 'y' · group = 1", "DELETE FROM t WHERE x · |>> b", "SELECT a |>> 1, · (a) FROM t",
        "SELECT a |>> 1, · FROM t", "SELECT a |>> 1 FROM · u", "SELECT a FROM t WHERE a <@ · 'x'",
        "SELECT a |>> 1 FROM t FOR · UPDATE", "SELECT a |>> 1 FROM t FOR UPDATE ·",
    ),
}  # fmt: skip
ASKED: Final = (
    "· x", "CREATE · x", "CREATE TABLE t (id BIGINT) · x", "CREATE TABLE t (id BIGINT) ON COMMIT ·",
    "CREATE TABLE t (id BIGINT) AS · x", "CREATE TABLE t (id BIGINT · x)", "CREATE TABLE t (CONSTRAINT c · (a))",
    "CREATE TABLE t (PRIMARY KEY (a) ·)", "CREATE TABLE t (a INT REFERENCES u ON DELETE ·)",
    "CREATE INDEX i ON t (a x ·)", "CREATE INDEX i ON t (a) · x",
    "ALTER TABLE t · x", "ALTER TABLE t DROP · x", "ALTER TABLE t ALTER x SET ·", "ALTER TABLE t ALTER x TYPE TEXT · y",
    "DROP TABLE t ·", "TRUNCATE t ·", "INSERT · t VALUES (1)", "INSERT OR · INTO t VALUES (1)", "INSERT INTO t · (1)",
    "INSERT INTO t VALUES (1) · x", "UPDATE t SET a = 1 · x", "DELETE · t", "DELETE FROM t · x",
    "DELETE FROM t WHERE a · b",
)  # fmt: skip
OPERATORS: Final = (
    "OR", "XOR", "AND", "=", "==", "<>", "!=", "<", "<=", ">", ">=", "<=>", "~", "+", "-", "*",
    "/", "%", "||", "|", "^", "&", "->", "->>", "@", "LIKE", "ILIKE", "RLIKE", "REGEXP", "OVERLAPS", "DIV",
)  # fmt: skip
TAILS: Final = {
    **{operator: f"{operator} c" for operator in OPERATORS}, "IN": "IN (c)", "BETWEEN": "BETWEEN c AND d",
    "IS": "IS NULL", "TRUE": "IS TRUE", "ISNULL": "ISNULL", "NOTNULL": "NOTNULL", "SIMILAR": "SIMILAR TO c",
    "::": "::TEXT", "[": "[1]", "!": "!", "NOT IN": "NOT IN (c)", "NOT LIKE": "NOT LIKE c",
    "NOT BETWEEN": "NOT BETWEEN c AND d", "NOT RLIKE": "NOT RLIKE c", "NOT SIMILAR": "NOT SIMILAR TO c",
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_what_each_word_is(place: str, snapshot: Snapshot) -> None:
    shown: list[str] = []
    for template in PLACES[place]:
        readings = sorted((reading(template.replace("·", word), word), word) for word in WORDS)
        shown += ["", template]
        for read, alike in groupby(readings, key=lambda one: one[0]):
            shown.append(f"    {read}: {' '.join(word for _, word in alike)}")
    snapshot.snapshot_dir = HERE / "snapshots"
    snapshot.assert_match("\n".join(shown[1:]) + "\n", f"words-{place}.txt")


def test_what_a_misspelt_word_is_taken_for(snapshot: Snapshot) -> None:
    """In each place, of all words those that are asked for where they are misspelt."""
    shown: list[str] = []
    for template in ASKED:
        asked = (word for word in WORDS if _is_asked(word, template.replace("·", _misspelt(word))))
        shown.append(f"{template}\n    {' '.join(asked)}\n")
    snapshot.snapshot_dir = HERE / "snapshots"
    snapshot.assert_match("\n".join(shown), "asked.txt")


def _misspelt(word: str) -> str:
    """A word with its last letters swapped; a short one, or one where that changes nothing, with one more."""
    return f"{word[:-2]}{word[-1]}{word[-2]}" if len(word) > 3 and word[-1] != word[-2] else f"{word}S"


def _is_asked(word: str, sql: str) -> bool:
    (statement,) = statements(Source("it", sql))
    return statement.problem is not None and statement.problem.help == f"did you mean `{word}`?"


def test_the_vocabulary_has_every_word_that_a_reader_knows() -> None:
    texts = (
        node.value
        for path in Path(parse.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isupper()
    )
    assert {word for text in texts for word in re.findall(r"[A-Z][A-Z_0-9]+", text)} <= set(WORDS)


def test_what_binds_more_tightly(snapshot: Snapshot) -> None:
    """How `a OR b · c` is read, for every operator in the place of OR, and for the signs before an operand."""
    shown: list[str] = []
    for first in (*(f"a {operator} b" for operator in OPERATORS), "-a", "~a", "+a", "NOT a"):
        readings = sorted((reading(f"DELETE FROM t WHERE {first} {tail}", name), name) for name, tail in TAILS.items())
        shown += ["", f"{first} · c"]
        for read, alike in groupby(readings, key=lambda one: one[0]):
            shown.append(f"    {read.removeprefix('DELETE(FROM table(name) ')}: {' '.join(name for _, name in alike)}")
    snapshot.snapshot_dir = HERE / "snapshots"
    snapshot.assert_match("\n".join(shown[1:]) + "\n", "operators.txt")


def test_what_a_broken_statement_was_to_make() -> None:
    """Words between the verb and what it makes are passed over; two are verbs, and one is nearly one."""
    passed = {word for word in WORDS if meant(scan(Source("it", f"CREATE {word} TABLE t (,"))).tables == ("t",)}
    assert passed == {
        "CONCURRENTLY", "EXISTS", "EXTERNAL", "GLOBAL", "IF", "LOCAL", "NOT", "ONLY", "OR", "REPLACE", "TEMP",
        "TEMPORARY", "UNIQUE", "UNLOGGED", "ALTER", "CREATE", "AFTER",
    }  # fmt: skip


def reading(sql: str, word: str = "") -> str:
    """The kinds of a statement's tree, each with its parts in parentheses; the word itself is a dot."""
    (statement,) = statements(Source("it", sql))
    assert statement.failure is None, sql
    if statement.problem is not None or statement.tree is None:
        return "no SQL"
    shown = _kinds(statement.tree.root)
    return re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "·", shown) if word else shown


_NAMED: Final = {
    Shape.BINARY, Shape.UNARY, Shape.LIKE, Shape.SIMILAR, Shape.IS_OTHER, Shape.IS_NULL,
    Shape.QUANTIFIED, Shape.INTERVAL,
}  # fmt: skip


def _kinds(node: Node) -> str:
    parts = " ".join(map(_kinds, node.parts))
    text = f" {node.text}" if node.text and node.kind in _NAMED else ""
    return f"{node.kind}{text}({parts})" if parts else f"{node.kind}{text}"
