"""Histories of one extreme shape each: what a run costs must grow no faster than they do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, TypeAlias

from tests.benchmarks.histories import write_history

Shape: TypeAlias = Callable[[Path, int], None]
"""Writes a history of a size into a folder that isn't there yet."""


def _one_file(statements: Callable[[int], Iterable[str]]) -> Shape:
    """A shape of one migration with these statements (or pieces of text)."""

    def write(folder: Path, size: int) -> None:
        folder.mkdir(parents=True)
        text = "\n".join(statements(size)) + "\n"
        (folder / "0001_create_everything.sql").write_text(text, encoding="utf-8")

    return write


def _in_two_files(first: str, statements: Callable[[int], Iterable[str]]) -> Shape:
    """A shape whose second migration works on what the first one makes."""

    def write(folder: Path, size: int) -> None:
        folder.mkdir(parents=True)
        (folder / "0001_create_tables.sql").write_text(first + "\n", encoding="utf-8")
        (folder / "0002_change_tables.sql").write_text("\n".join(statements(size)) + "\n", encoding="utf-8")

    return write


def _same_number(folder: Path, size: int) -> None:
    folder.mkdir(parents=True)
    for number in range(size):
        text = f"CREATE TABLE IF NOT EXISTS t{number} (id BIGINT PRIMARY KEY);\n"
        (folder / f"0001_create_t{number}.sql").write_text(text, encoding="utf-8")


def _ignored_names(folder: Path, size: int) -> None:
    folder.mkdir(parents=True)
    (folder / "0001_create_wards.sql").write_text("CREATE TABLE IF NOT EXISTS wards (id BIGINT PRIMARY KEY);\n")
    lines = "".join(f'    "drop-table",  # {number}\n' for number in range(size))
    (folder / "kmblint.toml").write_text(f"ignore = [\n{lines}]\n", encoding="utf-8")


def _unknown_rules(folder: Path, size: int) -> None:
    folder.mkdir(parents=True)
    (folder / "0001_create_wards.sql").write_text("CREATE TABLE IF NOT EXISTS wards (id BIGINT PRIMARY KEY);\n")
    tables = "".join(f'[rules.drop-tabel-{number}]\nseverity = "error"\n' for number in range(size))
    (folder / "kmblint.toml").write_text(tables, encoding="utf-8")


def _nested_lists(folder: Path, size: int) -> None:
    folder.mkdir(parents=True)
    (folder / "0001_create_wards.sql").write_text("CREATE TABLE IF NOT EXISTS wards (id BIGINT PRIMARY KEY);\n")
    (folder / "kmblint.toml").write_text("ignore = [\n" + '    ["drop-table"],\n' * size + "]\n")


def _dropped(folder: Path, size: int) -> None:
    made = [f"CREATE TABLE t{n} (id BIGINT PRIMARY KEY, hub_id BIGINT);" for n in range(size)]
    _in_two_files("\n".join(made), lambda n: (f"DROP TABLE t{i};" for i in range(n)))(folder, size)


def _stale_indexes(folder: Path, size: int) -> None:
    made = (f"CREATE INDEX readings_{n}_idx ON readings (n);" for n in range(size))
    first = "\n".join([_WIDE, *made, "DROP TABLE readings;", _WIDE])
    _in_two_files(first, lambda n: (f"UPDATE readings SET n = 1 WHERE n = {i};" for i in range(n)))(folder, size)


def _chain(size: int) -> Iterable[str]:
    yield "CREATE TABLE IF NOT EXISTS t0 (id BIGINT PRIMARY KEY);"
    for n in range(1, size):
        yield f"CREATE TABLE IF NOT EXISTS t{n} (id BIGINT PRIMARY KEY, up BIGINT REFERENCES t{n - 1} (id));"


def _hub(size: int) -> Iterable[str]:
    yield "CREATE TABLE IF NOT EXISTS hub (id BIGINT PRIMARY KEY);"
    for n in range(size):
        yield f"CREATE TABLE IF NOT EXISTS t{n} (id BIGINT PRIMARY KEY, hub_id BIGINT REFERENCES hub (id));"


def _suppressions(folder: Path, size: int) -> None:
    folder.mkdir(parents=True)
    lines = [f"-- kmblint: ignore[dropped-clause t{n}.c] known" for n in range(size)]
    lines += [f"CREATE TABLE IF NOT EXISTS t{n} (id BIGINT PRIMARY KEY, c TEXT UNIQUE);" for n in range(size)]
    (folder / "0001_create_everything.sql").write_text("\n".join(lines) + "\n", encoding="utf-8")


_WIDE: Final = "CREATE TABLE IF NOT EXISTS readings (id BIGINT PRIMARY KEY, n BIGINT, note TEXT);"
_ACCOUNT: Final = "INSERT INTO accounts (id, password) VALUES ({n}, 'correct-horse-{n}') ON CONFLICT (id) DO NOTHING;"

SHAPES: Final[dict[str, tuple[Shape, int]]] = {
    "plain files": (write_history, 1000),
    "one wide table": (
        _one_file(lambda n: [f"CREATE TABLE t (id BIGINT PRIMARY KEY, {', '.join(f'c{i} TEXT' for i in range(n))});"]),
        1000,
    ),
    "INSERTs in one file": (
        _in_two_files(_WIDE, lambda n: (f"INSERT INTO readings (id, n) VALUES ({i}, {i});" for i in range(n))),
        4000,
    ),
    "rows of one INSERT": (
        _in_two_files(
            _WIDE, lambda n: ["INSERT INTO readings (id, n) VALUES", ",\n".join(f"({i}, {i})" for i in range(n)), ";"]
        ),
        8000,
    ),
    "increments": (
        _in_two_files(_WIDE, lambda n: ("UPDATE readings SET n = n + 1 WHERE id = 1;" for _ in range(n))),
        1000,
    ),
    "a chain of foreign keys": (_one_file(_chain), 500),
    "foreign keys to one table": (_one_file(_hub), 500),
    "tables without a key": (_one_file(lambda n: (f"CREATE TABLE t{i} (id BIGINT);" for i in range(n))), 1000),
    "roles": (_one_file(lambda n: (f"CREATE ROLE r{i};" for i in range(n))), 1000),
    "unknown columns": (
        _in_two_files(_WIDE, lambda n: (f"UPDATE readings SET c{i} = 1 WHERE id = {i};" for i in range(n))),
        1000,
    ),
    "unknown columns of one INSERT": (
        _in_two_files(
            _WIDE,
            lambda n: [
                f"INSERT INTO readings (id, {', '.join(f'c{i}' for i in range(n))}) VALUES (1, {', '.join('1' * n)});"
            ],
        ),
        1000,
    ),
    "suppressions": (_suppressions, 1000),
    "columns added": (
        _in_two_files(_WIDE, lambda n: (f"ALTER TABLE readings ADD COLUMN c{i} TEXT;" for i in range(n))),
        1000,
    ),
    "indexes": (
        _in_two_files(_WIDE, lambda n: (f"CREATE INDEX readings_{i}_idx ON readings (n);" for i in range(n))),
        1000,
    ),
    "conditions on one column": (
        _in_two_files(
            _WIDE,
            lambda n: [f"UPDATE readings SET n = 1 WHERE id = 1{''.join(f' AND id = {i}' for i in range(n))};"],
        ),
        500,
    ),
    "masks": (
        _in_two_files(_WIDE, lambda n: (f"CREATE MASK m{i} ON readings.note USING HASH;" for i in range(n))),
        1000,
    ),
    "files of one number": (_same_number, 500),
    "secrets": (
        _in_two_files(
            "CREATE TABLE IF NOT EXISTS accounts (id BIGINT PRIMARY KEY, password TEXT);",
            lambda n: (_ACCOUNT.format(n=i) for i in range(n)),
        ),
        500,
    ),
    "split literals": (
        _in_two_files(_WIDE, lambda n: (f"UPDATE readings SET note = 'a; b' WHERE id = {i};" for i in range(n))),
        1000,
    ),
    "conflict markers": (_one_file(lambda n: ["======="] * n), 10_000),
    "comments never closed": (_one_file(lambda n: ["/* x"] * n), 10_000),
    "dollar quotes never closed": (_one_file(lambda n: [f"$a{i}$" for i in range(n)]), 10_000),
    "comments never closed, in statements": (_one_file(lambda n: ["SELECT /* ;"] * n), 2000),
    "dollar quotes never closed, in statements": (_one_file(lambda n: [f"SELECT $a{i}$ ;" for i in range(n)]), 2000),
    "comments with `;`": (_one_file(lambda n: ["SELECT -- a;\n;"] * n), 1000),
    "a line of dashes": (_one_file(lambda n: ["-" * n]), 10_000),
    "open parentheses": (_one_file(lambda n: ["SELECT " + "(" * n + ";"]), 10_000),
    "a chain of operators": (_one_file(lambda n: ["SELECT 1" + " + 1" * n + ";"]), 10_000),
    "one statement of many actions": (
        _in_two_files(
            _WIDE, lambda n: ["ALTER TABLE readings " + ", ".join(f"ADD COLUMN c{i} TEXT" for i in range(n)) + ";"]
        ),
        1000,
    ),
    "tables of one DROP": (_one_file(lambda n: ["DROP TABLE " + ", ".join(f"t{i}" for i in range(n)) + ";"]), 4000),
    "invisible characters": (_one_file(lambda n: ["\u200b" * n]), 10_000),
    "braces never closed": (_one_file(lambda n: ["{{" * n]), 10_000),
    "words of another tool": (_one_file(lambda n: ["GO " * n]), 10_000),
    "statements not understood": (_one_file(lambda n: (f"CALL x{i}();" for i in range(n))), 2000),
    "lists in the configuration": (_nested_lists, 2000),
    "unknown rules in the configuration": (_unknown_rules, 2000),
    "unknown rules in comments": (
        _one_file(lambda n: (f"-- kmblint: ignore[drop-tabel-{i}] known\nSELECT 1;" for i in range(n))),
        1000,
    ),
    "misspelt tables": (
        _one_file(
            lambda n: [
                *(f"CREATE TABLE ward{i}xx (id BIGINT PRIMARY KEY);" for i in range(n)),
                *(f"INSERT INTO wward{i}x (id) VALUES (1);" for i in range(n)),
            ]
        ),
        500,
    ),
    "ignored names in the configuration": (_ignored_names, 1000),
    "checks of one table": (
        _one_file(
            lambda n: [f"CREATE TABLE t (id BIGINT PRIMARY KEY{''.join(f', CHECK (c{i} > 1)' for i in range(n))});"]
        ),
        1000,
    ),
    "signs in a row": (_one_file(lambda n: ["SELECT " + "*" * n + ";"]), 10_000),
    "unknown indexes": (
        _one_file(
            lambda n: [
                *(f"CREATE TABLE t{i} (id BIGINT PRIMARY KEY);" for i in range(n)),
                *(f"DROP INDEX t{i}_idx;" for i in range(n)),
            ]
        ),
        500,
    ),
    "misspelt columns": (
        _one_file(
            lambda n: [
                f"CREATE TABLE readings (id BIGINT PRIMARY KEY{''.join(f', value{i}xx TEXT' for i in range(n))});",
                *(f"UPDATE readings SET vvalue{i}x = 1 WHERE id = {i};" for i in range(n)),
            ]
        ),
        500,
    ),
    "values that can't be read": (
        _one_file(
            lambda n: [
                f"CREATE TABLE readings (id BIGINT PRIMARY KEY{''.join(f', c{i} TEXT' for i in range(n))});",
                *(f"UPDATE readings SET c{i} = 1 WHERE id = {i};" for i in range(n)),
            ]
        ),
        500,
    ),
    "tables dropped one by one": (_dropped, 500),
    "foreign keys of one table": (
        _in_two_files(
            _WIDE,
            lambda n: (
                f"ALTER TABLE readings ADD CONSTRAINT c{i} FOREIGN KEY (n) REFERENCES readings (id);" for i in range(n)
            ),
        ),
        500,
    ),
    "indexes that nobody drops": (_stale_indexes, 500),
    "rows inserted and deleted": (
        _in_two_files(
            _WIDE,
            lambda n: (
                f"INSERT INTO readings (id) VALUES ({i});\nDELETE FROM readings WHERE id = {i};" for i in range(n)
            ),
        ),
        500,
    ),
}
"""Name → how it is written, and the size n at which the growth from n to 2n is measured."""
