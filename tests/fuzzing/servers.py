"""Projects beside a server that answers whatever it likes: `rehearse` and `drift`."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final
from unittest.mock import patch

from tests.fuzzing import commands
from tests.fuzzing.branches import ended
from tests.fuzzing.inputs import Files
from tests.fuzzing.invariants import Fault
from tests.fuzzing.projects import place_for
from tests.live import stages
from tests.live.stages import FakeClient, connected

_SERVER: Final = ("--server", "127.0.0.1:1", "--tenant", "1")
_PLAYED: Final = ("rehearse", *_SERVER, "--scratch", "--timeout", "5")
COMMANDS: Final[tuple[tuple[str, ...], ...]] = (
    (*_PLAYED, "--keep-going"),
    (*_PLAYED, "--keep-going", "--run-dangerous", "--output-format", "json"),
    (*_PLAYED, "--output-format", "markdown"),
    ("drift", *_SERVER),
    ("drift", *_SERVER, "--output-format", "json"),
    ("drift", *_SERVER, "--fix-history"),
    ("drift", *_SERVER, "--fix-database"),
)
_NAMES: Final = ("wards", "t", "beds", "patients", "id", "n", "a b", "x;y", "ärzte", "", "\x1b[31m", 'q"q', "select")
_TYPES: Final = ("BIGINT", "TEXT", "BYTES", "DECIMAL(9, 2)", "BOOLEAN", "TIMESTAMP", "x y", "", "TEXT); --")
_WORDS: Final = ("PHI", "", "x'y", "PII")


class Whimsical(FakeClient):
    """A client whose server takes, refuses, miscounts, tells other schemas, and goes away as it likes."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__(policies=_policies(chance) if chance.random() < 0.3 else None)
        self._chance = chance
        self._tables = {chance.choice(_NAMES): self._columns() for _ in range(chance.randint(0, 3))}
        self._is_empty = chance.random() < 0.8
        """Whether it says at first that there are no tables, as a server must that is played on."""

    def query(self, sql: str, params: Sequence[object]) -> Any:
        """An answer."""
        assert not params
        if sql.startswith("SHOW "):
            return self._shown(sql)
        odds = self._chance.random()
        if odds < 0.02:
            raise stages.ConnectionError("gone")
        if odds < 0.2:
            raise stages.QuerySyntaxError(f"unexpected {sql}")
        if odds < 0.4:
            rows = [[self._chance.choice((1, "x", None, 1.5, True, -(2**63))) for _ in range(2)] for _ in range(3)]
            return SimpleNamespace(columns=["a", "b"], rows=rows)
        return SimpleNamespace(columns=["rows_affected", "log_offset"], rows=[[self._chance.choice((0, 1, 2, 9)), 1]])

    def _shown(self, sql: str) -> Any:
        if sql == "SHOW TABLES":
            named = {} if self._is_empty else self._tables
            self._is_empty = False
            return SimpleNamespace(columns=["name", "columns"], rows=[[name, len(c)] for name, c in named.items()])
        if self._chance.random() < 0.05:
            raise stages.PermissionDeniedError("no")
        columns = self._tables.get(sql.rpartition(" ")[2], [])
        if "COLUMNS" in sql:
            return SimpleNamespace(columns=["name", "type", "nullable"], rows=columns)
        words = [[name, self._chance.choice(_WORDS)] for name, *_ in columns[:1]]
        return SimpleNamespace(columns=["column", "word"], rows=words)

    def _columns(self) -> list[list[object]]:
        names = self._chance.sample(_NAMES, self._chance.randint(1, 4))
        return [[name, self._chance.choice(_TYPES), self._chance.random() < 0.5] for name in names]


def _policies(chance: random.Random) -> object:
    if chance.random() < 0.2:
        return stages.PermissionDeniedError("no")
    names = chance.sample(_NAMES, chance.randint(0, 2))
    made = [
        SimpleNamespace(
            name=name,
            strategy=SimpleNamespace(
                kind=chance.choice(("Hash", "Redact", "Truncate", "x", "")),
                replacement=chance.choice((None, "x", "it's")),
                max_chars=chance.choice((None, 3)),
            ),
            exempt_roles=chance.sample(("nurse", "x y", "it's"), chance.randint(0, 2)),
        )
        for name in names
    ]
    attached = [
        SimpleNamespace(policy_name=name, table_name=chance.choice(_NAMES), column_name=chance.choice(_NAMES))
        for name in names
    ]
    return SimpleNamespace(policies=made, attachments=attached)


def faults(files: Files, chance: random.Random, target: str = "kimberlite", few: int = 2) -> list[Fault]:
    """What a project breaks beside such a server."""
    del target  # the server says which release it is
    with place_for() as place, patch.dict("os.environ", {"KMBLINT_CACHE_DIR": str(place / "cache")}):
        return [*_faults(files, place / "project", chance, few)]


def _faults(files: Files, project: Path, chance: random.Random, few: int) -> Iterator[Fault]:
    commands.write(files, project)
    (project / "migrations").mkdir(exist_ok=True)
    for command in commands.some(chance, COMMANDS, few):
        with patch(f"kmblint.cli.{command[0]}.connect", connected(Whimsical(chance))):
            yield from ended(command, commands.run(project, *command))
