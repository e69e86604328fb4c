"""Random scenarios about rows: a table with some rows, and conditions of every kind on it, the same for the same seed.

Each condition is drawn twice, as Kimberlite reads it and as SQL means it in SQLite: there a date is the number of its
day, a truth is 0 or 1, and a UUID is in small letters.
"""

from __future__ import annotations

import random
from typing import Final, NamedTuple, TypeVar

T = TypeVar("T")


class Literal(NamedTuple):
    """A literal as Kimberlite reads it, and as SQLite takes the same."""

    sql: str
    meant: str


class Asked(NamedTuple):
    """A data change, its condition, and the condition as SQL means it; a statement without one stands alone."""

    sql: str
    where: str = ""
    meant: str = ""


class Scenario(NamedTuple):
    """The table and the statements about it, in order."""

    table: str
    statements: list[Asked]


def _same(*texts: str) -> tuple[Literal, ...]:
    return tuple(Literal(text, text) for text in texts)


_NUMBERS: Final = _same("0", "1", "2", "3", "5", "10", "-1", "100")
_DAYS: Final = (*_same("0", "19000", "19500", "20000", "-5"), Literal("19723", "19723"))
_DATES: Final = (Literal("'2024-01-01'", "19723"), Literal("'2022-01-08'", "19000"), Literal("'1970-01-01'", "0"))
_TEXTS: Final = _same("'a'", "'b'", "'ab'", "'A'", "'a%b'", "'10'", "'5'", "'x y'", "'é'", "'it''s'", "'z'")
_TRUTHS: Final = (Literal("TRUE", "1"), Literal("FALSE", "0"))
_ONE: Final = "00000000-0000-0000-0000-000000000001"
_TWO: Final = "550e8400-e29b-41d4-a716-446655440000"
_UUIDS: Final = (*_same(f"'{_ONE}'", f"'{_TWO}'"), Literal(f"'{_TWO.upper()}'", f"'{_TWO}'"))
_MONEY: Final = _same("1.50", "10.25", "0.01", "-1.25", "2.00", "2.50")
_TIMES: Final = _same("0", "43200000000000", "86399000000000")
_INSTANTS: Final = _same("0", "1700000000000000000", "1767225600000000000")

TYPES: Final = {
    "BIGINT": (_NUMBERS, "INTEGER"), "INTEGER": (_NUMBERS, "INTEGER"), "SMALLINT": (_NUMBERS, "INTEGER"),
    "TINYINT": (_NUMBERS, "INTEGER"), "REAL": (_NUMBERS, "NUMERIC"), "DECIMAL(10,2)": (_MONEY, "NUMERIC"),
    "TEXT": (_TEXTS, "TEXT"), "VARCHAR(20)": (_TEXTS, "TEXT"), "BOOLEAN": (_TRUTHS, "INTEGER"),
    "DATE": (_DAYS, "INTEGER"), "TIME": (_TIMES, "INTEGER"), "TIMESTAMP": (_INSTANTS, "INTEGER"),
    "UUID": (_UUIDS[:2], "TEXT"),
}  # fmt: skip
"""The literals that a column of each type takes, and its type in SQLite."""
_COMMON: Final = ("BIGINT", "BIGINT", "INTEGER", "TEXT", "TEXT", "DATE", "BOOLEAN", "DECIMAL(10,2)")
_OTHERS: Final = {
    "number": (*_NUMBERS, *_same("1000", "9223372036854775807")),
    "fraction": _same("5.5", "0.0", "2.50", "1.5"),
    "text": _same("'5'", "'10'", "'1'", "'1000'", "'0'"),
    "truth": _TRUTHS,
}
_OPERATORS: Final = ("=", "=", "=", "<", "<=", ">", ">=", "<>", "!=")
_MIRRORED: Final = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<=", "<>": "<>", "!=": "!="}
_PATTERNS: Final = ("'a%'", "'%b'", "'_'", "'%'", "'A'", "'a\\%b'", "'%é%'", "'1%'")
_TABLES: Final = ("t", "wards", "patients", "ward_beds", "invoice_lines", "visits", "plans", "readings")


class RowScenarios:
    """Draws scenarios."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - tests, not secrets
        self._columns: dict[str, str] = {}
        self._key: tuple[str, ...] = ()
        self._table = "t"
        self._indexes = 0

    def scenario(self) -> Scenario:
        """A table, its rows and indexes, and some changes of it."""
        self._table = self._pick(_TABLES)
        self._indexes = 0
        statements = [Asked(self._create())]
        before, behind = self._pick(((0, 0), (1, 0), (0, 1), (1, 1), (2, 0), (0, 2), (2, 1)))
        statements += [Asked(self._index()) for _ in range(before)]
        statements += self._rows()
        statements += [Asked(self._index()) for _ in range(behind)]
        statements += [self._change() for _ in range(self._random.randint(2, 4))]
        if self._random.random() < 0.12:
            statements += self._again()
        return Scenario(self._table, statements)

    def _again(self) -> list[Asked]:
        """The table dropped and made again, or a column of it."""
        if self._random.random() < 0.6:
            again = [Asked(f"DROP TABLE {self._table}")]
            kept = self._random.random() < 0.7
            again.append(Asked(self._definition() if kept else self._create()))
            again += self._rows()
        else:
            name = self._pick(tuple(name for name in self._columns if name not in self._key))
            again = [Asked(f"ALTER TABLE {self._table} DROP COLUMN {name}")]
            type_ = self._columns.pop(name)
            if self._random.random() < 0.6 or len(self._columns) == len(self._key):
                again.append(Asked(f"ALTER TABLE {self._table} ADD COLUMN {name} {type_}"))
                self._columns[name] = type_
        if self._random.random() < 0.3:
            again.append(Asked(self._index()))
        return [*again, *(self._change() for _ in range(2))]

    def _pick(self, choices: tuple[T, ...]) -> T:
        return self._random.choice(choices)

    def _create(self) -> str:
        key = self._pick((("BIGINT",),) * 6 + (
            ("TEXT",), ("INTEGER",), ("DATE",), ("UUID",), ("BOOLEAN",), ("DECIMAL(10,2)",), ("REAL",), ("SMALLINT",),
            ("BIGINT", "BIGINT"), ("BIGINT", "INTEGER"), ("BIGINT", "TEXT"), ("TEXT", "DATE"),
        ))  # fmt: skip
        names = ("id",) if len(key) == 1 else ("a_id", "b_id")
        self._key = names
        self._columns = dict(zip(names, key, strict=True))
        for name in self._random.sample(("n", "q", "s", "day", "at", "flag", "m"), self._random.randint(2, 4)):
            self._columns[name] = self._pick(_COMMON if self._random.random() < 0.7 else tuple(TYPES))
        return self._definition()

    def _definition(self) -> str:
        columns = ", ".join(f"{name} {type_}" for name, type_ in self._columns.items())
        return f"CREATE TABLE {self._table} ({columns}, PRIMARY KEY ({', '.join(self._key)}))"

    def _index(self) -> str:
        self._indexes += 1
        count = self._pick((1, 1, 1, 2, 2, 3))
        names = self._random.sample(tuple(self._columns), min(count, len(self._columns)))
        return f"CREATE INDEX {self._table}_i{self._indexes} ON {self._table} ({', '.join(names)})"

    def _rows(self) -> list[Asked]:
        """Rows with different keys; a TIMESTAMP can only be set afterwards."""
        statements: list[Asked] = []
        keys: set[tuple[str, ...]] = set()
        late = [name for name, type_ in self._columns.items() if type_ == "TIMESTAMP"]
        for _ in range(self._random.randint(3, 7)):
            key = tuple(self._pick(TYPES[self._columns[name]][0]).sql for name in self._key)
            if key in keys:
                continue
            keys.add(key)
            named = [*zip(self._key, key, strict=True)]
            for name in self._columns:
                if name in self._key or self._random.random() < 0.08:
                    continue
                null = name in late or self._random.random() < 0.15
                named.append((name, "NULL" if null else self._written(name)))
            names, values = zip(*named, strict=True)
            statements.append(Asked(f"INSERT INTO {self._table} ({', '.join(names)}) VALUES ({', '.join(values)})"))
            where = " AND ".join(f"{name} = {value}" for name, value in zip(self._key, key, strict=True))
            statements += [
                Asked(f"UPDATE {self._table} SET {name} = {self._pick(_INSTANTS).sql} WHERE {where}")
                for name in late
                if self._random.random() < 0.8
            ]
        return statements

    def _written(self, name: str) -> str:
        """A literal that INSERT takes, and the column can read."""
        type_ = self._columns[name]
        if type_ == "DECIMAL(10,2)" and self._random.random() < 0.3:
            return self._pick(("'1.50'", "'10'", "'2.5'", "'-1.25'"))
        return self._pick(TYPES[type_][0]).sql

    def _change(self) -> Asked:
        where = self._where()
        if self._random.random() < 0.25:
            return Asked(f"DELETE FROM {self._table} WHERE {where.sql}", where.sql, where.meant)
        names = [name for name in self._columns if name not in self._key]
        if self._random.random() < 0.02:
            names = [*self._key]
        chosen = self._random.sample(names, min(len(names), self._random.randint(1, 2)))
        values = ", ".join(f"{name} = {self._set(name)}" for name in chosen)
        return Asked(f"UPDATE {self._table} SET {values} WHERE {where.sql}", where.sql, where.meant)

    def _set(self, name: str) -> str:
        """A literal that SET takes: no fraction, which it can't write."""
        if self._random.random() < 0.1 and name not in self._key:
            return "NULL"
        if self._columns[name] == "DECIMAL(10,2)":
            return self._pick(("'1.50'", "'10.25'", "'2.5'", "'3'"))
        return self._pick(TYPES[self._columns[name]][0]).sql

    def _where(self) -> Literal:
        draw = self._random.random()
        if draw < 0.35:
            return self._atom()
        if draw < 0.62:
            return self._joined("AND", [self._atom() for _ in range(self._pick((2, 2, 3)))])
        if draw < 0.74:
            name = self._pick(tuple(self._columns))
            return self._joined("AND", [self._atom(name) for _ in range(self._pick((2, 2, 3)))])
        if draw < 0.84:
            return self._joined("OR", [self._atom() for _ in range(2)])
        if draw < 0.93:
            return self._joined(
                "AND", [self._atom(), self._bracketed(self._joined("OR", [self._atom(), self._atom()]))]
            )
        return self._joined("OR", [self._bracketed(self._joined("AND", [self._atom(), self._atom()])), self._atom()])

    def _joined(self, word: str, parts: list[Literal]) -> Literal:
        return Literal(*(f" {word} ".join(texts) for texts in zip(*parts, strict=True)))

    def _bracketed(self, part: Literal) -> Literal:
        return Literal(f"({part.sql})", f"({part.meant})")

    def _literal(self, name: str) -> Literal:
        """A literal to compare a column with: mostly of its type, else of another."""
        type_ = self._columns[name]
        draw = self._random.random()
        if draw < 0.03:
            return Literal("NULL", "NULL")
        if draw < 0.72 or type_ == "UUID":
            return self._pick(_UUIDS if type_ == "UUID" else TYPES[type_][0])
        if type_ == "DATE" and draw < 0.88:
            return self._pick(_DATES)
        if type_ == "BOOLEAN":
            return self._pick((*_TRUTHS, Literal("1", "1"), Literal("0", "0"), Literal("'true'", "1")))
        return self._pick(_OTHERS[self._pick(("number", "fraction", "text", "text"))])

    def _atom(self, name: str = "") -> Literal:
        name = name or self._pick(tuple(self._columns))
        draw = self._random.random()
        text = TYPES[self._columns[name]][1] == "TEXT" and self._columns[name] != "UUID"
        if draw < 0.58:
            return self._compared(name)
        if draw < 0.68:
            return self._listed(name)
        if draw < 0.78:
            low, high = self._literal(name), self._literal(name)
            word = self._pick(("BETWEEN", "BETWEEN", "NOT BETWEEN"))
            return Literal(f"{name} {word} {low.sql} AND {high.sql}", f"{name} {word} {low.meant} AND {high.meant}")
        if draw < 0.86:
            word = self._pick(("IS NULL", "IS NOT NULL"))
            return Literal(f"{name} {word}", f"{name} {word}")
        if draw < 0.93 and text:
            return self._like(name)
        if draw < 0.97 and text:
            value = self._pick(_TEXTS)
            call, meant = self._pick(
                ((f"lower({name}) = {value.sql}",) * 2, (f"length({name}) > 1",) * 2,
                 (f"coalesce({name}, 'a') = {value.sql}",) * 2)
            )  # fmt: skip
            return Literal(call, meant)
        return self._compared(name, first=True)

    def _compared(self, name: str, *, first: bool = False) -> Literal:
        operator, value = self._pick(_OPERATORS), self._literal(name)
        meant = f"{name} {operator} {value.meant}"
        if first:
            return Literal(f"{value.sql} {_MIRRORED[operator]} {name}", meant)
        if self._random.random() < 0.03:
            return Literal(f"({name} {operator} {value.sql})", meant)
        return Literal(f"{name} {operator} {value.sql}", meant)

    def _listed(self, name: str) -> Literal:
        values = [self._literal(name) for _ in range(self._random.randint(1, 3))]
        word = self._pick(("IN", "IN", "NOT IN"))
        sql, meant = (", ".join(texts) for texts in zip(*values, strict=True))
        return Literal(f"{name} {word} ({sql})", f"{name} {word} ({meant})")

    def _like(self, name: str) -> Literal:
        pattern = self._pick(_PATTERNS)
        word = self._pick(("LIKE", "NOT LIKE", "ILIKE"))
        if word == "ILIKE":
            return Literal(f"{name} ILIKE {pattern}", f"lower({name}) LIKE lower({pattern}) ESCAPE '\\'")
        return Literal(f"{name} {word} {pattern}", f"{name} {word} {pattern} ESCAPE '\\'")
