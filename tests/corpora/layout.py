"""Finds the histories in a folder of other people's SQL, whatever tool runs them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

_NUMBERED = re.compile(r"\d|[Vv]\d+[._]", re.ASCII)
"""How a numbered file or folder begins: `0001_x.sql`, `V2__x.sql`, `2024-05-01-x/up.sql`, `v1.7`."""
_TRIED = re.compile(r"(?:^|[a-z])(?:test|tests|testdata|stub|fixtures)$", re.IGNORECASE)
"""Folders that hold what a program is tried with: numbers there are of cases."""
_DOWN = re.compile(r"(?:^|[._-])(?:down|undo|rollback|rev)\.sql$|^U\d+__", re.IGNORECASE)
_DIALECTS = {
    name: dialect
    for dialect, names in {
        "postgres": ("postgres", "postgresql", "pg", "pgx", "psql"),
        "mysql": ("mysql", "mariadb", "vitess"),
        "sqlite": ("sqlite", "sqlite3", "turso"),
        "another": ("cockroach", "cockroachdb", "crdb", "yugabytedb", "redshift", "sqlserver", "ydb", "spanner",
                    "clickhouse", "h2", "duckdb"),
    }.items()
    for name in names
}  # fmt: skip


class Corpus(msgspec.Struct, frozen=True):
    """The files of one history in the order in which they are applied; where no numbers say one, a file alone."""

    root: Path
    files: tuple[Path, ...]
    """Those that lead forward."""
    ordered: bool
    dialect: str
    """`postgres` where nothing names another one."""


def corpora(folder: Path) -> Iterator[Corpus]:
    """The histories below a folder, and the files that are part of none."""
    grouped: dict[Path, list[Path]] = {}
    for path in sorted(folder.rglob("*.sql")):
        if path.is_file() and not path.is_symlink():
            grouped.setdefault(_root(path, folder), []).append(path)
    for root, paths in grouped.items():
        numbered = [path for path in paths if _NUMBERED.match(path.relative_to(root).parts[0])]
        forward = tuple(sorted(_of_one_dialect(path for path in numbered if not _is_down(path)), key=_natural))
        if any(_TRIED.search(part) for part in root.relative_to(folder).parts):
            forward = ()
        if len(forward) > 1:
            yield Corpus(root, forward, ordered=True, dialect=_dialect(root))
        kept = set(forward) if len(forward) > 1 else set()
        yield from (
            Corpus(root, (path,), ordered=False, dialect=_named(path.name) or _dialect(root))
            for path in paths
            if path not in kept
        )


def _root(path: Path, folder: Path) -> Path:
    """The folder whose entries are numbered: that of `0001_x.sql`, and of `2024-05-01-x/up.sql`."""
    root = path.parent
    while root != folder and _NUMBERED.match(root.name):
        root = root.parent
    return root


def _is_down(path: Path) -> bool:
    return path.name == "down.sql" or _DOWN.search(path.name) is not None


def _of_one_dialect(paths: Iterable[Path]) -> list[Path]:
    """PostgreSQL's files of a folder that mixes dialects: where a file has none for it, the one for all."""
    best: dict[tuple[Path, str], Path] = {}
    for path in paths:
        dialect = _named(path.name)
        if dialect not in (None, "postgres"):
            continue
        stem = ".".join(part for part in path.name.split(".") if part.lower() not in _DIALECTS)
        if dialect or (path.parent, stem) not in best:
            best[path.parent, stem] = path
    return list(best.values())


def _named(name: str) -> str | None:
    return next((_DIALECTS[part] for part in re.split(r"[._]", name.lower()) if part in _DIALECTS), None)


def _dialect(root: Path) -> str:
    words = (word for part in reversed(root.parts) for word in re.split(r"[^a-z0-9]", part.lower()))
    return next((dialect for word in words for name, dialect in _DIALECTS.items() if word.endswith(name)), "postgres")


def _natural(path: Path) -> list[tuple[int, int, str]]:
    """Numbers as numbers, so that `v10` stands behind `v9`; `2017-09-23-182408` is one of them."""
    whole = re.sub(r"(?<=\d)-(?=\d)|(?:\.up)?\.sql$", "", path.as_posix().lower())
    parts = (each for part in whole.split("/") for each in (*re.split(r"(\d+)", part), "/"))
    return [(0, int(each), "") if each.isdigit() else (1, 0, each) for each in parts]
