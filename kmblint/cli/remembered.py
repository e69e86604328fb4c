"""The answer to a run that was asked before, of files that are what they were.

An answer is known by all that it follows from: the program itself, what was asked, the configuration, what git says,
and the content of every file that reading a history may look at. So it is right or it isn't there.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from functools import partial
from hashlib import sha256
from importlib.util import find_spec
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

import kmblint
from kmblint.access import ANYWHERE
from kmblint.cache import folder
from kmblint.cache.inputs import Inputs, Memory
from kmblint.cli.answer import Answer
from kmblint.cli.histories import Request, Sought, read_all
from kmblint.config.configuration import Setting
from kmblint.errors import ExitCode
from kmblint.findings import Diagnostic, HistorySummary, Report, RuleSummary, Summary
from kmblint.history.locate import display
from kmblint.history.state import APPLIED, LOCK, project_of
from kmblint.text import Source

if TYPE_CHECKING:
    from kmblint.cache.files import KnownFiles

_MOST_ANSWERS: Final = 8
"""Of one set of folders: an editor, a hook and a person may ask differently."""
_MOST_BYTES: Final = 4_000_000
"""Of these answers together."""
_DEPENDENCIES: Final = ("sqlglot", "networkx", "rpds", "msgspec")
"""Whose release may change what is said."""


class _Report(msgspec.Struct, frozen=True, array_like=True):
    """A report as it is kept: of its sources, those alone that a finding names."""

    diagnostics: tuple[Diagnostic, ...]
    summary: Summary
    history: HistorySummary
    rules: tuple[RuleSummary, ...]
    sources: tuple[tuple[str, str, str], ...]
    """Name, text and path, secrets masked as in the report."""


class _Answer(msgspec.Struct, frozen=True, array_like=True):
    """An answer as it is kept."""

    reports: tuple[_Report, ...]
    code: int
    details: tuple[str, ...]
    kept: tuple[str, ...]


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """An answer, what it is the answer to, and the day that it is true of; None where it holds on any."""

    key: bytes
    day: date | None
    answer: bytes


class _File(msgspec.Struct, frozen=True, array_like=True):
    """What is kept of one set of folders: their files, and the newest answers first."""

    memory: Memory = Memory()
    answers: tuple[_Kept, ...] = ()


class Remembered:
    """Looks for the answer to a run, and keeps it for the next.

    Raises nothing where that can't be done: such a run is answered anew.
    """

    def __init__(self, request: Request, sought: list[Sought], today: date, *, all_history: bool) -> None:
        self._sought = sought
        self._today = today
        self._file = _File()
        self._content = b""
        self._name = _digest(os.path.realpath(each.root) for each in sought).hex()[:32]
        self._asked = self._program = b""
        with suppress(OSError, TypeError, ValueError):  # a name that is no UTF-8; a program that is being replaced
            user = os.geteuid() if hasattr(os, "geteuid") else 0
            asked = (request.since, request.at, request.staged, all_history)
            self._program = _program()
            all_asked = (self._program, os.fspath(Path.cwd()), user, asked, [_facts(each) for each in sought])
            self._asked = _encoded(all_asked)

    @classmethod
    def may(cls, request: Request) -> bool:
        """Whether a run is of the kind that is asked again: of what is on disk, not of what somebody is typing."""
        return not request.unsaved and not request.buffers

    def answer(self) -> Answer | None:
        """The answer that was kept; None where there is none."""
        if not self._asked:
            return None
        body = folder.load(self._name)
        with suppress(msgspec.MsgspecError):
            self._file = msgspec.msgpack.decode(body or b"", type=_File)
        inputs = self._inputs(self._file.memory)
        self._content = inputs.digest
        for kept in self._file.answers:
            if kept.key == self._key and kept.day in (None, self._today):
                with suppress(msgspec.MsgspecError):
                    answer = self._shown(msgspec.msgpack.decode(kept.answer, type=_Answer))
                    if inputs.has_read:
                        self._save(inputs.memory, self._file.answers)
                    return answer
        self._file = msgspec.structs.replace(self._file, memory=inputs.memory)
        return None

    def files(self) -> Mapping[Path, KnownFiles] | None:
        """What is known of the files of each folder; None where nothing may be."""
        if not self._asked:
            return None
        from kmblint.cache.files import KnownFiles

        return {
            sought.root: KnownFiles(
                _digest(["files", os.path.realpath(sought.root)]).hex()[:32],
                sha256(self._program + _encoded((os.fspath(Path.cwd()), *_judging(sought)))).digest(),
            )
            for sought in self._sought
        }

    def keep(self, answer: Answer) -> None:
        """Keeps an answer, unless the files have changed since they were looked at."""
        if not self._asked or not answer.lasting or answer.code is ExitCode.INTERNAL:
            return
        inputs = self._inputs(self._file.memory)
        if inputs.digest != self._content:
            return
        is_dated = any("until=" in source.text for report in answer.reports for source in report.sources.values())
        with suppress(TypeError, ValueError, OverflowError):
            encoded = msgspec.msgpack.encode(_kept(answer))
            newest = _Kept(self._key, self._today if is_dated else None, encoded)
            others = [each for each in self._file.answers if each.key != self._key]
            self._save(inputs.memory, _within_bounds([newest, *others]))

    def _shown(self, kept: _Answer) -> Answer:
        reports = tuple(
            Report(
                report.diagnostics,
                report.summary,
                report.history,
                {name: Source(name, text, path) for name, text, path in report.sources},
                report.rules,
            )
            for report in kept.reports
        )
        return Answer(
            reports=reports,
            code=ExitCode(kept.code),
            output_format=self._sought[0].config.output_format.value,
            details=kept.details,
            kept=tuple(map(Path, kept.kept)),
            linted=partial(read_all, self._sought),
        )

    @property
    def _key(self) -> bytes:
        return sha256(self._content + self._asked).digest()

    def _inputs(self, memory: Memory) -> Inputs:
        """All that reading the histories may look at."""
        inputs = Inputs(memory)
        for sought in self._sought:
            project = project_of(sought.root)
            inputs.add_folder(sought.root, sought.access)
            for file in filter(None, (sought.known.baseline, project / LOCK, project / APPLIED)):
                inputs.add_file(file, sought.access)
            if sought.config.findings_baseline.value is not None:
                inputs.add_file(sought.config.findings_baseline.value, ANYWHERE)
        return inputs

    def _save(self, memory: Memory, answers: tuple[_Kept, ...]) -> None:
        with suppress(TypeError, ValueError, OverflowError):
            folder.save(self._name, msgspec.msgpack.encode(_File(memory, answers)))


def _encoded(facts: object) -> bytes:
    return msgspec.msgpack.encode(facts, enc_hook=os.fspath, order="deterministic")


def _facts(sought: Sought) -> tuple[object, ...]:
    """What a reading and its judging follow from beside the content of files; the format is no part of it."""
    overlay = [(os.fspath(path), text) for path, text in sorted(sought.overlay.items())]
    return (*_judging(sought), overlay, sought.shown, sought.elsewhere, sought.only_new)


def _judging(sought: Sought) -> tuple[object, ...]:
    """What the judging of a file follows from beside texts, and beside what is wanted of it."""
    baseline = sought.known.baseline
    return (
        display(sought.root),
        project_of(sought.root),
        msgspec.structs.replace(sought.config, output_format=Setting("")),
        sought.known,
        sought.access,
        None if baseline is None else os.path.realpath(baseline),
        os.path.realpath((project_of(sought.root) / LOCK).parent),
    )


def _program() -> bytes:
    """What kmblint and its dependencies are: two builds of one version differ. Raises OSError where it is no files."""
    package = Path(kmblint.__path__[0])
    rules = package.parent / "rules"
    files: list[str] = []
    for top in (package, *((rules,) if (rules / "_template.md").is_file() else ())):
        for where, folders, names in os.walk(top):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            files += [_file_facts(os.path.join(where, name)) for name in sorted(names)]  # noqa: PTH118 -- 600 of them
    if not files:
        raise FileNotFoundError(package)
    return _digest([kmblint.__version__, sys.version, *map(_file_facts, _origins()), *files])


def _origins() -> list[str]:
    specs = (find_spec(name) for name in _DEPENDENCIES)
    return [spec.origin for spec in specs if spec is not None and spec.origin is not None]


def _file_facts(path: str) -> str:
    status = os.stat(path)  # noqa: PTH116 -- 600 of them
    return f"{path} {status.st_size} {status.st_mtime_ns}"


def _digest(texts: Iterable[str]) -> bytes:
    return sha256("\0".join(texts).encode("utf-8", "surrogateescape")).digest()


def _within_bounds(answers: list[_Kept]) -> tuple[_Kept, ...]:
    """The newest of them, as many as are kept."""
    sizes = accumulate(len(each.answer) for each in answers)
    return tuple(each for each, size in zip(answers[:_MOST_ANSWERS], sizes, strict=False) if size <= _MOST_BYTES)


def _kept(answer: Answer) -> _Answer:
    reports = tuple(
        _Report(report.diagnostics, report.summary, report.history, report.rules, _named(report))
        for report in answer.reports
    )
    kept = tuple(map(os.fspath, answer.kept))
    return _Answer(reports, answer.code, answer.details, kept)


def _named(report: Report) -> tuple[tuple[str, str, str], ...]:
    """The sources that its diagnostics speak of."""
    files: dict[str, None] = {}
    for diagnostic in report.diagnostics:
        files |= dict.fromkeys(place.file for place in diagnostic.finding.places)
    there = ((name, report.sources[name]) for name in files if name in report.sources)
    return tuple((name, source.text, source.path) for name, source in there)
