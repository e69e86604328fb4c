"""`kmblint config`: what is in force, and where each value comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import click

from kmblint.access import ANYWHERE, inside_repository, is_there
from kmblint.cli.debug import debug_option
from kmblint.cli.output import show, width
from kmblint.config.configuration import Config, Setting, find, load
from kmblint.config.keys import KEYS
from kmblint.errors import InputError
from kmblint.history.locate import display
from kmblint.lint.rulebook import Rulebook
from kmblint.reporters import FORMATS
from kmblint.reporters.characters import fold, visible


@click.command(
    name="config",
    short_help="Print the configuration in force.",
    help="Print the configuration in force at PATH (default: here), and where each value comes from.",
)
@click.argument("path", type=click.Path(path_type=Path), default=Path())
@click.option("--config", "file", type=click.Path(path_type=Path), help="This configuration file and no other.")
@click.option("--isolated", is_flag=True, help="Without any configuration file.")
@debug_option
def command(path: Path, file: Path | None, isolated: bool) -> None:
    """Prints the settings."""
    if not is_there(path):
        raise InputError(f"`{display(path)}` doesn't exist")
    configured = None if isolated else file or find(path if path.is_dir() else path.parent)
    access = ANYWHERE if configured is None or configured is file else inside_repository(configured)
    config = load(configured, display(configured) if configured else "", Rulebook.load(), {}, FORMATS, access=access)
    show("".join(f"{line}\n" for line in shown(config, width())))


def shown(config: Config, columns: int) -> Iterator[str]:
    """The settings as TOML-like lines, each with its origin behind it, or below where `columns` don't hold both."""
    rows = [(visible(key), value, visible(origin)) for key, value, origin in _rows(config)]
    keys = max(len(key) for key, _, _ in rows)
    values = max(min(len(value), 40) for _, value, _ in rows)
    yield f"configuration: {visible(config.file or 'no file, defaults only')}"
    yield ""
    for key, value, origin in rows:
        row = f"{key:<{keys}} = {value:<{values}}  # {origin}"
        if len(row) <= columns:
            yield row
        else:
            first, *rest = fold(value, columns, first=keys + 3, rest=6, code=True)
            yield f"{key:<{keys}} = {first}"
            yield from (f"      {line}" for line in rest)
            yield f"    # {origin}"


def _rows(config: Config) -> Iterator[tuple[str, str, str]]:
    for name, key in KEYS.items():
        setting: Setting[Any] = getattr(config, key.field)
        yield name, _toml(setting.value), setting.origin
    for slug, table in sorted(config.rules.items()):
        if table.severity:
            yield f"rules.{slug}.severity", _toml(table.severity.value), table.severity.origin
        for option, value in table.options.items():
            yield f"rules.{slug}.{option}", _toml(value.value), value.origin


def _toml(value: object) -> str:
    """A value as the configuration file writes it; what isn't set is a dash."""
    match value:
        case None:
            return "-"
        case Enum():
            return _toml(value.value)
        case Path():
            return _toml(display(value))
        case tuple():
            return f"[{', '.join(map(_toml, value))}]"
        case Mapping():
            inner = ", ".join(f"{_toml(key)} = {_toml(item)}" for key, item in value.items())
            return f"{{ {inner} }}" if inner else "{}"
        case _:
            written = json.dumps(value, ensure_ascii=False)
            return "".join(each if each.isprintable() else f"\\U{ord(each):08X}" for each in written)
