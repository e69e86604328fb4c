"""What holds of any input, each promise under a name of its own: so faults are counted by it."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Final

import msgspec

from kmblint.errors import ExitCode
from kmblint.findings import Diagnostic, Report, Severity
from kmblint.sql.scanner import COMMENTS, Kind, Token
from kmblint.sql.statement import Statement
from kmblint.text import Place


class Promise(Enum):
    """What is promised of every input."""

    NOTHING_RAISED = "nothing is raised"
    NO_RULE_FAILS = "no rule fails (KMB000)"
    READING_SUCCEEDS = "the parser never fails: a statement has a meaning or a problem"
    TOKENS_ARE_THE_TEXT = "text in, tokens out: nothing but white space stands between them"
    SPANS_TILE = "the statements, their `;`, comments and white space are the text"
    PLACES_LIE_INSIDE = "places lie in their files"
    EXIT_CODE = "a command ends with 0, 1 or 2"
    SAME_AGAIN = "a kept reading says what a fresh one says"
    FIX_MENDS = "fixes add no finding, and make none worse"
    WRITTEN_AS_FORESEEN = "what fixes and suppressions write reads as it did when they were tried"
    FIX_ENDS = "fixes applied once leave nothing that they would do again"
    RENUMBERING_ENDS = "renumbering loses no file, and done again does nothing"
    SUPPRESSION_IS_ALONE = "a suppression takes its own finding and changes no other"
    SUPPRESSIONS_COVER = "--add-suppressions leaves nothing that it suppressed, and adds nothing"
    ARGUMENT_ORDER = "the order of arguments changes nothing"
    CACHE_STATE = "cold, warm and after an edit, the cache changes nothing"
    HASH_SEED = "processes with other hash seeds print the same bytes"
    TIME = "it takes no longer than its size allows"


class Fault(msgspec.Struct, frozen=True):
    """A promise that an input broke, and how."""

    promise: Promise
    said: str

    @property
    def kind(self) -> str:
        """What is alike of the same fault on other inputs: numbers and what stands in quotes aside."""
        digits = "".join("0" if character.isdigit() else character for character in self.said)
        parts = digits.split("`")
        return f"{self.promise.name}: {'`…`'.join(parts[::2])[:160]}"


def raised(error: BaseException, where: str) -> Fault:
    """An exception, by what was done and the line that raised it."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "kmblint" in Path(frame.filename).parts]
    at = f"{Path(frames[-1].filename).name} {frames[-1].name}" if frames else "outside"
    return Fault(Promise.NOTHING_RAISED, f"{where} raised {type(error).__name__} in {at}: {str(error)[:80]!r}")


def of_tokens(text: str, tokens: Iterable[Token]) -> Iterator[Fault]:
    """Every character is a token's or white space."""
    at = 0
    for token in tokens:
        start, written = token.start, token.text
        if (at != start and text[at:start].strip()) or not text.startswith(written, start):
            yield Fault(Promise.TOKENS_ARE_THE_TEXT, f"not so before offset {start}")
            return
        at = start + len(written)
    if text[at:].strip():
        yield Fault(Promise.TOKENS_ARE_THE_TEXT, "not so at the end")


def of_statements(text: str, tokens: Iterable[Token], statements: Iterable[Statement]) -> Iterator[Fault]:
    """What statements promise of themselves, and of the text that they are of."""
    at = 0
    aside = {token.start: token.end for token in tokens if token.kind in _ASIDE}
    for each in statements:
        if each.failure is not None:
            yield raised(each.failure, "reading a statement")
        elif not each.changes and each.problem is None:
            yield Fault(Promise.READING_SUCCEEDS, f"neither meaning nor problem: {each.keyword}")
        if each.problem is not None and each.problem.span not in each.span:
            yield Fault(Promise.PLACES_LIE_INSIDE, "a problem stands outside of its statement")
        if each.span.start < at or not _empty(text, at, each.span.start, aside):
            yield Fault(Promise.SPANS_TILE, "something stands between two statements, or in both")
        at = each.span.end
        if each.semicolon is not None:
            if not at <= each.semicolon < len(text) or not _empty(text, at, each.semicolon, aside):
                yield Fault(Promise.SPANS_TILE, "something stands between a statement and its `;`")
            at = each.semicolon + 1
    if not _empty(text, at, len(text), aside):
        yield Fault(Promise.SPANS_TILE, "something stands behind the last statement")


_ASIDE: Final = COMMENTS | {Kind.SEMICOLON, Kind.CONFLICT}


def _empty(text: str, at: int, end: int, aside: Mapping[int, int]) -> bool:
    while at < end:
        if at in aside:
            at = aside[at]
        elif text[at].isspace():
            at += 1
        else:
            return False
    return True


def of_report(report: Report) -> Iterator[Fault]:
    """No rule failed, and all that is shown lies where it says."""
    for each in report.diagnostics:
        finding = each.finding
        if each.rule == "internal-error":
            yield Fault(Promise.NO_RULE_FAILS, f"{finding.message} {'; '.join(r.message for r in finding.related)}")
        edits = finding.fix.edits if finding.fix else ()
        places = (finding.place, *(r.place for r in finding.related), *(edit.place for edit in edits))
        for place in places:
            if not _inside(place, report):
                yield Fault(Promise.PLACES_LIE_INSIDE, f"a place of {each.code} lies outside of `{place.file}`")


def _inside(place: Place, report: Report) -> bool:
    source = report.sources.get(place.file)
    if source is None:
        return place.span.start == place.span.end == 0
    return 0 <= place.span.start <= place.span.end <= max(len(source.text), 1 if not source.text else 0)


def of_json(document: Mapping[str, Any], texts: Mapping[str, str]) -> Iterator[Fault]:
    """Of what `check` prints as JSON: the same of lines, columns and offsets. `texts` by the path that it prints."""
    for each in document["findings"]:
        start, end = each["start"], each["end"]
        if not 1 <= start["line"] <= end["line"] or min(start["column"], end["column"]) < 1:
            yield Fault(Promise.PLACES_LIE_INSIDE, f"a place of {each['code']} is none: {start}")
        elif start["offset"] > end["offset"] or (
            each["path"] in texts and end["offset"] > max(len(texts[each["path"]]), 1)
        ):
            yield Fault(Promise.PLACES_LIE_INSIDE, f"a place of {each['code']} lies outside of its file")


def of_output(command: str, code: int, output: str) -> Iterator[Fault]:
    """How a command ended, and that it told of no bug."""
    if "Traceback" in output or "a bug in kmblint" in output:
        yield Fault(Promise.NOTHING_RAISED, f"{command}: {_line(output, 'bug in kmblint', 'Traceback')}")
    elif code == ExitCode.INTERNAL:
        yield Fault(Promise.NO_RULE_FAILS, f"{command}: {_line(output, 'KMB000')}")
    elif code not in (0, 1, 2):
        yield Fault(Promise.EXIT_CODE, f"{command} ended with {code}: {output[-100:]}")


def _line(output: str, *signs: str) -> str:
    return next((line.strip() for line in output.splitlines() if any(sign in line for sign in signs)), "")


def of_mending(before: Report, after: Report) -> Iterator[Fault]:
    """Of fixes: each rule tells no more than before, and no worse, what gave way then included. Reports ungrouped."""
    known, now = _counts((*before.diagnostics, *before.given_way)), _counts(after.diagnostics)
    for (rule, rank), count in now.items():
        if count > known[rule, rank]:
            yield Fault(Promise.FIX_MENDS, f"{rule} tells more or worse than before")


def of_suppressing(one: Diagnostic, revealed: frozenset[str], before: Report, after: Report) -> Iterator[Fault]:
    """Of one finding that a comment suppresses: it is gone, and all others are as they were.

    `revealed` are the rules that give way to its own: what was told by it is then told for itself.
    """
    had, has = _told(before), _told(after)
    if (one.rule, one.fingerprint) in {(rule, print_) for rule, print_, _ in has}:
        yield Fault(Promise.SUPPRESSION_IS_ALONE, f"{one.rule} stays")
    for rule, *_ in had - has:
        if rule != one.rule:
            yield Fault(Promise.SUPPRESSION_IS_ALONE, f"{rule} goes with {one.rule}")
    for rule, *_ in has - had:
        if rule not in revealed:
            yield Fault(Promise.SUPPRESSION_IS_ALONE, f"{rule} comes with {one.rule} suppressed")


def of_reports(promise: Promise, what: str, one: Report, other: Report) -> Iterator[Fault]:
    """Two reports that must be the same, word for word."""
    if one.diagnostics != other.diagnostics or one.summary != other.summary:
        yield Fault(promise, f"{what}: {_difference(one, other)}")


def _difference(one: Report, other: Report) -> str:
    first, second = _told(one), _told(other)
    gone, new = [*(first - second).elements()], [*(second - first).elements()]
    return f"without {sorted({rule for rule, *_ in gone})}, with {sorted({rule for rule, *_ in new})}"


def _told(report: Report) -> Counter[tuple[str, str, str]]:
    return Counter((each.rule, each.fingerprint, each.severity.value) for each in report.diagnostics)


def _counts(diagnostics: Iterable[Diagnostic]) -> Counter[tuple[str, int]]:
    return Counter((each.rule, rank) for each in diagnostics for rank in range(each.severity.rank, len(Severity)))
