"""The configuration: `kmblint.toml`, or `[tool.kmblint]` in `pyproject.toml`, under what the command line says.

Every problem is found before the first is told, with its line and key; every setting remembers where it comes from.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar

import msgspec

from kmblint.access import ANYWHERE, Access, BarredError, is_there
from kmblint.config.keys import KEYS, Context, Key, UnfitError, named_rules, read_severity
from kmblint.errors import ConfigError, InputError
from kmblint.findings import Confidence, Severity
from kmblint.tomlfile import KeyPath, TomlFile
from kmblint.wording import GUESSED, nearest, one_of

if TYPE_CHECKING:
    from kmblint.lint.rulebook import Rule, Rulebook

Value = TypeVar("Value")

DEFAULT: Final = "default"
"""The origin of what nobody set."""


class Setting(msgspec.Struct, Generic[Value], frozen=True):
    """A value in force, and where it comes from: `default`, `kmblint.toml:3`, or `--select`."""

    value: Value
    origin: str = DEFAULT


class RuleTable(msgspec.Struct, frozen=True):
    """What is set for one rule: a severity, options by their names."""

    severity: Setting[Severity] | None = None
    options: Mapping[str, Setting[object]] = {}


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting in force."""

    file: str | None
    """The configuration file, as the user calls it; None where there is none."""
    select: Setting[tuple[str, ...]]
    """Slugs, families (`KMB6`), `recommended`, `all`."""
    extend_select: Setting[tuple[str, ...]]
    ignore: Setting[tuple[str, ...]]
    fixable: Setting[tuple[str, ...]]
    """Selectors of the rules whose fixes may be applied."""
    per_file_ignores: Setting[Mapping[str, tuple[str, ...]]]
    """Glob → selectors."""
    fail_on: Setting[Severity | None]
    """The mildest severity that makes the run fail; None where nothing does."""
    min_confidence: Setting[Confidence]
    output_format: Setting[str]
    findings_baseline: Setting[Path | None]
    """The file of known findings; `baseline` is the schema before the first migration."""
    max_file_size: Setting[int]
    """Bytes."""
    max_statements: Setting[int]
    """Of a history."""
    target: Setting[str]
    engine: Setting[str]
    applied: Setting[int | None]
    failed: Setting[tuple[str, ...]]
    baseline: Setting[Path | None]
    directory: Setting[Path | None]
    rules: Mapping[str, RuleTable]
    """By slug; only those that something is set for."""
    notes: tuple[str, ...] = ()
    """A sentence for each rule that is named as it was called before."""


def find(start: Path) -> Path | None:
    """The configuration file that governs a folder: the nearest above it, `kmblint.toml` before `pyproject.toml`.

    Above the folder, what another user wrote counts for nothing: in `/tmp` anybody may leave a `kmblint.toml`.
    """
    start = start.absolute()
    for folder in (start, *start.parents):
        own, shared = folder / "kmblint.toml", folder / "pyproject.toml"
        with suppress(PermissionError):
            if own.is_file() and _is_trusted(own, start):
                return own
            if shared.is_file() and _is_trusted(shared, start) and _mentions_us(shared):
                return shared
    return None


def _is_trusted(file: Path, start: Path) -> bool:
    """Whether a file lies in the folder, or is of its owner, of this user or of root."""
    if file.parent == start or not hasattr(os, "geteuid"):
        return True
    try:
        return file.stat().st_uid in (0, os.geteuid(), start.stat().st_uid)
    except OSError:
        return False


def _mentions_us(pyproject: Path) -> bool:
    """Whether it has a `[tool.kmblint]`; one that isn't TOML is ours only if it names us."""
    try:
        text = ANYWHERE.read(pyproject).decode("utf-8-sig")
        if "kmblint" not in text:
            return False
        tools = TomlFile("", text).data.get("tool")
        return isinstance(tools, dict) and "kmblint" in tools
    except ConfigError:
        return "[tool.kmblint" in text
    except (BarredError, UnicodeDecodeError):
        return False


def load(
    file: Path | None,
    name: str,
    rulebook: Rulebook,
    overrides: Mapping[str, object],
    formats: Collection[str],
    *,
    access: Access = ANYWHERE,
) -> Config:
    """The settings of a file (None for none) under those of the command line.

    `name` is how the user calls the file; `overrides` has the keys of the file (`select`, `history.applied`) and leaves
    out what isn't given; `formats` is what `output-format` takes, `access` how the file may be read. Raises
    ConfigError with every problem.
    """
    if file is not None and not file.is_file():
        trouble = "is a folder" if file.is_dir() else "is no regular file" if is_there(file) else "doesn't exist"
        raise InputError(f"the configuration `{name}` {trouble}")
    reading = _Reading(rulebook, formats)
    written = reading.file(TomlFile.read(file, name, access), file) if file else {}
    asked = reading.command_line(overrides)
    if reading.problems:
        raise ConfigError(tuple(reading.problems))
    settings = {key.field: Setting(key.default) for key in KEYS.values()}
    settings |= _layered(written, asked)
    notes = tuple(dict.fromkeys(reading.notes))
    return Config(file=name if file else None, rules=reading.rules, notes=notes, **settings)


_Settings: TypeAlias = dict[str, Setting[Any]]
"""By the field of `Config`."""


def _layered(written: _Settings, asked: _Settings) -> _Settings:
    """The command line over the file: a selection of its own starts anew, what it adds or ignores comes on top."""
    if "select" in asked:
        written = {field: setting for field, setting in written.items() if field not in ("extend_select", "ignore")}
    settings = {**written, **asked}
    for field, opposite in (("extend_select", "ignore"), ("ignore", "extend_select")):
        if field in written:
            taken_back = asked[opposite].value if opposite in asked else ()
            kept = tuple(item for item in written[field].value if item not in taken_back)
            added = asked.get(field)
            origin = f"{written[field].origin}, {added.origin}" if added else written[field].origin
            settings[field] = Setting((*kept, *(added.value if added else ())), origin)
    return settings


class _Reading:
    """Reads settings and gathers what is wrong with them."""

    def __init__(self, rulebook: Rulebook, formats: Collection[str]) -> None:
        self.rulebook = rulebook
        self.formats = formats
        self.problems: list[str] = []
        self.notes: list[str] = []
        self.rules: dict[str, RuleTable] = {}

    def file(self, file: TomlFile, path: Path) -> _Settings:
        """The settings of a configuration file."""
        prefix: KeyPath = ("tool", "kmblint") if path.name == "pyproject.toml" else ()
        data: Any = file.data
        for part in prefix:
            data = data[part] if isinstance(data, dict) and part in data else {}
        if not isinstance(data, dict):
            self._problem(_Place(file, prefix, ()), "expected a table", None)
            return {}
        settings: _Settings = {}
        context = Context(self.rulebook, self.formats, path.parent)
        for key, value in _flattened(data):
            place = _Place(file, prefix, key)
            if len(key) == 2 and key[0] == "rules":
                self._rule(place, value)
            elif ".".join(key) in KEYS:
                self._read(settings, ".".join(key), value, context, place)
            elif key[0] in _SECTIONS and len(key) == 1:
                self._problem(place, f"expected a table, `[{key[0]}]`", None)
            elif key == ("tool",) and not prefix:
                self._problem(place, "unknown key: here the keys stand at the top, without `[tool.kmblint]`", None)
            else:
                self._problem(place, "unknown key", nearest(".".join(key), {*KEYS, *_SECTIONS}))
        return settings

    def command_line(self, overrides: Mapping[str, object]) -> _Settings:
        """The settings of the command line."""
        settings: _Settings = {}
        context = Context(self.rulebook, self.formats, Path())
        for name, value in overrides.items():
            self._read(settings, name, value, context, None)
        return settings

    def _read(self, settings: _Settings, name: str, value: object, context: Context, place: _Place | None) -> None:
        key: Key = KEYS[name]
        for selector in named_rules(name, value):
            self._note_renamed(place.words(selector) if place else f"`{key.option}`", selector)
        try:
            settings[key.field] = Setting(key.read(value, context), place.origin if place else key.option)
        except UnfitError as error:
            for clause, item in error.complaints:
                where = place.words(item) if place else f"`{key.option}`"
                near = self.rulebook.near(item) if item and self._is_guessing else ()
                self.problems.append(f"{where}: {clause}" + (f", did you mean {one_of(near)}?" if near else ""))

    def _rule(self, place: _Place, table: object) -> None:
        """`[rules.<slug>]`."""
        rule = self.rulebook.get(place.key[-1])
        if rule is None:
            meant = self.rulebook.suggest(place.key[-1]) if self._is_guessing else None
            self._problem(place, "unknown rule", meant)
        elif not isinstance(table, dict):
            self._problem(place, "expected a table with `severity` or options", None)
        elif rule.slug in self.rules:
            self._problem(place, f"`{rule.slug}` is configured twice", None)
        else:
            self._note_renamed(place.words(), place.key[-1])
            self.rules[rule.slug] = self._table(place, rule, table)

    def _table(self, place: _Place, rule: Rule, table: Mapping[str, object]) -> RuleTable:
        severity: Setting[Severity] | None = None
        options: dict[str, Setting[object]] = {}
        declared = rule.card.metadata.options
        for name, value in table.items():
            inner = msgspec.structs.replace(place, key=(*place.key, name))
            try:
                if name == "severity":
                    severity = Setting(read_severity(value), inner.origin)
                elif name in declared:
                    options[name] = Setting(declared[name].read(value), inner.origin)
                else:
                    self._problem(inner, "unknown option", nearest(name, {*declared, "severity"}))
            except ValueError as error:
                self._problem(inner, str(error), None)
        return RuleTable(severity, options)

    def _note_renamed(self, where: str, name: str) -> None:
        rule = self.rulebook.get(name)
        if rule is not None and name in rule.card.metadata.aliases:
            self.notes.append(f"{where}: `{name}` is called `{rule.slug}` now")

    @property
    def _is_guessing(self) -> bool:
        return len(self.problems) < GUESSED

    def _problem(self, place: _Place, what: str, meant: str | None) -> None:
        self.problems.append(f"{place.words()}: {what}" + (f", did you mean `{meant}`?" if meant else ""))


class _Place(msgspec.Struct, frozen=True):
    """A key of a configuration file."""

    file: TomlFile
    prefix: KeyPath
    key: KeyPath

    @property
    def origin(self) -> str:
        return f"{self.file.name}:{self.file.line((*self.prefix, *self.key))}"

    def words(self, item: str | None = None) -> str:
        """File, line and key, as a problem begins; the line of an item of its list where it has lines of its own."""
        line = self.file.line((*self.prefix, *self.key), item)
        return f"{self.file.name}:{line}: `{'.'.join((*self.prefix, *self.key))}`"


_SECTIONS: Final = frozenset({"rules", *(name.partition(".")[0] for name in KEYS if "." in name)})


def _flattened(data: Mapping[str, object]) -> Iterator[tuple[KeyPath, object]]:
    """The settings of a table, those of its sections under both names."""
    for name, value in data.items():
        if name in _SECTIONS and isinstance(value, dict):
            yield from (((name, inner), setting) for inner, setting in value.items())
        else:
            yield (name,), value
