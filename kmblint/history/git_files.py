"""What git keeps of a folder of migrations: in a commit, in the index, and in which folders there are any."""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Final

import msgspec

from kmblint.access import LARGEST
from kmblint.errors import GitError
from kmblint.history import decode
from kmblint.history.git import ask, below_top, repository, run
from kmblint.history.names import is_migration, number_of

_LINK: Final = "120000"
"""The mode of a symbolic link."""


class Blob(msgspec.Struct, frozen=True):
    """A file as git keeps it, and whether the index marks it in some way."""

    id: str
    """The hash of what is kept: of a link, of where it leads."""
    content: str
    """What git calls its text: a hash, or the path that a link leads to."""
    intent_to_add: bool = False
    """`git add -N`: the index knows the name, and no content."""
    skip_worktree: bool = False
    """It isn't checked out: a sparse checkout leaves it out, or `git update-index --skip-worktree`."""
    unmerged: bool = False


def entries(commit: str, below: str, folder: Path) -> dict[str, tuple[str, str]]:
    """Name → mode and hash of all that lies directly in a folder (`db/migrations/`, or empty for the top)."""
    listed = ask(folder, "ls-tree", "-z", "--full-tree", commit, *(("--", below) if below else ()))
    by_name: dict[str, tuple[str, str]] = {}
    for entry in filter(None, listed.split("\0")):
        meta, _, path = entry.partition("\t")
        mode, _, blob = meta.split(" ")
        by_name[path.removeprefix(below)] = mode, blob
    return by_name


def tree(commit: str, below: str, folder: Path) -> dict[str, Blob]:
    """The `*.sql` among them."""
    return migrations(entries(commit, below, folder), commit, below, folder)


def migrations(listed: Mapping[str, tuple[str, str]], commit: str, below: str, folder: Path) -> dict[str, Blob]:
    """The `*.sql` among the entries of a folder, as a commit has them."""
    blobs: dict[str, Blob] = {}
    for name, (mode, blob) in listed.items():
        if _is_file(name, mode) and (content := _content(mode, blob, commit, below, folder)) is not None:
            blobs[name] = Blob(blob, content)
    return blobs


def id_of(path: Path) -> str | None:
    """Git's hash of a file, or of where a link leads, as it lies on disk; None for what is neither."""
    try:
        if path.is_symlink():
            target = os.fsencode(path.readlink())
            return hashlib.sha1(b"blob %d\0%b" % (len(target), target), usedforsecurity=False).hexdigest()
        if not path.is_file():
            return None
        with path.open("rb") as file:  # it may be one that is too large to be read as a whole
            digest = hashlib.sha1(b"blob %d\0" % os.fstat(file.fileno()).st_size, usedforsecurity=False)
            while part := file.read(1 << 20):
                digest.update(part)
    except OSError:
        return None
    return digest.hexdigest()


_INDEX_ENTRY: Final = re.compile(
    r"(?P<mode>\d{6}) (?P<blob>[0-9a-f]+) (?P<stage>\d)\t(?P<path>[^\0]*)\0(?:[^\0]*?flags: (?P<flags>[0-9a-f]+)\n)?"
)
_INTENT_TO_ADD: Final = 1 << 29
_SKIP_WORKTREE: Final = 1 << 30
"""Bits of an entry, from git's read-cache.h; `ls-files --debug` prints them."""


def index(folder: Path) -> dict[str, Blob]:
    """The `*.sql` directly in a folder, as the index has them."""
    below = below_top(folder)
    listed = ask(folder, "ls-files", "--stage", "--debug", "-z", "--full-name", "--", below or ".")
    blobs: dict[str, Blob] = {}
    for entry in _INDEX_ENTRY.finditer(listed):
        name, flags = entry["path"].removeprefix(below), int(entry["flags"] or "0", 16)
        if _is_file(name, entry["mode"]):
            content = _content(entry["mode"], entry["blob"], "", below, folder)
            if content is not None:
                blobs[name] = Blob(
                    entry["blob"],
                    content,
                    bool(flags & _INTENT_TO_ADD),
                    bool(flags & _SKIP_WORKTREE),
                    entry["stage"] != "0",
                )
    return blobs


def move(old: Path, new: Path) -> bool:
    """Renames a file of a folder, in the index too; False, and nothing done, where the index has no such file.

    `git mv` would compare the index with the disk first, and run the filters of the repository for that.
    """
    try:
        below = below_top(old.parent)
        listed = ask(old.parent, "ls-files", "--stage", "--debug", "-z", "--full-name", "--", f"{below}{old.name}")
    except GitError:
        return False
    entry = _INDEX_ENTRY.fullmatch(listed)
    if entry is None or entry["stage"] != "0" or int(entry["flags"] or "0", 16) & _INTENT_TO_ADD:
        return False
    old.rename(new)
    gone = f"0 {'0' * len(entry['blob'])}\t{below}{old.name}\0"
    made = f"{entry['mode']} {entry['blob']}\t{below}{new.name}\0"
    try:
        run(old.parent, ["update-index", "-z", "--index-info"], (gone + made).encode("utf-8", "surrogateescape"))
    except GitError:
        new.rename(old)
        return False
    return True


def texts(blobs: Mapping[str, Blob], folder: Path, largest: int = LARGEST) -> dict[str, str]:
    """Name → text; what isn't UTF-8 is read as a file of the folder is, what has more than `largest` bytes is empty."""
    read = zip(blobs, _contents(folder, [blob.content for blob in blobs.values()], largest), strict=True)
    return {name: text for name, text in read if text is not None}


def folders_at(commit: str, folder: Path) -> dict[str, set[str]]:
    """Every folder of a commit that holds numbered `*.sql`, with `/` at its end, and their names."""
    return _by_folder(ask(folder, "ls-tree", "-r", "-z", "--name-only", "--full-tree", commit).split("\0"))


def folders_now(folder: Path) -> dict[str, set[str]]:
    """As `folders_at`, of the work tree and the index of the whole repository."""
    return _by_folder(paths_below(repository(folder)))


def paths_below(folder: Path) -> list[str]:
    """The files of the work tree and the index below a folder, relative to it; what git ignores is left out."""
    below = below_top(folder)
    known = ("--cached", "--others", "--exclude-standard")
    listed = ask(folder, "ls-files", "-z", "--full-name", *known, "--", below or ".")
    return [path.removeprefix(below) for path in listed.split("\0") if path]


def _by_folder(paths: Iterable[str]) -> dict[str, set[str]]:
    names_in: dict[str, set[str]] = {}
    for path in paths:
        below, slash, name = path.rpartition("/")
        if is_migration(name) and number_of(name) is not None:
            names_in.setdefault(below + slash, set()).add(name)
    return names_in


def converted(names: Collection[str], folder: Path) -> set[str]:
    """Which of the files in a folder git stores otherwise than it checks them out (a filter, an encoding, `$Id$`)."""
    below = below_top(folder)
    given = "".join(f"{below}{name}\0" for name in names).encode("utf-8", "surrogateescape")
    attributes = run(folder, ["check-attr", "-z", "--stdin", "filter", "ident", "working-tree-encoding"], given)
    words = attributes.decode("utf-8", "surrogateescape").split("\0")
    triples = zip(words[::3], words[1::3], words[2::3], strict=False)
    return {path.removeprefix(below) for path, _, value in triples if value not in ("unspecified", "unset")}


def _is_file(name: str, mode: str) -> bool:
    return is_migration(name) and "/" not in name and mode in ("100644", "100755", _LINK)


def _content(mode: str, blob: str, commit: str, below: str, folder: Path) -> str | None:
    """The content of an entry; of a link, what it points to in the same commit, or None where that is out of it."""
    if mode != _LINK:
        return blob
    path = posixpath.normpath(posixpath.join(below, ask(folder, "cat-file", "blob", blob)))
    return None if path.startswith(("/", "..")) or "\n" in path else f"{commit}:{path}"


def _contents(folder: Path, objects: list[str], largest: int) -> list[str | None]:
    """The texts of objects, in two calls however many there are; None for one that isn't there or is no file."""
    if not objects:
        return []
    given = [f"{each}\n".encode("utf-8", "surrogateescape") for each in objects]
    sizes = run(folder, ["cat-file", "--batch-check=%(objectsize)"], b"".join(given)).splitlines()
    held = [line for line, size in zip(given, sizes, strict=True) if size.isdigit() and int(size) > largest]
    if held:
        small = iter(
            _contents(folder, [each for each, line in zip(objects, given, strict=True) if line not in held], largest)
        )
        return ["" if line in held else next(small) for line in given]
    answer = run(folder, ["cat-file", "--batch"], b"".join(given))
    texts: list[str | None] = []
    offset = 0
    for _ in objects:
        head_end = answer.index(b"\n", offset)
        if answer[offset:head_end].endswith(b" missing"):
            texts.append(None)
            offset = head_end + 1
            continue
        _, kind, size_said = answer[offset:head_end].rsplit(b" ", 2)
        size = int(size_said)
        data = answer[head_end + 1 : head_end + 1 + size]
        text, _ = decode.decoded(data)
        texts.append(None if kind != b"blob" else data.decode("utf-8", "replace") if text is None else text)
        offset = head_end + 1 + size + 1
    return texts
