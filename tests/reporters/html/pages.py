"""Projects whose page is looked at, and the way to it."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from kmblint.cli import main

FIXTURES = Path(__file__).parents[3] / "fixtures"
_MARK = "document.documentElement.dataset.ran='yes'"
HOSTILE = f'"><script>{_MARK}</script><img src=x onerror="{_MARK}">'
"""What only marks the page, where it runs."""


def page(*arguments: str | Path) -> str:
    """What `check --output-format html` prints."""
    done = CliRunner().invoke(main, ["check", "--output-format", "html", *map(str, arguments)])
    assert done.exit_code in (0, 1), done.stderr
    return done.stdout


def project(root: Path, *texts: str) -> Path:
    """A folder of migrations, numbered from 1."""
    folder = root / "migrations"
    folder.mkdir(parents=True)
    for number, text in enumerate(texts, 1):
        (folder / f"{number:04}_change_{number}.sql").write_text(text, encoding="utf-8")
    return folder


def hostile(root: Path) -> Path:
    """Markup wherever a user's text can stand: names, literals, comments, a suppression, a file's name."""
    quoted = HOSTILE.replace('"', '""')
    literal = HOSTILE.replace("'", "''")
    made = (
        f"-- Migration: {HOSTILE}\n"
        f"-- kmblint: ignore[missing-rollback] {HOSTILE}\n"
        f'CREATE TABLE "{quoted}" (id BIGINT PRIMARY KEY, "{quoted}" TEXT DEFAULT \'{literal}\');\n'
        f'CREATE INDEX "{quoted}x" ON "{quoted}" ("{quoted}");\n'
        f"CREATE TABLE wards (id BIGINT PRIMARY KEY, name TEXT);\n"
    )
    changed = (
        f'ALTER TABLE wards ADD COLUMN "{quoted}" TEXT;\n'
        f'UPDATE "{quoted}" SET "{quoted}" = \'{literal}\';\n'
        f"SELEKT {HOSTILE};\n"
    )
    folder = project(root, made, changed)
    (folder / "0003_<img src=x onerror=alert(1)>.sql").write_text("DROP TABLE wards;\n", encoding="utf-8")
    return folder
