"""A history that grows, and is edited at its end or in its middle, is answered as without a cache.

The statements are such that rules look behind files, at the end of the history, at rows, and at what was judged.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmblint.cli import check
from kmblint.cli.answer import Answer
from kmblint.cli.histories import Request
from kmblint.reporters import render

FIRST = (
    "CREATE TABLE a (id BIGINT PRIMARY KEY, b_id BIGINT, name TEXT, paid DECIMAL(10, 2), made_at TIMESTAMP);\n"
    "CREATE INDEX a_b_id_idx ON a(b_id);"
)
STATEMENTS = (
    FIRST,
    "CREATE TABLE IF NOT EXISTS b (id BIGINT PRIMARY KEY, long TEXT, a_id BIGINT REFERENCES a (id));",
    "CREATE TABLE loose (name TEXT);",
    "ALTER TABLE loose ADD PRIMARY KEY (name);",
    "INSERT INTO a (id, b_id, name) VALUES (1, 2, 'x'), (2, 3, 'it''s') ON CONFLICT (id) DO NOTHING;",
    "INSERT INTO b VALUES (1, 'y', 1);",
    "UPDATE a SET name = 'z' WHERE id = 1;",
    "UPDATE a SET name = 'z', ghost = 1 WHERE paid = 2.5 OR b_id BETWEEN 3 AND 1;",
    "UPDATE b SET long = long || 'x';",
    "DELETE FROM a WHERE id IN (1, 2);",
    "DELETE FROM b;",
    "ALTER TABLE a ADD COLUMN phone TEXT NOT NULL DEFAULT 'none';",
    "ALTER TABLE a DROP COLUMN name;",
    "ALTER TABLE a RENAME TO c;",
    "ALTER TABLE a ALTER COLUMN paid TYPE TEXT, DROP COLUMN missing;",
    "CREATE INDEX misnamed ON a(phone);",
    "CREATE UNIQUE INDEX IF NOT EXISTS a_name_idx ON a(name, b_id);",
    "DROP INDEX misnamed;",
    "DROP TABLE a;",
    "DROP TABLE IF EXISTS b;",
    "CREATE MASK hide ON a.name USING REDACT;",
    "CREATE ROLE clerk;",
    "GRANT SELECT ON a TO clerk;",
    "CREATE VIEW v AS SELECT name FROM a;",
    "SELECT count(*) FROM b WHERE a_id = 1;",
)
TEXTS = st.lists(st.sampled_from(STATEMENTS), max_size=3).map("\n".join)
EDITS = st.one_of(
    st.tuples(st.just("add"), st.just(0), TEXTS),
    st.tuples(st.just("edit"), st.integers(0, 2), TEXTS),
    st.tuples(st.just("remove"), st.integers(0, 2), st.just("")),
)
OPTIONS = st.fixed_dictionaries({}, optional={"history.applied": st.just(2), "target.name": st.just("guide")})


def shown(answer: Answer) -> tuple[object, ...]:
    return [render(report, name) for report in answer.reports for name in ("full", "json")], answer.code, answer.details


@settings(max_examples=25)
@given(
    first=st.lists(TEXTS, min_size=2, max_size=5), edits=st.lists(EDITS, min_size=1, max_size=4), options=OPTIONS,
)  # fmt: skip
def test_an_edit_at_the_end_is_answered_as_by_a_run_that_knows_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    first: list[str],
    edits: list[tuple[str, int, str]],
    options: dict[str, object],
) -> None:
    monkeypatch.setenv("KMBLINT_CACHE_DIR", str(tmp_path / "cache"))
    root = tmp_path / "migrations"
    root.mkdir(exist_ok=True)
    texts = [FIRST, *first]
    for kind, behind, text in (("", 0, ""), *edits, ("add", 0, "")):
        number = max(len(texts) - 1 - behind, 1)
        match kind:
            case "add":
                texts.append(text)
            case "edit":
                texts[number] = text
            case "remove" if len(texts) > 2:
                del texts[number]
        for path in root.iterdir():
            path.unlink()
        for at, each in enumerate(texts, 1):
            (root / f"{at:04}_step.sql").write_text(each, encoding="utf-8")
        request = Request(paths=(root,), overrides=options)
        cached, plain = (
            check.run(request, date(2026, 5, 1), all_history=False, cache=cache) for cache in (True, False)
        )
        assert shown(cached) == shown(plain)
