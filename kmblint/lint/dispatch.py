"""Who is asked about what: the selected rules of a run, by the class of their subject."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Final, NamedTuple, TypeAlias

from kmblint.findings import Crash, Finding
from kmblint.lint.ahead import Ahead
from kmblint.lint.rulebook import Check, Rule, Rulebook
from kmblint.lint.settings import RuleSettings, Settings
from kmblint.targets import Target
from kmblint.text import Place

Context: TypeAlias = Mapping[type, object]
"""What belongs to a subject, by class."""
Said: TypeAlias = tuple[Rule, Finding]


class Answer(NamedTuple):
    """What one rule says of one subject."""

    rule: Rule
    number: int
    """Which of the subjects that were asked about, from 0."""
    said: tuple[Said, ...]
    looked_ahead: bool


_UNWATCHED: Final = Ahead()
"""Where nobody wants to know: no context is seen through it."""


class _Asking:
    """The rules to ask about every subject of a class, with what they are asked by at hand: some ask once a statement.

    Their checks are imported here, when the first subject of the class occurs.
    """

    def __init__(self, rules: Iterable[tuple[Rule, Mapping[str, object]]]) -> None:
        contexts: dict[tuple[type, ...], int] = {}
        bound: list[tuple[Rule, Check, int]] = []
        for rule, options in rules:
            named = {name.replace("-", "_"): value for name, value in options.items()}
            check = partial(rule.check, **named) if named else rule.check
            bound.append((rule, check, contexts.setdefault(rule.signature.context, len(contexts))))
        self.bound: Final = tuple(bound)
        """Each rule, its check with its options set, and the number of its context."""
        self.contexts: Final = tuple(contexts)
        """What the checks ask for beside the subject, each once."""


class Dispatcher:
    """The bound rules of one run, by the exact class of what they are about."""

    def __init__(self, settings: Settings, rulebook: Rulebook, target: Target) -> None:
        self.rules: Final = Rules()
        self.crashed: Final[set[str]] = set()
        """The slugs of the rules that raised."""
        self.settings: Final = settings
        self.rulebook: Final = rulebook
        self.target: Final = target
        for rule in rulebook:
            chosen = settings.rules.get(rule.slug)
            metadata = rule.card.metadata
            if target.name in metadata.targets and (chosen is not None or rule.is_internal):
                defaults = {name: option.default for name, option in metadata.options.items()}
                options = {**defaults, **(chosen or RuleSettings()).options}
                self.rules.add(rule, options)

    def ask(self, subjects: Iterable[object], context: Callable[[], Context], place: Place) -> Iterator[Said]:
        """What the rules say of subjects that stand at one place; the context is only made where one is asked."""
        for answer in self.answers(subjects, context, place):
            yield from answer.said

    def answers(
        self,
        subjects: Iterable[object],
        context: Callable[[], Context],
        place: Place,
        ahead: Ahead = _UNWATCHED,
        only: Rule | None = None,
    ) -> Iterator[Answer]:
        """The same, by rule and subject; where nothing is said, only of rules that looked ahead.

        `ahead` is what the context sees them through; `only` is the one rule to ask.
        """
        there: Context | None = None
        occurred = self.rules.occurred
        for position, subject in enumerate(subjects):
            asking = occurred.get(type(subject)) or self.rules.about(type(subject))
            if not asking.bound:
                continue
            there = context() if there is None else there
            given = [tuple(map(there.__getitem__, wanted)) for wanted in asking.contexts]
            for rule, check, number in asking.bound:
                if only is not None and rule is not only:
                    continue
                findings: list[Finding] = []
                failed: Iterable[Said] = ()
                try:
                    findings.extend(check(subject, *given[number]))  # what it found before it raised counts
                except Exception as error:
                    failed = self._failed(rule, error, there, place)
                if findings or failed or ahead.looked:
                    yield Answer(rule, position, (*((rule, finding) for finding in findings), *failed), ahead.looked)
                    ahead.looked = False

    def _failed(self, rule: Rule, error: Exception, context: Context, place: Place) -> Iterator[Said]:
        """A rule that raises is itself a finding, told once a run."""
        if self.settings.debug or rule.is_internal:
            raise error
        if rule.slug not in self.crashed:
            self.crashed.add(rule.slug)
            crash = Crash(rule.slug, rule.card.code, place, f"{type(error).__name__}: {error}".rstrip(": "))
            yield from self.ask([crash], lambda: context, place)


class Rules:
    """Rules by the class that they ask about; what never occurs costs no import of a check."""

    def __init__(self) -> None:
        self._asking: dict[type, list[tuple[Rule, Mapping[str, object]]]] = {}
        self.occurred: Final[dict[type, _Asking]] = {}
        """Those that were asked for by `about`."""

    def add(self, rule: Rule, options: Mapping[str, object]) -> None:
        """A rule with its options."""
        for subject in rule.signature.subjects:
            self._asking.setdefault(subject, []).append((rule, options))

    def asking(self, subject: type) -> set[str]:
        """The slugs of those that ask about a class."""
        return {rule.slug for rule, _ in self._asking.get(subject, ())}

    def about(self, subject: type) -> _Asking:
        """Those that ask about a class, ready to be asked."""
        asking = self.occurred.get(subject)
        if asking is None:
            asking = self.occurred[subject] = _Asking(self._asking.get(subject, ()))
        return asking
