"""Inputs that nobody would write: made by a grammar, or by changing bytes and tokens of what somebody wrote."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from kmblint.lint.rulebook import Rulebook
from tests.cards import cases
from tests.fuzzing.mutations import mutated
from tests.fuzzing.set_ups import set_up

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


class Known(msgspec.Struct, frozen=True):
    """What somebody wrote: the fixtures, and the cases of the rules."""

    texts: tuple[bytes, ...]
    """Every migration, each once."""
    histories: tuple[Files, ...]
    """The migrations of each, by their path in the project."""


def known() -> Known:
    """All of it."""
    histories = [
        {f"migrations/{path.name}": path.read_bytes() for path in sorted(folder.glob("*.sql"))}
        for folder in sorted((ROOT / "fixtures").rglob("migrations"))
    ]
    for rule in Rulebook.load():
        histories += (_migrations(case.files) for case in cases(rule.card))
    histories = [each for each in histories if each]
    return Known(tuple(dict.fromkeys(text for each in histories for text in each.values())), tuple(histories))


def _migrations(files: Mapping[str, bytes]) -> Files:
    return {name: data for name, data in files.items() if name.startswith("migrations/") and name.endswith(".sql")}


def project(chance: random.Random, known: Known) -> Files:
    """Some migrations, often with a configuration, state of the runner or known findings beside them."""
    files = history(chance, known)
    return {**files, **set_up(chance, files)} if chance.random() < 0.7 else files


def history(chance: random.Random, known: Known) -> Files:
    """Some migrations: a history that somebody wrote, changed in places, or texts that have nothing in common."""
    if chance.random() < 0.5:
        files = {**chance.choice(known.histories)}
        for name in chance.sample(sorted(files), chance.randint(0, min(2, len(files)))):
            files[name] = mutated(chance, files[name], known.texts)
        if chance.random() < 0.2:
            name = chance.choice(sorted(files))
            files[_name(chance, chance.randint(1, 4))] = files.pop(name)
        return files
    return {_name(chance, number): migration(chance, known) for number in range(1, chance.randint(1, 3) + 1)}


def _name(chance: random.Random, number: int) -> str:
    words = chance.choice(("create_wards", "x", "a-b", "Ärzte", "add index", "X", "x_fixed", "", "x.y"))
    digits = chance.choice((f"{number:04}", str(number), f"{number:04}", f"{number:04}", "0001", "x", "4294967296"))
    return f"migrations/{digits}_{words}.sql"


def migration(chance: random.Random, known: Known) -> bytes:
    """The bytes of one file."""
    if chance.random() < 0.3:
        data = "\n".join(statement(chance) + ";" for _ in range(chance.randint(1, 5))).encode()
        return data if chance.random() < 0.7 else mutated(chance, data, known.texts)
    data = chance.choice(known.texts)
    if chance.random() < 0.2:
        data += chance.choice(known.texts)
    return mutated(chance, data, known.texts)


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


def _named(chance: random.Random) -> str:
    return chance.choice(_NAMES)


_ALTERATIONS: Final = ("DROP COLUMN", "RENAME TO", "ALTER COLUMN", "ADD CONSTRAINT")
_STATEMENTS: Final[tuple[Callable[[random.Random], str], ...]] = (
    lambda c: f"CREATE TABLE {c.choice(('', 'IF NOT EXISTS '))}{_named(c)} ({_columns(c)})",
    lambda c: f"ALTER TABLE {_named(c)} ADD COLUMN {_column(c)}",
    lambda c: f"ALTER TABLE {_named(c)} {c.choice(_ALTERATIONS)} {_named(c)}",
    lambda c: f"INSERT INTO {_named(c)} ({_named(c)}, {_named(c)}) VALUES ({_expression(c)}, {_expression(c)})",
    lambda c: f"INSERT INTO {_named(c)} {_query(c)}",
    lambda c: f"UPDATE {_named(c)} SET {_named(c)} = {_expression(c)} WHERE {_expression(c)}",
    lambda c: f"DELETE FROM {_named(c)} WHERE {_expression(c)}{c.choice(('', ' LIMIT 3'))}",
    lambda c: f"CREATE {c.choice(('', 'UNIQUE '))}INDEX {_named(c)} ON {_named(c)} ({_named(c)})",
    lambda c: (
        f"DROP {c.choice(('TABLE', 'INDEX', 'VIEW', 'POLICY', 'MASK'))} {c.choice(('', 'IF EXISTS '))}{_named(c)}"
    ),
    lambda c: f"CREATE MASK {_named(c)} ON {_named(c)}.{_named(c)} USING {c.choice(('HASH', 'REDACT', 'x'))}",
    lambda c: f"CREATE VIEW {_named(c)} AS {_query(c)}",
    lambda c: f"WITH {_named(c)} AS ({_query(c)}) {_query(c)}",
    lambda c: f"{_named(c)} {_expression(c)}",
    _query,
)
