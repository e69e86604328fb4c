"""Asks the `git` program about revisions and branches, and which commit brought a file.

The folder may be that of a stranger's pull request. So git is asked only at the top of the repository that holds it,
which is found without git and can be no file of the repository; a bare repository on the way is refused, nothing is
fetched, and no hook, filter, external diff, pager or prompt runs. Arguments never pass through a shell, and the
program is one of a folder that PATH names in full, never one that the repository brings.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import msgspec

from kmblint.access import repository_of
from kmblint.errors import GitError
from kmblint.programs import find_program

_SETTINGS: Final = {
    "safe.bareRepository": "explicit",
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.pager": "cat",
    "log.showSignature": "false",
    "protocol.allow": "never",
}
_OPTIONS: Final = ("--no-pager", *(word for item in _SETTINGS.items() for word in ("-c", "=".join(item))))
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


class RefusedError(GitError):
    """Git ran and ended with an error; `is_fatal` where it could do nothing there at all."""

    def __init__(self, message: str) -> None:
        super().__init__(f"git can't answer: {message.removeprefix('fatal: ')}")
        self.is_fatal = message.startswith("fatal: ")


class Origin(msgspec.Struct, frozen=True):
    """The commit that brought a file: its short name, its author, its subject, and a branch that holds it."""

    commit: str
    author: str
    subject: str
    branch: str | None = None
    day: str = ""
    """When its author wrote it: `2026-03-01`."""


def repository(folder: Path) -> Path:
    """The top of the work tree that a folder lies in; raises GitError where it lies in none."""
    top = repository_of(folder)
    if top is None:
        raise GitError(f"`{folder}` is in no git repository")
    return top


def known_commit(revision: str, folder: Path) -> str | None:
    """The commit that a revision names; None where git knows none. What git would take for an option names none.

    Raises GitError where git has no answer at all.
    """
    repository(folder)
    if revision.startswith("-"):
        return None
    try:
        return ask(folder, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").strip()
    except RefusedError as error:
        if error.is_fatal:
            raise
        return None


def fork(commit: str, folder: Path) -> str:
    """The newest commit that another and HEAD have in common; the other itself before the first commit.

    Raises GitError, with what mends it, where there is none.
    """
    if known_commit("HEAD", folder) is None:
        return commit
    try:
        return ask(folder, "merge-base", "HEAD", commit).strip()
    except RefusedError:
        if ask(folder, "rev-parse", "--is-shallow-repository").strip() == "true":
            remedy = (
                "this clone is shallow; `git fetch --unshallow` brings the rest (a checkout of GitHub has it with "
                "`fetch-depth: 0`, of GitLab with `GIT_DEPTH: 0`)"
            )
        else:
            remedy = "name the revision that this branch began from"
        raise GitError(f"HEAD and that revision have no commit in common: {remedy}") from None


def default_branch(folder: Path) -> str | None:
    """The branch that work is merged into, as far as git knows: that of the remote, the upstream, or a local `main`."""
    try:
        listed = ask(folder, "for-each-ref", "--format=%(refname:lstrip=1) %(symref:lstrip=1)", *_MAIN_BRANCHES)
        here = _current_branch(folder)
    except RefusedError:
        return None
    pointed = dict(line.split(" ", 1) for line in listed.splitlines())
    remote = [name for name in pointed if name.startswith("remotes/")]
    remote.sort(key=lambda name: (not name.startswith("remotes/origin/"), _MAIN_NAMES.index(name.rpartition("/")[2])))
    for name in remote:
        return (pointed[name] or name).removeprefix("remotes/")
    local = [name for main in _MAIN_NAMES if (name := f"heads/{main}") in pointed and main != here]
    return _upstream(folder) or next((name.removeprefix("heads/") for name in local), None)


_MAIN_NAMES: Final = ("HEAD", "main", "master", "trunk")
_MAIN_BRANCHES: Final = tuple(
    f"refs/{where}/{name}"
    for where in ("remotes/*", "heads")
    for name in _MAIN_NAMES
    if (where, name) != ("heads", "HEAD")
)


def _current_branch(folder: Path) -> str | None:
    try:
        return ask(folder, "symbolic-ref", "--quiet", "--short", "HEAD").strip()
    except RefusedError:
        return None


def _upstream(folder: Path) -> str | None:
    try:
        return ask(folder, "rev-parse", "--abbrev-ref", "--symbolic-full-name", "@{upstream}").strip()
    except RefusedError:
        return None


def is_clean(folder: Path) -> bool:
    """Whether nothing is staged in the whole repository."""
    if known_commit("HEAD", folder) is None:
        return not ask(folder, "ls-files", "-z")
    try:
        ask(folder, "diff-index", "--cached", "--quiet", "--no-ext-diff", "HEAD")
    except RefusedError:
        return False
    return True


def origin(path: Path) -> Origin | None:
    """The commit that brought a file, and a branch it came from where git knows; None for a file git doesn't know."""
    added = ("log", "-1", "--diff-filter=A", "--no-ext-diff", "--no-textconv")
    try:
        name = f"{below_top(path.parent)}{path.name}"
        commit_line = ask(path.parent, *added, "--format=%h%x00%an%x00%s", "--", name).removesuffix("\n")
        if not commit_line:
            return None
        arrival = ask(path.parent, *added, "-m", "--first-parent", "--format=%s", "--", name)
    except GitError:
        return None
    commit, author, subject = commit_line.split("\x00")
    return Origin(commit, author, subject, _merged_branch(arrival))


def origins(folder: Path) -> dict[str, Origin]:
    """File name → the newest commit that brought a file of that name into a folder; empty where git knows of none."""
    listing = ("log", "--diff-filter=A", "--no-renames", "--no-ext-diff", "--no-textconv", "-z", "--name-only")
    try:
        below = below_top(folder)
        listed = ask(folder, *listing, "--format=%x01%h%x00%an%x00%as%x00%s", "--", below or ".")
    except GitError:
        return {}
    newest: dict[str, Origin] = {}
    for entry in listed.split("\x01")[1:]:
        fields = entry.split("\0")
        if len(fields) < 4:  # a subject that somebody wrote such a character into
            continue
        commit, author, day, subject = fields[:4]
        for path in fields[4:]:
            name = path.lstrip("\n").removeprefix(below)
            if name and "/" not in name:
                newest.setdefault(name, Origin(commit, author, subject, day=day))
    return newest


def author(folder: Path) -> str | None:
    """Who writes commits there, as git is configured; None where it isn't."""
    try:
        return " ".join(ask(folder, "config", "--get", "user.name").split()) or None
    except GitError:
        return None


def _merged_branch(subject: str) -> str | None:
    """The branch that a merge's own subject names: `Merge branch 'x'`, `Merge pull request #1 from me/x`."""
    if subject.startswith("Merge branch '"):
        return subject.removeprefix("Merge branch '").partition("'")[0]
    if subject.startswith("Merge pull request ") and " from " in subject:
        return subject.partition(" from ")[2].strip() or None
    return None


def below_top(folder: Path) -> str:
    """The path of a folder below the top of its repository, with `/` at its end; empty for the top itself."""
    path = Path(os.path.realpath(folder)).relative_to(repository(folder)).as_posix()
    return "" if path == "." else f"{path}/"


def ask(folder: Path, *arguments: str) -> str:
    return run(folder, list(arguments), b"").decode("utf-8", "replace")


def _environment(top: Path) -> dict[str, str]:
    """Ours, without what the caller's git says of its own repository; for that one, the index that it names stays.

    `git commit` gives its hooks an index of their own where only some files are committed.
    """
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_") or key.startswith(_KEPT)}
    index = os.environ.get("GIT_INDEX_FILE")
    if index and repository_of(Path()) == top:
        kept["GIT_INDEX_FILE"] = str(Path(index).absolute())
    return {**kept, **_QUIET, "GIT_CEILING_DIRECTORIES": str(top.parent)}


def run(folder: Path, arguments: list[str], given: bytes) -> bytes:
    import subprocess

    top = repository(folder)
    program = find_program("git")
    if program is None:
        raise GitError("the `git` program is not installed, or not in a folder that PATH names in full")
    try:
        ended = subprocess.run(  # noqa: S603 (a fixed program, no shell; revisions are checked not to be options)
            [program, *_OPTIONS, *arguments],
            cwd=top,
            input=given,
            capture_output=True,
            env=_environment(top),
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GitError(f"git gives no answer: {error}") from error
    if ended.returncode:
        # All that git says: behind the first line stands its own advice.
        raise RefusedError(ended.stderr.decode("utf-8", "replace").strip() or f"it ends with {ended.returncode}")
    return ended.stdout
