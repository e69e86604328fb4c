"""Each kind of object, by the words of SQL that make and drop one."""

from __future__ import annotations

import pytest

from kmblint.schema.changes import CreateObject, DropObject
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.parts import Name
from kmblint.schema.unread import without_dependents
from tests.sql_catalog import catalog, changes, held

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


@pytest.mark.parametrize("words", ["TRIGGER", "CONSTRAINT TRIGGER", "POLICY", "RULE", "VIEW", "STATISTICS", "TYPE"])
def test_some_objects_belong_to_a_table(words: str) -> None:
    """Their names are one table's own: PostgreSQL's CREATE TRIGGER, CREATE POLICY and CREATE RULE."""
    rest = "AS ON DELETE TO t DO INSTEAD NOTHING" if words == "RULE" else "ON t"
    made, dropped = changes(f"CREATE {words} x {rest}; DROP {words} x ON t;")
    assert isinstance(made, CreateObject)
    assert isinstance(dropped, DropObject)
    owners = [change.on.text for change in (made, dropped) if change.on]
    assert owners == (["t", "t"] if words in {"TRIGGER", "CONSTRAINT TRIGGER", "POLICY", "RULE"} else [])


_WITH_ARGUMENTS = {
    "FUNCTION", "PROCEDURE", "ROUTINE", "AGGREGATE", "MACRO", "CAST", "OPERATOR", "OPERATOR CLASS", "OPERATOR FAMILY",
    "TRANSFORM", "USER MAPPING",
}  # fmt: skip


@pytest.mark.parametrize("words", [*sorted(_WITH_ARGUMENTS), "VIEW", "TYPE", "SEQUENCE"])
def test_some_objects_are_told_apart_by_their_arguments(words: str) -> None:
    both = catalog(f"CREATE {words} x(INT); CREATE {words} x(TEXT);")
    kind = ObjectKind(words.lower())
    assert len(both.named(kind)) == (2 if words in _WITH_ARGUMENTS else 1)
    assert not catalog(f"DROP {words} x", both).named(kind), "nobody says which of them"


@pytest.mark.parametrize("words", ["VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE", "FUNCTION", "TYPE", "ROLE", "SCHEMA"])
def test_some_objects_are_read_like_tables(words: str) -> None:
    there = held(f"CREATE {words} x", "SELECT 1 FROM x") == ()
    assert there is (words in {"VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE"})


_TOLD = ("ROLE", "MASK", "MASKING POLICY", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE")


@pytest.mark.parametrize("words", [*_TOLD, "USER", "TYPE", "FUNCTION", "EXTENSION"])
def test_of_some_objects_migrations_make_all(words: str) -> None:
    """Users are made by hand as well, and what neither Kimberlite has nor a query reads may come from anywhere."""
    assert bool(held("", f"DROP {words} x")) is (words in _TOLD)


def test_what_kimberlite_has() -> None:
    assert {kind.value for kind in ObjectKind if kind.is_own} == {"masking policy", "mask", "role", "user"}
