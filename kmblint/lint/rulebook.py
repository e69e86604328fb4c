"""The rulebook: cards (`rules/<slug>.md`) bound to checks (`kmblint/checks/<slug>.py`) by their names.

What a check is asked about is the annotation of its first parameter; further positional parameters are context, by
annotation too; keyword-only ones are the options of its card. Whatever doesn't match raises `RulebookError`.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, get_args, get_type_hints

import msgspec
import tomli

import kmblint
from kmblint.errors import RulebookError
from kmblint.findings import Crash, Finding, Severity
from kmblint.history.files import History, IgnoredFile, Migration, Unreadable
from kmblint.lint.suppressions import Suppression
from kmblint.replay.rollback import Rollback
from kmblint.replay.steps import Replay, Step
from kmblint.schema.changes import Change
from kmblint.schema.conflict import Conflict
from kmblint.sql.statement import Problem, Statement
from kmblint.targets import NAMES, Target
from kmblint.targets.verdict import Hazard, Piece, Refusal
from kmblint.wording import nearest

Check: TypeAlias = Callable[..., Iterable[Finding]]

FAMILIES: Final = (
    "source", "names", "schema", "idempotency", "indexes", "data", "destructive", "history", "structure", "kimberlite",
)  # fmt: skip
"""The category of a rule, by the first digit of its code."""

STEP_SUBJECTS: Final = frozenset(
    {Step, Statement, Problem, *get_args(Change), *get_args(Conflict), *get_args(Refusal), *get_args(Hazard)}
)
MIGRATION_SUBJECTS: Final = frozenset({Migration, Piece, Rollback, Suppression})
WHOLE_SUBJECTS: Final = frozenset({History, Replay, Unreadable, IgnoredFile, Crash})
_WHOLE_CONTEXT: Final = frozenset({History, Replay, Target})
_CONTEXT: Final = {
    **dict.fromkeys(WHOLE_SUBJECTS, _WHOLE_CONTEXT),
    **dict.fromkeys(MIGRATION_SUBJECTS, _WHOLE_CONTEXT | {Migration}),
    **dict.fromkeys(STEP_SUBJECTS, _WHOLE_CONTEXT | {Migration, Statement, Step}),
}
"""What a check may ask for beside its subject."""


_MOST_NEAR: Final = 5
"""Names that are proposed for one that isn't known."""
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
            raise ValueError(f"expected {_WORDS[type(self.default)]}, got {json.dumps(value, default=str)}") from error
        if self.format == "regex":
            try:
                re.compile(str(read))
            except re.error as error:
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
    group: Literal["file", "habit", "object"] | None = None
    """`file`: the findings of one file are one diagnostic, the others are its related places, and files with
    nothing but advice are one together; `habit`: those of a history, if two files or three statements have it;
    `object`: those about one object that name one cause."""
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
        """Whether a case of it shows a fix."""
        return "\n```sql fixed" in self.text


_HEAD: Final = re.compile(
    r"# (?P<slug>\S+)\n+(?P<summary>[^\n`#][^#]*?)\n+```toml\n(?P<toml>.*?)^```$", re.MULTILINE | re.DOTALL
)
_SLUG: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def read_card(path: Path) -> Card:
    """The card of a file; raises RulebookError where its head isn't as `rules/_template.md` shows."""
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


class Signature(msgspec.Struct, frozen=True):
    """What a check asks for: the classes of its subject, and its context in order."""

    subjects: frozenset[type]
    context: tuple[type, ...]


class Rule(msgspec.Struct, frozen=True, dict=True):
    """A card and its check; the check's module is imported when it is first asked for."""

    card: Card
    given: Check | None = None
    """The check itself, where it isn't to be found by the card's name."""

    @property
    def slug(self) -> str:
        """Its name."""
        return self.card.slug

    @cached_property
    def check(self) -> Check:
        """The function that finds."""
        if self.given is not None:
            return self.given
        name = f"kmblint.checks.{_module_name(self.slug)}"
        try:
            check: Check = import_module(name).check
        except (ModuleNotFoundError, AttributeError) as error:
            raise RulebookError(f"{self.card.path}: its check is missing: {error}") from error
        return check

    @cached_property
    def signature(self) -> Signature:
        """What its parameters say; raises RulebookError where they and the card disagree."""
        where = f"kmblint/checks/{_module_name(self.slug)}.py"
        hints = _hints(self.check)
        positional: list[type] = []
        options: dict[str, Any] = {}
        for name, parameter in inspect.signature(self.check).parameters.items():
            if name not in hints:
                raise RulebookError(f"{where}: parameter `{name}` has no annotation")
            if parameter.kind is parameter.KEYWORD_ONLY:
                options[name.replace("_", "-")] = hints[name]
            else:
                positional.append(hints[name])
        if not positional:
            raise RulebookError(f"{where}: `check` has no subject")
        subjects = frozenset(get_args(positional[0]) or positional[:1])
        if strangers := subjects - _CONTEXT.keys():
            raise RulebookError(f"{where}: nothing is a {_names(strangers)}, so the check would never be asked")
        allowed = frozenset.intersection(*(_CONTEXT[subject] for subject in subjects))
        if missing := set(positional[1:]) - allowed:
            raise RulebookError(f"{where}: beside {_names(subjects)} there is no {_names(missing)}")
        self._compare_options(where, options)
        return Signature(subjects, tuple(positional[1:]))

    def _compare_options(self, where: str, options: Mapping[str, Any]) -> None:
        declared = self.card.metadata.options
        for name in sorted(options.keys() ^ declared.keys()):
            lacking = "the check has no such parameter" if name in declared else "its card declares no such option"
            raise RulebookError(f"{where}: option `{name}`: {lacking}")
        for name, annotation in options.items():
            if annotation != declared[name].type:
                raise RulebookError(f"{where}: option `{name}` is a {annotation}, its default a {declared[name].type}")


class Rulebook:
    """Every rule, in the order of the codes."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules: Final = tuple(sorted(rules, key=lambda rule: rule.card.code))
        self._by_name: dict[str, Rule] = {}
        for rule in self.rules:
            for name in (rule.slug, rule.card.code, *rule.card.metadata.aliases):
                other = self._by_name.setdefault(name, rule)
                if other is not rule:
                    raise RulebookError(f"{rule.card.path}: `{name}` is taken by {other.card.path}")

    @classmethod
    def load(cls) -> Rulebook:
        """The rules of this installation: the checkout's `rules/` first, else the wheel's `kmblint/_rules`."""
        package = Path(kmblint.__path__[0])
        beside = package.parent / "rules"
        folder = beside if (beside / "_template.md").is_file() else package / "_rules"
        return cls(Rule(read_card(path)) for path in sorted(folder.glob("[!_]*.md")) if path.stem != "README")

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def __len__(self) -> int:
        return len(self.rules)

    def get(self, name: str) -> Rule | None:
        """The rule of a slug, a code (in any case) or a former slug."""
        return self._by_name.get(name) or self._by_name.get(name.upper())

    def slug(self, name: str) -> str | None:
        """The slug that a slug, a code or a former slug stands for."""
        rule = self.get(name)
        return rule.slug if rule else None

    def suggest(self, name: str) -> str | None:
        """The slug or code that a misspelt name probably meant; None where it may be several."""
        near = self.near(name)
        return near[0] if len(near) == 1 else None

    def near(self, name: str) -> tuple[str, ...]:
        """The slugs or the code that a misspelt, cut or turned name may mean; none where they are too many to choose.

        Another number is no misspelling of a code.
        """
        if re.fullmatch(r"\d{3}", name):
            return tuple(filter(self._by_name.__contains__, (f"KMB{name}",)))
        if re.fullmatch(r"KMB\d*", name, re.IGNORECASE):
            return ()
        whole = nearest(name, self._by_name)
        if whole:
            return (whole,)
        words = [word for word in re.split(r"[\W_]+", name.lower()) if len(word) > 2]
        slugs = tuple(rule.slug for rule in self.rules if words and _holds(rule.slug.split("-"), words))
        return slugs if len(slugs) <= _MOST_NEAR else ()


def _holds(parts: Sequence[str], words: Iterable[str]) -> bool:
    """Whether each of some words is near one of the parts of a slug, or begins it."""
    return all(word in parts or nearest(word, parts) or any(part.startswith(word) for part in parts) for word in words)


def _hints(check: Check) -> dict[str, Any]:
    """What the annotations of a check mean; most are one name of its module, which needn't be compiled."""
    named = {name: check.__globals__.get(said) for name, said in check.__annotations__.items() if name != "return"}
    return named if None not in named.values() else get_type_hints(check)


def _module_name(slug: str) -> str:
    return slug.replace("-", "_")


def _names(types: Iterable[Any]) -> str:
    return " or ".join(sorted(getattr(kind, "__name__", str(kind)) for kind in types))
