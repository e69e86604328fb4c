"""Parts of the model as SQL."""

from __future__ import annotations

import pytest

from kmblint.schema.changes import AddConstraint
from kmblint.schema.predicate import Call, Text
from kmblint.schema.write import column_list, constraint_text, literal_text, quoted, value_text
from kmblint.text import Span
from tests.sql_catalog import changes

SPAN = Span(0, 0)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("a", "a"), ("_a1", "_a1"), ("lab.t", "lab.t"), ("a b", '"a b"'), ("1a", '"1a"'), ("a.1", '"a.1"'),
        ('a"b', '"a""b"'), ("é", '"é"'), ("", '""'),
    ],
)  # fmt: skip
def test_a_name_is_quoted_where_it_must_be(name: str, written: str) -> None:
    assert quoted(name) == written
    assert column_list((name, "z")) == f"{written}, z"


@pytest.mark.parametrize(
    "constraint",
    [
        "PRIMARY KEY (a)",
        'CONSTRAINT c PRIMARY KEY (a, "b c")',
        "CONSTRAINT c UNIQUE (a, b)",
        "FOREIGN KEY (a) REFERENCES u",
        "FOREIGN KEY (a) REFERENCES lab.u(c)",
        *(
            f"CONSTRAINT c FOREIGN KEY (a) REFERENCES u(c) ON DELETE {action}"
            for action in ("NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT")
        ),
        "CONSTRAINT c CHECK (…)",
    ],
)
def test_a_constraint_is_written_as_it_is_read(constraint: str) -> None:
    (change,) = changes(f"ALTER TABLE t ADD {constraint.replace('…', 'a > 0')}")
    assert isinstance(change, AddConstraint)
    assert constraint_text(change.constraint) == constraint
    assert constraint_text(change.constraint, "a > 0") == constraint.replace("…", "a > 0")


@pytest.mark.parametrize(
    ("text", "written"),
    [("x" * 39, f"'{'x' * 39}'"), ("x" * 40, f"'{'x' * 38}…'"), ("it's", "'it''s'"), ("'" * 20, f"'{chr(39) * 38}…'")],
)
def test_a_long_literal_is_cut(text: str, written: str) -> None:
    assert literal_text(Text(text, SPAN)) == written


@pytest.mark.parametrize(
    "word",
    [
        "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP", "CURRENT_USER",
        "SESSION_USER",
    ],
)  # fmt: skip
def test_a_function_without_parentheses(word: str) -> None:
    assert value_text(Call(word.lower(), (), SPAN)) == word
    assert value_text(Call("now", (), SPAN)) == "now()"
    assert value_text(Call(word.lower(), (Text("a", SPAN),), SPAN)) == f"{word.lower()}('a')"
