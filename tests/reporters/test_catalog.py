"""The schema as a table, JSON, Mermaid and DOT."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from kmblint import targets
from kmblint.replay.keeping import kept_by
from kmblint.replay.replayer import replay
from kmblint.reporters.catalog import RENDERERS
from tests.rules_at_hand import history

FILES: Final = {
    "0001_create_wards.sql": 'CREATE TABLE wards (id BIGINT PRIMARY KEY, "first name" VARCHAR(20) NOT NULL, d DATE);',
    "0002_create_beds.sql": """CREATE TABLE beds (
    id BIGINT, ward_id BIGINT, price NUMERIC(9,2),
    PRIMARY KEY (id, ward_id), CONSTRAINT beds_ward_fk FOREIGN KEY (ward_id) REFERENCES wards (id));
CREATE INDEX beds_ward_id_idx ON beds (ward_id, lower(price));
ALTER TABLE wards MODIFY COLUMN d SET CLASSIFICATION 'PHI';
CREATE MASK m ON wards.d USING HASH;""",
}
POISON: Final = {"0003_seed.sql": "INSERT INTO wards (id, \"first name\", d) VALUES (1, 'x', '2026-01-01');"}


def rendered(root: Path, form: str, *, actual: bool = False, files: dict[str, str] | None = None) -> str:
    target = targets.get("kimberlite")
    done = replay(history(root, {**FILES, **(files or {})}), target, actual=actual)
    kept = kept_by(target, done, actual=actual)
    return RENDERERS[form](done.end, kept)


def test_the_table_to_read(tmp_path: Path) -> None:
    assert (
        rendered(tmp_path, "table")
        == """\
beds  (0002_create_beds.sql)
  id       BIGINT        key
  ward_id  BIGINT        key, → wards (declared, not kept)
  price    NUMERIC(9,2)
  index beds_ward_id_idx (ward_id, (…))

wards  (0001_create_wards.sql)
  id          BIGINT       key
  first name  VARCHAR(20)  not null
  d           DATE         masked by m, PHI
"""
    )


def test_the_table_as_the_engine_keeps_it(tmp_path: Path) -> None:
    """NUMERIC is refused, so there are no beds; a text in a DATE column makes the wards unreadable."""
    assert (
        rendered(tmp_path, "table", actual=True, files=POISON)
        == """\
wards  (0001_create_wards.sql)
  id          BIGINT  key
  first name  TEXT    not null
  d           DATE    masked by m, PHI
  unreadable: `d` holds '2026-01-01' (0003_seed.sql)
"""
    )


def test_json_has_what_was_declared_and_what_is_kept(tmp_path: Path) -> None:
    document: dict[str, Any] = json.loads(rendered(tmp_path, "json"))
    beds, wards = document["tables"]
    assert document["version"] == 1
    assert beds["foreign_keys"] == [
        {
            "name": "beds_ward_fk",
            "columns": ["ward_id"],
            "references": {"table": "wards", "columns": ["id"]},
            "kept": False,
        }
    ]
    assert beds["primary_key"] == ["id", "ward_id"]
    assert beds["indexes"] == [{"name": "beds_ward_id_idx", "columns": ["ward_id", None]}]
    assert wards["columns"][1] == {
        "name": "first name",
        "type": "VARCHAR(20)",
        "declared_type": "VARCHAR(20)",
        "nullable": False,
    }
    assert wards["masks"] == [{"name": "m", "column": "d", "strategy": "HASH"}]
    assert wards["classifications"] == [{"column": "d", "classification": "PHI"}]


def test_json_as_the_engine_keeps_it(tmp_path: Path) -> None:
    (wards,) = json.loads(rendered(tmp_path, "json", actual=True))["tables"]
    assert [(column["type"], column["declared_type"]) for column in wards["columns"]] == [
        ("BIGINT", "BIGINT"),
        ("TEXT", "VARCHAR(20)"),
        ("DATE", "DATE"),
    ]
    assert wards["foreign_keys"] == []


def test_mermaid_takes_words_only_and_no_commas(tmp_path: Path) -> None:
    text = rendered(tmp_path, "mermaid")
    assert "        BIGINT ward_id PK, FK\n" in text
    assert '        VARCHAR(20) first_name "first name"\n' in text
    assert '        NUMERIC price "NUMERIC(9,2)"\n' in text
    assert text.endswith('    "wards" ||--o{ "beds" : "ward_id"\n')


def test_dot_escapes_what_records_are_made_of(tmp_path: Path) -> None:
    odd = {"0004_a.sql": 'CREATE TABLE "a|b" (id BIGINT PRIMARY KEY, "x<y" TEXT);'}
    text = rendered(tmp_path, "dot", files=odd)
    assert '    "a\\|b" [label="{a\\|b|id BIGINT\\lx\\<y TEXT\\l}"];\n' in text
    assert '    "beds" -> "wards" [label="ward_id"];\n' in text


def test_a_schema_without_tables_says_so(tmp_path: Path) -> None:
    target = targets.get("kimberlite")
    empty = replay(history(tmp_path, {}), target)
    kept = kept_by(target, empty, actual=False)
    assert RENDERERS["table"](empty.end, kept) == "no tables\n"
    assert RENDERERS["sql"](empty.end, kept) == ""
