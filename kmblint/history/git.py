"""Asks the `git` program what a folder of migrations held at a revision, and which commit brought a file.

The folder may be that of a stranger's pull request. So git is asked only at the top of the repository that holds it,
which is found without git and can be no file of the repository; a bare repository on the way is refused, nothing is
fetched, and no hook, filter, external diff, pager or prompt runs. Arguments never pass through a shell.
"""

from __future__ import annotations

import os
import posixpath
from pathlib import Path
from typing import Final

import msgspec

from kmblint.access import repository_of
from kmblint.errors import GitError
from kmblint.history import decode
from kmblint.history.folder import is_migration

STAGED: Final = ""
"""The revision that stands for the index."""

_SETTINGS: Final = {
    "safe.bareRepository": "explicit",
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.pager": "cat",
    "log.showSignature": "false",
    "protocol.allow": "never",
}
_COMMAND: Final = ("git", "--no-pager", *(word for item in _SETTINGS.items() for word in ("-c", "=".join(item))))
_QUIET: Final = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_PAGER": "cat",
    "GIT_LITERAL_PATHSPECS": "1",
    "LC_ALL": "C",
}
_KEPT: Final = ("GIT_CONFIG", "GIT_EXEC_PATH", "GIT_DISCOVERY_ACROSS_FILESYSTEM")
"""What may stay of the caller's `GIT_…`, by their beginnings: all else may point git elsewhere."""
_SECONDS: Final = 30
_LINK: Final = "120000"
"""The mode of a symbolic link."""


class _RefusedError(GitError):
    """Git ran and ended with an error."""


class Origin(msgspec.Struct, frozen=True):
    """The commit that brought a file: its short name, its author, its subject, and a branch that holds it."""

    commit: str
    author: str
    subject: str
    branch: str | None = None


def repository(folder: Path) -> Path:
    """The top of the work tree that a folder lies in; raises GitError where it lies in none."""
    top = repository_of(folder)
    if top is None:
        raise GitError(f"`{folder}` is in no git repository")
    return top


def files_at(revision: str, folder: Path) -> dict[str, str]:
    """Name → text of every `*.sql` directly in a folder, as a revision (or the index: `STAGED`) has them.

    A folder that the revision doesn't know holds nothing, nor does `HEAD` before the first commit. What isn't UTF-8 is
    read as a file of the folder is. Raises GitError where git doesn't know the revision.
    """
    if revision != STAGED and not _is_known(revision, folder):
        if revision == "HEAD":
            return {}
        raise GitError(f"git knows no revision `{revision}`")
    here = _below(folder)
    objects: dict[str, str] = {}
    for entry in _listing(revision, folder, here):
        meta, _, path = entry.partition("\t")
        name = path.removeprefix(here)
        fields = meta.split(" ")
        mode, blob = fields[0], fields[1] if revision == STAGED else fields[2]
        if not is_migration(name) or "/" in name or mode not in ("100644", "100755", _LINK):
            continue
        found = _linked(folder, revision, here, blob) if mode == _LINK else blob
        if found is not None:
            objects[name] = found
    texts = zip(objects, _contents(folder, list(objects.values())), strict=True)
    return {name: text for name, text in texts if text is not None}


def origin(path: Path) -> Origin | None:
    """The commit that brought a file, and a branch it came from where git knows; None for a file git doesn't know."""
    added = ("log", "-1", "--diff-filter=A", "--no-ext-diff", "--no-textconv")
    try:
        name = f"{_below(path.parent)}{path.name}"
        found = _ask(path.parent, *added, "--format=%h%x00%an%x00%s", "--", name).removesuffix("\n")
        if not found:
            return None
        arrival = _ask(path.parent, *added, "-m", "--first-parent", "--format=%s", "--", name)
    except GitError:
        return None
    commit, author, subject = found.split("\x00")
    return Origin(commit, author, subject, _merged_branch(arrival))


def _merged_branch(subject: str) -> str | None:
    """The branch that a merge's own subject names: `Merge branch 'x'`, `Merge pull request #1 from me/x`."""
    if subject.startswith("Merge branch '"):
        return subject.removeprefix("Merge branch '").partition("'")[0]
    if subject.startswith("Merge pull request ") and " from " in subject:
        return subject.partition(" from ")[2].strip() or None
    return None


def _below(folder: Path) -> str:
    """The path of a folder below the top of its repository, with `/` at its end; empty for the top itself."""
    path = Path(os.path.realpath(folder)).relative_to(repository(folder)).as_posix()
    return "" if path == "." else f"{path}/"


def _is_known(revision: str, folder: Path) -> bool:
    """Whether a revision names a commit; what git would take as an option names none."""
    if revision.startswith("-"):
        return False
    try:
        _ask(folder, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    except _RefusedError:
        return False
    return True


def _listing(revision: str, folder: Path, here: str) -> list[str]:
    if revision == STAGED:
        listed = _ask(folder, "ls-files", "--stage", "-z", "--full-name", "--", here or ".")
    elif here:
        listed = _ask(folder, "ls-tree", "-z", "--full-tree", revision, "--", here)
    else:
        listed = _ask(folder, "ls-tree", "-z", "--full-tree", revision)
    return [entry for entry in listed.split("\0") if entry]


def _linked(folder: Path, revision: str, here: str, blob: str) -> str | None:
    """What a link points to in the same revision, as git calls it; None where it points out of the repository."""
    path = posixpath.normpath(posixpath.join(here, _ask(folder, "cat-file", "blob", blob)))
    return None if path.startswith(("/", "..")) or "\n" in path else f"{revision}:{path}"


def _contents(folder: Path, objects: list[str]) -> list[str | None]:
    """The texts of objects, in one call however many there are; None for one that isn't there or is no file."""
    if not objects:
        return []
    answer = _run(folder, ["cat-file", "--batch"], "".join(f"{each}\n" for each in objects).encode())
    texts: list[str | None] = []
    at = 0
    for _ in objects:
        head_end = answer.index(b"\n", at)
        if answer[at:head_end].endswith(b" missing"):
            texts.append(None)
            at = head_end + 1
            continue
        _, kind, size_said = answer[at:head_end].rsplit(b" ", 2)
        size = int(size_said)
        data = answer[head_end + 1 : head_end + 1 + size]
        text, _ = decode.decoded(data)
        texts.append(None if kind != b"blob" else data.decode("utf-8", "replace") if text is None else text)
        at = head_end + 1 + size + 1
    return texts


def _ask(folder: Path, *arguments: str) -> str:
    return _run(folder, list(arguments), b"").decode("utf-8", "replace")


def _environment(top: Path) -> dict[str, str]:
    """Ours, without what the caller's git says of its own repository; for that one, the index that it names stays.

    `git commit` gives its hooks an index of their own where only some files are committed.
    """
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_") or key.startswith(_KEPT)}
    index = os.environ.get("GIT_INDEX_FILE")
    if index and repository_of(Path()) == top:
        kept["GIT_INDEX_FILE"] = str(Path(index).absolute())
    return {**kept, **_QUIET, "GIT_CEILING_DIRECTORIES": str(top.parent)}


def _run(folder: Path, arguments: list[str], given: bytes) -> bytes:
    import subprocess

    top = repository(folder)
    try:
        ended = subprocess.run(  # noqa: S603 (a fixed program, no shell; revisions are checked not to be options)
            [*_COMMAND, *arguments],
            cwd=top,
            input=given,
            capture_output=True,
            env=_environment(top),
            timeout=_SECONDS,
            check=False,
        )
    except FileNotFoundError as error:
        raise GitError("the `git` program is not installed") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GitError(f"git gives no answer: {error}") from error
    if ended.returncode:
        lines = ended.stderr.decode("utf-8", "replace").strip().splitlines()
        said = lines[0].removeprefix("fatal: ") if lines else f"it ends with {ended.returncode}"
        raise _RefusedError(f"git can't answer: {said}")
    return ended.stdout
