"""What the engine takes is never a syntax error, what the target takes is never one, and nothing makes us fail."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from kmblint import targets
from kmblint.sql.parse import statements
from kmblint.sql.statement import Statement
from kmblint.sql.tree import Node
from kmblint.text import Source
from tests.engine.generate import Generator
from tests.engine.mutations import mutation
from tests.engine.real import ask, missing
from tests.engine.replayed import SCENARIOS, scenarios

FILES: Final = ("scenarios.jsonl", "oddities.jsonl", "facts.jsonl")
MUTATIONS: Final = Path(__file__).with_name("mutations.jsonl")
"""Mutations that engine 0.9.1 took, by their seeds; thousands of others it refused."""
SEEDS: Final = 5000
TABLES: Final = (
    "CREATE TABLE t (id BIGINT PRIMARY KEY, a TEXT, b BIGINT, n BIGINT, ts TIMESTAMP)",
    "CREATE TABLE patients (id BIGINT PRIMARY KEY, name TEXT, phone TEXT, dob DATE)",
)  # fmt: skip


EXPLAINED: Final = {
    "UPDATE t SET recursive = 'b' end WHERE id = 1": "the engine reads nothing behind END, which nobody means",
}
"""What the engine takes and is a syntax error, and why."""


def recorded() -> Iterator[tuple[str, bool]]:
    """Every statement that the engine was asked, and whether it took it."""
    for name in FILES:
        for scenario in scenarios(SCENARIOS.with_name(name)):
            yield from ((answer.sql, answer.ok) for answer in scenario.statements)


def mutable() -> tuple[str, ...]:
    """The statements that mutations are made of."""
    taken = {sql for sql, ok in recorded() if ok and len(sql) < 300 and ";" not in sql and not sql.startswith("SHOW")}
    return tuple(sorted(taken))


def only(sql: str) -> Statement | None:
    """The one statement of a text; None where there are several or none."""
    found = statements(Source("it", sql))
    return found[0] if len(found) == 1 else None


def generated() -> Iterator[str]:
    """Statements by seed: those of the generator of scenarios, and mutations."""
    for seed in range(SEEDS // 5):
        yield from Generator(seed).scenario()
    texts = mutable()
    yield from (mutation(texts, seed) for seed in range(SEEDS))


def test_what_the_engine_takes_is_sql() -> None:
    """Of all that is recorded."""
    texts = [sql for sql, ok in recorded() if ok]
    texts += [json.loads(line) for line in MUTATIONS.read_text("utf-8").splitlines()]
    wrong = {sql: read.problem for sql in texts if (read := only(sql)) is not None and read.problem is not None}
    assert wrong.keys() == EXPLAINED.keys()


def test_what_the_target_takes_is_sql_whatever_the_seed() -> None:
    """And it means something, and reading it never fails."""
    kimberlite = targets.get("kimberlite")
    for sql in generated():
        read = only(sql)
        if read is not None:
            assert read.failure is None, sql
            refused = kimberlite.form(read, Source("it", sql)).refused
            assert refused or (read.tree is not None and read.changes), sql


def test_every_node_lies_in_its_parent_and_is_made_of_tokens() -> None:
    """The tree loses nothing: where a node stands, its statement's tokens begin and end."""
    for sql in generated():
        read = only(sql)
        if read is not None and read.tree is not None:
            starts, ends = {token.start for token in read.tokens}, {token.end for token in read.tokens}
            for parent, node in _nodes(read.tree.root):
                assert node.span in parent.span, (sql, parent, node)
                begins = starts if node.span.start < node.span.end else starts | ends  # what is missing at the end
                assert {node.span.start} <= begins, (sql, node)
                assert {node.span.end} <= ends, (sql, node)


def _nodes(parent: Node) -> Iterator[tuple[Node, Node]]:
    for node in parent.parts:
        yield parent, node
        yield from _nodes(node)


@pytest.mark.engine
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the client leaves its pipes open
@pytest.mark.skipif(bool(missing()), reason=missing())
def test_what_the_engine_takes_live_is_sql() -> None:
    """Of mutations that nobody has asked before."""
    first = int(os.environ.get("KMBLINT_ENGINE_SEED", "20260211"))
    texts, kimberlite = mutable(), targets.get("kimberlite")
    for seed in range(first, first + 600, 6):
        found = ask(f"live/{seed}", [*TABLES, *(mutation(texts, number) for number in range(seed, seed + 6))])
        for answer in found.statements:
            read = only(answer.sql)
            if answer.ok and read is not None:
                assert read.problem is None, answer.sql
                assert not kimberlite.form(read, Source("it", answer.sql)).refused, answer.sql
