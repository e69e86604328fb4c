"""Every public name of kmblint, with the version that it came in, held in tests/snapshots/interface.txt.

`python -m tests.interface` brings the file up to date; `complaints` says what of a change lacks its line in
CHANGELOG.md. CONTRIBUTING.md has the policy. A name is a line of words: `kmblint check --fix`, `rule KMB301
non-idempotent-create`, `json check.version: 1`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import click
import msgspec

from kmblint import cli, targets
from kmblint.config.keys import KEYS, PRESETS
from kmblint.errors import ExitCode
from kmblint.lint.rulebook import Rulebook
from kmblint.reporters import FORMATS
from tests import shapes

ROOT: Final = Path(__file__).parents[1]
GOLDEN: Final = ROOT / "tests" / "snapshots" / "interface.txt"
FIRST: Final = "0.1.0"
"""Of whose names CHANGELOG.md names no more than it likes."""


class Held(msgspec.Struct, frozen=True):
    """When a name came, and when it went."""

    since: str
    gone: str | None = None


def names() -> frozenset[str]:
    """Every public name there is."""
    return frozenset(
        (
            *_commands(),
            *(f"format {name}" for name in FORMATS),
            *(f"exit {code.value} {code.name.lower()}" for code in ExitCode),
            f"exit {cli._INTERRUPTED} interrupted",
            f"exit {cli._PIPE_CLOSED} pipe closed",
            *(f"key {name}" for name in KEYS),
            *(f"selector {name}" for name in PRESETS),
            *(f"target {name}" for name in targets.NAMES),
            *(f"engine {name}" for name in (*targets.ENGINES, targets.AUTO)),
            *_rules(),
            *(f"json {key}" for name in shapes.DOCUMENTS for key in shapes.keys(name)),
            *(f"hook {name}" for name in re.findall(r"(?m)^- id: (\S+)$", _text(".pre-commit-hooks.yaml"))),
            *(f"action {name}" for name in re.findall(r"(?m)^  ([a-z-]+):\n    description", _text("action.yml"))),
        )
    )  # fmt: skip


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _commands() -> Iterator[str]:
    context = click.Context(cli.main)
    assert isinstance(cli.main, click.Group)
    for name in cli.main.list_commands(context):
        command = cli.main.get_command(context, name)
        assert command is not None
        yield from _command(f"kmblint {name}", command)


def _command(called: str, command: click.Command) -> Iterator[str]:
    yield called
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        yield from _command(f"{called} {inner.name}", inner)
    for parameter in command.params:
        if getattr(parameter, "hidden", False):
            continue
        words = [re.sub(r"[^\w]", "", parameter.metavar or str(parameter.name)).upper()]
        if isinstance(parameter, click.Option):
            words = [*parameter.opts, *parameter.secondary_opts]
        for word in words:
            yield f"{called} {word}"
            if isinstance(parameter.type, click.Choice):
                yield from (f"{called} {word} {choice}" for choice in parameter.type.choices)


def _rules() -> Iterator[str]:
    for rule in Rulebook.load():
        metadata = rule.card.metadata
        yield f"rule {metadata.code} {rule.slug}"
        yield from (f"alias {metadata.code} {former}" for former in metadata.aliases)
        yield from (f"option {rule.slug} {option}" for option in metadata.options)


def parse(text: str) -> dict[str, Held]:
    """The names of the file."""
    lines = (line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#"))
    return {name: Held(*when.split("-")) for when, name in lines}


def rendered(held: Mapping[str, Held]) -> str:
    """The file: a line a name, the version that it came in before it, and that which it went in."""
    lines = (f"{each.since}{f'-{each.gone}' if each.gone else ''}  {name}" for name, each in sorted(held.items()))
    return "".join(
        f"{line}\n" for line in ("# Every public name, and the version it came in: `python -m tests.interface`", *lines)
    )


def updated(held: Mapping[str, Held], now: Iterable[str], version: str) -> dict[str, Held]:
    """The names as they are; what was never released goes without a trace, all else is kept as gone."""
    now = set(now)
    kept = {name: each for name, each in held.items() if name in now or each.since != version}
    gone = {name: Held(each.since, version) for name, each in kept.items() if name not in now and each.gone is None}
    back = {name: Held(kept[name].since) for name in now & kept.keys()}
    return {**kept, **gone, **dict.fromkeys(now - kept.keys(), Held(version)), **back}


def complaints(held: Mapping[str, Held], now: Iterable[str], changelog: str) -> Iterator[str]:
    """What a change of the interface lacks.

    The file is up to date. CHANGELOG.md names, in backticks, what came after the first version, in the section of that
    version, unless what it belongs to came with it; and what went, once in the section of that version and once, as
    deprecated, in that of an earlier minor one. A rule that is called otherwise has its former name as an alias.
    """
    alive = {name for name, each in held.items() if each.gone is None}
    now = set(now)
    for name in sorted(alive ^ now):
        yield f"`{name}` {'is gone' if name in alive else 'is new'}: `python -m tests.interface` writes it down"
    sections = dict(re.findall(r"^## (\d+\.\d+\.\d+)[^\n]*\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL))
    for name, each in held.items():
        said = f"`{_word(name)}`"
        belongs = any(name.startswith(f"{other} ") and held[other].since == each.since for other in held)
        if each.since != FIRST and not belongs and said not in sections.get(each.since, ""):
            yield f"`{name}` is new in {each.since}: CHANGELOG.md says nothing of {said} there"
        if each.gone is None:
            continue
        if said not in sections.get(each.gone, ""):
            yield f"`{name}` went in {each.gone}: CHANGELOG.md says nothing of {said} there"
        before = [text for version, text in sections.items() if _minor(version) < _minor(each.gone)]
        if not any(said in line and "deprecated" in line.lower() for text in before for line in text.splitlines()):
            yield f"`{name}` went in {each.gone}, and no earlier minor version said that {said} is deprecated"
        kind, _, rest = name.partition(" ")
        if (
            kind == "rule"
            and any(other.startswith(f"rule {rest[:6]} ") for other in now)
            and f"alias {rest}" not in now
        ):
            yield f"`{rest[7:]}` is called otherwise now: its card needs it in `aliases`"


def _word(name: str) -> str:
    """What CHANGELOG.md is to name: the last word, of a key its path in the document, of a command all of it."""
    kind, *words = name.split()
    if kind == "kmblint" and all(word.isalpha() and word.islower() for word in words) and len(words) == 1:
        return name
    return words[0].rstrip(":?").partition(".")[2] if kind == "json" else words[-1]


def _minor(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2])


def version_of(changelog: str) -> str:
    """The newest version that CHANGELOG.md tells of."""
    found = re.search(r"^## (\d+\.\d+\.\d+)", changelog, re.MULTILINE)
    assert found is not None
    return found[1]


if __name__ == "__main__":
    before = parse(GOLDEN.read_text(encoding="utf-8")) if GOLDEN.exists() else {}
    after = updated(before, names(), version_of(_text("CHANGELOG.md")))
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(rendered(after), encoding="utf-8")
    print(*complaints(after, names(), _text("CHANGELOG.md")), sep="\n")
