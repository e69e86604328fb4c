"""The keys of the configuration: what each takes, what it is by default, and which option says the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from kmblint.access import LARGEST
from kmblint.findings import Confidence, Severity
from kmblint.history.known import MAX_STATEMENTS
from kmblint.targets import AUTO, ENGINES, NAMES

if TYPE_CHECKING:
    from kmblint.lint.rulebook import Rulebook

FAMILY: Final = re.compile(r"KMB\d{0,2}", re.IGNORECASE)
PRESETS: Final = ("recommended", "all")


class Context(msgspec.Struct, frozen=True):
    """What a value is judged against."""

    rulebook: Rulebook
    formats: Collection[str]
    folder: Path
    """What relative paths start from."""


class Key(msgspec.Struct, frozen=True):
    """One key: the field of `Config` that it fills, and how its value is read."""

    field: str
    default: Any
    option: str
    """The option of the command line; empty where there is none."""
    read: Callable[[object, Context], object]
    """Raises UnfitError."""


class UnfitError(ValueError):
    """A value that a key doesn't take: a lower-case clause a problem, and the name where it is of an unknown rule."""

    def __init__(self, *complaints: tuple[str, str | None]) -> None:
        super().__init__("; ".join(clause for clause, _ in complaints))
        self.complaints = complaints


def _selectors(value: object, context: Context) -> tuple[str, ...]:
    """Selectors with rules under their slugs; each unknown one is a problem."""
    items = _strings(value, context)
    selectors = [_selector(item, context.rulebook) for item in items]
    unknown = [item for item, selector in zip(items, selectors, strict=True) if selector is None]
    if unknown:
        raise UnfitError(*((f"unknown rule `{item}`", item) for item in unknown))
    return tuple(dict.fromkeys(selector for selector in selectors if selector))


def named_rules(key: str, value: object) -> tuple[str, ...]:
    """The selectors in the value of a key, as they are written; none where the key takes none."""
    lists = [value] if KEYS[key].read is _selectors else []
    if KEYS[key].read is _per_file and isinstance(value, Mapping):
        lists = [*value.values()]
    return tuple(item for items in lists if isinstance(items, list | tuple) for item in items if isinstance(item, str))


def _selector(item: str, rulebook: Rulebook) -> str | None:
    if item in PRESETS:
        return item
    rule = rulebook.get(item)
    if rule is not None:
        return rule.slug
    if FAMILY.fullmatch(item) and any(rule.card.code.startswith(item.upper()) for rule in rulebook):
        return item.upper()
    return None


def _strings(value: object, _: Context) -> tuple[str, ...]:
    if isinstance(value, str):
        raise UnfitError((f'expected a list of strings, write `["{value}"]`', None))
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise UnfitError((f"expected a list of strings, got {_shown(value)}", None))
    return tuple(value)


def _per_file(value: object, context: Context) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(value, Mapping):
        raise UnfitError(("expected a table of globs, each with a list of rules", None))
    complaints: list[tuple[str, str | None]] = []
    per_glob: dict[str, tuple[str, ...]] = {}
    for glob, items in value.items():
        try:
            path = glob.replace("\\", "/")  # as one may write it on Windows
            per_glob[path] = (*per_glob.get(path, ()), *_selectors(items, context))
        except UnfitError as error:
            complaints += error.complaints
    if complaints:
        raise UnfitError(*complaints)
    return per_glob


def _one_of(choices: Collection[str], value: object) -> str:
    if value not in choices:
        expected = ", ".join(f"`{choice}`" for choice in choices)
        raise UnfitError((f"expected {expected}, got {_shown(value)}", None))
    return str(value)


def _fail_on(value: object, _: Context) -> Severity | None:
    word = _one_of((*(severity.value for severity in Severity), "never"), value)
    return None if word == "never" else Severity(word)


def _applied(value: object, _: Context) -> int:
    """A number, or as it stands in a file name (`"0004"`: a TOML number has no leading zeros)."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,10}", value, re.ASCII):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise UnfitError((f'expected the number of a migration, such as 4 or "0004", got {_shown(value)}', None))


_SIZE: Final = re.compile(r"([0-9]{1,12}) ?(B|KB|MB|GB)?", re.IGNORECASE)
_UNITS: Final = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9}


def _size(value: object, _: Context) -> int:
    """A number of bytes, or with its unit: `"50 MB"`."""
    if not isinstance(value, bool) and isinstance(value, int | str):
        written = _SIZE.fullmatch(str(value).strip())
        if written and int(written[1]):
            return int(written[1]) * _UNITS[(written[2] or "").upper()]
    raise UnfitError((f'expected a size, such as "50 MB", got {_shown(value)}', None))


def _count(value: object, _: Context) -> int:
    """A number of at least one."""
    written = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if re.fullmatch(r"[0-9]{1,12}", written, re.ASCII) and int(written):
        return int(written)
    raise UnfitError((f"expected a number of at least 1, such as 100000, got {_shown(value)}", None))


def _path(value: object, context: Context) -> Path:
    if not isinstance(value, str):
        raise UnfitError((f"expected a path in quotes, got {_shown(value)}", None))
    return context.folder / value


def read_severity(value: object) -> Severity:
    """The `severity` of a `[rules.<slug>]`; raises UnfitError."""
    return Severity(_one_of([severity.value for severity in Severity], value))


def _confidence(value: object, _: Context) -> Confidence:
    return Confidence(_one_of([confidence.value for confidence in Confidence], value))


def _shown(value: object) -> str:
    """A value as TOML writes it, near enough to be recognised."""
    if isinstance(value, str):
        return f"`{value}`"
    return str(value).lower() if isinstance(value, bool) else str(value)


KEYS: Final[Mapping[str, Key]] = {
    "select": Key("select", ("recommended",), "--select", _selectors),
    "extend-select": Key("extend_select", (), "--extend-select", _selectors),
    "ignore": Key("ignore", (), "--ignore", _selectors),
    "fixable": Key("fixable", ("all",), "--fix-only", _selectors),
    "per-file-ignores": Key("per_file_ignores", {}, "", _per_file),
    "fail-on": Key("fail_on", Severity.WARNING, "--fail-on", _fail_on),
    "min-confidence": Key(
        "min_confidence",
        Confidence.LOW,
        "--min-confidence",
        _confidence,
    ),
    "output-format": Key(
        "output_format", "full", "--output-format", lambda value, context: _one_of(context.formats, value)
    ),
    "findings-baseline": Key("findings_baseline", None, "--baseline", _path),
    "max-file-size": Key("max_file_size", LARGEST, "--max-file-size", _size),
    "max-statements": Key("max_statements", MAX_STATEMENTS, "--max-statements", _count),
    "target.name": Key("target", "kimberlite", "--target", lambda value, _: _one_of(NAMES, value)),
    "target.engine": Key("engine", ENGINES[-1], "", lambda value, _: _one_of((*ENGINES, AUTO), value)),
    "history.applied": Key("applied", None, "--applied-through", _applied),
    "history.failed": Key("failed", (), "", _strings),
    "history.baseline": Key("baseline", None, "", _path),
    "history.directory": Key("directory", None, "", _path),
}
"""In the order in which `kmblint config` shows them."""
