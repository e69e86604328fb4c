"""Two runs over one history tell of it byte for byte alike, whatever seeds the hashes of their processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

NAMES = ("wards", "beds", "vets", "owners", "visits", "invoices", "Roles", "staff", "rooms", "notes")

FIRST = "".join(
    f"CREATE TABLE {name} (id BIGINT PRIMARY KEY, email TEXT, ward_id BIGINT REFERENCES wards (id));\n"
    f"CREATE ROLE {name}_reader;\nCREATE MASK {name}_mask ON {name}.email USING HASH;\n"
    f"CREATE INDEX {name}_email_idx ON {name} (email);\n"
    for name in NAMES
)
SECOND = "".join(
    f"CREATE ROLE {name.upper()}_READER;\nCREATE ROLE {name.title()}_Reader;\n"
    f"CREATE TABLE {name.upper()} (id BIGINT PRIMARY KEY);\n"
    f"DROP INDEX {name}_email_idx;\n"
    for name in NAMES
)
DOWN = "-- Down Migration\nSELECT id FROM wards;\n"

COMMANDS = (
    ("check", "--select", "all", "--today", "2026-07-01"),
    ("check", "--select", "all", "--today", "2026-07-01", "--output-format", "json"),
    ("replay",),
    *(("schema", "--output-format", format_) for format_ in ("table", "sql", "json", "mermaid", "dot")),
)


def _run(project: Path, seed: int) -> list[bytes]:
    program = (
        "import sys; from kmblint.cli import main\n"
        f"for command in {COMMANDS!r}:\n    main([*command], standalone_mode=False); print('=====', flush=True)"
    )
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, check=False)
    assert done.stderr == b""
    return done.stdout.split(b"=====")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two migrations whose tables, roles, masks and indexes all wait for an order."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "migrations").mkdir()
    (folder / "migrations" / "0001_first.sql").write_text(FIRST + DOWN, encoding="utf-8")
    (folder / "migrations" / "0002_second.sql").write_text(SECOND + DOWN, encoding="utf-8")
    return folder


def test_processes_with_other_seeds_tell_the_same(project: Path) -> None:
    first, *others = (_run(project, seed) for seed in (1, 2, 3))
    assert b"case-clash" in first[0]
    assert all(len(text) > 200 for text in first[:-1])
    for other in others:
        assert other == first
