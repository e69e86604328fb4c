"""The library in this process, nothing on disk: single texts up to their forms, histories up to their findings."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from kmblint import targets
from kmblint.access import Access
from kmblint.findings import Applicability, Diagnostic, Edit, Fix, Report
from kmblint.fixing.draft import Draft, UnwritableError
from kmblint.fixing.rounds import Judge, Outcome, Read, mend
from kmblint.fixing.suppressing import suppress
from kmblint.history import folder
from kmblint.history.decode import Spelling, decoded
from kmblint.history.files import History
from kmblint.history.known import Known
from kmblint.history.readings import Readings
from kmblint.lint.engine import Session, lint
from kmblint.lint.rulebook import Rulebook
from kmblint.lint.settings import RuleSettings, Settings
from kmblint.sql.parse import statements
from kmblint.sql.scanner import scan
from kmblint.text import Place, Source, Span
from tests.fuzzing import invariants
from tests.fuzzing.inputs import Files
from tests.fuzzing.invariants import Fault, Promise

TODAY: Final = date(2026, 7, 1)
_TARGETS: Final = tuple(map(targets.get, targets.NAMES))


class Library:
    """Reads and lints histories that lie on no disk, with every rule and one target."""

    def __init__(self, target: str, place: Path) -> None:
        """`place` is an empty folder, and stays one but for another in it."""
        self._root = place / "migrations"
        self._root.mkdir(exist_ok=True)
        self._access = Access(inside=self._root.parent)
        self._rulebook = Rulebook.load()
        self._target = targets.get(target)
        rules = {rule.slug: RuleSettings() for rule in self._rulebook if target in rule.card.metadata.targets}
        self._settings = Settings(rules=rules, today=TODAY)
        self._alone = replace(self._settings, grouped=False)

    def faults(self, files: Files, chance: random.Random | None = None) -> list[Fault]:
        """What a history breaks; with a `chance`, what the dearer promises come to is asked of some."""
        found: list[Fault] = []
        for data in files.values():
            found += faults(data)
        try:
            history = self._read(_overlay(files))
            report = self._lint(history, self._settings)
        except Exception as error:
            return [*found, invariants.raised(error, "check")]
        found += invariants.of_report(report)
        for odds, name, ask in (
            (0.05, "a kept session", self._of_session),
            (0.05, "mending", self._of_fixes),
            (0.05, "suppressing", self._of_suppression),
            (0.02, "suppressing all", self._of_suppressions),
        ):
            if chance is not None and chance.random() < odds:
                try:
                    found += ask(files, history, chance)
                except Exception as error:
                    found.append(invariants.raised(error, name))
        return found

    def _read(self, overlay: Mapping[str, bytes | None], readings: Readings | None = None) -> History:
        laid = {self._root / name: data for name, data in overlay.items()}
        return folder.read(self._root, Known(), overlay=laid, access=self._access, readings=readings)

    def _lint(self, history: History, settings: Settings) -> Report:
        return lint(history, settings, self._rulebook, self._target)

    def _of_session(self, files: Files, history: History, chance: random.Random) -> Iterator[Fault]:
        """The same history behind another one that a file of it was edited from."""
        session, readings = Session(self._rulebook, self._target), Readings()
        names = sorted(_overlay(files))
        edited = chance.choice(names)
        before = {**_overlay(files), edited: _overlay(files)[edited][: chance.randrange(200)]}
        session.lint(self._read(before, readings), self._settings)
        kept = session.lint(self._read(_overlay(files), readings), self._settings)
        yield from invariants.of_reports(Promise.SAME_AGAIN, "after an edit", self._lint(history, self._settings), kept)

    def _of_fixes(self, files: Files, history: History, chance: random.Random) -> Iterator[Fault]:
        """All fixes together, or the safe ones."""
        unsafe = chance.random() < 0.6

        def wanted(each: Diagnostic) -> bool:
            fix = each.finding.fix
            return unsafe or (fix is not None and fix.applicability is Applicability.SAFE)

        overlay = _overlay(files)
        outcome = mend(history, _draft(history, overlay), self._reader(overlay), self._judge(), wanted)
        yield from self._of_written(outcome, overlay)
        yield from invariants.of_mending(self._lint(history, self._alone), outcome.report)
        now = {**overlay, **outcome.draft.overlay}
        again = mend(outcome.history, _draft(outcome.history, now), self._reader(now), self._judge(), wanted)
        if again.draft.changes:
            yield Fault(Promise.FIX_ENDS, f"mended again: {sorted({each.rule for each in again.mended})}")

    def _of_suppressions(self, files: Files, history: History, _: random.Random) -> Iterator[Fault]:
        """Every finding, suppressed as `--add-suppressions` does it."""
        overlay = _overlay(files)
        outcome = suppress(history, _draft(history, overlay), self._reader(overlay), self._judge(), "it is known")
        yield from self._of_written(outcome, overlay)
        left = {each.diagnostic.fingerprint for each in outcome.left_out}
        if stay := sorted({each.rule for each in outcome.report.diagnostics if each.fingerprint not in left}):
            yield Fault(Promise.SUPPRESSIONS_COVER, f"{stay} stay")

    def _of_written(self, outcome: Outcome, overlay: Mapping[str, bytes]) -> Iterator[Fault]:
        """What an outcome would write reads as it says."""
        written = self._lint(self._reader(overlay)(outcome.draft.overlay), self._alone)
        yield from invariants.of_reports(Promise.WRITTEN_AS_FORESEEN, "it isn't so", outcome.report, written)

    def _judge(self) -> Judge:
        session = Session(self._rulebook, self._target)
        return lambda history: session.lint(history, self._alone)

    def _reader(self, overlay: Mapping[str, bytes | None]) -> Read:
        readings = Readings()

        def read(changed: Mapping[str, bytes | None]) -> History:
            whole = {**overlay, **changed}
            return self._read({name: data for name, data in whole.items() if data is not None}, readings)

        return read

    def _of_suppression(self, files: Files, history: History, chance: random.Random) -> Iterator[Fault]:
        """One finding, suppressed in the first line of its file, or in its statement where that is sound."""
        before = self._lint(history, self._alone)
        asked = [
            each
            for each in before.diagnostics
            if each.finding.place.file in history.by_file
            and not each.rule.endswith("-suppression")
            and each.rule != "internal-error"
        ]
        if not asked:
            return
        one = chance.choice(asked)
        file = one.finding.place.file
        behind = _end_of_statement(one, history) if chance.random() < 0.5 else None
        if behind is None:
            edit = Edit(Place(file, Span(0, 0)), f"-- kmblint: ignore[{one.rule}] it is known\n")
        else:
            edit = Edit(Place(file, Span(behind, behind)), f" /* kmblint: ignore[{one.rule}] it is known */")
        try:
            draft = _draft(history, _overlay(files)).with_fixes([Fix("suppress", (edit,))])
        except UnwritableError:
            return
        after = self._lint(self._reader(_overlay(files))(draft.overlay), self._alone)
        if any(each.rule == "harmful-suppression" for each in after.diagnostics):
            return
        rule = self._rulebook.get(one.rule)
        assert rule is not None, "a diagnostic has a rule of the book"
        revealed = frozenset({*rule.card.metadata.explains, *rule.card.metadata.supersedes})
        yield from invariants.of_suppressing(one, revealed, before, after)


def _end_of_statement(one: Diagnostic, history: History) -> int | None:
    """Before the `;` of the statement that a finding is about; None where a comment there may do harm."""
    place = one.finding.place
    for each in history.by_file[place.file].statements:
        if place.span.start in each.span and not each.is_own and each.problem is None:
            return each.semicolon
    return None


def _draft(history: History, overlay: Mapping[str, bytes | None]) -> Draft:
    return Draft.of(history, spell=lambda name: Spelling.of(overlay[name] or b""))


def _overlay(files: Files) -> dict[str, bytes]:
    """The migrations of a project by their names in the folder."""
    return {name.rpartition("/")[2]: data for name, data in files.items() if name.startswith("migrations/")}


def faults(data: bytes) -> Iterator[Fault]:
    """What the tokens, statements and forms of a file's bytes break."""
    try:
        text = decoded(data)[0]
        source = Source("0001_a.sql", data.decode("utf-8", "replace") if text is None else text)
        read = statements(source)
        tokens = scan(source)
        yield from invariants.of_tokens(source.text, tokens)
        yield from invariants.of_statements(source.text, tokens, read)
        for each in read:
            for target in _TARGETS:
                target.form(each, source)
    except Exception as error:
        yield invariants.raised(error, "reading")
