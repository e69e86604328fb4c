"""Finds what lies beside the migrations and looks like one, though the runner never reads it."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from pathlib import Path
from typing import Final

from kmblint.access import Access
from kmblint.history import decode
from kmblint.history.files import IgnoredFile
from kmblint.wording import counted

_COPY: Final = re.compile(r"\.sql(?:[.~_#-].*)?$", re.IGNORECASE)
"""`.SQL`, and `.sql` with something behind it: `.sql.bak`, `.sql~`, `.sql.txt`."""
_TEXTS: Final = frozenset({"", ".txt", ".ddl", ".psql", ".pgsql"})
_SQL: Final = re.compile(
    r"""^[ \t]*(?:
      create\s+(?:unique\s+)?(?:table|index)\s[^;(]*\(
    | alter\s+table\s+\S+\s+(?:add|drop|alter|modify|rename)\s
    | drop\s+(?:table|index)\s+(?:if\s+exists\s+)?\S+\s*(?:;|cascade|restrict|\Z)
    | insert\s+into\s+[^;]*?(?:\(|values|select)
    | update\s+\S+\s+set\s+\S+\s*=
    | delete\s+from\s+\S+\s*(?:;|where\b)
    )""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
"""The beginning of a line of SQL, and enough behind it to tell it from prose."""
_MOST_BELOW: Final = 10_000
"""Entries of a sub-folder that are looked at: one that holds more is no archive of migrations."""
_RENAME: Final = "rename it to `{sequence}_{description}.sql`, or move it out of the folder"


def find_ignored_files(root: Path, names: Collection[str], access: Access) -> tuple[IgnoredFile, ...]:
    """Those among the names in a folder, sorted; hidden files and a README are none."""
    candidates = (
        _ignored(root, name, access)
        for name in sorted(names)
        if not name.startswith(".") and not name.upper().startswith("README")
    )
    return tuple(ignored_file for ignored_file in candidates if ignored_file)


def _ignored(root: Path, name: str, access: Access) -> IgnoredFile | None:
    path = root / name
    if name.endswith(".sql"):
        return None
    if path.is_dir():
        return None if path.is_symlink() else _sub_folder(path)
    if _COPY.search(name):
        ending = name[name.lower().rindex(".sql") :]
        return IgnoredFile(name, f"it ends in `{ending}`, and the runner reads `*.sql` only", _RENAME)
    if path.suffix.lower() in _TEXTS and _holds_sql(path, access):
        return IgnoredFile(name, "it holds SQL, and the runner reads `*.sql` only", _RENAME)
    return None


def _sub_folder(folder: Path) -> IgnoredFile | None:
    """A sub-folder with SQL is shown at its first file."""
    inside: list[str] = []
    seen = 0
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "node_modules")))
        seen += len(folders) + len(files)
        if seen > _MOST_BELOW:
            break
        inside += [
            (Path(where) / name).relative_to(folder.parent).as_posix()
            for name in files
            if name.lower().endswith(".sql")
        ]
    if not inside:
        return None
    first = min(inside)
    others = "" if len(inside) == 1 else f", with {counted(len(inside) - 1, 'more file')}"
    return IgnoredFile(
        first,
        f"it lies in the sub-folder `{folder.name}`{others}, and the runner doesn't read sub-folders",
        "move it into the folder under the next free number, or out of the migrations",
    )


def _holds_sql(path: Path, access: Access) -> bool:
    text, _ = decode.read(path, access)
    return text is not None and _SQL.search(text) is not None
