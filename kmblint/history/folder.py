"""Reads a folder of migrations into a `History`.

What counts as a migration is the runner's (crates/kimberlite-migration/src/file.rs): every `*.sql` directly in the
folder, numbered by what stands before the first `_`, read as u32.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TypeAlias

from msgspec.structs import replace

from kmblint.access import Access
from kmblint.errors import InputError
from kmblint.history import decode, git_files
from kmblint.history.extent import Extent
from kmblint.history.files import Earlier, History, IgnoredFile, Migration, Unreadable, checksum
from kmblint.history.ignored_files import find_ignored_files
from kmblint.history.known import NOTHING_KNOWN, Known
from kmblint.history.names import description_of, evident_number, is_migration, number_of
from kmblint.history.order import in_order, ordered, replaces
from kmblint.history.readings import Readings
from kmblint.history.sections import split
from kmblint.history.state import State, boundary_of, project_of, read_state, with_lock
from kmblint.sql.statement import Statement
from kmblint.targets.layout import pieces
from kmblint.text import Source, Span

Parse: TypeAlias = Callable[[Source, Span], tuple[Statement, ...]]
"""How a stretch of text becomes statements; a cache may know them already."""


def read(
    root: Path,
    known: Known = NOTHING_KNOWN,
    *,
    overlay: Mapping[Path, str | bytes | None] | None = None,
    access: Access | None = None,
    display: Callable[[Path], str] = Path.as_posix,
    parse: Parse | None = None,
    readings: Readings | None = None,
) -> History:
    """The history that a folder holds.

    `overlay` gives texts, or bytes, that stand in for files of the folder or beside them (an editor's unsaved buffer,
    git's index), None for a file that is to count as absent; `access` says what may be opened (where it is
    left out, links that stay in the project), `display` how the user calls a path, `readings` what was read of the same
    folder before. Raises `InputError` where the folder or the baseline can't be read.
    """
    parse = parse or _parser()
    readings = readings or Readings()
    readings.begin()
    access = access or Access(inside=boundary_of(root))
    laid_over = {path.name: text for path, text in (overlay or {}).items() if _same(path.parent, root)}
    texts = {name: text for name, text in laid_over.items() if text is not None}
    try:
        on_disk = {entry.name for entry in os.scandir(root)} - laid_over.keys()
    except FileNotFoundError:
        if not known.released:
            raise InputError(f"`{display(root)}` doesn't exist") from None
        on_disk = set()
    except OSError as error:
        raise InputError(f"`{display(root)}` can't be read: {error.strerror}") from error
    names = on_disk | texts.keys()
    reader = _Reader(root, names, known, display=display, parse=parse, access=access, readings=readings)
    baseline = reader.baseline((overlay or {}).get(known.baseline)) if known.baseline else None
    migrations: list[Migration] = []
    unreadable: list[Unreadable] = []
    for name in in_order(filter(is_migration, names)):
        migration, trouble = reader.migration(name, texts.get(name))
        migrations += [migration] if migration else []
        unreadable += [trouble] if trouble else []
    unreadable.sort(key=lambda each: each.file)
    edited = {migration.file: migration for migration in migrations if reader.is_edited(migration)}
    migrations = [reader.as_released(each) if each.file in edited else each for each in migrations]
    absent = reader.absent(migrations, unreadable)
    migrations += absent
    ignored_files = find_ignored_files(root, on_disk, access)
    state = read_state(project_of(root), access, display)
    return History(
        root=root,
        migrations=readings.ordered(ordered(migrations, reader.gone)),
        unreadable=tuple(unreadable),
        ignored_files=ignored_files,
        baseline=baseline,
        applied_through=reader.applied_through,
        since=known.since,
        released=reader.released,
        ahead={name: Source(name, text, reader.shown(name)) for name, text in known.ahead.items()},
        edited=edited,
        absent=frozenset(migration.file for migration in absent),
        notes=known.notes,
        state=state,
        earlier=reader.earlier(migrations, unreadable, ignored_files, state),
        called=display(root),
    )


def _parser() -> Parse:
    from kmblint.sql.parse import statements

    return statements


def _same(path: Path, root: Path) -> bool:
    return path == root or path.resolve() == root.resolve()


class _Reader:
    """Turns the files of one folder into migrations."""

    def __init__(
        self,
        root: Path,
        names: Collection[str],
        known: Known,
        *,
        display: Callable[[Path], str],
        parse: Parse,
        access: Access,
        readings: Readings,
    ) -> None:
        self.root = root
        self.known = known
        self.display = display
        self.parse = parse
        self.access = access
        self.readings = readings
        folder = display(root)
        self._folder = os.fspath(root)
        self._extent = Extent(known.max_statements)
        self._full: decode.Trouble | None = None
        """What there is to say of the file with which the history became too large."""
        self._prefix = "" if folder == "." else posixpath.join(folder, "")
        self.released: dict[str, Source] | None = None
        self.applied_through = known.applied_through
        self._taken = {number_of(name) for name in names if is_migration(name)}
        self.gone: dict[int, str] = {}
        """Number → a file of that number that the revision has and the folder hasn't."""
        if known.released is not None:
            self.released = {name: Source(name, known.released[name], self.shown(name)) for name in known.released}
            self.gone = {
                number: name
                for name in sorted(self.released)
                if name not in names and (number := number_of(name)) is not None
            }
            if self.applied_through is None:
                self.applied_through = max((number_of(name) or 0 for name in self.released), default=0)

    def shown(self, name: str) -> str:
        """How the user calls a file of the folder."""
        return self._prefix + name

    def migration(self, name: str, given: str | bytes | None) -> tuple[Migration | None, Unreadable | None]:
        """What a file says, and why the runner can't read it; from a file that nobody can read, no migration.

        `given` stands in for what is on disk.
        """
        path = os.path.join(self._folder, name)  # noqa: PTH118 -- a `Path` for each file of a large folder takes its time
        if self._full is not None:
            return None, replace(self._unreadable(Path(path), self._full), beyond=True)
        text: str | None
        trouble: decode.Trouble | None = None
        if isinstance(given, str):
            text = given
        elif given is not None:
            text, trouble = decode.decoded(given)
        else:
            text, trouble = self.readings.text(path, self.access)
        unreadable = self._unreadable(Path(path), trouble) if trouble else None
        if text is None:
            old = self._released_as(name)
            return self._built(old, path, applied=True, readable=False) if old else None, unreadable
        self._full = self._extent.add(text)
        if self._full is not None:
            return None, self._unreadable(Path(path), self._full)
        source = Source(name, text, self.shown(name))
        return self._built(source, path, applied=self._is_applied(name), readable=trouble is None), unreadable

    def is_edited(self, migration: Migration) -> bool:
        """Whether it was released with another content, header and line ends aside."""
        old = self._released_as(migration.file)
        return old is not None and checksum(old.text, split(old).header) != migration.checksum

    def as_released(self, migration: Migration) -> Migration:
        """A file as the revision has it, below the header that it has now: that one may still be written."""
        old = self._released_as(migration.file)
        assert old is not None, "asked of edited files only"
        text = migration.source.text[: migration.header.span.end] + old.text[split(old).header.span.end :]
        return self._built(
            Source(migration.file, text, migration.source.path),
            migration.location,
            applied=True,
            readable=migration.readable,
        )

    def absent(self, migrations: Collection[Migration], unreadable: Collection[Unreadable]) -> list[Migration]:
        """The released files that are gone and that nothing took the place of: they happened all the same."""
        if not self.released:
            return []
        numbers = {migration.number for migration in migrations} | {each.number for each in unreadable}
        contents = {migration.checksum for migration in migrations}
        names = {migration.file for migration in migrations} | {each.file for each in unreadable}
        gone: list[Migration] = []
        for name, source in sorted(self.released.items()):
            if name not in names and number_of(name) not in numbers and is_migration(name):
                migration = self._built(source, os.fspath(self.root / name), applied=True, readable=True)
                gone += [] if migration.checksum in contents else [migration]
        return gone

    def earlier(
        self,
        migrations: Collection[Migration],
        unreadable: Collection[Unreadable],
        ignored_files: Collection[IgnoredFile],
        state: State,
    ) -> Earlier | None:
        """What the revision held; a file that is called otherwise since has the name that it has now."""
        if self.released is None:
            return None
        here = {old.name: each for each in migrations if (old := self._released_as(each.file)) is not None}
        ids = self.known.ids
        return Earlier(
            migrations=ordered([self._as_it_was(old, here.get(name)) for name, old in self.released.items()], {}),
            unreadable=tuple(each for each in unreadable if ids.get(each.file) == git_files.id_of(each.path)),
            ignored_files=tuple(each for each in ignored_files if each.file in ids),
            state=with_lock(state, self.known.lock),
        )

    def _as_it_was(self, old: Source, here: Migration | None) -> Migration:
        if here is not None and here.source.text == old.text:
            return here
        name = old.name if here is None else here.file
        applied = here is None or here.applied
        return self._built(
            Source(name, old.text, self.shown(name)), os.fspath(self.root / name), applied=applied, readable=True
        )

    def _released_as(self, name: str) -> Source | None:
        """What the revision holds under this name, or under this number where the description is new."""
        released = self.released or {}
        if name in released:
            return released[name]
        former = self.gone.get(number_of(name) or -1)
        return released[former] if former is not None and not replaces(name, former) else None

    def baseline(self, given: str | bytes | None = None) -> Migration:
        """The schema before the first migration: all of it is up, and it was applied.

        `given` stands in for what is on disk.
        """
        path = self.known.baseline
        assert path is not None, "asked only where one is set"
        if self.access.is_outside(path):
            shown = self.display(path)
            raise InputError(
                f"the baseline `{shown}` lies outside of the project; `--follow-links` reads it all the same"
            )
        trouble: decode.Trouble | None = None
        text = given if isinstance(given, str) else None
        if text is None:
            text, trouble = self.readings.text(os.fspath(path), self.access)
        if trouble:
            raise InputError(f"the baseline `{self.display(path)}` can't be used: {trouble.reason}")
        assert text is not None, "only trouble leaves no text"
        trouble = self._extent.add(text)
        if trouble:
            raise InputError(f"the baseline `{self.display(path)}` can't be used: {trouble.reason}; {trouble.help}")
        return self._built(
            Source(path.name, text, self.display(path)), os.fspath(path), applied=True, readable=True, baseline=True
        )

    def _unreadable(self, path: Path, trouble: decode.Trouble) -> Unreadable:
        return Unreadable(
            file=path.name,
            path=path,
            reason=trouble.reason,
            help=trouble.help,
            offset=trouble.offset,
            line=trouble.line,
            number=number_of(path.name),
            fatal=trouble.fatal,
        )

    def _is_applied(self, name: str) -> bool:
        """By number where a number was said; by name where a revision was, or as the new name of a file it had."""
        number = number_of(name)
        if self.released is not None and self.known.applied_through is None:
            renamed = number in self.gone and not replaces(name, self.gone[number])
            return name in self.released or renamed
        return number is not None and self.applied_through is not None and number <= self.applied_through

    def _meant(self, name: str) -> int | None:
        """The number that is evident in a name of which the runner reads none, and that no other file has."""
        evident = evident_number(name)
        return None if evident in self._taken else evident

    def _built(self, source: Source, path: str, *, applied: bool, readable: bool, baseline: bool = False) -> Migration:
        number = number_of(source.name)
        meant = self._meant(source.name) if number is None else number
        failed = source.name in self.known.failed
        facts = (path, source.name, source.path, applied, readable, meant, failed, baseline)

        def build() -> Migration:
            return self._read(source, path, meant, applied=applied, readable=readable, failed=failed)

        return self.readings.built((*facts, source.text), build)

    def _read(
        self, source: Source, path: str, number: int | None, *, applied: bool, readable: bool, failed: bool
    ) -> Migration:
        parts = split(source)
        return Migration(
            file=source.name,
            location=path,
            source=source,
            digits=source.name.split("_", 1)[0],
            number=number,
            numbered=number_of(source.name) is not None,
            description=description_of(source.name),
            header=parts.header,
            up=parts.up,
            sent=parts.sent,
            down=parts.down,
            statements=tuple(self.parse(source, parts.up)),
            pieces=tuple(pieces(source, parts.sent)),
            down_statements=tuple(self.parse(parts.commented, parts.down)) if parts.down else (),
            down_pieces=tuple(pieces(source, parts.sent_down)) if parts.sent_down else (),
            marker=parts.marker,
            guide_marker=parts.guide_marker,
            applied=applied,
            failed=parts.header.failed is not None or failed,
            readable=readable,
        )
