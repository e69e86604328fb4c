"""Small changes of statements that the engine was asked: the spellings that nobody thinks of writing down.

The same seed makes the same statement. What is made is harmless by its kind: it stands alone on an empty table.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Final

from kmblint.sql.words import words

_TOKEN: Final = re.compile(r"'[^']*'|\"[^\"]*\"|\w+|[<>!=|:-]+|\S")
_WORDS: Final = tuple(sorted(words(
    "a id t u order select key index table column set values null not and or in is like between on as from where limit"
    " returning default unique primary check references constraint cascade only temporary transient if exists into"
    " local purge asc desc nulls first distinct all any case when then end cast date timestamp text bigint true false"
    " inner join left using with escape similar interval array row current_date now replace ignore"
)))  # fmt: skip
_PIECES: Final = (
    ",", "(", ")", "=", "<>", ".", "*", "-", "||", "'x'", "1", "1.5", "-1", '"a"', "`a`", "/* c */", "-- c\n", "::",
    "ASC", "LIMIT 1", "ORDER BY id", "WHERE id = 1", "RETURNING id", "NOT NULL", "DEFAULT 1", "COMMENT 'x'",
    "IF NOT EXISTS", "IF EXISTS", "AS x", "ON CONFLICT (id) DO NOTHING", "COLLATE nocase", "CONSTRAINT c",
)  # fmt: skip


def mutation(texts: Sequence[str], seed: int) -> str:
    """One of the statements, one to three of its tokens left out, doubled, exchanged, replaced or joined by others."""
    draw = random.Random(seed)  # noqa: S311 - tests, not secrets
    tokens = _TOKEN.findall(draw.choice(texts))
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        at = draw.randrange(1, len(tokens) + 1)
        match draw.randrange(6):
            case 0:
                del tokens[at : at + 1]
            case 1:
                tokens[at:at] = tokens[at - 1 : at]
            case 2:
                tokens[at - 1 : at + 1] = reversed(tokens[at - 1 : at + 1])
            case 3 if at > 1:
                tokens[at - 1 : at] = [draw.choice(_WORDS)]
            case 4:
                tokens[at:at] = [draw.choice(_PIECES)]
            case _:
                tokens[at:at] = [draw.choice(_WORDS)]
    return " ".join(tokens)
