"""Cards (`rules/<slug>.md`): all that a person or a tool must know of a rule, read and judged."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from kmblint.errors import RulebookError
from kmblint.findings import Severity
from kmblint.targets import NAMES

FAMILIES: Final = (
    "source", "names", "schema", "idempotency", "indexes", "data", "destructive", "history", "structure", "kimberlite",
)  # fmt: skip
"""The category of a rule, by the first digit of its code."""

_LONGEST_PATTERN: Final = 500
"""Characters of a regular expression in a configuration: Python compiles them by recursion, and some without end."""
_WORDS: Final = {
    bool: "true or false", int: "a whole number", float: "a number", str: "a string", tuple: "a list of strings",
}  # fmt: skip


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A setting of a rule; its type is the type of its default."""

    default: bool | int | float | str | tuple[str, ...]
    help: str
    choices: tuple[str, ...] = ()
    format: Literal["", "regex"] = ""
    """What a text must be, beside a text."""

    def read(self, value: object) -> object:
        """A configured value as the check takes it; raises ValueError with the reason, a lower-case clause."""
        try:
            read = msgspec.convert(value, self.type)
        except msgspec.ValidationError as error:
            import json

            raise ValueError(f"expected {_WORDS[type(self.default)]}, got {json.dumps(value, default=str)}") from error
        if self.format == "regex":
            import warnings

            if len(str(read)) > _LONGEST_PATTERN:
                raise ValueError(
                    f"expected a regular expression of {_LONGEST_PATTERN} characters at the most, got {len(str(read))}"
                )
            try:
                with warnings.catch_warnings():  # Python warns of `[[`, which may mean another thing some day
                    warnings.simplefilter("ignore", FutureWarning)
                    re.compile(str(read))
            except (re.error, OverflowError, RecursionError) as error:
                raise ValueError(f"expected a regular expression, got `{read}`: {error}") from error
        if self.choices and read not in self.choices:
            raise ValueError(f"expected one of {', '.join(f'`{choice}`' for choice in self.choices)}, got `{read}`")
        return read

    @property
    def type(self) -> Any:
        """The annotation that the check's parameter carries."""
        return tuple[str, ...] if isinstance(self.default, tuple) else type(self.default)


class RuleMetadata(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The toml fence of a card."""

    code: str
    severity: Severity
    category: str
    since: str
    targets: tuple[str, ...]
    """Names of targets under which it speaks."""
    stability: Literal["stable", "preview"] = "stable"
    default: bool = True
    """Whether it is part of `recommended`."""
    sources: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    """Slugs whose findings on the same statement and object give way to this rule's."""
    explains: tuple[str, ...] = ()
    """Slugs whose findings give way to this rule's where they name its statement as their cause."""
    fixes: tuple[Literal["safe", "unsafe"], ...] = ()
    """What its fixes promise (`Applicability`), as its cases show; empty where it comes with none that is applied."""
    group: Literal["file", "habit", "names", "object"] | None = None
    """`file`: the findings of one file are one diagnostic, the others are its related places, and files with
    nothing but advice are one together; `habit`: those of a history, if two files or three statements have it;
    `names`: those of a history, if they are eight or more; `object`: those about one object that name one cause."""
    aliases: tuple[str, ...] = ()
    """Slugs that it had before."""
    mend: Literal["edit", "new-migration", "other"] = "edit"
    """What mends a finding: an edit of its file or another name for it (then findings in applied files are held back),
    a new migration, or what an applied file bears as well (its header, the configuration)."""
    options: dict[str, Option] = {}


class Card(msgspec.Struct, frozen=True, dict=True):
    """All that a person or a tool must know of a rule."""

    slug: str
    summary: str
    """One sentence."""
    metadata: RuleMetadata
    text: str
    """The whole card, Markdown."""
    path: Path

    @property
    def code(self) -> str:
        """`KMB` and three digits."""
        return self.metadata.code

    @property
    def fixable(self) -> bool:
        """Whether it comes with a fix that can be applied."""
        return bool(self.metadata.fixes)


_HEAD: Final = re.compile(
    r"# (?P<slug>\S+)\n+(?P<summary>[^\n`#][^#]*?)\n+```toml\n(?P<toml>.*?)^```$", re.MULTILINE | re.DOTALL
)
_SLUG: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def read_card(path: Path) -> Card:
    """The card of a file; raises RulebookError where its head isn't as `rules/_template.md` shows."""
    import tomli

    text = path.read_text(encoding="utf-8")
    head = _HEAD.match(text)
    if head is None:
        raise RulebookError(f"{path}: a card begins with `# slug`, a one-sentence summary and a toml fence")
    if head["slug"] != path.stem or not _SLUG.fullmatch(path.stem):
        raise RulebookError(f"{path}: the heading says `{head['slug']}`, the file is called `{path.stem}`")
    try:
        metadata = msgspec.convert(tomli.loads(head["toml"]), RuleMetadata)
    except (tomli.TOMLDecodeError, msgspec.ValidationError) as error:
        raise RulebookError(f"{path}: {error}") from error
    if not re.fullmatch(r"KMB\d{3}", metadata.code) or metadata.category != FAMILIES[int(metadata.code[3])]:
        raise RulebookError(f"{path}: code `{metadata.code}` and category `{metadata.category}` don't fit")
    if strangers := set(metadata.targets) - set(NAMES):
        raise RulebookError(f"{path}: there is no target {' or '.join(f'`{name}`' for name in sorted(strangers))}")
    for name, option in metadata.options.items():
        if option.choices and option.default not in option.choices:
            raise RulebookError(f"{path}: the default of option `{name}` is none of its choices")
    return Card(path.stem, " ".join(head["summary"].split()), metadata, text, path)
