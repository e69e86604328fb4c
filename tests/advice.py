"""Follows the help of a finding as a person would, so that a test can see where it leads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import msgspec

from kmblint.findings import Applicability, Finding, Fix
from kmblint.fixing.edits import apply
from kmblint.sql.parse import statements
from kmblint.sql.scanner import COMMENTS, Kind, scan
from kmblint.sql.statement import Statement
from kmblint.text import Source, Span

Files = dict[str, str]
"""Migrations by name."""


class Situation(msgspec.Struct, frozen=True, dict=True):
    """A finding and the migrations that it was made in."""

    finding: Finding
    files: Mapping[str, str]

    @property
    def file(self) -> str:
        return self.finding.place.file

    @property
    def text(self) -> str:
        return self.files.get(self.file, "")

    @property
    def span(self) -> Span:
        return self.finding.place.span

    @property
    def statement(self) -> Statement | None:
        """The statement that the finding stands in."""
        source = Source(self.file, self.text)
        for each in statements(source):
            if each.span.start <= self.span.start < max(each.span.end, each.span.start + 1):
                return each
        return None

    def put(self, span: Span, text: str, file: str | None = None) -> Files:
        """The migrations with a stretch of one of them replaced."""
        name = file or self.file
        whole = self.files[name]
        return {**self.files, name: whole[: span.start] + text + whole[span.end :]}

    def instead(self, sql: str) -> Files | None:
        """With the statement replaced, its semicolon kept."""
        here = self.statement
        return self.put(here.span, sql.rstrip(";")) if here else None

    def before(self, sql: str) -> Files | None:
        """With another statement before it."""
        here = self.statement
        return self.put(Span(here.span.start, here.span.start), f"{sql.rstrip(';')};\n") if here else None

    def behind(self, sql: str) -> Files:
        """With another statement at the end of the file."""
        *_, last = statements(Source(self.file, self.text))
        end = last.span.end if last.semicolon is None else last.semicolon + 1
        return self.put(Span(last.span.end, end), f";\n{sql.rstrip(';')};")

    def earlier(self, sql: str) -> Files:
        """With another statement at the end of the migration before."""
        names = sorted(self.files)
        at = names.index(self.file)
        name = names[at - 1] if at else names[0].replace("0001", "0000", 1)
        return {**self.files, name: f"{self.files.get(name, '')}{sql.rstrip(';')};\n"}

    def without(self, statement: Statement | None = None) -> Files | None:
        """Without a statement (that of the finding), and without its file where no other is left."""
        here = statement or self.statement
        if here is None:
            return None
        end = here.span.end if here.semicolon is None else here.semicolon + 1
        first = min((comment.start for comment in here.comments), default=here.span.start)
        files = self.put(Span(min(first, here.span.start), end), "")
        if not statements(Source(self.file, files[self.file])):
            del files[self.file]
        return files

    def headed(self, line: str) -> Files:
        """With a line before the first."""
        return self.put(Span(0, 0), line + "\n")

    def renamed(self, name: str) -> Files:
        """With the file called otherwise."""
        files = dict(self.files)
        files[name] = files.pop(self.file)
        return files


_SQL: Final = r"(?P<sql>(?:ALTER TABLE|CREATE \w+|DELETE FROM|DROP \w+|INSERT INTO|UPDATE)\b[^;\n]*(?:\n +[^;\n]*)*)"

Follower = Callable[[Situation, re.Match[str]], Files | None]
_FOLLOWERS: Final[list[tuple[str, Follower]]] = []


def _when(pattern: str) -> Callable[[Follower], Follower]:
    def keep(follower: Follower) -> Follower:
        _FOLLOWERS.append((pattern, follower))
        return follower

    return keep


def followed(situation: Situation) -> Iterator[Files]:
    """The migrations as they read when the fix was applied or the help was followed, once for each that can be."""
    fix = situation.finding.fix
    if fix is not None and fix.applicability is not Applicability.DISPLAY:
        yield _fixed(situation, fix)
    for pattern, follower in _FOLLOWERS:
        match = re.search(pattern, situation.finding.help or "")
        if match:
            files = follower(situation, match)
            if files is not None:
                yield files


def _fixed(situation: Situation, fix: Fix) -> Files:
    files = dict(situation.files)
    for name in {edit.place.file for edit in fix.edits}:
        files[name] = apply(files[name], (edit for edit in fix.edits if edit.place.file == name))
    for new in fix.files:
        is_renamed = new.replaces is not None and new.replaces != new.name
        files[new.name] = files.pop(str(new.replaces)) if is_renamed else new.text
    return files


@_when(r"did you mean `(?P<name>[^`]+)`\?")
@_when(r"^write `(?P<name>[^`]+)`(?: without what stands before it| without quotes)?$")
@_when(r"^write (?P<name>TRUE|FALSE|-?[\d.]+|'[^'\n]*')(?:;|$)")
@_when(r"^declare it as (?P<name>\w+(?:\([\d,]+\))?), which says no more than is kept")
def _replace(here: Situation, match: re.Match[str]) -> Files | None:
    return here.put(here.span, match["name"])


@_when(r"^call it `(?P<name>\d+_\w+\.sql)`")
def _rename(here: Situation, match: re.Match[str]) -> Files | None:
    return here.renamed(match["name"])


@_when(r"^call it `(?P<name>[^`.]+)`")
def _call(here: Situation, match: re.Match[str]) -> Files | None:
    """A new name, wherever the old one stands in the file."""
    old = here.text[here.span.start : here.span.end]
    return {**here.files, here.file: here.text.replace(old, match["name"])}


@_when(rf"^(?:send it in batches by the key|bound it by the key, a range a statement): {_SQL}")
@_when(rf"^add it without NOT NULL.*\n{_SQL};?$")
def _instead(here: Situation, match: re.Match[str]) -> Files | None:
    return here.instead(match["sql"])


@_when(rf"^(?:detach it first|drop the column first): {_SQL}")
def _before(here: Situation, match: re.Match[str]) -> Files | None:
    return here.before(match["sql"])


@_when(rf"^in a migration before this one: {_SQL}")
def _earlier(here: Situation, match: re.Match[str]) -> Files | None:
    return here.earlier(match["sql"])


@_when(rf"^drop it with its table: {_SQL}")
def _at_the_end(here: Situation, match: re.Match[str]) -> Files | None:
    last = max(here.files)
    return {**here.files, last: f"{here.files[last]}{match['sql']};\n"}


@_when(rf"^{_SQL}")
def _behind(here: Situation, match: re.Match[str]) -> Files | None:
    return here.behind(match["sql"])


@_when(r"^take (?:this statement|the row) out")
@_when(r"^leave (?:it|the statement) out(?:;|,|:|$)")
def _out(here: Situation, _match: re.Match[str]) -> Files | None:
    return here.without()


@_when(r"(?P<sql>ON CONFLICT \([^)]*\) DO NOTHING)")
def _on_conflict(here: Situation, match: re.Match[str]) -> Files | None:
    statement = here.statement
    if statement is None:
        return None
    kept = re.sub(r"\s*\bON CONFLICT\b.*", "", here.text[statement.span.start : statement.span.end], flags=re.DOTALL)
    kept = re.sub(r"\bOR (?:IGNORE|REPLACE) ", "", kept) if "write INSERT INTO," in match.string else kept
    return here.instead(f"{kept} {match['sql']}")


@_when(r"`(?P<line>-- kmblint: ignore\[[^`]*)`$")
@_when(r"`(?P<line>-- kmblint: ignore\[[^`]*)`\n")
def _head(here: Situation, match: re.Match[str]) -> Files | None:
    return here.headed(match["line"])


@_when(r"put `(?P<line>-- Failed: why)` into the header of `(?P<file>[^`]+)`")
def _mark_failed(here: Situation, match: re.Match[str]) -> Files | None:
    return here.put(Span(0, 0), match["line"] + "\n", match["file"])


@_when(r"write `(?P<line>-- Migration: \w+)`")
def _header_line(here: Situation, match: re.Match[str]) -> Files | None:
    source = Source(here.file, here.text)
    return here.put(source.line_span(source.position(here.span.start).line), match["line"])


@_when(r"^write (?P<head>INSERT INTO [^(]*\([^)]*\))")
def _insert_head(here: Situation, match: re.Match[str]) -> Files | None:
    statement = here.statement
    whole = here.text[statement.span.start : statement.span.end] if statement else ""
    return here.instead(re.sub(r"^INSERT\s+INTO\s+\S+", lambda _: match["head"], whole, flags=re.IGNORECASE))


@_when(r"^write the literal first, `(?P<sql>[^`]+)`")
def _literal_first(here: Situation, match: re.Match[str]) -> Files | None:
    return here.put(here.span, match["sql"])


@_when(r"^write (?P<sql>\w+ IS NULL)$")
def _is_null(here: Situation, match: re.Match[str]) -> Files | None:
    return here.put(here.span, match["sql"])


@_when(r"^add AND (?P<sql>\w+ IS NOT NULL)")
def _and_not_null(here: Situation, match: re.Match[str]) -> Files | None:
    statement = here.statement
    return here.put(Span(statement.span.end, statement.span.end), f" AND {match['sql']}") if statement else None


@_when(r"^leave out `(?P<name>[^`]+)`")
def _index_out(here: Situation, match: re.Match[str]) -> Files | None:
    for each in statements(Source(here.file, here.text)):
        if re.search(rf"CREATE INDEX\b.*\b{match['name']}\b", here.text[each.span.start : each.span.end], re.DOTALL):
            return here.without(each)
    return None


@_when(r"^leave it out of `")
def _clause_out(here: Situation, _match: re.Match[str]) -> Files | None:
    """The clause, and the comma before it where it is a part of its own."""
    start = here.span.start
    before = re.search(r",\s*\Z", here.text[:start])
    follows = re.match(r"\s*[,)]", here.text[here.span.end :])
    return here.put(Span(before.start() if before and follows else start, here.span.end), "")


@_when(r"such as `(?P<name>\w+)`")
def _such_as(here: Situation, match: re.Match[str]) -> Files | None:
    return here.put(here.span, match["name"])


@_when(r"^move the comment into the header of the file")
def _to_header(here: Situation, _match: re.Match[str]) -> Files | None:
    statement = here.statement
    lines = (
        [comment.text for comment in statement.comments if comment.start < statement.span.start] if statement else []
    )
    rest = here.text
    for line in lines:
        rest = rest.replace(f"{line}\n", "", 1)
    return {**here.files, here.file: "".join(f"{line}\n" for line in lines) + rest}


@_when(r"^write the comment as /\* … \*/")
def _block(here: Situation, match: re.Match[str]) -> Files | None:
    statement = here.statement
    if statement is None:
        return None
    before = here.text[: statement.span.start]
    unwanted = re.compile("|".join(map(re.escape, re.findall(r"`(;|/\*|\*/)`", match.string))) or "(?!)")
    turned = re.sub(
        r"-- ?(?! *Down )([^\n]*)\n(?=\s*(?:--[^\n]*\n\s*)*\Z)",
        lambda found: f"/* {unwanted.sub(' ', found[1])} */\n",
        before,
    )
    return here.put(Span(0, statement.span.start), turned)


@_when(r"^write USING (?P<word>\w+)")
def _using(here: Situation, match: re.Match[str]) -> Files | None:
    statement = here.statement
    whole = here.text[statement.span.start : statement.span.end] if statement else ""
    return here.instead(re.sub(r"\bUSING \w+", f"USING {match['word']}", whole, flags=re.IGNORECASE))


@_when(r"^remove the comma$")
def _delete(here: Situation, _match: re.Match[str]) -> Files | None:
    return here.put(here.span, "")


@_when(r"^write PRIMARY KEY behind `(?P<name>\w+)`")
def _key(here: Situation, match: re.Match[str]) -> Files | None:
    return {**here.files, here.file: re.sub(rf"\b{match['name']} \w+", r"\g<0> PRIMARY KEY", here.text, count=1)}


@_when(r"^put the data change into a migration of its own, behind")
def _parted(here: Situation, _match: re.Match[str]) -> Files | None:
    """The rows in the last migration of all."""
    statement = here.statement
    rest = here.without()
    if statement is None or rest is None:
        return None
    number = max(int(name.partition("_")[0]) for name in here.files) + 1
    return {**rest, f"{number:04}_change_rows.sql": here.text[statement.span.start : statement.span.end] + ";\n"}


@_when(r"^take the suppression out")
def _unsuppressed(here: Situation, _match: re.Match[str]) -> Files | None:
    """The name and its comma; the whole comment where it names no other rule."""
    for comment in scan(Source(here.file, here.text)):
        if comment.kind in COMMENTS and here.span in comment.span:
            named = re.search(r"\[([^\]]*)\]", comment.text)
            if named is None or "," not in named[1]:
                return here.put(comment.span, "")
            before = re.search(r",\s*\Z", here.text[: here.span.start])
            behind = re.match(r"[^,\]]*(?:,\s*)?" if before is None else r"[^,\]]*", here.text[here.span.end :])
            end = here.span.end + (behind.end() if behind else 0)
            return here.put(Span(before.start() if before else here.span.start, end), "")
    return None


@_when(r"^write it behind the bracket: `(?P<text>[^`]+)`")
def _explained(here: Situation, match: re.Match[str]) -> Files | None:
    for comment in scan(Source(here.file, here.text)):
        if comment.kind in COMMENTS and here.span in comment.span:
            block = comment.kind is Kind.BLOCK_COMMENT
            return here.put(comment.span, f"/* {match['text']} */" if block else f"-- {match['text']}")
    return None


@_when(r"^begin it with `(?P<words>CONSTRAINT \w+)`")
def _named(here: Situation, match: re.Match[str]) -> Files | None:
    return here.put(Span(here.span.start, here.span.start), f"{match['words']} ")


@_when(r"^write its statements (?P<commented>in comments )?behind the line `(?P<marker>[^`]+)` in `(?P<file>[^`]+)`")
def _in_one_file(here: Situation, match: re.Match[str]) -> Files | None:
    back = here.text
    if match["commented"]:
        back = "".join(f"-- {line}" for line in back.splitlines(keepends=True))
    rest = {name: text for name, text in here.files.items() if name != here.file}
    return {**rest, match["file"]: f"{rest[match['file']]}\n{match['marker']}\n{back}"}
