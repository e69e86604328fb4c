"""Inputs that nobody would write: made by a grammar, or by changing bytes and tokens of what somebody wrote."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

ROOT: Final = Path(__file__).parents[2]
Files: TypeAlias = dict[str, bytes]
"""Path below the project → content."""

_NAMES: Final = ("t", "wards", "beds", '"a b"', "`c`", "public.t", "id", "n", "password", "ärzte", "select", '"x`|<b>"')
_TYPES: Final = ("BIGINT", "TEXT", "DECIMAL(9, 2)", "DATE", "TIMESTAMP", "BOOLEAN", "double precision", "INT[]", "uuid")
_LITERALS: Final = (
    "1",
    "-2.5",
    "'x'",
    "'it''s'",
    "NULL",
    "TRUE",
    "$$ a; b $$",
    "'2026-01-01'",
    "1e9",
    "E'\\n'",
    "'a;b'",
)
_OPERATORS: Final = ("+", "||", "=", "<>", "<", "AND", "OR", "LIKE", "<@", "->>", "?", "IS DISTINCT FROM", "::", "IN")
_NOISE: Final = (
    b"\x00", b"\xff", b"\r", b"\n", b";", b"'", b'"', b"`", b"--", b"/*", b"*/", b"$$", b"(", b")", b"[", b"{{",
    b"<<<<<<< x\n",
    b"=======\n", b">>>>>>> y\n", b"\xef\xbb\xbf", "\u202e".encode(), "\u200b".encode(), "\U0001f600".encode(),
    b"\x1b[31m",
    b"-- Down Migration\n", b"-- kmblint: ignore[drop-table] x\n", b"9" * 30, b"E'", b"\\",
)  # fmt: skip
_TOKEN: Final = re.compile(rb"\w+|\s+|[^\w\s]")


def seeds() -> list[bytes]:
    """SQL that somebody wrote: the fixtures, and the fences of the rules' cases."""
    found = [path.read_bytes() for path in sorted((ROOT / "fixtures").rglob("*.sql"))]
    for folder in ("rules", "tests/cases"):
        for page in sorted((ROOT / folder).glob("*.md")):
            found += re.findall(rb"```sql\n(.*?)```", page.read_bytes(), re.DOTALL)
    return found


def history(chance: random.Random, known: list[bytes]) -> Files:
    """A project of one to three migrations, now and then with a configuration or state of the runner."""
    files: Files = {}
    for number in range(1, chance.randint(1, 3) + 1):
        name = chance.choice(("create_wards", "x", "a-b", "Ärzte", "add index"))
        digits = chance.choice((f"{number:04}", str(number), f"{number:04}", "0001"))
        files[f"migrations/{digits}_{name}.sql"] = migration(chance, known)
    if chance.random() < 0.2:
        files["kmblint.toml"] = _mutated(chance, chance.choice(_CONFIGURATIONS))
    if chance.random() < 0.2:
        files[chance.choice((".kimberlite/migrations/.lock", ".kimberlite/migrations/applied.toml"))] = _mutated(
            chance, chance.choice(_STATES)
        )
    return files


def migration(chance: random.Random, known: list[bytes]) -> bytes:
    """The bytes of one file."""
    kind = chance.random()
    if kind < 0.35:
        return "\n".join(statement(chance) + ";" for _ in range(chance.randint(1, 5))).encode()
    seed = chance.choice(known)
    if kind < 0.5:
        seed += chance.choice(known)
    return _mutated(chance, seed) if kind < 0.75 else _shuffled(chance, seed)


def statement(chance: random.Random) -> str:
    """A statement that looks like SQL."""
    return chance.choice(_STATEMENTS)(chance)


def _expression(chance: random.Random, depth: int = 0) -> str:
    if depth > 5 or chance.random() < 0.35:
        return chance.choice((*_LITERALS, *_NAMES))

    def inner() -> str:
        return _expression(chance, depth + 1)

    return chance.choice((
        lambda: f"({inner()})",
        lambda: f"{inner()} {chance.choice(_OPERATORS)} {inner()}",
        lambda: f"NOT {inner()}",
        lambda: f"- {inner()}",
        lambda: f"CASE WHEN {inner()} THEN {inner()} ELSE {inner()} END",
        lambda: f"coalesce({inner()}, {inner()})",
        lambda: f"CAST({inner()} AS {chance.choice(_TYPES)})",
        lambda: f"ARRAY[{inner()}, {inner()}]",
        lambda: f"{inner()}[{inner()}]",
        lambda: f"{inner()} BETWEEN {inner()} AND {inner()}",
        lambda: f"{inner()} IN ({inner()}, {inner()})",
        lambda: f"EXISTS ({_query(chance, depth + 1)})",
        lambda: f"({_query(chance, depth + 1)})",
        lambda: f"count(*) FILTER (WHERE {inner()}) OVER ()",
        lambda: f"{inner()} IS NULL",
    ))()  # fmt: skip


def _query(chance: random.Random, depth: int = 0) -> str:
    text = f"SELECT {_expression(chance, depth)} FROM {chance.choice(_NAMES)}"
    if chance.random() < 0.3:
        text += f" x JOIN {chance.choice(_NAMES)} ON {_expression(chance, depth)}"
    if chance.random() < 0.5:
        text += f" WHERE {_expression(chance, depth)}"
    return text + chance.choice(
        ("", " LIMIT 1", " ORDER BY 1 DESC", " FOR UPDATE SKIP LOCKED", " UNION SELECT 1", " GROUP BY 1")
    )


def _column(chance: random.Random) -> str:
    text = f"{chance.choice(_NAMES)} {chance.choice(_TYPES)}"
    return text + chance.choice(
        ("", " NOT NULL", " PRIMARY KEY", " UNIQUE", f" DEFAULT {_expression(chance, 4)}", " REFERENCES t (id)",
         f" CHECK ({_expression(chance, 3)})", " GENERATED ALWAYS AS IDENTITY")
    )  # fmt: skip


def _columns(chance: random.Random) -> str:
    return ", ".join(_column(chance) for _ in range(chance.randint(1, 4)))


def _name(chance: random.Random) -> str:
    return chance.choice(_NAMES)


_STATEMENTS: Final[tuple[Callable[[random.Random], str], ...]] = (
    lambda c: f"CREATE TABLE {c.choice(('', 'IF NOT EXISTS '))}{_name(c)} ({_columns(c)})",
    lambda c: f"ALTER TABLE {_name(c)} ADD COLUMN {_column(c)}",
    lambda c: (
        f"ALTER TABLE {_name(c)} {c.choice(('DROP COLUMN', 'RENAME TO', 'ALTER COLUMN', 'ADD CONSTRAINT'))} {_name(c)}"
    ),
    lambda c: f"INSERT INTO {_name(c)} ({_name(c)}, {_name(c)}) VALUES ({_expression(c)}, {_expression(c)})",
    lambda c: f"INSERT INTO {_name(c)} {_query(c)}",
    lambda c: f"UPDATE {_name(c)} SET {_name(c)} = {_expression(c)} WHERE {_expression(c)}",
    lambda c: f"DELETE FROM {_name(c)} WHERE {_expression(c)}{c.choice(('', ' LIMIT 3'))}",
    lambda c: f"CREATE {c.choice(('', 'UNIQUE '))}INDEX {_name(c)} ON {_name(c)} ({_name(c)})",
    lambda c: f"DROP {c.choice(('TABLE', 'INDEX', 'VIEW', 'POLICY', 'MASK'))} {c.choice(('', 'IF EXISTS '))}{_name(c)}",
    lambda c: f"CREATE MASK {_name(c)} ON {_name(c)}.{_name(c)} USING {c.choice(('HASH', 'REDACT', 'x'))}",
    lambda c: f"CREATE VIEW {_name(c)} AS {_query(c)}",
    lambda c: f"WITH {_name(c)} AS ({_query(c)}) {_query(c)}",
    lambda c: f"{_name(c)} {_expression(c)}",
    _query,
)


def _mutated(chance: random.Random, data: bytes) -> bytes:
    """A few bytes out, in, doubled or replaced by noise."""
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data) + 1)
        size = chance.choice((0, 0, 1, 1, 3, 20))
        data = (
            data[:at] + chance.choice((b"", chance.choice(_NOISE), bytes([chance.randrange(256)]))) + data[at + size :]
        )
    return data


def _shuffled(chance: random.Random, data: bytes) -> bytes:
    """Some tokens out, doubled, or exchanged for another of the text."""
    tokens = _TOKEN.findall(data) or [b" "]
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(tokens))
        tokens[at : at + 1] = chance.choice(
            ([], [tokens[at]] * 2, [chance.choice(tokens)], [b" ", chance.choice(tokens), b" "])
        )
        tokens = tokens or [b" "]
    return b"".join(tokens)


_CONFIGURATIONS: Final = (
    b'select = ["all"]\nignore = ["drop-table", "KMB6"]\n[history]\napplied = 2\nfailed = ["1_x.sql"]\n',
    b'[target]\nname = "guide"\n[per-file-ignores]\n"0001_*" = ["dropped-clause"]\n[rules.long-key]\nseverity = "x"\n',
    b'[rules.column-name]\npattern = "[a-z_]+"\nseverity = "info"\n[history]\ndirectory = "migrations"\n',
)
_STATES: Final = (
    b'[[migrations]]\nid = 1\nname = "create_wards"\nchecksum = "' + b"a" * 64 + b'"\n',
    b'[[applied]]\nid = 1\nname = "x"\napplied_at = 2026-01-01T00:00:00Z\n',
)
