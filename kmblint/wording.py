"""English words: counts, plurals, and what a misspelt name probably meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import islice
from typing import Final, TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

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
    given = tuple(candidates)
    return _Names.of(given).nearest(name) if name and given else None


class _Names:
    """Names of which one may be meant: what is asked of them for each misspelt name is made ready once."""

    def __init__(self, names: Iterable[str]) -> None:
        self._all: Final = {*names}

    @staticmethod
    @lru_cache(maxsize=8)
    def of(names: tuple[str, ...]) -> _Names:
        """Of these; the last ones that were asked of are kept."""
        return _Names(names)

    @cached_property
    def _by_fold(self) -> dict[str, list[str]]:
        return _grouped((name.casefold(), name) for name in self._all)

    @cached_property
    def _by_singular(self) -> dict[str, list[tuple[str, str]]]:
        return _grouped((singular(fold), (fold, name)) for fold, names in self._by_fold.items() for name in names)

    @cached_property
    def _bits(self) -> dict[str, int]:
        """Each letter that occurs as a bit, so that two names' letters are compared at once."""
        letters = sorted({letter for fold in self._by_fold for letter in fold})
        return {letter: 1 << number for number, letter in enumerate(letters)}

    @cached_property
    def _by_letters(self) -> dict[tuple[int, int], list[tuple[str, str]]]:
        """The names by their length and their letters."""
        return _grouped(
            ((len(fold), self._mask(fold)), (fold, name)) for fold, names in self._by_fold.items() for name in names
        )

    def _mask(self, fold: str) -> int:
        return sum(self._bits.get(letter, 0) for letter in {*fold})

    def nearest(self, name: str) -> str | None:
        """As `nearest`."""
        folded = name.casefold()
        alike = [each for each in self._by_fold.get(folded, ()) if each != name]
        if alike:
            return min(alike)
        if len(self._all) - (name in self._all) > _CANDIDATES:
            return None
        stem = folded[:1] + folded[1:-3]  # an ending has three letters at the most
        same = self._by_singular.get(singular(folded), ())
        alike = [each for fold, each in same if each != name and fold.startswith(stem)]
        if alike:
            return min(alike)
        cutoff = 0.75 if len(folded) > 3 else 0.85
        near = [pair for pair in islice(self._within_reach(folded, cutoff), _NEAR + 2) if pair[1] != name]
        if not near or len(near) > _NEAR:
            return None
        from difflib import get_close_matches  # most runs meet no misspelt name

        by_fold = dict(sorted(near))
        close = get_close_matches(folded, by_fold, n=1, cutoff=cutoff)
        return by_fold[close[0]] if close else None

    def _within_reach(self, folded: str, cutoff: float) -> Iterator[tuple[str, str]]:
        """The names that may be as near, by their lengths and letters: to ask the distance takes ten times as long."""
        size, letters = len(folded), self._mask(folded)
        foreign = len({*folded} - self._bits.keys())
        for (length, mask), pairs in self._by_letters.items():
            least = cutoff * (size + length)
            if 2 * min(size, length) < least:
                continue
            lacking = foreign + (letters & ~mask).bit_count()
            if 2 * (size - lacking) >= least and 2 * (length - (mask & ~letters).bit_count()) >= least:
                yield from pairs


def _grouped(pairs: Iterable[tuple[_Key, _Value]]) -> dict[_Key, list[_Value]]:
    grouped: dict[_Key, list[_Value]] = {}
    for key, value in pairs:
        grouped.setdefault(key, []).append(value)
    return grouped


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


def singulars(word: str) -> tuple[str, ...]:
    """The things that `plurals` may have made a name of: `policies` → `policies`, `policie`, `polici`, `policy`."""
    found = [word]
    if word.endswith("s"):
        found.append(word[:-1])
    if word.endswith("es"):
        found.append(word[:-2])
    if word.endswith("ies"):
        found.append(word[:-3] + "y")
    return (*found, *(one for one, several in _IRREGULAR.items() if several == word))


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
