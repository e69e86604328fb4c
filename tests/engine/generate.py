"""Random scenarios for the live test: the shapes that migrations have, right and wrong, the same for the same seed."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Final

import tomli

_SHAPES: Final = {
    name: tuple(lines.split("\n"))
    for name, lines in tomli.loads(Path(__file__).with_name("shapes.toml").read_text("utf-8")).items()
}
"""What stands in shapes.toml, line by line."""
_COMMON_TYPES: Final = _SHAPES["types"][:27]
_COMMON_OPTIONS: Final = _SHAPES["options"][:14]
_COMMON_LITERALS: Final = _SHAPES["literals"][:37]
"""The first ones are those that the engine takes."""
_FRACTION: Final = re.compile(r"[+-]?\d*\.\d*")


class Generator:
    """Makes scenarios: one table of random columns, then statements that are mostly about it."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - tests, not secrets
        self.columns: list[str] = []

    def scenario(self) -> list[str]:
        """A table, some statements, and a SELECT that shows whether it can still be read."""
        chosen = self.random.sample(
            _COMMON_TYPES if self.random.random() < 0.8 else _SHAPES["types"], self.random.randint(1, 3)
        )
        self.columns = [f"c{number}" for number in range(1, len(chosen) + 1)]
        definitions = [
            f"{n} {t} {self._pick(_COMMON_OPTIONS)}".strip() for n, t in zip(self.columns, chosen, strict=True)
        ]
        texts = [f"CREATE TABLE t (id BIGINT PRIMARY KEY, {', '.join(definitions)})"]
        texts.extend(self._statement() for _ in range(self.random.randint(1, 5)))
        return [*texts, "SHOW COLUMNS FROM t", "SELECT * FROM t"]

    def _pick(self, choices: tuple[str, ...]) -> str:
        return self.random.choice(choices)

    def _statement(self) -> str:
        draw = self.random.random()
        if draw < 0.3:
            return self._insert()
        if draw < 0.5:
            return self._update()
        if draw < 0.6:
            return self._fill(self._pick(_SHAPES["deletes"]))
        if draw < 0.72:
            return "ALTER TABLE t " + self._fill(self._pick(_SHAPES["alterations"]))
        if draw < 0.8:
            return self._fill(self._pick(_SHAPES["indexes"]))
        if draw < 0.88:
            return self._pick(_SHAPES["own"])
        if draw < 0.94:
            return self._table()
        return self._pick(_SHAPES["others"])

    def _insert(self) -> str:
        head = self._pick(
            ("INSERT INTO t", "INSERT INTO t", "INSERT OR IGNORE INTO t", "INSERT t", "INSERT INTO nosuch")
        )
        named = self.random.sample(self.columns, self.random.randint(1, len(self.columns)))
        rows = [
            f"({', '.join((str(self.random.randint(1, 4)), *(self._value() for _ in named)))})"
            for _ in range(self.random.randint(1, 2))
        ]
        return f"{head} (id, {', '.join(named)}) VALUES {', '.join(rows)}{self._fill(self._pick(_SHAPES['tails']))}"

    def _update(self) -> str:
        """An UPDATE whose numbers are whole in SET, so that no engine is asked what would end it."""
        shape = self._pick(_SHAPES["updates"])
        value = self._value()
        while _FRACTION.fullmatch(value):
            value = self._value()
        head, where, rest = shape.partition(" WHERE ")
        return self._fill(head.replace("{v}", value) + where + rest)

    def _table(self) -> str:
        definitions = [
            f"c{n} {self._pick(_SHAPES['types'])} {self._pick(_SHAPES['options'])}".strip() for n in range(1, 3)
        ]
        key = self._pick(("id BIGINT PRIMARY KEY, ", "PRIMARY KEY (c1), ", "CONSTRAINT k PRIMARY KEY (c1, c2), ", ""))
        tail = self._pick(
            ("", "", "", " WITH (a = 1)", " ENGINE=InnoDB", " COMMENT 'x'", " PARTITION BY HASH (id)", " INHERITS (t)")
        )
        return f"CREATE TABLE u ({key}{', '.join(definitions)}){tail}"

    def _value(self) -> str:
        return self._pick(_COMMON_LITERALS if self.random.random() < 0.9 else _SHAPES["literals"])

    def _fill(self, shape: str) -> str:
        column = self._pick(tuple(self.columns))
        where = self._pick(_SHAPES["conditions"]).replace("{c}", column).replace("{v}", self._value())
        return (
            shape.replace("{w}", where)
            .replace("{c}", column)
            .replace("{v}", self._value())
            .replace("{n}", self._pick(("n1", "n2", column)))
            .replace("{t}", self._pick(_COMMON_TYPES))
            .replace("{o}", self._pick(_SHAPES["options"]))
            .replace("{k}", str(self.random.randint(1, 2)))
        )
