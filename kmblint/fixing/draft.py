"""A folder of migrations as it would read with some fixes: texts in memory, and what became of each file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

import msgspec
from msgspec.structs import replace

from kmblint.findings import Edit, Fix, NewFile
from kmblint.fixing.edits import apply
from kmblint.history.decode import Spelling
from kmblint.history.files import History
from kmblint.writing import with_line_ends


class UnwritableError(Exception):
    """A fix can't be applied here: a lower-case clause that says why."""


class DraftFile(msgspec.Struct, frozen=True):
    """One migration: what it is called and says, and what it was."""

    name: str
    text: str
    origin: str | None
    """Its name on disk; None for a new file."""
    before: str
    """What it says on disk; empty for a new file."""
    spelling: Spelling = Spelling()
    """How its text is spelt in bytes, once something was changed in it."""
    respelt: bool = False
    """Whether that is otherwise than on disk."""

    @property
    def changed(self) -> bool:
        """Whether anything of it has to be written."""
        return self.respelt or self.name != self.origin or self.text != self.before

    @property
    def data(self) -> bytes:
        """Its bytes; raises UnwritableError where the text has a character that its encoding hasn't."""
        data = self.spelling.encoded(self.text)
        if data is None:
            raise UnwritableError(
                f"`{self.name}` is {self.spelling.codec}, which has no way to spell what it would say"
            )
        return data


class Draft(msgspec.Struct, frozen=True, dict=True):
    """Every migration of a folder by its name there."""

    files: Mapping[str, DraftFile]
    frozen: Mapping[str, str]
    """The files that no fix may touch, each with the reason (a clause); the applied ones above all."""
    others: frozenset[str]
    """What else the folder holds, and names that are taken elsewhere."""
    spell: Callable[[str], Spelling | None]
    """How the bytes of a file spell its text; None where they hold more than the text does."""
    header: Callable[[str], str] = lambda _: ""
    """What a new migration of a name begins with."""

    @classmethod
    def of(
        cls,
        history: History,
        spell: Callable[[str], Spelling | None] = lambda _: Spelling(),
        frozen: Mapping[str, str] | None = None,
        header: Callable[[str], str] = lambda _: "",
    ) -> Draft:
        """The folder as it reads now; its applied files are frozen, and those that the caller says so of."""
        here = {
            name: history.edited.get(name, migration).source.text
            for name, migration in history.by_file.items()
            if name not in history.absent
        }
        applied = {name: "it is applied" for name, migration in history.by_file.items() if migration.applied}
        return cls(
            files={name: DraftFile(name, text, name, text) for name, text in here.items()},
            frozen={**(frozen or {}), **applied},
            others=frozenset(history.sources.keys() - here.keys()),
            spell=spell,
            header=header,
        )

    @cached_property
    def changes(self) -> tuple[DraftFile, ...]:
        """The files that differ from what is on disk, by name."""
        return tuple(self.files[name] for name in sorted(self.files) if self.files[name].changed)

    @cached_property
    def overlay(self) -> dict[str, bytes | None]:
        """What stands in for files of the folder when it is read again: bytes, None for what is gone."""
        gone = {file.origin: None for file in self.changes if file.origin is not None}
        return {**gone, **{file.name: file.data for file in self.changes}}

    def refusal(self, fix: Fix) -> str | None:
        """Why a fix can't be applied to these files, as a clause; None where it can."""
        for name in dict.fromkeys((*(edit.place.file for edit in fix.edits), *_replaced(fix))):
            if name in self.frozen:
                return self.frozen[name]
            if name not in self.files:
                return f"`{name}` is no file that could be edited"
            try:
                self._spelling(self.files[name])
            except UnwritableError as error:
                if fix.edits or all(file.replaces != file.name for file in fix.files):
                    return str(error)
        leaving = set(_replaced(fix))
        for file in fix.files:
            if file.name in self.others or (file.name in self.files and file.name not in leaving):
                return f"`{file.name}` is there already"
        return None

    def with_fixes(self, fixes: Iterable[Fix]) -> Draft:
        """With fixes that don't collide; raises UnwritableError where one can't be applied."""
        by_file: dict[str, list[Edit]] = {}
        made: dict[NewFile, None] = {}
        for fix in fixes:
            refusal = self.refusal(fix)
            if refusal:
                raise UnwritableError(refusal)
            made |= dict.fromkeys(fix.files)
            for edit in fix.edits:
                by_file.setdefault(edit.place.file, []).append(edit)
        files = dict(self.files)
        for name, edits in by_file.items():
            files[name] = self._edited(files[name], edits)
        arriving = {file.name: self._made(file, files) for file in made}
        for file in made:
            if file.replaces is not None:
                files.pop(file.replaces, None)
        return replace(self, files={**files, **arriving})

    def _edited(self, file: DraftFile, edits: Iterable[Edit]) -> DraftFile:
        like = file.text
        alike = [replace(edit, replacement=with_line_ends(edit.replacement, like)) for edit in edits]
        return replace(file, text=apply(file.text, alike), spelling=self._spelling(file))

    def _spelling(self, file: DraftFile) -> Spelling:
        if file.origin is None or file.changed:
            return file.spelling
        spelling = self.spell(file.origin)
        if spelling is None:
            raise UnwritableError(f"`{file.origin}` isn't plain text on disk, and would not be written back as it is")
        return spelling

    def _made(self, new: NewFile, files: Mapping[str, DraftFile]) -> DraftFile:
        """A renamed file, or a new one with its header and the line ends of the newest."""
        if new.replaces == new.name:  # the same text in plain UTF-8
            return replace(files[new.name], spelling=Spelling(), respelt=True)
        if new.replaces is not None:
            old = files[new.replaces]
            return replace(old, name=new.name, spelling=self._spelling(old))
        newest = self.files[max(self.files)].text if self.files else ""
        return DraftFile(new.name, with_line_ends(self.header(new.name) + new.text, newest), None, "")


def _replaced(fix: Fix) -> list[str]:
    return [file.replaces for file in fix.files if file.replaces is not None]
