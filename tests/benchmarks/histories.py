"""Generated histories, the same for the same number: many files of two or three statements, or one of thousands."""

from __future__ import annotations

import random
from pathlib import Path

_NOUNS = ("patients", "visits", "invoices", "claims", "letters", "orders", "wards", "devices", "consents", "results")


def write_history(folder: Path, files: int, seed: int = 7) -> None:
    """Writes `files` migrations of a plausible history into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    dice = random.Random(seed)  # noqa: S311 -- plausible text, no secret
    tables: list[str] = []
    for number in range(1, files + 1):
        name, statements = _migration(dice, tables, number)
        header = f"-- Migration: {name}\n"
        (folder / f"{number:04}_{name}.sql").write_text(header + "\n".join(statements) + "\n", encoding="utf-8")


def write_dump(folder: Path, rows: int) -> None:
    """Writes one migration that makes a table and fills it with so many rows, an INSERT each."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["CREATE TABLE IF NOT EXISTS visits (id BIGINT PRIMARY KEY, note TEXT);"]
    lines += [f"INSERT INTO visits (id, note) VALUES ({row}, 'a note of the visit');" for row in range(rows)]
    (folder / "0001_create_and_fill_visits.sql").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _migration(dice: random.Random, tables: list[str], number: int) -> tuple[str, list[str]]:
    if number % 4 == 1 or not tables:
        table = f"{dice.choice(_NOUNS)}_{number}"
        tables.append(table)
        parent = dice.choice(tables)
        return f"create_{table}", [
            (
                f"CREATE TABLE IF NOT EXISTS {table} (\n    id BIGINT PRIMARY KEY,\n    {parent}_ref BIGINT NOT NULL,\n"
                "    title TEXT NOT NULL,\n    note TEXT,\n    open BOOLEAN,\n    made_at TIMESTAMP\n);"
            ),
            f"CREATE INDEX {table}_{parent}_ref_idx ON {table}({parent}_ref);",
        ]
    table = dice.choice(tables)
    if number % 4 == 2:
        column = f"detail_{number}"
        return f"add_{column}_to_{table}", [
            f"ALTER TABLE {table} ADD COLUMN {column} TEXT;",
            f"CREATE INDEX {table}_{column}_idx ON {table}({column});",
        ]
    key = dice.randrange(1, 10_000)
    if number % 4 == 3:
        rows = ",\n    ".join(f"({key + at}, {at}, 'row {at}')" for at in range(3))
        return f"seed_{table}_{number}", [
            f"INSERT INTO {table} (id, {_reference(table, tables)}, title) VALUES\n    {rows}\n"
            "ON CONFLICT (id) DO NOTHING;"
            if _reference(table, tables)
            else f"UPDATE {table} SET note = 'seeded' WHERE id = {key};",
            f"UPDATE {table} SET title = 'checked' WHERE id = {key};",
        ]
    return f"close_{table}_{number}", [
        f"UPDATE {table}\nSET open = FALSE\nWHERE id BETWEEN {key} AND {key + 99} AND open = TRUE;",
        f"DELETE FROM {table} WHERE id IN ({key + 200}, {key + 201});",
    ]


def _reference(table: str, tables: list[str]) -> str:
    """The reference column of a table isn't remembered: a table that refers to itself is the only one that is known."""
    return f"{table}_ref" if tables[0] == table else ""
