"""What a run leaves for the next one of each file: what it means, and what the rules that look back said of it.

What a file means follows from its text and the target; what was said of it, from all that stands before it as well.
Nothing is kept of a file that holds a secret.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from typing import Final, NamedTuple

import msgspec

from kmblint.cache import folder
from kmblint.history.files import History, Migration
from kmblint.lint.answers import Told
from kmblint.redaction import spellings
from kmblint.replay.judgement import Judgements, Kept
from kmblint.replay.leaks import unsaid
from kmblint.replay.playing import judgements
from kmblint.replay.replayer import follows_lost
from kmblint.replay.steps import Part, Replay
from kmblint.sql.parse import statements
from kmblint.sql.reread import Meaning, reread
from kmblint.sql.statement import Statement, Words
from kmblint.targets import Target
from kmblint.targets.layout import Piece
from kmblint.targets.outcome import Form
from kmblint.targets.target import TargetWrapper
from kmblint.targets.verdict import Verdict
from kmblint.text import Source, Span

_DIGEST: Final = 32
_SIZE: Final = 4
"""Bytes that say how long what follows is."""


class _Judged(msgspec.Struct, frozen=True, array_like=True):
    """A statement, and what the target says of its words alone; `form` is None where it wasn't asked."""

    meaning: Meaning
    form: Form | None
    fate: Verdict | None


class _Stretch(msgspec.Struct, frozen=True, array_like=True):
    """The statements of up or down, by where they stand."""

    span: Span
    statements: tuple[_Judged, ...]


class _Known(msgspec.Struct, frozen=True, array_like=True):
    """All that is kept of a file."""

    stretches: tuple[_Stretch, ...]
    told: Told
    judged: tuple[Kept, ...]
    """Of each change of up, on the catalogue before it."""


_ENCODER: Final = msgspec.msgpack.Encoder()


@cache
def _decoder() -> msgspec.msgpack.Decoder[_Known]:
    """Made where something is kept: to learn all classes of a `_Known` takes 4 ms."""
    return msgspec.msgpack.Decoder(_Known)


class _Frame(NamedTuple):
    """Where a file stands in what is kept."""

    place: bytes
    """The digest of all that what was judged and said of it follows from."""
    start: int
    """Of the frame, in bytes of all that is kept."""
    body: int
    """Of a `_Known`; nothing follows of a file that can't be kept."""
    end: int


class KnownFiles:
    """The files of one history as an earlier run left them.

    Raises nothing where there are none: they are then read and judged anew.
    """

    def __init__(self, name: str, basis: bytes) -> None:
        """`name` is what they are kept under; from `basis` follows, with the text of files, all that is kept."""
        self._name = name
        self._basis = basis
        self._data = folder.load(name) or b""
        self._kept = dict(_frames(self._data))
        """By the digest of a file."""
        self._seen: dict[bytes, _Frame] = {}
        self._differs = False
        self._known: dict[bytes, _Known | None] = {}
        self._digests: dict[int, tuple[Source, bytes]] = {}
        self._stood: tuple[History, _Standing] | None = None
        self._judged: dict[int, tuple[Words, Form, Verdict | None]] = {}
        """By the identity of the words, which are held so that it stays theirs: what the target said of them."""

    def parse(self, source: Source, span: Span) -> tuple[Statement, ...]:
        """The statements of a stretch of text.

        Behind the first file that is another, all rules are asked again: the words are needed anyhow, and what is kept
        is let go.
        """
        key = self._digest(source)
        if not self._differs:
            frame = self._kept.get(key)
            if frame is None:
                self._differs, self._kept = True, self._seen
                self._data = self._data[: max((seen.end for seen in self._seen.values()), default=0)]
            else:
                self._seen[key] = frame
        known = None if self._differs else self._of(key)
        stretch = next((each for each in known.stretches if each.span == span), None) if known else None
        if stretch is None:
            return statements(source, span)
        meant = reread(source, span, (each.meaning for each in stretch.statements))
        for statement, judged in zip(meant, stretch.statements, strict=True):
            if judged.form is not None:
                self._judged[id(statement.words)] = statement.words, judged.form, judged.fate
        return meant

    def target(self, target: Target) -> Target:
        """The target, which isn't asked again of words that it judged."""
        return _Asked(target, self._judged)

    def told(self, history: History) -> Mapping[str, Told]:
        """What was said of files that stand where they stood, by their names."""
        return {file: known.told for file, known in self._standing(history).known.items()} if self._kept else {}

    def judged(self, history: History) -> Mapping[str, Judgements]:
        """What was judged of their changes."""
        return {file: known.judged for file, known in self._standing(history).known.items()} if self._kept else {}

    def keep(self, replayed: Replay, told: Callable[[str], Told | None], target: Target) -> None:
        """Keeps what is new, unless a rule raised: then nothing is told."""
        history = replayed.history
        parts = {part.migration.file: part for part in replayed.parts if part.migration is not history.baseline}
        standing = self._standing(history)
        frames = standing.frames
        if len(frames) == len(history.migrations) == len(self._kept):
            return
        new = {file: part for file, part in parts.items() if file not in standing.known}
        answers = {file: answer for file in new if (answer := told(file)) is not None}
        if len(answers) < len(new) or not parts:
            return
        secrets = _secrets(new.values(), history)
        written = [secret.encode("utf-8", "surrogatepass") for secret in secrets]

        def stays(migration: Migration, frame: _Frame) -> bool:
            return not any(secret in migration.source.text for secret in secrets) and not any(
                secret in self._data[frame.body : frame.end] for secret in written
            )

        def whole() -> Iterator[bytes]:
            start = end = 0  # of frames that stand one behind the other
            for migration in history.migrations:
                file, frame = migration.file, frames.get(migration.file)
                if frame is not None and stays(migration, frame):
                    if frame.start != end:
                        yield self._data[start:end]
                        start = frame.start
                    end = frame.end
                    continue
                yield self._data[start:end]
                start = end = 0
                body = b""
                if frame is None and file in new and not any(secret in migration.source.text for secret in secrets):
                    body = _encoded(new[file], answers[file], target)
                if any(secret in body for secret in written):
                    body = b""
                yield self._digest(migration.source) + standing.places[file] + len(body).to_bytes(_SIZE, "big") + body
            yield self._data[start:end]

        folder.save(self._name, whole())

    def _of(self, key: bytes) -> _Known | None:
        """What is kept of a file, by its digest."""
        frame = self._kept.get(key)
        if frame is None or frame.body == frame.end:
            return None
        if key not in self._known:
            try:
                self._known[key] = _decoder().decode(memoryview(self._data)[frame.body : frame.end])
            except (msgspec.MsgspecError, RecursionError):
                self._known[key] = None
        return self._known[key]

    def _digest(self, source: Source) -> bytes:
        """Of a file's name and text, and of the basis."""
        known = self._digests.get(id(source))
        if known is None:
            known = self._digests[id(source)] = source, _digest(self._basis, source.name, source.text)
        return known[1]

    def _standing(self, history: History) -> _Standing:
        """What is kept of a history; it is found once, as the replay, the rules and the next run all ask for it."""
        if self._stood is None or self._stood[0] is not history:
            self._stood = history, self._found(history)
        return self._stood[1]

    def _found(self, history: History) -> _Standing:
        places = self._places(history)
        frames: dict[str, _Frame] = {}
        known: dict[str, _Known] = {}
        for migration in history.migrations:
            key = self._digest(migration.source)
            frame = self._kept.get(key)
            if frame is None or frame.place != places[migration.file]:
                break
            frames[migration.file] = frame
            found = self._of(key)
            if found is not None:
                known[migration.file] = found
        return _Standing(places, frames, known)

    def _places(self, history: History) -> dict[str, bytes]:
        """File name → the digest of the file and of all that stands before it, as far as a rule may look back."""
        beside = (
            history.root, history.called, history.applied_through, history.since, sorted(history.edited),
            sorted(history.absent), [(each.file, each.reason) for each in history.unreadable],
        )  # fmt: skip
        place = _digest(self._basis, *map(str, beside))
        places: dict[str, bytes] = {}
        for migration in (*filter(None, (history.baseline,)), *history.migrations):
            lost = follows_lost(history, migration)
            facts = (
                f"{migration.location}\0{migration.source.path}\0{migration.number} {migration.applied} "
                f"{migration.failed} {migration.fixed_by!r} {migration.replaces!r} {migration.undoes!r} "
                f"{migration.undone_by!r} {migration.numbered} {migration.readable} {lost}"
            )
            place = sha256(place + self._digest(migration.source) + facts.encode("utf-8", "surrogatepass")).digest()
            places[migration.file] = place
        return places


class _Standing(NamedTuple):
    """What is kept of the files of one history, those before the first that doesn't stand where it stood."""

    places: Mapping[str, bytes]
    """Of all files, as they stand now."""
    frames: Mapping[str, _Frame]
    known: Mapping[str, _Known]


class _Asked(TargetWrapper):
    """A target that isn't asked again what it makes of words that it judged."""

    def __init__(self, target: Target, judged: Mapping[int, tuple[Words, Form, Verdict | None]]) -> None:
        super().__init__(target)
        self._judged = judged

    def fate(self, statement: Statement, source: Source, pieces: Sequence[Piece]) -> Verdict | None:
        """As it was."""
        known = self._judged.get(id(statement.words))
        return super().fate(statement, source, pieces) if known is None else known[2]

    def form(self, statement: Statement, source: Source) -> Form:
        """As it was."""
        known = self._judged.get(id(statement.words))
        return super().form(statement, source) if known is None else known[1]


def _digest(start: bytes, *texts: str) -> bytes:
    parts = [text.encode("utf-8", "surrogatepass") for text in texts]
    sizes = " ".join([str(len(part)) for part in parts])
    return sha256(b"".join([start, sizes.encode(), b"\0", *parts])).digest()


def _frames(data: bytes) -> Iterator[tuple[bytes, _Frame]]:
    """The digest of each file, and what is kept of it."""
    offset = 0
    while offset < len(data):
        place = offset + _DIGEST
        start = place + _DIGEST + _SIZE
        end = start + int.from_bytes(data[place + _DIGEST : start], "big")
        yield data[offset:place], _Frame(data[place : place + _DIGEST], offset, start, end)
        offset = end


def _encoded(part: Part, told: Told, target: Target) -> bytes:
    """What is kept of a file; nothing where it can't be.

    It comes back as it was, or not at all: all of a `_Known` are structs, tuples, texts, whole numbers and the like.
    """
    migration = part.migration
    if migration.guide_marker or any(step.crash is not None for step in part.steps):
        return b""
    forms = {id(step.statement): step.form for step in part.steps if step.number == 0}
    up = _stretch(migration, migration.up, migration.statements, forms, target)
    down = _stretch(migration, migration.down, migration.down_statements, {}, target) if migration.down else None
    if up is None or (migration.down is not None and down is None):
        return b""
    known = _Known((up, down) if down else (up,), told, judgements(part))
    try:
        return _ENCODER.encode(known)
    except (TypeError, ValueError, OverflowError, RecursionError):  # no UTF-8, a large number, a deep condition
        return b""


def _stretch(
    migration: Migration, span: Span, these: Iterable[Statement], forms: Mapping[int, Form], target: Target
) -> _Stretch | None:
    """What is kept of up or down; None where not all of it is SQL."""
    judged: list[_Judged] = []
    for statement in these:
        meaning = Meaning.of(statement)
        if meaning is None:
            return None
        form = forms.get(id(statement))
        fate = None if form is None else target.fate(statement, migration.source, migration.pieces)
        judged.append(_Judged(meaning, form, fate))
    return _Stretch(span, tuple(judged))


def _secrets(parts: Iterable[Part], history: History) -> set[str]:
    """The secrets that stand in files, in every spelling; a file with a word that may open one, as a whole."""
    secrets: set[str] = set()
    for part in parts:
        source = part.migration.source
        if part.migration.holds_a_key or part.migration.may_tell_of_users:
            secrets.add(source.text)
        secrets |= spellings((source, span) for span in unsaid(part.migration, part, history))
    return secrets
