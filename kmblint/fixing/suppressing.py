"""Suppressions written for findings: lines of the header, which the runner drops and no checksum counts.

Each is tried on the whole history before it counts: one that suppresses nothing is taken out again, and what gave way
to a finding and is told without it gets a line of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from kmblint.findings import INTERNAL, Diagnostic, Edit, Fix
from kmblint.fixing.draft import Draft, UnwritableError
from kmblint.fixing.rounds import ROUNDS, Judge, LeftOut, Mended, Outcome, Read
from kmblint.history.files import History, Migration
from kmblint.text import Span

_OBJECT: Final = re.compile(r"(?!until=)[^\s,\[\]\"`]+")
"""Names that a suppression can name: any other is covered with its whole file."""
_TOP: Final = re.compile(r"(?:[ \t]*--(?!\s*Down Migration).*(?:\n|$))*")
"""The comment lines that a file begins with."""


def suppress(history: History, draft: Draft, read: Read, judge: Judge, reason: str) -> Outcome:
    """Suppresses every finding of the judge, for a reason of one line; what can't be is left out, and why."""
    first = report = judge(history)
    left: dict[str, LeftOut] = {}
    done: Counter[tuple[str, str, str]] = Counter()
    for _ in range(ROUNDS):
        asked = [each for each in report.diagnostics if each.fingerprint not in left]
        left |= {each.fingerprint: LeftOut(each, why) for each in asked if (why := _refusal(each, draft))}
        asked = [each for each in asked if each.fingerprint not in left]
        if not asked:
            break
        try:
            tried = draft.with_fixes(_fixes(asked, history.by_file, reason))
            overlay = tried.overlay
        except UnwritableError as error:
            left |= {each.fingerprint: LeftOut(each, str(error)) for each in asked}
            break
        after = read(overlay)
        judged = judge(after)
        staying = {each.fingerprint for each in judged.diagnostics}
        stubborn = [each for each in asked if each.fingerprint in staying]
        if stubborn:
            left |= {each.fingerprint: LeftOut(each, "no suppression reaches it") for each in stubborn}
            continue
        done += Counter((each.finding.place.file, each.code, each.rule) for each in asked)
        draft, history, report = tried, after, judged
    return Outcome(
        draft,
        history,
        report,
        tuple(Mended(*key, count) for key, count in sorted(done.items())),
        tuple(left.values()),
        fixed=done.total(),
        gone=len(first.diagnostics) - len(report.diagnostics),
    )


def _refusal(diagnostic: Diagnostic, draft: Draft) -> str | None:
    file = diagnostic.finding.place.file
    if diagnostic.rule == INTERNAL:
        return "it is a bug of kmblint's"
    if diagnostic.rule.endswith("-suppression"):
        return "it is about a suppression: mend that"
    return draft.frozen.get(file) if file in draft.files else "it stands in no migration"


def _fixes(asked: Iterable[Diagnostic], migrations: Mapping[str, Migration], reason: str) -> list[Fix]:
    """One insertion a file: a line a rule and object, in the order of the findings."""
    lines: dict[str, dict[str, None]] = {}
    for diagnostic in asked:
        about = f" {diagnostic.finding.subject}" if _OBJECT.fullmatch(diagnostic.finding.subject) else ""
        line = f"-- kmblint: ignore[{diagnostic.rule}{about}] {reason}\n"
        lines.setdefault(diagnostic.finding.place.file, {})[line] = None
    return [Fix("suppress", (_insertion(migrations[file], "".join(comments)),)) for file, comments in lines.items()]


def _insertion(migration: Migration, lines: str) -> Edit:
    """Behind the comment lines that the file begins with; a file that is nothing but such a line gets its end first."""
    text = migration.source.text
    top = _TOP.match(text)
    offset = min(top.end() if top else 0, migration.header.span.end)
    lead = "\n" if offset and text[offset - 1] != "\n" else ""
    return Edit(migration.place(Span(offset, offset)), lead + lines)
