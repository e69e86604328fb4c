"""Each kind of object, by the words of SQL that make and drop one."""

from __future__ import annotations

import pytest

from kmblint.schema.changes import CreateObject, DropObject
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.parts import Name
from kmblint.schema.unread import without_dependents
from tests.sql_catalog import catalog, changes

_OF_TABLES = {ObjectKind.TABLE, ObjectKind.COLUMN, ObjectKind.INDEX, ObjectKind.CONSTRAINT}
"""What has changes of its own."""
_OWN_GRAMMAR = {ObjectKind.MASKING_POLICY, ObjectKind.MASK}


@pytest.mark.parametrize("kind", [kind for kind in ObjectKind if kind not in _OF_TABLES])
def test_each_kind_is_made_and_dropped_by_its_words(kind: ObjectKind) -> None:
    words = kind.name.replace("_", " ")
    made = [] if kind in _OWN_GRAMMAR else changes(f"CREATE {words} x")
    for change in (*made, *changes(f"DROP {words} x")):
        assert isinstance(change, CreateObject | DropObject)
        assert change.kind is kind
        assert isinstance(change.name, Name)
        assert change.name.text == "x"
    assert kind.value == words.lower()


LEANING = (
    "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE", "TRIGGER", "CONSTRAINT TRIGGER", "POLICY", "RULE", "FUNCTION",
    "PROCEDURE", "ROUTINE", "AGGREGATE", "MACRO", "DOMAIN", "SEQUENCE", "STATISTICS", "TYPE",
)  # fmt: skip
"""What a CASCADE may take along when a table, a type or a schema goes (PostgreSQL 17, chapter 5.15, pg_depend)."""


@pytest.mark.parametrize("words", [*LEANING, "ROLE", "DATABASE", "EXTENSION", "TABLESPACE", "SERVER", "SCHEMA"])
def test_a_cascade_may_take_along_what_leans_on_other_objects(words: str) -> None:
    before = catalog(f"CREATE {words} x")
    assert before.named(ObjectKind(words.lower()))
    after = without_dependents(before)
    assert bool(after.named(ObjectKind(words.lower()))) is (words not in LEANING)
    assert ("x" in after.unread) is (words in LEANING)
