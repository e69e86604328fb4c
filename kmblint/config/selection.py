"""Which rules run, and how: the selectors and tables of a configuration against the rulebook."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from kmblint.config.configuration import Config
from kmblint.lint.settings import RuleSettings, Settings

if TYPE_CHECKING:
    from kmblint.lint.rulebook import Rule, Rulebook


def selected(config: Config, rulebook: Rulebook) -> dict[str, RuleSettings]:
    """The rules that run under a configuration, by slug.

    The most specific selector that names a rule decides (`all`, `recommended`, a family, the rule itself); between
    equals, ignoring wins. A rule that its card doesn't make for the target never runs.
    """
    wanted = (*config.select.value, *config.extend_select.value)
    return {
        rule.slug: _settings(config, rule)
        for rule in rulebook
        if config.target.value in rule.card.metadata.targets
        and _strength(wanted, rule) > _strength(config.ignore.value, rule)
    }


def recommended(config: Config, rulebook: Rulebook) -> dict[str, RuleSettings]:
    """The recommended rules that the configuration doesn't ignore, selected or not, by slug."""
    return {
        rule.slug: _settings(config, rule)
        for rule in rulebook
        if config.target.value in rule.card.metadata.targets
        and _closeness("recommended", rule) > 0
        and _strength(config.ignore.value, rule) < 0
    }


def each_alone(settings: Settings, config: Config, rulebook: Rulebook) -> Settings:
    """The settings under which an edit is tried: each finding stands for itself.

    What the user ignores is no matter to him; all else that is recommended must not get worse, selected or not.
    """
    rules = {**recommended(config, rulebook), **settings.rules}
    return replace(settings, rules=rules, grouped=False, only_new=False, elsewhere=False, shown=None)


def covered(selectors: Iterable[str], rulebook: Rulebook) -> frozenset[str]:
    """The slugs that selectors name, spelt out."""
    given = tuple(selectors)
    return frozenset(rule.slug for rule in rulebook if _strength(given, rule) >= 0)


def per_file_ignores(config: Config, rulebook: Rulebook) -> tuple[tuple[str, frozenset[str]], ...]:
    """Glob → slugs, the selectors spelt out."""
    return tuple((glob, covered(selectors, rulebook)) for glob, selectors in config.per_file_ignores.value.items())


def _strength(selectors: Iterable[str], rule: Rule) -> int:
    """How closely the closest selector names the rule; -1 where none does."""
    return max((_closeness(selector, rule) for selector in selectors), default=-1)


def _closeness(selector: str, rule: Rule) -> int:
    if selector == "all":
        return 0
    if selector == "recommended":
        return 1 if rule.card.metadata.default and rule.card.metadata.stability == "stable" else -1
    if selector == rule.slug:
        return len(rule.card.code)
    return len(selector) if rule.card.code.startswith(selector) else -1


def _settings(config: Config, rule: Rule) -> RuleSettings:
    table = config.rules.get(rule.slug)
    if table is None:
        return RuleSettings()
    options = {
        name: setting.value
        for name, setting in table.options.items()
        if setting.value != rule.card.metadata.options[name].default
    }
    return RuleSettings(table.severity.value if table.severity else None, options)
