"""What the database will live through, to read and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from kmblint.replay.transcript import KINDS, Ending, Entry, Transcript
from kmblint.reporters.characters import clip, visible
from kmblint.reporters.json_document import written
from kmblint.reporters.paint import NARROWEST, Paint, wrapped
from kmblint.targets.verdict import DroppedClause, Verdict
from kmblint.wording import counted

_INDENT: Final = 18
"""What stands before a statement: its line and its verdict."""
_STYLES: Final = {Verdict.TAKEN: "help", Verdict.NO_OP: "faint"}
"""Any other verdict is an error."""


def as_text(transcript: Transcript, paint: Paint, width: int) -> Iterator[str]:
    """The transcript to read: a block a file, a line a statement, and under it what isn't as it looks."""
    if transcript.obstacle:
        yield from wrapped(transcript.obstacle, "error", paint, width)
        yield ""
    by_file: dict[str, list[Entry]] = {}
    for entry in transcript.entries:
        by_file.setdefault(entry.migration.file, []).append(entry)
    told = False
    for ending in transcript.endings:
        if not ending.reached and not told:
            told = True
            yield from wrapped(_not_reached(transcript), "error", paint, width)
            yield ""
        yield from _file(ending, by_file.get(ending.migration.file, []), paint, width)
        yield ""
    for line in _summary(transcript):
        yield from wrapped(line, "strong", paint, width)


def _not_reached(transcript: Transcript) -> str:
    """That what follows is not reached; an earlier file that isn't shown is named."""
    shown = any(ending.stops for ending in transcript.endings)
    stop = "an earlier file" if shown or transcript.stop is None else transcript.stop.source.path
    return f"Not reached while {stop} stops the run; judged as if nothing stopped:"


def _file(ending: Ending, entries: list[Entry], paint: Paint, width: int) -> Iterator[str]:
    mark = " (applied already)" if ending.migration.applied else "" if ending.reached else " (not reached)"
    yield paint("strong", visible(ending.migration.source.path)) + paint("faint", mark)
    for entry in entries:
        yield from _statement(entry, paint, width)
    if ending.note:
        yield from wrapped(ending.note, "error", paint, width, "       ■ ")


def _statement(entry: Entry, paint: Paint, width: int) -> Iterator[str]:
    verdict = paint(_STYLES.get(entry.verdict, "error"), f"{entry.verdict.value:<10}")
    sql = visible(" ".join(entry.sql.split()))
    shown = clip(sql, max(width - _INDENT, NARROWEST))
    yield f"{entry.line:>5}  {verdict} {shown if entry.reached else paint('faint', shown)}"
    indent = " " * _INDENT
    for change in entry.changes:
        yield from wrapped(change, "faint", paint, width, f"{indent}+ ")
    for reason in entry.reasons:
        yield from wrapped(reason, "", paint, width, indent)
    for surprise in entry.surprises:
        yield from wrapped(surprise, "warning", paint, width, f"{indent}! ")


def _summary(transcript: Transcript) -> Iterator[str]:
    verdicts = Counter(entry.verdict for entry in transcript.entries)
    counts = ", ".join(f"{verdicts[verdict]} {verdict.value}" for verdict in Verdict if verdicts[verdict])
    surprises = sum(bool(entry.hazards) for entry in transcript.entries)
    hazards = f"; {surprises} with surprises (!)" if surprises else ""
    yield f"{counted(len(transcript.entries), 'statement')}: {counts or 'none'}{hazards}"
    recorded = sum(ending.recorded for ending in transcript.endings)
    files = f"{counted(len(transcript.endings), 'migration')}: {recorded} recorded"
    stop = next((ending.migration.source.path for ending in transcript.endings if ending.stops), None)
    yield f"{files}{f'; the run stops in {stop}' if stop else ''}"


def as_json(transcripts: Sequence[Transcript]) -> str:
    """The transcripts as one document, version 1."""
    statements = [_object(entry) for transcript in transcripts for entry in transcript.entries]
    files = [
        {
            "path": ending.migration.source.path,
            "migration": ending.migration.file,
            "reached": ending.reached,
            "recorded": ending.recorded,
            "note": ending.note,
        }
        for transcript in transcripts
        for ending in transcript.endings
    ]
    obstacles = [transcript.obstacle for transcript in transcripts if transcript.obstacle]
    document = {"version": 1, "statements": statements, "files": files, "obstacles": obstacles}
    return written(document)


def _object(entry: Entry) -> dict[str, Any]:
    return {
        "path": entry.migration.source.path,
        "migration": entry.migration.file,
        "line": entry.line,
        "sql": entry.sql,
        "verdict": entry.verdict.value,
        "reasons": list(entry.reasons),
        "hazards": list(dict.fromkeys(KINDS[type(hazard)] for hazard in entry.hazards)),
        "dropped": [hazard.clause for hazard in entry.hazards if isinstance(hazard, DroppedClause)],
        "changes": list(entry.changes),
        "reached": entry.reached,
        "stops": entry.stops,
        "details": list(entry.surprises),
    }
