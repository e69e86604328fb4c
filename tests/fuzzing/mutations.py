"""Texts that somebody wrote, changed as hands, tools and accidents change them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias

Mutation: TypeAlias = Callable[[random.Random, bytes, Sequence[bytes]], bytes]
"""A text and what else was written → another text."""

_NOISE: Final = (
    b"\x00", b"\xff", b"\r", b"\n", b";", b"'", b'"', b"`", b"--", b"/*", b"*/", b"$$", b"(", b")", b"[", b"{{",
    b"<<<<<<< x\n",
    b"=======\n", b">>>>>>> y\n", b"\xef\xbb\xbf", "\u202e".encode(), "\u200b".encode(), "\U0001f600".encode(),
    b"\x1b[31m",
    b"-- Down Migration\n", b"-- kmblint: ignore[drop-table] x\n", b"9" * 30, b"E'", b"\\",
)  # fmt: skip
_LITERALS: Final = (
    b"0", b"-0", b"1e999", b".5", b"5.", b"9223372036854775808", b"00001", b"''", b"''''", b"'\n'", b"'--'", b"'/*'",
    b"';'", b"E'\\''", b"$$;$$", b"$a$ x $a$", b"NULL", b"TRUE", b"'NaN'", b"DATE '2026-02-30'", b"X'zz'", b"N'x'",
    b"'\xc3\xa9'", b"'" + b"x" * 300 + b"'", b"1::text", b"CURRENT_TIMESTAMP", b"?", b"$1", b":name", b"${x}", b"{{x}}",
)  # fmt: skip
_GAPS: Final = (
    b"/* c */", b"-- c\n", b"/**/", b"/* ; */", b"-- it's\n", b"/* /* */", b"\n", b"\t", b"\xc2\xa0",
    b"\x0c", b"-- kmblint: ignore[drop-table] x\n", b"/* kmblint: ignore[KMB6] */", b"--\n", b"-- Down Migration\n",
)  # fmt: skip
_HEADS: Final = (
    b"-- Migration: x\n", b"-- Failed: why\n", b"-- Author: a\n-- Created: 2026-01-01\n", b"\n\n", b"/* c */\n",
    b"-- kmblint: ignore[KMB101] x\n", b"-- kmblint: ignore[all]\n", b"\xef\xbb\xbf", b"-- Down Migration\n",
)  # fmt: skip
_ENCODINGS: Final = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "cp1252", "utf-7", "cp037")
_TOKEN: Final = re.compile(rb"\w+|\s+|'[^']*'|--[^\n]*|[^\w\s]")
_LITERAL: Final = re.compile(rb"'[^']*'|\b\d+(?:\.\d+)?\b")
_WORD: Final = re.compile(rb"[A-Za-z_]\w*")
_CLAUSE: Final = re.compile(
    rb"\b(?:WHERE|SET|VALUES|ON|USING|DEFAULT|NOT NULL|PRIMARY KEY|UNIQUE|REFERENCES|CHECK|IF (?:NOT )?EXISTS|LIMIT"
    rb"|ORDER BY|AND|OR|IN|ADD|DROP|ALTER|COLUMN|TABLE|FROM|INTO|SELECT|AS|RETURNING)\b|[,;()]",
    re.IGNORECASE,
)


def tokens(data: bytes) -> list[bytes]:
    """A text in words, white space, quotes and signs, cut as no parser of ours cuts."""
    return _TOKEN.findall(data)


def mutated(chance: random.Random, data: bytes, known: Sequence[bytes]) -> bytes:
    """A text after one to three changes."""
    for _ in range(chance.choice((1, 1, 2, 3))):
        data = chance.choice(MUTATIONS)(chance, data, known)[:20_000]
    return data


def every_cut(data: bytes) -> Iterator[bytes]:
    """The text truncated at each byte."""
    return (data[:at] for at in range(len(data)))


def every_gap(data: bytes, comment: bytes) -> Iterator[bytes]:
    """The text with a comment in each gap between two tokens, and with one in all of them."""
    parts = tokens(data)
    for at in range(len(parts) + 1):
        yield b"".join([*parts[:at], comment, *parts[at:]])
    yield comment.join(parts)


def every_token(data: bytes) -> Iterator[bytes]:
    """The text with each token left out, twice, and in the place of the one behind the next."""
    parts = tokens(data)
    for at, part in enumerate(parts):
        before, behind = parts[:at], parts[at + 1 :]
        yield b"".join(before + behind)
        yield b"".join([*before, part, b" ", part, *behind])
        if behind[1:] and not part.isspace():
            yield b"".join([*before, behind[1], behind[0], part, *behind[2:]])


def noise(chance: random.Random, data: bytes, known: Sequence[bytes] = ()) -> bytes:  # noqa: ARG001 (as all of them)
    """A few bytes out, in, doubled or replaced by what means something to a scanner."""
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data) + 1)
        size = chance.choice((0, 0, 1, 1, 3, 20))
        data = (
            data[:at] + chance.choice((b"", chance.choice(_NOISE), bytes([chance.randrange(256)]))) + data[at + size :]
        )
    return data


def _tokens_exchanged(chance: random.Random, data: bytes, known: Sequence[bytes]) -> bytes:
    """Some tokens out, doubled, exchanged for another of the text, or for one of another text."""
    parts = tokens(data) or [b" "]
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(parts))
        other = chance.choice(tokens(chance.choice(known)) or [b" "])
        parts[at : at + 1] = chance.choice(
            ([], [parts[at]] * 2, [chance.choice(parts)], [b" ", chance.choice(parts), b" "], [b" ", other, b" "])
        )
        parts = parts or [b" "]
    return b"".join(parts)


def _tokens_turned(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """Two neighbouring tokens in the other order."""
    parts = tokens(data)
    if len(parts) > 2:
        at = chance.randrange(len(parts) - 2)
        parts[at], parts[at + 2] = parts[at + 2], parts[at]
    return b"".join(parts)


def _clause(chance: random.Random, data: bytes, known: Sequence[bytes]) -> bytes:
    """A clause out, doubled, moved, or exchanged for one of another text."""
    starts = [match.start() for match in _CLAUSE.finditer(data)]
    if len(starts) < 2:
        return noise(chance, data)
    number = chance.randrange(len(starts) - 1)
    start, end = starts[number], starts[number + 1]
    clause = data[start:end]
    other = chance.choice(known)
    cuts = [match.start() for match in _CLAUSE.finditer(other)]
    foreign = other[cuts[0] : cuts[1]] if len(cuts) > 1 else b" "
    to = chance.choice(starts)
    return chance.choice((
        data[:start] + data[end:],
        data[:end] + b" " + clause + data[end:],
        data[:start] + b" " + foreign + b" " + data[end:],
        data[:to] + b" " + clause + b" " + data[to:],
    ))  # fmt: skip


def _statements_spliced(chance: random.Random, data: bytes, known: Sequence[bytes]) -> bytes:
    """Statements of another text among its own, in some order, or some of them again."""
    ours, theirs = data.split(b";"), chance.choice(known).split(b";")
    parts = [*ours, *chance.sample(theirs, chance.randint(1, len(theirs)))]
    if chance.random() < 0.5:
        chance.shuffle(parts)
    if chance.random() < 0.3:
        parts += [chance.choice(parts)] * chance.randint(1, 5)
    return b";".join(parts)


def _halves_joined(chance: random.Random, data: bytes, known: Sequence[bytes]) -> bytes:
    """The beginning of this text and the end of another."""
    other = chance.choice(known)
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other) + 1) :]


def _literals(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """Its literals are odd ones."""
    odds = chance.choice((0.3, 1.0))
    return _LITERAL.sub(lambda match: chance.choice(_LITERALS) if chance.random() < odds else match[0], data)


def _case(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """Its words in another case."""
    how = chance.choice((bytes.upper, bytes.lower, bytes.title, bytes.swapcase))
    odds = chance.choice((0.2, 1.0))
    return _WORD.sub(lambda match: how(match[0]) if chance.random() < odds else match[0], data)


def _quoted(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """Some of its words in quotes."""
    mark = chance.choice((b'"', b"`", b"'", b"[", b"$$"))
    closing = b"]" if mark == b"[" else mark
    return _WORD.sub(lambda match: mark + match[0] + closing if chance.random() < 0.15 else match[0], data)


def _renamed(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """One of its words is another one throughout: a name becomes a keyword, or two names one."""
    words = _WORD.findall(data)
    if not words:
        return data
    old, new = chance.choice(words), chance.choice((*words, b"tenants", b"select", b"a" * 70, "ärzte".encode()))
    return re.sub(rb"\b%s\b" % re.escape(old), lambda _: new, data)


def _gaps(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """Comments and odd white space between its tokens."""
    gap, odds = chance.choice(_GAPS), chance.choice((0.05, 0.05, 1.0))
    return b"".join(part + (gap if chance.random() < odds else b"") for part in tokens(data))


def _cut(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """Its beginning or its end."""
    at = chance.randrange(len(data) + 1)
    return data[:at] if chance.random() < 0.7 else data[at:]


def _line_ends(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """Its lines end otherwise, alike or not."""
    ends = chance.choice(((b"\r\n",), (b"\r",), (b"\r\n", b"\n", b"\r"), (b"\n\r",), (b" ",)))
    return re.sub(rb"\n", lambda _: chance.choice(ends), data)


def _encoded(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """In another encoding, or with a character of one."""
    return data.decode("utf-8", "replace").encode(chance.choice(_ENCODINGS), "replace")


def _head(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """Something before all that it says."""
    return chance.choice(_HEADS) + data


def _nested(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """A token inside of brackets, some of them many."""
    parts = tokens(data)
    if not parts:
        return data
    at, depth = chance.randrange(len(parts)), chance.choice((1, 2, 9, 99, 101))
    opening, closing = chance.choice(((b"(", b")"), (b"[", b"]"), (b"(", b""), (b"NOT ", b""), (b"- ", b"")))
    parts[at] = opening * depth + parts[at] + closing * depth
    return b"".join(parts)


def _repeated(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """A stretch of it again and again."""
    start = chance.randrange(len(data) + 1)
    end = start + chance.randrange(1, 40)
    return data[:end] + data[start:end] * chance.choice((1, 2, 10, 40)) + data[end:]


MUTATIONS: Final[tuple[Mutation, ...]] = (
    noise, _tokens_exchanged, _tokens_exchanged, _tokens_turned, _clause, _clause, _statements_spliced, _halves_joined,
    _literals, _case, _quoted, _renamed, _gaps, _cut, _line_ends, _encoded, _head, _nested, _repeated,
)  # fmt: skip
