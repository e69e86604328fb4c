"""One pass over the text that owns every quote, comment and `;` with its offset.

From it come the statements, as SQL means them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from functools import cache
from sys import intern
from typing import Final

import msgspec

from kmblint.text import Source, Span


class Kind(Enum):
    """What a token is."""

    WORD = "word"
    QUOTED = "quoted"
    """A name in double quotes or backticks."""
    STRING = "string"
    DOLLAR = "dollar"
    """A dollar-quoted text."""
    NUMBER = "number"
    SYMBOL = "symbol"
    SEMICOLON = "semicolon"
    LINE_COMMENT = "line comment"
    BLOCK_COMMENT = "block comment"
    OPEN = "open"
    """A quote or comment that nothing closes; it reaches to the end of its statement."""
    CONFLICT = "conflict"
    """What a merge left: a line of `<<<<<<<`, `|||||||` or `=======` with what is theirs behind it, or `>>>>>>>`."""
    OTHER = "other"
    """A character that begins nothing."""


COMMENTS: Final = frozenset({Kind.LINE_COMMENT, Kind.BLOCK_COMMENT})
_QUOTED: Final = (Kind.STRING, Kind.QUOTED, Kind.DOLLAR)
"""The kinds whose quotes aren't part of what they say."""


class Token(msgspec.Struct, frozen=True, gc=False):
    """A word, quote, number, symbol or comment: its text as written, and the character offset at which it begins."""

    kind: Kind
    text: str
    start: int
    upper: str = ""
    """A word in upper case, for comparison with keywords; a symbol as it is. A quoted name is never a keyword."""

    @property
    def end(self) -> int:
        """The offset behind it; no field, as a history has millions of tokens."""
        return self.start + len(self.text)

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.start, self.start + len(self.text))

    @property
    def value(self) -> str:
        """What the quotes hold, doubled quotes undone; any other token's own text."""
        text = self.text
        if self.kind not in _QUOTED:
            return text
        if self.kind is Kind.DOLLAR:
            mark = text.index("$", 1) + 1
            return text[mark:-mark]
        quote = text[0]
        return text[1:-1].replace(quote * 2, quote)

    @property
    def in_block_marks(self) -> str:
        """A line comment as a block comment; what would end it, or be cut by the runner, is spelt otherwise."""
        text = self.text.removeprefix("--").strip().replace("*/", "* /").replace(";", ",")
        return f"/* {text} */" if text else "/* */"


class StatementTokens(msgspec.Struct, frozen=True):
    """The tokens between two `;`: significant ones, and the comments before and among them."""

    span: Span
    """From the first significant token to the last; the comments around them are outside."""
    tokens: tuple[Token, ...]
    comments: tuple[Token, ...]
    semicolon: int | None
    """The offset of the `;` that ends it."""
    conflict: bool
    """Whether a line of a merge conflict stands before or among them."""


_BLOCK: Final = r"/\*.*?\*/"
_DOLLAR: Final = r"\$(?P<mark>(?:[^\W\d]\w*)?)\$.*?\$(?P=mark)\$"
_PATTERN: Final = rf"""
    \s*+(?:
      (?P<word>[^\W\d][\w$]*)
    | (?P<conflict>^(?:(?:<{{7}}|>{{7}})(?:[ ][^\n]*)?\r?$ | \|{{7}}(?:[ ][^\n]*)?$ | ={{7}}\r?$))
    | (?P<line>--(?:[^\n\r]|\r(?!\n|\Z))*)
    | (?P<block>{_BLOCK})
    | (?P<string>(?<=[eE])(?<![\w$][eE])'(?:[^'\\]|\\.|'')*+' | '[^']*(?:''[^']*)*')
    | (?P<quoted>"[^"]*(?:""[^"]*)*"|`[^`]*(?:``[^`]*)*`)
    | (?P<dollar>{_DOLLAR})
    | (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<open>/\*|['"`]|\$(?:[^\W\d]\w*)?\$)
    | (?P<semicolon>;)
    | (?P<symbol><=>|<>|!=|<=|>=|==|=>|\|\||::|:=|->>|->|[-+*/%=<>(),.\[\]:@#~!^&|?{{}}$\\])
    | (?P<other>.)
    | (?P<end>\Z) )
    """
_FLAGS: Final = re.VERBOSE | re.DOTALL | re.MULTILINE
_TOKEN: Final = re.compile(_PATTERN, _FLAGS)
_CONFLICT_ENDS: Final = {
    "|": re.compile(r"^(?=={7}\r?$)", re.MULTILINE), "=": re.compile(r"^>{7}(?: [^\n]*)?$", re.MULTILINE),
}  # fmt: skip
"""By its first character, up to where a line of a conflict takes what stands behind it: that isn't ours."""
_KINDS: Final = {
    "line": Kind.LINE_COMMENT, "block": Kind.BLOCK_COMMENT, "string": Kind.STRING, "quoted": Kind.QUOTED,
    "dollar": Kind.DOLLAR, "number": Kind.NUMBER, "word": Kind.WORD, "open": Kind.OPEN,
    "semicolon": Kind.SEMICOLON, "conflict": Kind.CONFLICT, "symbol": Kind.SYMBOL, "other": Kind.OTHER,
}  # fmt: skip
_BY_NUMBER: Final = {_TOKEN.groupindex[name]: kind for name, kind in _KINDS.items()}
_WORD: Final = _TOKEN.groupindex["word"]
_SYMBOL: Final = _TOKEN.groupindex["symbol"]
_SEMICOLON: Final = _TOKEN.groupindex["semicolon"]
_OPEN: Final = _TOKEN.groupindex["open"]
_NO_WORDS: Final = frozenset({_TOKEN.groupindex[name] for name in ("line", "block", "end")})
_STATEMENT_END: Final = re.compile(r";[ \t]*(?:--[^\n]*)?(?:\r?\n|\Z)")
_QUOTES: Final = frozenset({Kind.STRING, Kind.QUOTED, Kind.DOLLAR, Kind.BLOCK_COMMENT})
_DOUBTFUL: Final = frozenset({_TOKEN.groupindex[name] for name in ("conflict", "open", "end")})
_DOUBTFUL_QUOTES: Final = _DOUBTFUL | {number for number, kind in _BY_NUMBER.items() if kind in _QUOTES}


def scan(source: Source, span: Span | None = None) -> list[Token]:
    """The tokens of a source, comments included, white space left out.

    Where the text ends inside a quote or comment, it is scanned again and a quote that swallows the end of a line
    behind a `;` counts as open: it spoils its own statement and no other.
    """
    within = span or source.everything
    tokens = _tokens(source.text, within, recover=False)
    if tokens and tokens[-1].kind is Kind.OPEN:
        return _tokens(source.text, within, recover=True)
    return tokens


def _tokens(text: str, within: Span, *, recover: bool) -> list[Token]:
    tokens: list[Token] = []
    offset, end = within.start, within.end
    unclosed: set[str] = set()
    pattern, stops = (_opening(), _DOUBTFUL_QUOTES) if recover else (_TOKEN, _DOUBTFUL)
    closings = _Closings(text, end)
    while offset < end:
        offset = _plain_tokens(text, offset, end, tokens, pattern=pattern, stops=stops)
        match = pattern.match(text, offset, end)
        assert match is not None, "an alternative takes any character, and the last one the end"
        group = match.lastgroup
        assert group is not None, "each alternative has a name"
        if group == "end":
            break
        offset, stop = match.span(group)
        kind = _KINDS[group]
        if recover and kind is Kind.OPEN and (closed := closings.of(text[offset:stop], stop)) is not None:
            kind, stop = Kind.DOLLAR if text[offset] == "$" else Kind.BLOCK_COMMENT, closed
        if recover and kind in _QUOTES:
            swallowed = _STATEMENT_END.search(text, offset, stop)
            if swallowed:
                kind, stop = Kind.OPEN, swallowed.start()
        elif kind is Kind.CONFLICT and text[offset] in _CONFLICT_ENDS and text[offset] not in unclosed:
            last = _CONFLICT_ENDS[text[offset]].search(text, stop, end)
            if last:
                stop = last.end()
            else:  # nor is there one behind the next such line
                unclosed.add(text[offset])
        elif kind is Kind.OPEN:
            closing = _STATEMENT_END.search(text, offset, end) if recover else None
            stop = closing.start() if closing else end
        tokens.append(Token(kind, text[offset:stop], offset))
        offset = stop
    return tokens


@cache
def _opening() -> re.Pattern[str]:
    """`_TOKEN` that takes a comment or a dollar quote for open, so that none is looked through to its end again."""
    return re.compile(_PATTERN.replace(_BLOCK, "(?!)").replace(_DOLLAR, "(?P<mark>(?!))"), _FLAGS)


class _Closings:
    """Where comments and dollar quotes of a text end; each end is looked for once."""

    def __init__(self, text: str, end: int) -> None:
        self._text = text
        self._end = end
        self._next: dict[str, int] = {}
        """By what closes: the first of them behind the last place that was asked about; `end` where there is none."""

    def of(self, opening: str, behind: int) -> int | None:
        """The offset behind what closes `/*` or `$mark$`; None where nothing does, and for any other quote."""
        if opening[0] not in "/$":
            return None
        closing = "*/" if opening == "/*" else opening
        offset = self._next.get(closing, -1)
        if offset < behind:
            offset = self._text.find(closing, behind, self._end)
            self._next[closing] = offset = self._end if offset < 0 else offset
        return None if offset == self._end else offset + len(closing)


def _plain_tokens(
    text: str, offset: int, end: int, tokens: list[Token], *, pattern: re.Pattern[str], stops: frozenset[int]
) -> int:
    """Adds the tokens whose end is where they close, up to the first of which that is in doubt: where it begins."""
    add, word_kind, symbol_kind = tokens.append, Kind.WORD, Kind.SYMBOL
    for match in pattern.finditer(text, offset, end):
        number = match.lastindex or 0
        if number in stops:
            return offset
        start, offset = match.span(number)
        part = text[start:offset]
        if number == _WORD:  # most words come again and again: one object for all is a tenth of the memory
            part = intern(part)
            add(Token(word_kind, part, start, part if part.isupper() else intern(part.upper())))
        elif number == _SYMBOL:
            add(Token(symbol_kind, part, start, part))
        else:
            add(Token(_BY_NUMBER[number], part, start))
    return offset


_PLAIN: Final = (Kind.WORD, Kind.SYMBOL, Kind.NUMBER, Kind.STRING, Kind.QUOTED)
"""The kinds that nearly all tokens of a statement are of."""


def measure(text: str) -> tuple[int, int]:
    """How many statements a text has, and how many tokens beside comments, without holding any.

    Behind a quote or comment that nothing closes both are guessed.
    """
    statements = words = 0
    empty = True
    for match in _TOKEN.finditer(text):
        number = match.lastindex or 0
        if number == _OPEN:
            rest = text[match.end() :]
            return statements + rest.count(";") + 1, words + len(rest) // 4
        if number == _SEMICOLON:
            statements += not empty
            empty = True
        elif number not in _NO_WORDS:
            words += 1
            empty = False
    return statements + (not empty), words


def split(tokens: list[Token]) -> Iterator[StatementTokens]:
    """The statements that the tokens make: what stands between two `;`, where it is more than comments.

    Of a merge conflict, our side is read.
    """
    held: list[Token] = []
    comments: list[Token] = []
    conflict = False
    for token in tokens:
        if token.kind in _PLAIN:
            held.append(token)
        elif token.kind is Kind.SEMICOLON:
            if held:
                span = Span(held[0].start, held[-1].end)
                yield StatementTokens(span, tuple(held), tuple(comments), token.start, conflict)
                comments, conflict = [], False
            held = []
        elif token.kind is Kind.LINE_COMMENT or token.kind is Kind.BLOCK_COMMENT:
            comments.append(token)
        elif token.kind is Kind.CONFLICT:
            conflict = True
        else:
            held.append(token)
    if held:
        yield StatementTokens(Span(held[0].start, held[-1].end), tuple(held), tuple(comments), None, conflict)
