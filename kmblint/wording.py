"""English words: counts, plurals, and what a misspelt name probably meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that a person most likely meant, by case, plural and edit distance; None where none is near."""
    known = sorted(set(candidates) - {name})
    if not name or not known:
        return None
    folded = name.casefold()
    for candidate in known:
        if candidate.casefold() == folded:
            return candidate
    for candidate in known:
        if singular(candidate.casefold()) == singular(folded):
            return candidate
    cutoff = 0.75 if len(folded) > 3 else 0.85
    by_fold = {
        fold: candidate
        for candidate in known
        if 2 * min(len(fold := candidate.casefold()), len(folded)) >= cutoff * (len(fold) + len(folded))
    }  # no other can be as near, and most words of a broken statement are near none
    if not by_fold:
        return None
    from difflib import get_close_matches  # most runs meet no misspelt name

    close = get_close_matches(folded, by_fold, n=1, cutoff=cutoff)
    return by_fold[close[0]] if close else None


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """The end of a message on a name that nothing has: `, did you mean …?`; empty where no candidate is near."""
    near = nearest(name, candidates)
    return f", did you mean `{near}`?" if near else ""


def singular(word: str) -> str:
    """The word without the usual English plural: `policies` → `policy`, `boxes` → `box`, `tables` → `table`."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith("ss") and len(word) > 2:
        return word[:-1]
    return word


_IRREGULAR: Final = {"person": "people", "child": "children", "man": "men", "woman": "women"}


def plurals(word: str) -> tuple[str, ...]:
    """The names that a table of such things may have: the word itself and its English plurals."""
    if word in _IRREGULAR:
        return (word, _IRREGULAR[word], word + "s")
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return (word, word[:-1] + "ies", word + "s")
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return (word, word + "es")
    return (word, word + "s")


def snake(name: str) -> str:
    """The name in snake_case: `BillingAccounts` → `billing_accounts`, `max temperature` → `max_temperature`."""
    return _ODD.sub("_", _HUMP.sub("_", name).lower()).strip("_")


_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ODD: Final = re.compile(r"[^a-z0-9]+")


def one_of(names: Sequence[str]) -> str:
    """Names to choose from: `a`, `a` or `b`, `a`, `b` or `c`, each in backticks."""
    *most, last = [f"`{name}`" for name in names]
    return f"{', '.join(most)} or {last}" if most else last


def counted(number: int, noun: str, several: str | None = None) -> str:
    """A number of things in words: `1 row`, `2 rows`; `several` is a plural that isn't the noun and an s."""
    return f"{number} {noun if number == 1 else several or noun + 's'}"


def listed(words: Iterable[str]) -> str:
    """Several in a row: `a`, `a and b`, `a, b and c`."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
