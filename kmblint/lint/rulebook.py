"""The rulebook: cards (`rules/<slug>.md`) bound to checks (`kmblint/checks/<slug>.py`) by their names.

What a check is asked about is the annotation of its first parameter; further positional parameters are context, by
annotation too; keyword-only ones are the options of its card. Whatever doesn't match raises `RulebookError`.

A wheel holds all of that as one table, made when it was built; a checkout reads cards and checks themselves. Either
way a check is imported when it is first asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, Final, TypeAlias, get_args, get_type_hints

import msgspec

import kmblint
from kmblint.errors import RulebookError
from kmblint.findings import INTERNAL, Finding
from kmblint.lint.cards import Card, RuleMetadata, read_card
from kmblint.wording import nearest

Check: TypeAlias = Callable[..., Iterable[Finding]]

_MOST_NEAR: Final = 5
"""Names that are proposed for one that isn't known."""
TABLE: Final = "rulebook.msgpack"
"""The table's name in the wheel, beside the cards."""


class Signature(msgspec.Struct, frozen=True):
    """What a check asks for: the classes of its subject, and its context in order."""

    subjects: frozenset[type]
    context: tuple[type, ...]


class Row(msgspec.Struct, frozen=True, array_like=True):
    """A rule in the table: its card, and the names of the classes of its check's signature."""

    slug: str
    summary: str
    metadata: RuleMetadata
    text: str
    subjects: tuple[str, ...]
    context: tuple[str, ...]


class Rule(msgspec.Struct, frozen=True, dict=True):
    """A card and its check; the check's module is imported when it is first asked for."""

    card: Card
    given: Check | None = None
    """The check itself, where it isn't to be found by the card's name."""
    row: Row | None = None
    """What the table says of it, where there is one."""

    @property
    def slug(self) -> str:
        """Its name."""
        return self.card.slug

    @property
    def is_internal(self) -> bool:
        """Whether it tells of rules that failed: it can't be deselected, and nothing silences it."""
        return self.card.slug == INTERNAL

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
        from kmblint.lint.subjects import BY_NAME, CONTEXT

        if self.row is not None:
            subjects = frozenset(map(BY_NAME.__getitem__, self.row.subjects))
            return Signature(subjects, tuple(map(BY_NAME.__getitem__, self.row.context)))
        import inspect

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
        if strangers := subjects - CONTEXT.keys():
            raise RulebookError(f"{where}: nothing is a {_names(strangers)}, so the check would never be asked")
        allowed = frozenset.intersection(*(CONTEXT[subject] for subject in subjects))
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
        if (beside / "_template.md").is_file():
            return cls.of_cards(beside)
        return cls.of_table(package / "_rules" / TABLE)

    @classmethod
    def of_cards(cls, folder: Path) -> Rulebook:
        """The rules of a folder of cards."""
        return cls(Rule(read_card(path)) for path in sorted(folder.glob("[!_]*.md")) if path.stem != "README")

    @classmethod
    def of_table(cls, path: Path) -> Rulebook:
        """The rules of a table; raises RulebookError where it isn't whole."""
        try:
            rows = msgspec.msgpack.decode(path.read_bytes(), type=list[Row])
        except (OSError, msgspec.MsgspecError) as error:
            raise RulebookError(f"{path}: {error}; install kmblint anew") from error
        folder = path.parent
        return cls(
            Rule(Card(row.slug, row.summary, row.metadata, row.text, folder / f"{row.slug}.md"), row=row)
            for row in rows
        )

    def table(self) -> bytes:
        """The table: every card and every signature, read and judged; raises RulebookError."""
        return msgspec.msgpack.encode([
            Row(
                rule.slug, rule.card.summary, rule.card.metadata, rule.card.text,
                tuple(sorted(subject.__name__ for subject in rule.signature.subjects)),
                tuple(each.__name__ for each in rule.signature.context),
            )
            for rule in self
        ])  # fmt: skip

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
    named = {
        name: check.__globals__.get(annotation)
        for name, annotation in check.__annotations__.items()
        if name != "return"
    }
    return named if None not in named.values() else get_type_hints(check)


def _module_name(slug: str) -> str:
    return slug.replace("-", "_")


def _names(types: Iterable[Any]) -> str:
    return " or ".join(sorted(getattr(kind, "__name__", str(kind)) for kind in types))
