"""The shapes of the JSON that commands write, and the schemas of it that go with the wheel (JSON Schema 2020-12).

`python -m tests.shapes` writes `kmblint/schemas/`, of which docs/formats.md tells. A key that isn't always there has a
default here; everything else is promised.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from jsonschema import Draft202012Validator
from msgspec import Meta

from kmblint.errors import HOME

FOLDER: Final = Path(__file__).parents[1] / "kmblint" / "schemas"

Version = Annotated[Literal[1], Meta(description="Raised when a key changes its meaning or goes; new keys may come.")]
Shown = Annotated[str, Meta(description="A path from the working directory, with `/`.")]
Code = Annotated[str, Meta(pattern=r"^KMB\d{3}$")]
Slug = Annotated[str, Meta(pattern=r"^[a-z]+(-[a-z]+)*$")]
OneBased = Annotated[int, Meta(ge=1)]
Count = Annotated[int, Meta(ge=0)]
Severity = Literal["error", "warning", "info"]
Confidence = Literal["high", "medium", "low"]
Verdict = Literal["taken", "no-op", "refused", "skipped", "split", "unreadable"]
Change = Literal["added", "removed", "changed"]


class Shape(msgspec.Struct, forbid_unknown_fields=True):
    """An object with these keys."""


class Position(Shape):
    """Lines and columns count from 1, columns and offsets in characters."""

    line: OneBased
    column: OneBased
    offset: Count


class Related(Shape):
    """A further place that a finding is about."""

    path: Shown
    start: Position
    end: Position
    message: str
    path_uri: str = ""


class Edit(Shape):
    """A text in the place of another; ends are exclusive."""

    path: Shown
    start: Position
    end: Position
    replacement: str
    path_uri: str = ""


class FixedFile(Shape):
    """A file that a fix makes, or renames."""

    name: str
    text: str | None
    replaces: str | None


class Fix(Shape):
    """What mends a finding."""

    message: str
    applicability: Literal["safe", "unsafe", "display"]
    edits: list[Edit]
    files: list[FixedFile] = []


class Finding(Shape):
    """What is wrong, and where."""

    code: Code
    rule: Slug
    severity: Severity
    confidence: Confidence
    message: str
    help: str | None
    path: Shown
    migration: str | None
    start: Position
    end: Position
    related: list[Related]
    fix: Fix | None
    fingerprint: Annotated[str, Meta(description="The same as long as it is the same finding.")]
    path_uri: Annotated[str, Meta(description="Of a path that isn't UTF-8: percent-encoded.")] = ""


class Tool(Shape):
    """Who says so."""

    name: Literal["kmblint"]
    version: str


class CheckedHistory(Shape):
    """What was looked at."""

    root: Shown
    target: str
    migrations: Count
    applied_through: int | None


class Summary(Shape):
    """How many findings are shown by severity, and how many aren't, and why."""

    error: Count
    warning: Count
    info: Count
    suppressed: Count
    hidden: Count
    baselined: Count
    fixable: Count


class Check(Shape):
    """`kmblint check --output-format json`."""

    version: Version
    tool: Tool
    history: CheckedHistory
    findings: list[Finding]
    summary: Summary


class Statement(Shape):
    """A statement as the database will live it."""

    path: Shown
    migration: str
    line: OneBased
    sql: str
    verdict: Verdict
    reasons: list[str]
    hazards: list[str]
    dropped: list[str]
    changes: list[str]
    reached: bool
    stops: bool
    details: list[str]


class FileEnd(Shape):
    """How a file ends."""

    path: Shown
    migration: str
    reached: bool
    recorded: bool
    note: str


class Replay(Shape):
    """`kmblint replay --output-format json`."""

    version: Version
    statements: list[Statement]
    files: list[FileEnd]
    obstacles: list[str]


class Column(Shape):
    """A column as the engine keeps it, and as it was declared."""

    name: str
    type: str
    declared_type: str
    nullable: bool


class Index(Shape):
    """An index."""

    name: str
    columns: list[str]


class Referred(Shape):
    """What a foreign key refers to."""

    table: str
    columns: list[str]


class ForeignKey(Shape):
    """A foreign key, and whether the engine keeps it."""

    name: str | None
    columns: list[str]
    references: Referred
    kept: bool


class Mask(Shape):
    """A mask of its own name, or a policy that was put on a column."""

    column: str
    name: str = ""
    strategy: str | None = None
    policy: str = ""


class Classification(Shape):
    """A word that was put on a column."""

    column: str
    classification: str


class Table(Shape):
    """A table."""

    name: str
    columns: list[Column]
    primary_key: list[str]
    indexes: list[Index]
    foreign_keys: list[ForeignKey]
    masks: list[Mask]
    classifications: list[Classification]


class Schema(Shape):
    """`kmblint schema --output-format json`."""

    version: Version
    tables: list[Table]


class Side(Shape):
    """A part of a schema, and where it was written."""

    definition: str
    place: str


class Part(Shape):
    """A column, an index or another part that differs."""

    kind: str
    name: str
    change: Change
    former: str | None
    before: Side | None
    after: Side | None


class TableDifference(Shape):
    """A table that differs."""

    name: str
    change: Change
    former: str | None
    remade: bool
    reordered: bool
    parts: list[Part]


class Diff(Shape):
    """`kmblint diff --output-format json`."""

    version: Version
    to: str
    tables: list[TableDifference]
    objects: list[Part]
    source: str = msgspec.field(name="from")


class Commit(Shape):
    """The commit that brought a file."""

    id: str
    day: str
    author: str
    subject: str


class Event(Shape):
    """What a statement did to a table or column."""

    file: Shown
    line: OneBased
    what: str
    verdict: Verdict
    reason: str | None
    statements: OneBased
    commit: Commit | None


class History(Shape):
    """`kmblint history --output-format json`."""

    version: Version
    name: str
    events: list[Event]


class Differing(Shape):
    """Where prediction and engine differ."""

    what: str
    subject: str
    predicted: str
    seen: str
    rests_on: str
    made: str


class Played(Shape):
    """A statement, what was predicted of it, and what the engine did."""

    line: OneBased
    sql: str
    predicted: Verdict
    reasons: list[str]
    seen: str
    said: str
    rows: int | None
    note: str
    differences: list[Differing]


class PlayedFile(Shape):
    """A file that was played."""

    path: Shown
    data: bool
    reached: bool
    stops: bool
    note: str
    differences: list[Differing]
    statements: list[Played]


class Rehearsal(Shape):
    """A history that was played."""

    history: str
    release: str
    facts: str
    stage: str
    clean: bool
    obstacle: str
    restarts: Count
    lost: str
    files: list[PlayedFile]


class Rehearse(Shape):
    """`kmblint rehearse --output-format json`."""

    version: Version
    rehearsals: list[Rehearsal]


class Drifted(Shape):
    """Where migrations and database differ."""

    what: str
    subject: str
    migrations: str
    database: str
    made: str


class Drift(Shape):
    """`kmblint drift --output-format json`."""

    version: Version
    server: str
    release: str
    facts: str
    history: str
    migrations: list[str]
    empty: bool
    differences: list[Drifted]
    not_compared: list[str]


class RuleOption(Shape):
    """An option of a rule."""

    default: Any
    help: str
    choices: list[Any]


class Rule(Shape):
    """A rule."""

    code: Code
    rule: Slug
    summary: str
    category: str
    severity: Severity
    recommended: bool
    stability: str
    since: str
    targets: list[str]
    fixable: bool
    fixes: list[str]
    supersedes: list[str]
    options: dict[str, RuleOption]


class Rules(Shape):
    """`kmblint rules --output-format json`."""

    version: Version
    rules: list[Rule]


DOCUMENTS: Final[dict[str, type[Shape]]] = {
    "check": Check,
    "finding": Finding,
    "replay": Replay,
    "schema": Schema,
    "diff": Diff,
    "history": History,
    "rehearse": Rehearse,
    "drift": Drift,
    "rules": Rules,
}
"""By the command; `finding` is a line of `check --output-format jsonl`."""


def schema_of(name: str, *, strict: bool = False) -> dict[str, Any]:
    """The schema of a document; where it isn't strict, keys that come later are taken."""
    made = _with_null_last(msgspec.json.schema(DOCUMENTS[name]))
    for shape in () if strict else made["$defs"].values():
        shape.pop("additionalProperties", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{HOME}/blob/main/kmblint/schemas/{name}.json",
        **made,
    }


def _with_null_last(part: Any) -> Any:
    """A schema in which null is the last of several types: msgspec's releases put it in various places."""
    if isinstance(part, list):
        return [_with_null_last(each) for each in part]
    if not isinstance(part, dict):
        return part
    whole = {key: _with_null_last(value) for key, value in part.items()}
    if "anyOf" in whole:
        whole["anyOf"].sort(key=lambda each: each == {"type": "null"})
    return whole


def rendered(name: str) -> str:
    """The file of a schema."""
    return json.dumps(schema_of(name), indent=2) + "\n"


def assert_conforms(name: str, text: str) -> None:
    """Whether a document has the promised keys and no others, and the schema of the wheel takes it."""
    document = json.loads(text)
    for schema in (schema_of(name, strict=True), json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))):
        wrong = [f"{each.json_path}: {each.message}" for each in Draft202012Validator(schema).iter_errors(document)]
        if wrong:
            raise AssertionError("\n".join(wrong))


def keys(name: str) -> list[str]:
    """Every key of a document with its type, as `findings[].start.line: integer`; a key with `?` may be missing."""
    schema = schema_of(name)
    return sorted(_keys(schema, schema, name))


def _keys(part: dict[str, Any], schema: dict[str, Any], path: str) -> list[str]:
    if "$ref" in part:
        return _keys(schema["$defs"][part["$ref"].rpartition("/")[2]], schema, path)
    found: list[str] = []
    for option in part.get("anyOf", []):
        found += _keys(option, schema, path)
    if part.get("items"):
        found += _keys(part["items"], schema, f"{path}[]")
    if isinstance(part.get("additionalProperties"), dict):
        found += _keys(part["additionalProperties"], schema, f"{path}.*")
    for key, inner in part.get("properties", {}).items():
        mark = "" if key in part.get("required", []) else "?"
        found += [f"{path}.{key}{mark}: {_type(inner)}", *_keys(inner, schema, f"{path}.{key}")]
    return found


def _type(part: dict[str, Any]) -> str:
    if "anyOf" in part:
        return " or ".join(_type(option) for option in part["anyOf"])
    if "enum" in part:
        return " | ".join(map(str, part["enum"]))
    return "object" if "$ref" in part else str(part.get("type", "any"))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in DOCUMENTS:
        (FOLDER / f"{each}.json").write_text(rendered(each), encoding="utf-8")
