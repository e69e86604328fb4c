"""How much a history holds, so that one that would fill the memory is read up to where it does and no further."""

from __future__ import annotations

from typing import Final

from kmblint.history import decode
from kmblint.sql.scanner import measure

_WORDS_EACH: Final = 20
"""Words, numbers, texts and symbols that a statement may have on average: they are what memory goes by."""
_SMALL: Final = 100_000
"""Characters of a file whose words aren't counted but guessed, as long as the history is small too."""
_WORD: Final = 4
"""Characters of a word with what stands around it."""


class Extent:
    """What the files of a history come to, one after the other."""

    def __init__(self, max_statements: int) -> None:
        self._most = max_statements
        self._statements = self._words = self._characters = 0
        self._guessed: list[str] = []
        """The texts whose statements and words are guessed so far: they are counted once it matters."""

    def add(self, text: str) -> decode.Trouble | None:
        """With one file more; why it isn't to be read, where the history becomes too large with it."""
        limit = self._most * _WORDS_EACH
        self._characters += len(text)
        self._guessed.append(text)
        statements, words = _guess(text)
        self._statements += statements
        self._words += words
        over = self._statements > self._most or self._words > limit
        if over or len(text) > _SMALL or self._characters > limit * _WORD:
            self._count()
        if self._statements > self._most:
            return _trouble(f"{self._most:,} statements, and kmblint reads no more")
        if self._words > limit:
            return _trouble(f"{limit:,} words, and kmblint reads {_WORDS_EACH} for each of {self._most:,} statements")
        return None

    def _count(self) -> None:
        """Puts what is counted in the place of what was guessed."""
        for text in self._guessed:
            (guessed, thought), (statements, words) = _guess(text), measure(text)
            self._statements += statements - guessed
            self._words += words + text.count(";") - thought  # the runner cuts at each, in literals and comments too
        self._guessed.clear()


def _guess(text: str) -> tuple[int, int]:
    """No fewer statements than a text has, and about as many words."""
    return text.count(";") + (not text.rstrip().endswith(";")), len(text) // _WORD


def _trouble(more_than: str) -> decode.Trouble:
    return decode.Trouble(
        f"with it the history has more than {more_than}",
        "load data with a program of its own, a migration changes the schema; `--max-statements` raises the limit",
        fatal=False,
    )
