"""Reads the cases of a rule, and runs one: writes its files, lints them, applies the fixes.

Those that teach stand on its card (`rules/<slug>.md`), the others in `tests/cases/<slug>.md`, in the same words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from kmblint import targets
from kmblint.config.configuration import load
from kmblint.config.selection import per_file_ignores, selected
from kmblint.findings import Applicability, Diagnostic, NewFile, Report
from kmblint.fixing.edits import apply, disjoint
from kmblint.history import folder
from kmblint.history.known import Known
from kmblint.lint.cards import Card
from kmblint.lint.engine import lint
from kmblint.lint.rulebook import Rulebook
from kmblint.lint.settings import Settings
from kmblint.reporters import FORMATS
from kmblint.reporters.card import CARD
from kmblint.reporters.full import draw
from kmblint.reporters.paint import Paint

SECTIONS: Final = ("Triggered when", "Effect", "Instead", "Flagged", "Accepted")
FURTHER: Final = Path(__file__).with_name("cases")
TODAY: Final = date(2026, 7, 1)
_NAMES: Final = ("initial_schema", "next_release", "later_release", "last_release")
_MARKER: Final = re.compile(r"[ \t]*-- error((?:[ \t]+\"[^\"\n]*\")*)[ \t]*$", re.MULTILINE)
_FILE_NAME: Final = re.compile(r"`([^`]+)`:")
_ESCAPE: Final = re.compile(r"\\x(?P<byte>[0-9a-f]{2})|\\u(?P<character>[0-9a-f]{4})")


class Fence(msgspec.Struct, frozen=True):
    """A fenced block: its info string, the file name on the line before it, its lines' numbers in its file (from 0)."""

    info: str
    name: str | None
    body: str
    first: int
    end: int


class Mark(msgspec.Struct, frozen=True):
    """A finding that a case expects: its file, its 1-based line (None: on the file), and a part of its message."""

    file: str
    line: int | None
    part: str


class Case(msgspec.Struct, frozen=True):
    """One `###` of Flagged or Accepted."""

    written: Path
    """The card, or the file of further cases."""
    title: str
    flagged: bool
    files: Mapping[str, bytes]
    """By their path in the project."""
    marks: tuple[Mark, ...]
    config: str
    """The `kmblint.toml` of the case; the card's own rule is selected beside what it says."""
    fixed: tuple[Fence, ...]
    rendered: Fence | None


def further(card: Card) -> Path:
    """Where the cases stand that the card leaves out; a file that there need not be."""
    return FURTHER / f"{card.slug}.md"


def sections(text: str) -> dict[str, list[tuple[int, str]]]:
    """The numbered lines under each `##`; headings inside fences are text."""
    found: dict[str, list[tuple[int, str]]] = {}
    title, fenced = "", False
    for number, line in enumerate(text.split("\n")):
        fenced ^= line.startswith("```")
        if line.startswith("## ") and not fenced:
            title = line.removeprefix("## ")
            assert title not in found, f"two sections `{title}`"
            found[title] = []
        elif title:
            found[title].append((number, line))
    return found


def cases(card: Card) -> Iterator[Case]:
    """Every case of a rule, in order: those of its card, then the further ones."""
    yield from _cases(card.path, card.text)
    if further(card).is_file():
        yield from _cases(further(card), further(card).read_text(encoding="utf-8"))


def _cases(written: Path, text: str) -> Iterator[Case]:
    parts = sections(text)
    for section in ("Flagged", "Accepted"):
        title, held, fenced = "", list[tuple[int, str]](), False
        for number, line in parts.get(section, []):
            fenced ^= line.startswith("```")
            if line.startswith("### ") and not fenced:
                if title:
                    yield _case(written, title, section == "Flagged", held)
                title, held = line.removeprefix("### "), []
            else:
                held.append((number, line))
        if title:
            yield _case(written, title, section == "Flagged", held)


def _case(written: Path, title: str, flagged: bool, lines: list[tuple[int, str]]) -> Case:
    files: dict[str, bytes] = {}
    marks: list[Mark] = []
    config = ""
    fixed: list[Fence] = []
    rendered: Fence | None = None
    migrations = 0
    for fence in _fences(lines):
        kind, _, rest = fence.info.partition(" ")
        if kind == "sql" and rest == "fixed":
            fixed.append(fence)
        elif kind == "text" and fence.name is None:
            assert rendered is None, f"`{title}` has two text blocks"
            rendered = fence
        elif kind == "toml" and fence.name is None:
            config += fence.body
        else:
            migrations += kind == "sql"
            name = fence.name or _default_name(migrations)
            shown = name.removeprefix("released/")
            text, found = _unmarked(shown, fence.body)
            marks += found
            marks += [Mark(shown, None, part) for part in re.findall(r'error="([^"]*)"', rest)]
            files[_path(name)] = _unescaped(text) if "escaped" in rest.split() else text.encode()
    return Case(written, title, flagged, files, tuple(marks), config, tuple(fixed), rendered)


def _fences(lines: list[tuple[int, str]]) -> Iterator[Fence]:
    info: str | None = None
    name: str | None = None
    first = 0
    body: list[str] = []
    for number, line in lines:
        if info is not None and line.startswith("```"):
            yield Fence(info, name, "".join(f"{each}\n" for each in body), first, number)
            info, name = None, None
        elif info is not None:
            body.append(line)
        elif line.startswith("```"):
            info, first, body = line.removeprefix("```"), number + 1, []
        elif line.strip():
            named = _FILE_NAME.fullmatch(line.strip())
            name = named[1] if named else None


def _default_name(number: int) -> str:
    return f"{number:04}_{_NAMES[number - 1] if number <= len(_NAMES) else f'release_{number}'}.sql"


def _path(name: str) -> str:
    """In the project: what has a folder or a leading dot is relative to it, all else is a migration."""
    return name.removeprefix("./") if "/" in name or name.startswith(".") else f"migrations/{name}"


def _unmarked(name: str, body: str) -> tuple[str, list[Mark]]:
    """The text with its markers cut out, and what they expect."""
    marks: list[Mark] = []
    for match in _MARKER.finditer(body):
        line = body.count("\n", 0, match.start()) + 1
        marks += [Mark(name, line, part) for part in re.findall(r'"([^"]*)"', match[1]) or [""]]
    return _MARKER.sub("", body), marks


def _unescaped(text: str) -> bytes:
    """`\\xff` as a byte, `\\u200b` as a character."""
    parts: list[bytes] = []
    at = 0
    for match in _ESCAPE.finditer(text):
        escaped = bytes.fromhex(match["byte"]) if match["byte"] else chr(int(match["character"], 16)).encode()
        parts += [text[at : match.start()].encode(), escaped]
        at = match.end()
    return b"".join([*parts, text[at:].encode()])


class Result(msgspec.Struct, frozen=True):
    """What a case gives: the report, and the card's own diagnostics in it."""

    report: Report
    own: tuple[Diagnostic, ...]

    def drawn(self) -> str:
        """The own diagnostics as a terminal shows them."""
        blocks = ["\n".join(draw(self.report, diagnostic, Paint(), CARD)) for diagnostic in self.own]
        return "\n\n".join(blocks) + "\n"


def run(
    card: Card, case: Case, rulebook: Rulebook, project: Path, *, debug: bool = True, also: tuple[str, ...] = ()
) -> Result:
    """Lints the case in a folder of its own with the card's rule (and those that the case adds) selected."""
    for path, content in case.files.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_bytes(content)
    return check(card, case, rulebook, project, debug=debug, also=also)


def check(
    card: Card, case: Case, rulebook: Rulebook, project: Path, *, debug: bool = True, also: tuple[str, ...] = ()
) -> Result:
    """Lints what stands in the project folder; files in `released/` are those of the git revision `main`.

    `also` are selectors beside the card's rule.
    """
    (project / "migrations").mkdir(exist_ok=True)
    path = project / "kmblint.toml"
    path.write_text(f"select = {json.dumps([card.slug, *also])}\n{case.config}", encoding="utf-8")
    configured = load(path, path.name, rulebook, {}, FORMATS)
    released = {path.name: path.read_bytes().decode() for path in sorted(project.glob("released/*.sql"))}
    known = Known(
        configured.applied.value,
        configured.failed.value,
        configured.baseline.value,
        since="main" if released else None,
        released=released or None,
    )
    history = folder.read(project / "migrations", known, display=lambda path: path.relative_to(project).as_posix())
    settings = Settings(
        rules=selected(configured, rulebook),
        per_file_ignores=per_file_ignores(configured, rulebook),
        today=TODAY,
        debug=debug,
    )
    target = targets.get(configured.target.value, engine=configured.engine.value)
    report = lint(history, settings, rulebook, target)
    return Result(report, tuple(each for each in report.diagnostics if each.rule == card.slug))


def fix(result: Result, project: Path) -> dict[str, str]:
    """Applies every fix that may be applied; gives the changed and new migrations by name."""
    fixes = [found.finding.fix for found in result.own if found.finding.fix is not None]
    fixes = disjoint(each for each in fixes if each.applicability is not Applicability.DISPLAY)
    changed: dict[str, str] = {}
    edits = [edit for each in fixes for edit in each.edits]
    for name in sorted({edit.place.file for edit in edits}):
        path = project / "migrations" / name
        text = path.read_bytes().decode()
        changed[name] = apply(text, (edit for edit in edits if edit.place.file == name))
    new: list[NewFile] = [file for each in fixes for file in each.files]
    for file in new:
        is_renamed = file.replaces is not None and file.replaces != file.name
        changed[file.name] = changed.pop(str(file.replaces), file.text) if is_renamed else file.text
        if is_renamed and file.replaces:
            (project / "migrations" / file.replaces).unlink()
    for name, text in changed.items():
        (project / "migrations" / name).write_bytes(text.encode())
    return changed
