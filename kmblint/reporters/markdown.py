"""The report as a comment on a pull request, in GitHub's Markdown.

The verdict, a line a file, what the batch does to the schema, then the findings: the worst open, the rest folded.
Every part has a share of the whole and counts what doesn't fit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from kmblint.findings import Diagnostic, Report, Severity
from kmblint.history.files import Migration
from kmblint.replay.review import Effect, Review
from kmblint.reporters.characters import visible
from kmblint.reporters.full import draw_below
from kmblint.reporters.judgement import judged, status, stops
from kmblint.reporters.markdown_text import code, fenced, inline, within
from kmblint.reporters.paint import Paint
from kmblint.reporters.schema_view import Views
from kmblint.reporters.tally import counts_by_rule, headline, summary, worst_first
from kmblint.reporters.view import PAGE, View
from kmblint.wording import counted

MARKER: Final = "<!-- kmblint report -->"
"""The first line, by which a bot finds its comment again to update it."""
BUDGET: Final = 60_000
"""Characters of a whole comment; GitHub refuses more than 65,536."""
_TABLE: Final = 8_000
"""Characters of the table of files."""
_EFFECTS: Final = 6_000
_SCHEMA: Final = 10_000
"""Characters of the difference of all schemas."""
_FRAME: Final = 6_000
"""Characters of the frame of one finding."""
_LONGEST: Final = 1_000
"""Characters of a message or a note."""
_OPEN: Final = 3
"""Errors that stand open."""
_OPEN_LINES: Final = 20
"""Lines of a difference that stands open."""


def render(report: Report, view: View) -> str:
    """The whole comment, below `BUDGET` whatever the history."""
    tail = "" if view.quiet else _tail(report)
    if view.statistics:
        counts = f"{fenced(counts_by_rule(report))}\n" if report.diagnostics else ""
        return f"{MARKER}\n### kmblint: {headline(report)}\n\n{counts}{tail}"
    head = "".join(_head(report, view.reviews))
    diagnostics = worst_first(report)
    folds: list[str] = []
    room = BUDGET - len(head) - len(tail) - len(_left_out(len(diagnostics)))
    for diagnostic in diagnostics:
        worst = diagnostic.severity is Severity.ERROR and len(folds) < _OPEN
        fold = _fold(report, diagnostic, is_open=worst)
        if len(fold) > room:
            break
        room -= len(fold)
        folds.append(fold)
    more = _left_out(len(diagnostics) - len(folds)) if len(folds) < len(diagnostics) else ""
    return head + "".join(folds) + more + tail


def _head(report: Report, reviews: Sequence[Review]) -> Iterator[str]:
    if not reviews:
        yield f"{MARKER}\n### kmblint: {headline(report)}\n\n"
        return
    judgement = judged(report, reviews)
    because = f": {inline(_cut(judgement.because))}" if judgement.because else ""
    yield f"{MARKER}\n### kmblint: {judgement.readiness.value}{because}\n\n"
    yield "".join(f"- {inline(_cut(fact))}\n" for fact in judgement.facts) + "\n"
    yield _files(report, reviews)
    yield _effects(reviews)
    yield _schema(reviews)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _tail(report: Report) -> str:
    notes = within((f"- {inline(_cut(note))}" for note in report.history.notes), 3 * _LONGEST)[0]
    told = "".join(f"{note}\n" for note in notes)
    return f"{told and told + chr(10)}<sub>{inline(summary(report))}</sub>\n"


def _left_out(count: int) -> str:
    return f"**… and {counted(count, 'more finding')}:** `kmblint check` shows them all.\n\n"


# --- what the batch comes to ------------------------------------------------------------------------------------------


def _files(report: Report, reviews: Sequence[Review]) -> str:
    """A row a file that is pending or has findings; where there are too many, those without findings give way."""
    counts: dict[str, Counter[Severity]] = {}
    for diagnostic in report.diagnostics:
        counts.setdefault(report.path(diagnostic.finding.place.file), Counter())[diagnostic.severity] += 1
    migrations = {each.source.path: (review, each) for review in reviews for each in review.history.migrations}
    pending = {each.source.path for review in reviews for each in review.batch}
    paths = [path for path in migrations if path in pending or path in counts]
    paths += [path for path in counts if path not in migrations]
    if not paths:
        return ""
    several = len(reviews) > 1
    rows = {path: _row(path, migrations.get(path), counts.get(path, Counter()), by_path=several) for path in paths}
    worst = sorted(paths, key=lambda path: _badness(counts.get(path)))
    chosen, left_out = within((rows[path] for path in worst), _TABLE)
    kept = set(chosen)
    listed = "".join(f"{rows[path]}\n" for path in paths if rows[path] in kept)
    more = f"\n… and {counted(left_out, 'more file')}, none of them worse.\n" if left_out else ""
    return f"| File | How it ends | Error | Warning | Info |\n| :-- | :-- | --: | --: | --: |\n{listed}{more}\n"


def _badness(counts: Counter[Severity] | None) -> tuple[int, ...]:
    """The key that sorts the worst file first."""
    return tuple(-(counts or Counter())[severity] for severity in Severity)


def _row(path: str, known: tuple[Review, Migration] | None, counts: Mapping[Severity, int], *, by_path: bool) -> str:
    called = known[1].file if known and not by_path else path
    numbers = " | ".join(str(counts[severity]) if counts[severity] else "" for severity in Severity)
    return f"| {code(_cut(called))} | {_ending(known)} | {numbers} |"


def _ending(known: tuple[Review, Migration] | None) -> str:
    if known is None:
        return ""
    review, migration = known
    state, note = status(review, migration)
    return inline(_cut(note or state if state == "stops the run" or not note else f"{state}: {note}"))


def _effects(reviews: Sequence[Review]) -> str:
    """What the batch does, folded: the counts to see, each thing behind them."""
    deeds = [deed for review in reviews for deed in review.taken]
    if not deeds:
        return ""
    ordered = sorted(deeds, key=lambda deed: [*Effect].index(deed.effect))
    times = Counter((deed.effect, deed.text, deed.lasting) for deed in ordered)
    counts = Counter(effect for effect, _, _ in times.elements())
    title = ", ".join(counted(number, *_COUNTED[effect]) for effect, number in counts.items())
    lasting = sum(bool(deed.lasting) for deed in deeds)
    title += f"; {lasting} for ever" if lasting else ""
    lines = []
    for (_, text, reason), number in times.items():
        often = f", {number} times" if number > 1 else ""
        lines.append(f"- {inline(_cut(text))}{often}{f' (**for ever**: {reason})' if reason else ''}")
    kept, left_out = within(lines, _EFFECTS)
    more = f"- … and {left_out} more\n" if left_out else ""
    listed = "".join(f"{line}\n" for line in kept)
    unless = "Told as if nothing stopped the run, for when it is mended.\n\n" if stops(reviews) else ""
    return f"<details><summary><b>What it does:</b> {title}</summary>\n\n{unless}{listed}{more}\n</details>\n\n"


_COUNTED: Final = {
    Effect.TABLES: ("table made", "tables made"),
    Effect.COLUMNS: ("column added", "columns added"),
    Effect.DROPS: ("drop", "drops"),
    Effect.ROWS_CHANGED: ("change of rows", "changes of rows"),
    Effect.ROWS_WRITTEN: ("insert", "inserts"),
    Effect.INDEXES: ("index or constraint", "indexes and constraints"),
    Effect.PROTECTION: ("change of protection", "changes of protection"),
    Effect.OTHER: ("other statement", "other statements"),
}


def _schema(reviews: Sequence[Review]) -> str:
    """What differs behind the batch, as a patch; a short one stands open."""
    blocks: list[str] = []
    for review in reviews:
        view = Views(review).compared
        lines, left_out = within((visible(_cut(line)) for line in view.lines()), _SCHEMA // len(reviews))
        if lines:
            called = f" of {code(_cut(review.history.called))}" if len(reviews) > 1 else ""
            tables = counted(len(view.changed), "table")
            attribute = " open" if len(lines) <= _OPEN_LINES and len(reviews) == 1 else ""
            more = f"… and {counted(left_out, 'more line')}: `kmblint schema` shows it whole.\n" if left_out else ""
            blocks.append(
                f"<details{attribute}><summary><b>The schema{called}:</b> {tables} not as before</summary>\n\n"
                f"{fenced(chr(10).join(lines), 'diff')}{more}\n</details>\n\n"
            )
    kept, left_out = within(blocks, 2 * _SCHEMA)
    return "".join(kept) + (f"… and {counted(left_out, 'more schema')}.\n\n" if left_out else "")


# --- findings ---------------------------------------------------------------------------------------------------------


def _fold(report: Report, diagnostic: Diagnostic, *, is_open: bool) -> str:
    """One line to see, the frame behind it."""
    place = diagnostic.finding.place
    position = report.source(place.file).position(place.span.start)
    where = code(f"{_cut(report.path(place.file))}:{position.line}")
    title = f"<b>{diagnostic.severity.value}</b> <code>{diagnostic.code} {diagnostic.rule}</code> {where}"
    lines, left_out = within(draw_below(report, diagnostic, Paint(), PAGE), _FRAME)
    cut = [f"… and {counted(left_out, 'more line')}"] if left_out else []
    frame = fenced("\n".join([*lines, *cut]))
    attribute = " open" if is_open else ""
    message = inline(_cut(diagnostic.finding.message))
    return f"<details{attribute}><summary>{title}<br>{message}</summary>\n\n{frame}\n</details>\n\n"
