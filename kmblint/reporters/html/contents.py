"""What stands on the page, cut to a bounded size: findings, files with their SQL, what the batch does, life stories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from typing import Final

from kmblint.findings import Applicability, Confidence, Diagnostic, Related, Report, Severity
from kmblint.history.files import Migration
from kmblint.replay.review import Deed, Effect, Review
from kmblint.replay.transcript import Entry
from kmblint.reporters.characters import clip, visible
from kmblint.reporters.html.listing import Marked, listed, tokens_of, wanted
from kmblint.reporters.html.model import Done, FileView, Group, Link, Other, Outcome, ShownLine, Told
from kmblint.reporters.judgement import status, stops
from kmblint.reporters.tally import worst_first
from kmblint.targets.verdict import Verdict
from kmblint.text import Source, Span

MOST_FINDINGS: Final = 400
_MOST_RELATED: Final = 6
"""Other places of one finding."""
_MOST_LINES: Final = 6_000
"""Lines of SQL on the whole page."""
_MOST_DEEDS: Final = 40
"""Of one effect."""
_MOST_STORIES: Final = 40
_LONGEST_STORY: Final = 24
_MOST_FILES: Final = 300
"""With their SQL; those that something is said of come first."""
_MOST_OPEN: Final = 30
"""Pending files that are all shown open; of more, those that something is said of."""
_MOST_FOLDED: Final = 100
"""Files without anything to say that have a line each."""
_TITLE: Final = 56
"""Columns of a statement that is named in a list."""
_NEAR: Final = 12
"""Lines that a place may have for what is said of it to stand behind its end, not behind its first line."""


class Contents:
    """The page of one run; several histories call their files by paths."""

    def __init__(self, report: Report, reviews: Sequence[Review]) -> None:
        self.report = report
        self._reviews = reviews
        self._by_path = len(reviews) > 1
        self._migrations: dict[str, Migration] = {}
        self._of: dict[str, Review] = {}
        self._entries: dict[str, list[Entry]] = {}
        self._pending: set[str] = set()
        for review in reviews:
            self._migrations |= {self._name(each): each for each in review.history.migrations}
            self._of |= {self._name(each): review for each in review.history.migrations}
            self._pending |= {self._name(each) for each in review.batch}
            for entry in review.transcript.entries:
                self._entries.setdefault(self._name(entry.migration), []).append(entry)
        self._lasting: dict[tuple[str, int], dict[str, None]] = {}
        for review in reviews:
            for deed in review.taken:
                if deed.lasting:
                    self._lasting.setdefault((self._name(deed.migration), deed.line), {})[deed.lasting] = None
        everything = worst_first(report)
        self.findings_left_out = max(0, len(everything) - MOST_FINDINGS)
        self._diagnostics = everything[:MOST_FINDINGS]
        self._said = self._lines_said()
        names = [name for name in self._migrations if name in self._pending or name in self._said]
        names += [name for name in self._said if name not in self._migrations]
        urgent = sorted(names, key=lambda name: (name not in self._said, name not in self._pending))
        chosen = frozenset(urgent[:_MOST_FILES])
        self.files_left_out = len(names) - len(chosen)
        names = [name for name in names if name in chosen]
        self._ids = {name: f"f{number}" for number, name in enumerate(names, 1)}
        self._shown = self._lines_shown()
        self.findings = [self._told(each, number) for number, each in enumerate(self._diagnostics, 1)]
        self.files = [self._file(name) for name in names]
        quiet = [name for name in self._migrations if name not in self._pending and name not in self._said]
        self.quiet = [Done(self._quiet(name), "", Link(self.called(name)), "", False) for name in quiet[-_MOST_FOLDED:]]
        self.quiet_left_out = max(0, len(quiet) - _MOST_FOLDED)

    def _name(self, migration: Migration) -> str:
        """How places of the report call it."""
        return migration.source.path if self._by_path else migration.file

    def _quiet(self, name: str) -> str:
        """What an old file did, in a few words."""
        changes = [change for entry in self._entries.get(name, ()) for change in entry.changes]
        return "; ".join(changes[:3]) + (f"; and {len(changes) - 3} more" if len(changes) > 3 else "")

    def _lines_said(self) -> dict[str, set[int]]:
        """The lines that something is said of, by file."""
        lines: dict[str, set[int]] = {}
        for diagnostic in self._diagnostics:
            finding = diagnostic.finding
            for place in (finding.place, *(other.place for other in finding.related[:_MOST_RELATED])):
                lines.setdefault(place.file, set()).update(
                    {self._line(place.file, place.span), self._behind(place.file, place.span)}
                )
        return lines

    def _line(self, file: str, span: Span) -> int:
        return self.report.source(file).position(span.start).line

    def _behind(self, file: str, span: Span) -> int:
        """The line behind which a place is told of."""
        source = self.report.source(file)
        first = source.position(span.start).line
        last = source.position(span.start + len(source.slice(span).rstrip()) - 1 if span.end > span.start else span.end)
        return last.line if last.line - first <= _NEAR else first

    def _lines_shown(self) -> dict[str, list[int]]:
        """The numbers of the lines to show of each file, no more than the page holds."""
        shown: dict[str, list[int]] = {}
        room = _MOST_LINES
        for name in self._ids:
            source = self.report.source(name)
            pending = self._migrations.get(name) if name in self._pending else None
            numbers = wanted(source, pending, self._said.get(name, ())) if source.text else []
            if numbers and numbers[-1] == source.line_count and not source.line(source.line_count):
                numbers.pop()  # what stands behind the last line end
            shown[name] = numbers[:room]
            room -= len(shown[name])
        return shown

    def called(self, file: str) -> str:
        """How the page calls a file: a migration of the only folder by its name, anything else by its path."""
        return file if file in self._migrations else self.report.path(file)

    def link(self, file: str, line: int) -> Link:
        """A place as `file:line`."""
        text = f"{self.called(file)}:{line}"
        if line in self._shown_lines(file):
            return Link(text, f"#{self._ids[file]}-{line}")
        return Link(text, f"#{self._ids[file]}" if file in self._ids else "")

    def _shown_lines(self, file: str) -> frozenset[int]:
        return self._shown_sets.get(file, frozenset())

    @cached_property
    def _shown_sets(self) -> dict[str, frozenset[int]]:
        return {file: frozenset(numbers) for file, numbers in self._shown.items()}

    def _told(self, diagnostic: Diagnostic, number: int) -> Told:
        finding = diagnostic.finding
        file = finding.place.file
        line = self._line(file, finding.place.span)
        fix = ""
        if finding.fix:
            fix = finding.fix.message + _PROMISES[finding.fix.applicability]
        return Told(
            f"n{number}",
            diagnostic.severity.value,
            diagnostic.code,
            diagnostic.rule,
            finding.message,
            self.called(file),
            line,
            self.link(file, line),
            tuple((finding.help or "").expandtabs(4).splitlines()),
            fix,
            tuple(map(self._other, finding.related[:_MOST_RELATED])),
            max(0, len(finding.related) - _MOST_RELATED),
            "" if finding.confidence is Confidence.HIGH else finding.confidence.value,
        )

    def _other(self, related: Related) -> Other:
        return Other(related.message, self.link(related.place.file, self._line(related.place.file, related.place.span)))

    def _file(self, name: str) -> FileView:
        source, migration = self.report.source(name), self._migrations.get(name)
        pairs = self._by_file.get(name, [])
        numbers = self._shown[name]
        shown = self._shown_lines(name)
        whole = [told for each, told in pairs if each.finding.place.span == Span(0, 0)]
        by_line: dict[int, list[Told]] = {}
        for diagnostic, told in pairs:
            if told not in whole:
                under = self._behind(name, diagnostic.finding.place.span)
                if under in shown:
                    by_line.setdefault(under, []).append(told)
                else:
                    whole.append(told)
        outcomes = self._outcomes(name) if name in self._pending else {}
        tokens = tokens_of(migration.source) if migration is not None and numbers else ()
        lines = listed(source, numbers, tokens, self._marks(name))
        status, state, note = self._status(name)
        severities = [told.severity for _, told in pairs]
        return FileView(
            self._ids[name],
            self.called(name),
            status,
            state,
            name in self._pending and (len(self._pending) <= _MOST_OPEN or bool(pairs)),
            note,
            tuple((each.value, severities.count(each.value)) for each in Severity if each.value in severities),
            tuple(whole),
            tuple(
                ShownLine(
                    line,
                    f"{self._ids[name]}-{line.number}",
                    tuple(outcomes.get(line.number, ())),
                    tuple(by_line.get(line.number, ())),
                )
                for line in lines
            ),
            max(0, _last(source) - numbers[-1]) if numbers else _last(source),
        )

    def _marks(self, name: str) -> list[Marked]:
        own = [Marked(each.finding.place.span, each.severity) for each, _ in self._by_file.get(name, ())]
        return [*own, *self._causes.get(name, ())]

    @cached_property
    def _by_file(self) -> dict[str, list[tuple[Diagnostic, Told]]]:
        """The findings of each file."""
        grouped: dict[str, list[tuple[Diagnostic, Told]]] = {}
        for diagnostic, told in zip(self._diagnostics, self.findings, strict=True):
            grouped.setdefault(diagnostic.finding.place.file, []).append((diagnostic, told))
        return grouped

    @cached_property
    def _causes(self) -> dict[str, list[Marked]]:
        """The other places of findings in each file."""
        grouped: dict[str, list[Marked]] = {}
        for diagnostic in self._diagnostics:
            for other in diagnostic.finding.related[:_MOST_RELATED]:
                grouped.setdefault(other.place.file, []).append(Marked(other.place.span, None))
        return grouped

    def _outcomes(self, name: str) -> Mapping[int, list[Outcome]]:
        told: dict[int, list[Outcome]] = {}
        lines = [told.line for _, told in self._by_file.get(name, ())]
        for entry in self._entries.get(name, ()):
            last = entry.line + entry.sql.count("\n")
            is_told = any(entry.line <= line <= last for line in lines)
            reasons = () if is_told else (*entry.reasons, *entry.surprises)
            lasting = tuple(self._lasting.get((name, entry.line), ()))
            changes = tuple(map(entry.secrets.masked, entry.changes))
            told.setdefault(entry.line, []).append(
                Outcome(entry.verdict.value, entry.verdict.happens, changes, reasons, lasting)
            )
        return told

    def _status(self, name: str) -> tuple[str, str, str]:
        """How a file ends: in words, as a class, and why."""
        if name not in self._of:
            return "", "other", ""
        words, note = status(self._of[name], self._migrations[name])
        state = {"applied already": "applied", "runs to its end": "good", "not part of the history": "other"}
        return words, state.get(words, "stop"), note

    # --- what it does -------------------------------------------------------------------------------------------------

    @property
    def effects(self) -> list[Group]:
        """What the batch does, by kind."""
        deeds = self._taken
        return [self._group(effect.value, [each for each in deeds if each.effect is effect])
                for effect in Effect if any(each.effect is effect for each in deeds)]  # fmt: skip

    @property
    def lasting(self) -> int:
        """How many of these things are for ever."""
        return sum(bool(deed.lasting) for deed in self._taken)

    @cached_property
    def _taken(self) -> list[Deed]:
        return [deed for review in self._reviews for deed in review.taken]

    @property
    def stops(self) -> bool:
        """Whether the run doesn't come to the end of the batch."""
        return stops(self._reviews)

    @property
    def undone(self) -> Group:
        """What the batch says and doesn't do."""
        told = [
            Done(
                entry.reasons[0] if entry.reasons else "",
                "",
                self.link(self._name(entry.migration), entry.line),
                entry.verdict.value,
                pending=True,
                sql=clip(visible(" ".join(entry.sql[: 4 * _TITLE].split())), _TITLE),
            )
            for name in self._migrations
            if name in self._pending
            for entry in self._entries.get(name, ())
            if entry.verdict is not Verdict.TAKEN
        ]
        return Group("", tuple(told[:_MOST_DEEDS]), max(0, len(told) - _MOST_DEEDS))

    def _group(self, title: str, deeds: Sequence[Deed]) -> Group:
        """Things of one kind; what a file does several times running is one, and what lasts of all is said once."""
        runs = [list(run) for _, run in groupby(deeds, key=lambda deed: (deed.text, deed.migration.source.path))]
        reasons = {deed.lasting for deed in deeds}
        shared = reasons.pop() if len(reasons) == 1 and len(runs) > 1 else ""
        done = [self._done(run[0], times=len(run), lasting=not shared) for run in runs[:_MOST_DEEDS]]
        return Group(title, tuple(done), sum(map(len, runs[_MOST_DEEDS:])), shared)

    def _done(self, deed: Deed, *, times: int = 1, lasting: bool = True) -> Done:
        name = self._name(deed.migration)
        link = self.link(name, deed.line)
        text = deed.text if times == 1 else f"{deed.text}, {times} times"
        return Done(text, deed.lasting if lasting else "", link, deed.verdict.value, name in self._pending)

    @cached_property
    def _lives(self) -> list[tuple[str, tuple[Deed, ...]]]:
        return [story for review in self._reviews for story in review.stories.items()]

    @property
    def stories(self) -> list[Group]:
        """The life of each table that the batch touches, cut in its middle."""
        return [
            Group(table, tuple(map(self._done, _ends(deeds))), max(0, len(deeds) - _LONGEST_STORY))
            for table, deeds in self._lives[:_MOST_STORIES]
        ]

    @property
    def stories_left_out(self) -> int:
        """Tables whose life isn't told."""
        return max(0, len(self._lives) - _MOST_STORIES)

    @property
    def rules(self) -> list[str]:
        """The rules that speak, by code."""
        return sorted({f"{told.code} {told.rule}" for told in self.findings})

    @property
    def paths(self) -> list[str]:
        """The files that are spoken of."""
        return list(dict.fromkeys(file.path for file in self.files if file.counts))

    @property
    def severities(self) -> list[str]:
        """Those that occur, the worst first."""
        return [each.value for each in Severity if any(told.severity == each.value for told in self.findings)]


def _last(source: Source) -> int:
    """The number of its last line that holds anything; 0 where there is no text."""
    most = source.line_count if source.text else 0
    return most - 1 if most and not source.line(most) else most


_PROMISES: Final = {
    Applicability.SAFE: "",
    Applicability.UNSAFE: " (look at it first: it may change what the migration does)",
    Applicability.DISPLAY: " (a proposal, never applied by itself)",
}


def _ends(deeds: Sequence[Deed]) -> Iterator[Deed]:
    """The beginning and the end of a long story."""
    if len(deeds) <= _LONGEST_STORY:
        yield from deeds
    else:
        yield from (*deeds[:4], *deeds[4 - _LONGEST_STORY :])
