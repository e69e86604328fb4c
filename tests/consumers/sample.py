"""The reports that every consumer gets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]
_FILES: Final = {
    "0001_create_patients.sql": "-- Migration: create patients\n"
    "CREATE TABLE patients (id BIGINT PRIMARY KEY, /* 😀 */ name TEXT NOT NULL UNIQUE);\n"
    "CREATE TABLE wards (id BIGINT PRIMARY KEY);\n",
    "0002_añadir_sala.sql": "ALTER TABLE patients ADD COLUMN ward BIGINT NOT NULL;\nUPDATE patients\nSET ward = 1;\n",
    "0003_add_rate.sql": "CREATE TABLE IF NOT EXISTS beds (id BIGINT PRIMARY KEY, rate REAL);\n",
}
"""Errors, warnings and advice; a character of two UTF-16 units before a finding; a name that isn't ASCII."""
_CLEAN: Final = {"0001_add_wards.sql": "CREATE TABLE IF NOT EXISTS wards (id BIGINT PRIMARY KEY);\n"}
FORMATS: Final = ("concise", "sarif", "gitlab", "junit", "checkstyle", "rdjson", "json")


class Found(NamedTuple):
    """One finding as the JSON report has it; columns count characters."""

    path: str
    line: int
    column: int
    severity: str
    code: str


class Sample(NamedTuple):
    """A folder with a report in each format, `report.<format>`, and the findings in it."""

    folder: Path
    found: tuple[Found, ...]

    def report(self, output_format: str) -> str:
        """The path of a report."""
        return str(self.folder / f"report.{output_format}")


def make(folder: Path, *, clean: bool) -> Sample:
    """The sample; its folder is the working directory of the run, and the top of a repository."""
    (folder / "migrations").mkdir(parents=True)
    (folder / ".git").mkdir()
    for name, text in (_CLEAN if clean else _FILES).items():
        (folder / "migrations" / name).write_text(text, encoding="utf-8")
    outputs = [f"--output-format={each}:report.{each}" for each in FORMATS]
    command = [sys.executable, "-m", "kmblint", "check", "--isolated", "--exit-zero", *outputs]
    subprocess.run(command, cwd=folder, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    findings = json.loads((folder / "report.json").read_text(encoding="utf-8"))["findings"]
    found = (
        Found(each["path"], each["start"]["line"], each["start"]["column"], each["severity"], each["code"])
        for each in findings
    )
    return Sample(folder, tuple(found))
