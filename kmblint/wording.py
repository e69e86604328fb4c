"""English words: counts, plurals, and what a misspelt name probably meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

GUESSED: Final = 100
"""Names of a file that are no rule's for which the rule that was meant is looked up, a millisecond each: who has more
of them mends those first."""

_CANDIDATES: Final = 1000
"""Names of which another spelling than the case is looked for: asked a thousand times, more would take seconds."""
_NEAR: Final = 100
"""Names that may be near: where more are, none of them is more likely meant than the others."""


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that a person most likely meant, by case, plural and edit distance; None where none is near.

    Of more than a thousand candidates only the case may be another.
    """
    folded = name.casefold()
    known = [(candidate.casefold(), candidate) for candidate in {*candidates} - {name}]
    if not name or not known:
        return None
    alike = [candidate for fold, candidate in known if fold == folded]
    if alike:
        return min(alike)
    if len(known) > _CANDIDATES:
        return None
    one, stem = singular(folded), folded[:1] + folded[1:-3]  # an ending has three letters at the most
    alike = [candidate for fold, candidate in known if fold.startswith(stem) and singular(fold) == one]
    if alike:
        return min(alike)
    cutoff = 0.75 if len(folded) > 3 else 0.85
    near = [*islice(_within_reach(folded, known, cutoff), _NEAR + 1)]
    if not near or len(near) > _NEAR:
        return None
    from difflib import get_close_matches  # most runs meet no misspelt name

    by_fold = dict(sorted(near))
    close = get_close_matches(folded, by_fold, n=1, cutoff=cutoff)
    return by_fold[close[0]] if close else None


def _within_reach(folded: str, known: Iterable[tuple[str, str]], cutoff: float) -> Iterator[tuple[str, str]]:
    """The candidates that may be as near, by their lengths and letters: to ask the distance takes ten times as long."""
    size, letters = len(folded), frozenset(folded)
    for fold, candidate in known:
        least = cutoff * (size + len(fold))
        if 2 * min(size, len(fold)) < least:
            continue
        if 2 * (size - len(letters.difference(fold))) >= least and 2 * (len(fold) - len({*fold} - letters)) >= least:
            yield fold, candidate


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
