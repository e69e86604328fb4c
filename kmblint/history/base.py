"""What git says of a folder of migrations: what was released where this branch begins, what was taken since, and what
is staged.

A branch is answerable for what it changed since the commit that it began from, not for what others merged meanwhile.
What they merged has taken its numbers all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from kmblint.access import Access, BarredError, is_there
from kmblint.errors import GitError
from kmblint.history import decode, git, git_files
from kmblint.history.state import LOCK, project_of
from kmblint.wording import counted

HEAD: Final = "HEAD"


class Base(msgspec.Struct, frozen=True):
    """The revision that a folder is held against."""

    name: str
    """How the user calls it; `HEAD` or the default branch where nobody named one."""
    released: Mapping[str, str]
    """File name → text, as the commit has them that this branch began from."""
    ahead: Mapping[str, str] = {}
    """File name → text of what the revision's tip has beside them, and this branch hasn't."""
    ids: Mapping[str, str] = {}
    """Name → git's hash of all that lay directly in the folder there."""
    lock: str | None = None
    """The text of the project's lock there."""
    notes: tuple[str, ...] = ()
    """Lines for the summary."""


class Staged(msgspec.Struct, frozen=True):
    """What the next commit will hold of a folder."""

    texts: Mapping[str, str]
    """File name → text; unmerged files are left out: what they will be is on disk."""
    unmerged: frozenset[str]
    changed: frozenset[str] | None
    """The names that the commit adds, edits or deletes; None where nothing is staged in the whole repository."""


def since(revision: str, folder: Path, access: Access, *, staged: bool = False) -> Base:
    """The base that a revision gives, to hold the index against with `staged`, else what is on disk.

    Raises GitError where git knows no such revision, or no way from it to here."""
    tip = git.known_commit(revision, folder)
    if tip is None:
        if revision == HEAD:
            return Base(HEAD, {})
        raise GitError(f"git knows no revision `{revision}`; {_fetching(revision)}")
    return _held_against(revision, (tip, git.fork(tip, folder)), folder, access, staged=staged)


def at(revision: str, folder: Path, access: Access) -> dict[str, str]:
    """File name → text of what a revision's tip has in a folder, or had where that was before it moved.

    Empty where it has none; raises GitError where git knows no such revision.
    """
    tip = git.known_commit(revision, folder)
    if tip is None:
        raise GitError(f"git knows no revision `{revision}`")
    below = git.below_top(folder)
    blobs = git_files.tree(tip, below, folder)
    if not blobs and (former := _moved_from(tip, below, folder)):
        blobs = git_files.tree(tip, former, folder)
    return git_files.texts(blobs, folder, access.largest)


def text_at(revision: str, file: Path, access: Access) -> str | None:
    """The text that a file has in a revision; None where that has no such file."""
    tip = git.known_commit(revision, file.parent)
    name = f"{git.below_top(file.parent)}{file.name}"
    if tip is None or "\n" in name:
        return None
    return git_files.texts({name: git_files.Blob("", f"{tip}:{name}")}, file.parent, access.largest).get(name)


def names_at(revision: str, folder: Path) -> tuple[str, ...]:
    """The files that a revision's tip has in a folder, by name; raises GitError where git knows no such revision."""
    tip = git.known_commit(revision, folder)
    if tip is None:
        raise GitError(f"git knows no revision `{revision}`")
    return tuple(sorted(git_files.tree(tip, git.below_top(folder), folder)))


def _fetching(revision: str) -> str:
    """What brings a revision that may be on a remote only."""
    remote, _, branch = revision.partition("/")
    if remote == "origin" and branch:
        whole = f"`git fetch origin +refs/heads/{branch}:refs/remotes/{revision}`"
        return f"{whole} brings it where it is a branch there (a checkout of GitHub has it with `fetch-depth: 0`)"
    return "`git fetch` brings what is on the remote only (a checkout of GitHub has it with `fetch-depth: 0`)"


def before_commit(folder: Path, access: Access) -> Base:
    """The base of a commit that is being made: where this branch left the default branch, else what `HEAD` holds."""
    name = git.default_branch(folder)
    tip = git.known_commit(name, folder) if name and git.known_commit(HEAD, folder) else None
    if name is None or tip is None:
        return since(HEAD, folder, access, staged=True)
    try:
        return _held_against(name, (tip, git.fork(tip, folder)), folder, access, staged=True)
    except git.RefusedError:
        raise
    except GitError:  # nothing in common, as in a shallow clone: what is committed is all that is known
        return since(HEAD, folder, access, staged=True)


def _held_against(name: str, commits: tuple[str, str], folder: Path, access: Access, *, staged: bool) -> Base:
    """The base of a revision's tip and the commit that this branch began from."""
    tip, begun = commits
    below = git.below_top(folder)
    entries = git_files.entries(begun, below, folder)
    blobs = git_files.migrations(entries, begun, below, folder)
    notes: list[str] = []
    if not blobs:
        former = _moved_from(begun, below, folder)
        if former:
            entries = git_files.entries(begun, former, folder)
            blobs = git_files.migrations(entries, begun, former, folder)
            notes.append(f"the migrations were moved: `{name}` has them in `{former.rstrip('/') or '.'}`")
            below = former
        else:
            notes.append(f"`{name}` holds no migrations in `{below.rstrip('/') or '.'}`: every file counts as new")
    later: dict[str, str] = {}
    if tip != begun:
        further = {each: blob for each, blob in git_files.tree(tip, below, folder).items() if each not in blobs}
        later = git_files.texts(_not_here(further, folder), folder, access.largest)
        if later:
            notes.append(f"`{name}` is ahead by {counted(len(later), 'migration')}")
    lock = f"{begun}:{git.below_top(project_of(folder))}{LOCK}"
    also = {} if "\n" in lock else {LOCK: git_files.Blob("", lock)}
    texts = git_files.texts({**blobs, **also}, folder, access.largest)
    locked = texts.pop(LOCK, None)
    return Base(
        name,
        texts if staged else _as_checked_out(texts, blobs, folder, access),
        later,
        {entry: blob for entry, (_, blob) in entries.items()},
        locked,
        tuple(notes),
    )


def _not_here(further: Mapping[str, git_files.Blob], folder: Path) -> dict[str, git_files.Blob]:
    return {name: blob for name, blob in further.items() if not is_there(folder / name)}


def deleted_folders(folder: Path, revision: str | None) -> list[Path]:
    """The folders called `migrations` below a folder that the base has and that are gone, their files with them.

    The base is that of `since`, and of `before_commit` where no revision is given.
    """
    name = revision or git.default_branch(folder) or HEAD
    tip = git.known_commit(name, folder)
    if tip is None or (revision is None and git.known_commit(HEAD, folder) is None):
        return []
    try:
        begun = git.fork(tip, folder)
    except GitError:
        begun = tip
    then, now, top = git_files.folders_at(begun, folder), git_files.folders_now(folder), git.repository(folder)
    gone = {
        below: names
        for below, names in then.items()
        if Path(below).name == "migrations" and below not in now and (top / below).is_relative_to(folder.resolve())
    }
    moved = {below for below, names in gone.items() if any(names & (now[new] - then.get(new, set())) for new in now)}
    return sorted(top / below for below in gone.keys() - moved)


def is_without_sql(folder: Path) -> bool:
    """Whether the whole repository of a folder has no `*.sql` yet, as before the first migration."""
    return not any(path.lower().endswith(".sql") for path in git_files.paths_below(git.repository(folder)))


def _moved_from(commit: str, below: str, folder: Path) -> str | None:
    """The folder of a commit that holds files of these names and that is gone, or doesn't hold them any more."""
    present = {path.name for path in folder.glob("*.sql")} if folder.is_dir() else set()
    here = git_files.folders_now(folder) if present else {}
    shared = {
        former: len(names & present - here.get(former, set()))
        for former, names in git_files.folders_at(commit, folder).items()
        if former != below
    }
    best = max(shared, key=lambda former: (shared[former], former), default=None)
    return best if best is not None and shared[best] else None


def _as_checked_out(
    texts: Mapping[str, str], blobs: Mapping[str, git_files.Blob], folder: Path, access: Access
) -> Mapping[str, str]:
    """The texts, each as it stands on disk where git itself makes the difference: line ends, filters, encodings."""
    on_disk = {name: text for name in texts if (text := _read(folder / name, access)) is not None}
    other = {name for name in on_disk if on_disk[name] != texts[name]}
    if not other:
        return texts
    indexed = git_files.index(folder)
    unchanged = {name for name in other if name in indexed and indexed[name].id == blobs[name].id}
    filtered = git_files.converted(unchanged, folder) if unchanged else set()
    same = {name for name in unchanged if name in filtered or _lines(on_disk[name]) == _lines(texts[name])}
    return {name: on_disk[name] if name in same else text for name, text in texts.items()}


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def _read(path: Path, access: Access) -> str | None:
    try:
        return decode.decoded(access.read(path))[0]
    except BarredError:
        return None


def staged(folder: Path, access: Access) -> Staged:
    """What the index holds of a folder."""
    blobs = git_files.index(folder)
    merged = {name: blob for name, blob in blobs.items() if not (blob.unmerged or blob.intent_to_add)}
    unmerged = frozenset(name for name, blob in blobs.items() if blob.unmerged)
    changed: frozenset[str] | None = None
    if not git.is_clean(folder):
        head = git.known_commit(HEAD, folder)
        before = git_files.tree(head, git.below_top(folder), folder) if head else {}
        changed = unmerged | {
            name
            for name in merged.keys() | before.keys()
            if name not in unmerged and (name not in merged or name not in before or merged[name].id != before[name].id)
        }
    return Staged(git_files.texts(merged, folder, access.largest), unmerged, changed)


def not_checked_out(folder: Path, access: Access) -> dict[str, str]:
    """File name → text of what the index holds and the disk needn't: a sparse checkout leaves it out."""
    blobs = {name: blob for name, blob in git_files.index(folder).items() if blob.skip_worktree}
    gone = {name: blob for name, blob in blobs.items() if not is_there(folder / name)}
    return git_files.texts(gone, folder, access.largest) if gone else {}


def on_default_branch(folder: Path) -> frozenset[str]:
    """The names of the files that the default branch has in a folder, as far as this branch has merged it.

    Empty where git knows of no such branch, or of no repository.
    """
    try:
        name = git.default_branch(folder)
        tip = git.known_commit(name, folder) if name else None
        return frozenset(git_files.tree(git.fork(tip, folder), git.below_top(folder), folder)) if tip else frozenset()
    except GitError:
        return frozenset()
