"""Histories are found in folders of other tools."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.corpora.layout import corpora


@pytest.mark.parametrize(
    ("files", "ordered"),
    [
        (("m/0002_b.up.sql", "m/0001_a.up.sql", "m/0001_a.down.sql"), ["m/0001_a.up.sql", "m/0002_b.up.sql"]),
        (("m/20240102_b/up.sql", "m/2024-01-01-x/up.sql", "m/2024-01-01-x/down.sql"),
         ["m/2024-01-01-x/up.sql", "m/20240102_b/up.sql"]),
        (("m/20240102_b/migration.sql", "m/20240101_a/migration.sql"),
         ["m/20240101_a/migration.sql", "m/20240102_b/migration.sql"]),
        (("V2__b.sql", "V10__c.sql", "V1__a.sql", "U2__b.sql"), ["V1__a.sql", "V2__b.sql", "V10__c.sql"]),
        (("10/1_a.sql", "9/2_b.sql", "9/10_c.sql"), ["9/2_b.sql", "9/10_c.sql", "10/1_a.sql"]),
        (("1_a.mysql.up.sql", "1_a.postgres.up.sql", "2_b.up.sql", "3_c.sqlite3.up.sql"),
         ["1_a.postgres.up.sql", "2_b.up.sql"]),
        (("schema.sql", "queries.sql"), []),
        (("tests/01_a.sql", "tests/02_b.sql"), []),
    ],
)  # fmt: skip
def test_the_files_that_lead_forward_in_their_order(tmp_path: Path, files: tuple[str, ...], ordered: list[str]) -> None:
    for name in files:
        path = tmp_path / "p" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("SELECT 1;")
    found = list(corpora(tmp_path / "p"))
    assert [p.relative_to(tmp_path / "p").as_posix() for c in found if c.ordered for p in c.files] == ordered
    assert {path for corpus in found for path in corpus.files} >= {tmp_path / "p" / name for name in ordered}
