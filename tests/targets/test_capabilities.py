"""What rules ask of a target is what its verdicts show."""

from __future__ import annotations

from typing import Final

import pytest

from kmblint import targets
from kmblint.sql.parse import statements
from kmblint.targets.capabilities import Masked
from kmblint.targets.kimberlite.release_0_9_1 import RELEASE_0_9_1
from kmblint.targets.layout import Piece
from kmblint.targets.verdict import Poisons, Verdict
from kmblint.text import Source, Span
from tests.targets.judging import last

TABLE: Final = "CREATE TABLE t (id BIGINT PRIMARY KEY, room TEXT, n BIGINT)"
SHOWN: Final = {
    "keeps_foreign_keys": ("CREATE TABLE u (id BIGINT PRIMARY KEY, t BIGINT REFERENCES t (id))",),
    "keeps_index_clauses": ("CREATE UNIQUE INDEX i ON t (n)",),
    "heeds_later_columns": ("CREATE INDEX i ON t (room, n)", "DELETE FROM t WHERE room = 'a' AND n = 1"),
    "keeps_declarations": ("CREATE TABLE u (id BIGINT PRIMARY KEY, n BIGINT DEFAULT 1)",),
    "drops_every_object": ("CREATE INDEX i ON t (n)", "DROP INDEX i"),
    "drops_dependents": ("CREATE INDEX i ON t (n)", "DROP TABLE t", TABLE, "CREATE INDEX i ON t (n)"),
    "drops_key_columns": ("ALTER TABLE t DROP COLUMN id",),
    "has_transactions": ("BEGIN",),
}
"""Capability → statements of which the last is taken, and nothing of it thrown away, where a target has it."""
MEANT: Final = {
    "limits_hold": ("CREATE TABLE u (id BIGINT PRIMARY KEY, code VARCHAR(3))",),
    "keeps_not_null": ("CREATE TABLE u (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)", "INSERT INTO u (id) VALUES (1)"),
    "keeps_unique": ("CREATE TABLE u (id BIGINT PRIMARY KEY, n BIGINT UNIQUE)",),
}
"""The same of what declarations mean."""


@pytest.mark.parametrize("name", targets.NAMES)
def test_a_target_has_what_its_verdicts_show(name: str) -> None:
    knows = targets.get(name).capabilities

    def plainly_taken(*texts: str) -> bool:
        outcome = last(TABLE, *texts, target=name)
        return outcome.verdict is Verdict.TAKEN and not outcome.hazards

    assert {each: getattr(knows, each) for each in SHOWN} == {each: plainly_taken(*SHOWN[each]) for each in SHOWN}
    assert {each: getattr(knows.semantics, each) for each in MEANT} == {
        each: plainly_taken(*MEANT[each]) for each in MEANT
    }


@pytest.mark.parametrize("name", targets.NAMES)
def test_a_runner_splits_at_semicolons_or_sends_a_statement_whole(name: str) -> None:
    source = Source("0001_a.sql", "INSERT INTO t (id, room) VALUES (1, 'a;b')")
    (statement,) = statements(source)
    cut = source.text.index(";")
    pieces = (Piece(Span(0, cut), sent=True), Piece(Span(cut + 1, len(source.text)), sent=True))
    target = targets.get(name)
    assert target.capabilities.splits_at_semicolons is (target.fate(statement, source, pieces) is Verdict.SPLIT)


def test_the_greatest_scale_is_the_last_that_can_be_read_back() -> None:
    most = targets.get("kimberlite").capabilities.max_scale
    assert most is not None
    for scale in (most, most + 1):
        found = last(
            f"CREATE TABLE t (id BIGINT PRIMARY KEY, d DECIMAL(38, {scale}))", "UPDATE t SET d = '0.5'"
        ).hazards
        assert any(isinstance(hazard, Poisons) for hazard in found) is (scale > most)


def test_what_else_is_known_of_the_engine_and_its_runner() -> None:
    """Limits are those of its release, whose areas show them; the runner's source says how it knows what is done."""
    knows, guide = targets.get("kimberlite").capabilities, targets.get("guide").capabilities
    facts = RELEASE_0_9_1
    assert (knows.pages, knows.max_indexes, knows.broken_names) == (facts.pages, facts.max_indexes, facts.broken_names)
    assert (guide.pages, guide.max_indexes, guide.max_scale, guide.rollback_marker) == (None, None, None, None)
    assert (guide.partial_masks, guide.broken_names) == ({}, {})
    assert knows.partial_masks["REDACT"] is Masked.SSN
    assert knows.partial_masks.keys().isdisjoint({"HASH", "TOKENIZE", "NULL"})
    assert knows.rollback_marker == "-- Down Migration"
    runner = ("closed_world", "append_only", "applies_by_number", "records_in_file")
    assert {getattr(knows, each) for each in runner} == {True}
    assert {getattr(guide, each) for each in runner} == {False}
