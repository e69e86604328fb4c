"""A rehearsal as text, Markdown or JSON: what went as predicted in a line, and what didn't as a block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from kmblint.errors import ISSUES
from kmblint.live.rehearsal import HELD, NOT_SENT, Miss, Played, PlayedFile, Rehearsal
from kmblint.reporters.characters import clip, visible
from kmblint.reporters.json_document import written
from kmblint.reporters.markdown_text import code, inline
from kmblint.reporters.paint import NARROWEST, Paint, heading, wrapped
from kmblint.text import Place
from kmblint.wording import counted

_INDENT: Final = 18
_STYLES: Final = {"taken": "help", NOT_SENT: "warning", HELD: "warning"}
"""Any other ending is an error."""
_PLEA: Final = (
    "Where prediction and engine differ, kmblint is wrong or the engine is another one: please report "
    f"the block, with the statements before it, at {ISSUES}"
)


def as_text(rehearsals: Sequence[Rehearsal], paint: Paint, width: int) -> str:
    """To read: a block a file, a line a statement, a frame where prediction and engine differ."""
    lines: list[str] = []
    for number, rehearsal in enumerate(rehearsals):
        lines += [""] if number else []
        lines += [heading(rehearsal.called, paint), ""] if len(rehearsals) > 1 else []
        lines += _one(rehearsal, paint, width)
    return "".join(f"{line}\n" for line in lines)


def _one(rehearsal: Rehearsal, paint: Paint, width: int) -> Iterator[str]:
    if rehearsal.obstacle:
        yield from wrapped(rehearsal.obstacle, "error", paint, width)
        yield ""
    for file in rehearsal.files:
        if not file.is_reached:
            continue
        mark = " (data)" if file.part.is_data else "" if file.part.runs else " (baseline)"
        yield paint("strong", visible(file.part.migration.source.path)) + paint("faint", mark)
        for played in file.statements:
            yield from _statement(played, rehearsal, paint, width)
        for miss in file.misses:
            yield from _block(miss, rehearsal, None, paint, width)
        if file.note:
            yield from wrapped(file.note, "error", paint, width, "       ■ ")
        yield ""
    for line in summary(rehearsal):
        yield from wrapped(line, "strong", paint, width)


def _statement(played: Played, rehearsal: Rehearsal, paint: Paint, width: int) -> Iterator[str]:
    entry = played.entry
    seen = paint(_STYLES.get(played.seen, "error"), f"{_word(played):<10}")
    sql = visible(" ".join(entry.sql.split()))
    yield f"{entry.line:>5}  {seen} {clip(sql, max(width - _INDENT, NARROWEST))}"
    indent = " " * _INDENT
    if played.misses:
        for miss in played.misses:
            yield from _block(miss, rehearsal, played, paint, width)
    elif played.seen != "taken":
        for reason in entry.reasons:
            yield from wrapped(reason, "", paint, width, indent)
        if played.seen == "died":
            yield from wrapped(f"the server is gone, as predicted: {played.said}", "error", paint, width, indent)
    if played.note:
        yield from wrapped(played.note, "warning", paint, width, f"{indent}! ")


def _word(played: Played) -> str:
    """How it ended, in the words of `replay`."""
    return played.entry.verdict.value if played.seen == NOT_SENT else played.seen


def _block(miss: Miss, rehearsal: Rehearsal, played: Played | None, paint: Paint, width: int) -> Iterator[str]:
    """Predicted, seen, and what the prediction rests on."""
    difference = miss.difference
    where = _where(played, difference.place, rehearsal)
    subject = f" of `{visible(difference.subject)}`" if difference.subject else ""
    yield paint("error", f"{' ' * 7}≠ the {difference.what}{subject} differs") + (
        f"  --> {visible(where)}" if where else ""
    )
    rows = (
        ("predicted", difference.predicted),
        ("seen", difference.seen),
        ("rests on", f"the facts of engine {rehearsal.facts}: {miss.rests_on}"),
    )
    for title, text in rows:
        yield from wrapped(text, "", paint, width, f"{' ' * 9}{title + ':':<11}")


def _where(played: Played | None, place: Place | None, rehearsal: Rehearsal) -> str:
    if played is not None:
        return f"{played.entry.migration.source.path}:{played.entry.line}"
    if place is None:
        return ""
    sources = {file.part.migration.file: file.part.migration.source for file in rehearsal.files}
    source = sources.get(place.file)
    return "" if source is None else source.where(place.span)


def summary(rehearsal: Rehearsal) -> Iterator[str]:
    """What it comes to, a few lines."""
    statements = list(rehearsal.statements)
    endings = Counter(_word(each) for each in statements)
    counts = ", ".join(f"{number} {word}" for word, number in endings.most_common())
    where = f"{rehearsal.stage}, release {rehearsal.release}"
    yield f"{counted(len(statements), 'statement')} on {where}: {counts or 'none'}"
    differing = sum(bool(each.misses) for each in statements)
    behind = sum(len(file.misses) for file in rehearsal.files)
    parts = [f"{counted(differing, 'statement')} not as predicted"] if differing else []
    parts += [f"{counted(behind, 'difference')} in what they left"] if behind else []
    silent = endings["no answer"]
    yield ", ".join(parts) if parts else "all others as predicted" if silent else "all as predicted"
    stop = next((file for file in rehearsal.files if file.stops), None)
    if stop is not None:
        left = sum(not file.is_reached for file in rehearsal.files)
        behind_it = f"; {counted(left, 'file')} behind it not reached (--keep-going goes on)" if left else ""
        yield f"the run stops in {stop.part.migration.source.path}{behind_it}"
    if rehearsal.restarts:
        times = "once" if rehearsal.restarts == 1 else f"{rehearsal.restarts} times"
        yield f"the engine was started again {times}, with all that it had been sent before"
    if rehearsal.lost:
        yield f"the rehearsal ends early: {rehearsal.lost}"
    if rehearsal.differences:
        yield _PLEA


def as_markdown(rehearsals: Sequence[Rehearsal]) -> str:
    """For a pull request: the summary, then every difference and stop as a table row."""
    lines: list[str] = []
    for rehearsal in rehearsals:
        lines += [f"### Rehearsal of {code(rehearsal.called)}", ""]
        for line in summary(rehearsal):
            told = line if line == _PLEA else inline(line)  # whose address is to be a link
            lines.append(f"{told[0].upper()}{told[1:]}." if told[-1] != "." else told)
        lines += [f"**{inline(rehearsal.obstacle)}**"] if rehearsal.obstacle else []
        rows = [row for file in rehearsal.files for row in _rows(file, rehearsal)]
        if rows:
            lines += ["", "| Where | Statement | Predicted | Seen |", "| --- | --- | --- | --- |", *rows]
        lines.append("")
    return "\n".join(lines)


def _rows(file: PlayedFile, rehearsal: Rehearsal) -> Iterator[str]:
    for played in file.statements:
        where = inline(_where(played, None, rehearsal))
        sql = code(clip(visible(" ".join(played.entry.sql.split())), 60))
        for miss in played.misses:
            yield _row(where, sql, inline(miss.difference.predicted), inline(miss.difference.seen))
        if not played.misses and (played.stops or played.seen == HELD):
            why = "; ".join(played.entry.reasons) or played.note or played.entry.verdict.value
            yield _row(where, sql, inline(why), played.seen)
    for miss in file.misses:
        difference = miss.difference
        subject = f"{difference.what} of `{difference.subject}`"
        yield _row(
            *map(inline, (_where(None, difference.place, rehearsal), subject, difference.predicted, difference.seen))
        )
    if file.note:
        yield _row(inline(file.part.migration.source.path), "", "", f"**{inline(file.note)}**")


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def as_json(rehearsals: Sequence[Rehearsal]) -> str:
    """One document, version 1."""
    document = {"version": 1, "rehearsals": [_document(each) for each in rehearsals]}
    return written(document)


def _document(rehearsal: Rehearsal) -> dict[str, Any]:
    return {
        "history": rehearsal.called,
        "release": rehearsal.release,
        "facts": rehearsal.facts,
        "stage": rehearsal.stage,
        "clean": rehearsal.is_clean,
        "obstacle": rehearsal.obstacle,
        "restarts": rehearsal.restarts,
        "lost": rehearsal.lost,
        "files": [
            {
                "path": file.part.migration.source.path,
                "data": file.part.is_data,
                "reached": file.is_reached,
                "stops": file.stops,
                "note": file.note,
                "differences": [_difference(miss, rehearsal) for miss in file.misses],
                "statements": [
                    {
                        "line": played.entry.line,
                        "sql": played.entry.sql,
                        "predicted": played.entry.verdict.value,
                        "reasons": list(played.entry.reasons),
                        "seen": played.seen,
                        "said": played.said,
                        "rows": played.rows,
                        "note": played.note,
                        "differences": [_difference(miss, rehearsal) for miss in played.misses],
                    }
                    for played in file.statements
                ],
            }
            for file in rehearsal.files
        ],
    }


def _difference(miss: Miss, rehearsal: Rehearsal) -> dict[str, str]:
    difference = miss.difference
    return {
        "what": difference.what,
        "subject": difference.subject,
        "predicted": difference.predicted,
        "seen": difference.seen,
        "rests_on": miss.rests_on,
        "made": _where(None, difference.place, rehearsal),
    }
