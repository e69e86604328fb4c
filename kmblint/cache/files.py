"""What a run leaves for the next one of each file: what it means, and what the rules that look back said of it.

What a file means follows from its text and the target; what was said of it, from all that stands before it as well.
Nothing is kept of a file that holds a secret.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Final

import msgspec

from kmblint.cache import folder
from kmblint.history.files import History, Migration
from kmblint.lint.answers import Told
from kmblint.replay.leaks import leaks
from kmblint.replay.steps import Part, Replay
from kmblint.schema.alter import PlaceOf
from kmblint.schema.catalog import Catalog
from kmblint.schema.changes import Change
from kmblint.schema.conflict import Conflict
from kmblint.schema.secrets import secrets_in
from kmblint.schema.types import DataType
from kmblint.sql.parse import statements
from kmblint.sql.reread import Meaning, reread
from kmblint.sql.statement import Statement, Words
from kmblint.targets import Target
from kmblint.targets.capabilities import Capabilities
from kmblint.targets.verdict import Form, Outcome, Piece, Verdict
from kmblint.text import Source, Span

_DIGEST: Final = 32
_SIZE: Final = 4
"""Bytes that say how long what follows is."""
_USERS: Final = re.compile(r"password|identified", re.IGNORECASE)
"""Words before which a secret may stand that no column's name tells of."""
_SHORTEST: Final = 4
"""A secret of fewer characters is any word."""


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

    place: bytes
    """The digest of all that what was said of it follows from."""
    stretches: tuple[_Stretch, ...]
    told: Told


_DECODER: Final = msgspec.msgpack.Decoder(_Known)
_ENCODER: Final = msgspec.msgpack.Encoder()


class KnownFiles:
    """The files of one history as an earlier run left them.

    Raises nothing where there are none: they are then read and judged anew.
    """

    def __init__(self, name: str, basis: bytes) -> None:
        """`name` is what they are kept under; from `basis` follows, with the text of files, all that is kept."""
        self._name = name
        self._basis = basis
        self._kept = dict(_frames(folder.load(name) or b""))
        self._known: dict[bytes, _Known | None] = {}
        self._digests: dict[int, tuple[Source, bytes]] = {}
        self._judged: dict[int, tuple[Words, _Judged]] = {}

    def parse(self, source: Source, span: Span) -> tuple[Statement, ...]:
        """The statements of a stretch of text."""
        known = self._of(source)
        stretch = next((each for each in known.stretches if each.span == span), None) if known else None
        if stretch is None:
            return statements(source, span)
        found = reread(source, span, (each.meaning for each in stretch.statements))
        for statement, judged in zip(found, stretch.statements, strict=True):
            self._judged[id(statement.words)] = statement.words, judged
        return found

    def target(self, target: Target) -> Target:
        """The target, which isn't asked again of words that it judged."""
        return _Asked(target, self._judged)

    def told(self, replayed: Replay) -> Mapping[str, Told]:
        """What was said of files that stand where they stood, by their names."""
        if not self._kept:
            return {}
        places = self._places(replayed)
        known = ((file, self._of(source)) for file, source in _sources(replayed.history))
        return {file: each.told for file, each in known if each is not None and each.place == places[file]}

    def keep(self, replayed: Replay, told: Mapping[str, Told], target: Target) -> None:
        """Keeps what is new, unless a rule raised: then nothing is told."""
        parts = [part for part in replayed.parts if part.migration is not replayed.history.baseline]
        if not parts or not told:
            return
        places = self._places(replayed)
        fresh = [part for part in parts if not self._stands(part.migration, places)]
        if not fresh and len(parts) == len(self._kept):
            return
        secrets = _secrets([part for part in parts if self._of(part.migration.source) is None], told)
        written = [secret.encode("utf-8", "surrogatepass") for secret in secrets]

        def frames() -> Iterator[bytes]:
            for part in parts:
                migration = part.migration
                if any(secret in migration.source.text for secret in secrets):
                    continue
                key = self._digest(migration.source)
                stands = self._stands(migration, places)
                body = self._kept[key] if stands else _encoded(part, places[migration.file], told, target)
                if body is not None and not any(secret in body for secret in written):
                    yield key + len(body).to_bytes(_SIZE, "big") + body

        folder.save(self._name, frames())

    def _stands(self, migration: Migration, places: Mapping[str, bytes]) -> bool:
        known = self._of(migration.source)
        return known is not None and known.place == places[migration.file]

    def _of(self, source: Source) -> _Known | None:
        key = self._digest(source)
        body = self._kept.get(key)
        if body is None:
            return None
        if key not in self._known:
            try:
                self._known[key] = _DECODER.decode(body)
            except msgspec.MsgspecError:
                self._known[key] = None
        return self._known[key]

    def _digest(self, source: Source) -> bytes:
        """Of a file's name and text, and of the basis."""
        known = self._digests.get(id(source))
        if known is None:
            digest = _digest(self._basis, source.name, source.text)
            known = self._digests[id(source)] = source, digest
        return known[1]

    def _places(self, replayed: Replay) -> dict[str, bytes]:
        """File name → the digest of the file and of all that stands before it, as far as a rule may look back."""
        history = replayed.history
        lost = {part.migration.file: part.lost for part in replayed.parts}
        beside = (
            history.root, history.called, history.applied_through, history.since, sorted(history.edited),
            sorted(history.absent), [(each.file, each.reason) for each in history.unreadable],
        )  # fmt: skip
        place = _digest(self._basis, *map(str, beside))
        places: dict[str, bytes] = {}
        for migration in (*filter(None, (history.baseline,)), *history.migrations):
            facts = (
                os.fspath(migration.path), migration.source.path, migration.number, migration.applied, migration.failed,
                migration.fixed_by, migration.replaces, migration.numbered, migration.readable,
                lost.get(migration.file),
            )  # fmt: skip
            place = _digest(place + self._digest(migration.source), repr(facts))
            places[migration.file] = place
        return places


class _Asked:
    """A target that was asked before."""

    def __init__(self, target: Target, judged: Mapping[int, tuple[Words, _Judged]]) -> None:
        self._target = target
        self._judged = judged

    @property
    def name(self) -> str:
        """The target's."""
        return self._target.name

    @property
    def capabilities(self) -> Capabilities:
        """The target's."""
        return self._target.capabilities

    def fate(self, statement: Statement, source: Source, pieces: Sequence[Piece]) -> Verdict | None:
        """As it was."""
        known = self._judged.get(id(statement.words))
        if known is not None and known[1].form is not None:
            return known[1].fate
        return self._target.fate(statement, source, pieces)

    def fails_split(self, statement: Statement, source: Source, pieces: Sequence[Piece]) -> bool:
        """Asked anew."""
        return self._target.fails_split(statement, source, pieces)

    def form(self, statement: Statement, source: Source) -> Form:
        """As it was."""
        known = self._judged.get(id(statement.words))
        if known is not None and known[1].form is not None:
            return known[1].form
        return self._target.form(statement, source)

    def outcome(self, form: Form, change: Change, catalog: Catalog, conflicts: tuple[Conflict, ...]) -> Outcome:
        """Asked anew."""
        return self._target.outcome(form, change, catalog, conflicts)

    def side_effects(self, catalog: Catalog, change: Change, outcome: Outcome, place_of: PlaceOf) -> Catalog:
        """Asked anew."""
        return self._target.side_effects(catalog, change, outcome, place_of)

    def stored_type(self, declared: DataType) -> DataType | None:
        """Asked anew."""
        return self._target.stored_type(declared)


def _digest(start: bytes, *texts: str) -> bytes:
    parts = (text.encode("utf-8", "surrogatepass") for text in texts)
    return sha256(start + b"".join(len(part).to_bytes(8, "big") + part for part in parts)).digest()


def _sources(history: History) -> Iterator[tuple[str, Source]]:
    return ((migration.file, migration.source) for migration in history.migrations)


def _frames(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each digest and what is kept under it."""
    at = 0
    while at < len(data):
        start = at + _DIGEST + _SIZE
        end = start + int.from_bytes(data[at + _DIGEST : start], "big")
        yield data[at : at + _DIGEST], data[start:end]
        at = end


def _encoded(part: Part, place: bytes, told: Mapping[str, Told], target: Target) -> bytes | None:
    """What is kept of a file; None where it can't be, or wouldn't come back as it was."""
    migration = part.migration
    forms = {id(step.statement): step.form for step in part.steps if step.number == 0 and step.crash is None}
    up = _stretch(migration, migration.up, migration.statements, forms, target)
    down = _stretch(migration, migration.down, migration.down_statements, {}, target) if migration.down else None
    if up is None or migration.guide_marker or (migration.down is not None and down is None):
        return None
    known = _Known(place, (up, down) if down else (up,), told[migration.file])
    try:
        body = _ENCODER.encode(known)
        return body if _DECODER.decode(body) == known else None
    except (TypeError, ValueError):  # a name that is no UTF-8, a number without a place in msgpack
        return None


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


def _secrets(parts: Iterable[Part], told: Mapping[str, Told]) -> set[str]:
    """The secrets that stand in files, in every spelling; a file with a word that may open one, as a whole."""
    found: set[str] = set()
    for part in parts:
        source = part.migration.source
        said = told[part.migration.file]
        findings = (finding for _, finding in (*said.of_file, *said.of_part, *said.of_rollback))
        spans = [each.span for finding in findings for each in finding.secrets if each.file == part.migration.file]
        for change, catalog in _changes(part):
            table = catalog.table(change.table.text) if change.table else None
            spans += [secret.span for secret in secrets_in(change, table)]
        if part.migration.holds_a_key or _USERS.search(source.text):
            found.add(source.text)
            spans += [secret.span for step in part.steps if step.crash is None for secret in leaks(step)]
        literals = {source.slice(span).strip("'") for span in spans}
        found |= literals | {literal.replace("''", "'") for literal in literals}
    return {secret for secret in found if len(secret) >= _SHORTEST}


def _changes(part: Part) -> Iterator[tuple[Change, Catalog]]:
    """Those of up, each on the catalogue before it, and of down."""
    yield from ((step.change, step.before) for step in part.steps if step.change is not None)
    yield from ((change, part.after) for statement in part.migration.down_statements for change in statement.changes)
