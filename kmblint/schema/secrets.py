"""Passwords, keys and tokens among the literals of a change, known by the column they are for or by their look."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

import msgspec

from kmblint.schema.changes import AddColumn, AddTable, Change, ChangeDefault, InsertRows, UpdateRows
from kmblint.schema.parts import Assignment, Name
from kmblint.schema.predicate import ColumnRef, Compare, Predicate, Text, Value, conditions
from kmblint.text import Span

_NAMED: Final = re.compile(
    r"(?:^|_)(?:password(?:_plain|_plaintext)?|passwd|pwd|passphrase|passcode|(?:db|smtp|ftp|sftp|ldap|admin|user)_pass"
    r"|secret|credentials?|api_?key|apikey"
    r"|(?:access|secret|private|signing|encryption|auth|master|service|shared|webhook)_?key"
    r"|(?:access|auth|api|refresh|bearer|session|bot|deploy|oauth|personal)_?token|token)$"
)
_PARTS: Final = re.compile("pass|pwd|secret|credential|key|token")
"""Each name of `_NAMED` holds one of them in one piece."""
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_VALUE_NAMES: Final = frozenset({"value", "val", "setting_value", "config_value"})
_SHAPES: Final = re.compile(
    r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}|whsec_[A-Za-z0-9]{16,}"
    r"|[sr]k_live_[A-Za-z0-9]{10,}|sk-(?:proj-|ant-)?[A-Za-z0-9]{20,}|AIza[\w-]{35}|SG\.[\w-]{16,}\.[\w-]{16,}"
    r"|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}|[a-z][a-z0-9+.-]{0,20}://[^\s:/@']{1,80}:[^\s:/@']{3,80}@[\w.-]+)"
    r"|(?<=[ ;'&])(?i:host|server)=[^']{1,200}[ ;](?i:password|pwd)=[^\s;'$<{%]{3,80}"
    r"|-----BEGIN (?:[A-Z]+ ){0,3}PRIVATE KEY-----"
)
"""What the keys of well-known services look like, private keys, and a password in an address or connection string."""
_HASH: Final = re.compile(r"\$\w[\w-]*\$.*|\{\w+\}.*|pbkdf2.*|(?:sha|md5|bcrypt|scrypt|argon2)\w*[:$].*")
_HTTP_HEADER: Final = re.compile(r"X(?:-[A-Z][A-Za-z]*)+")
_DIGEST: Final = re.compile(r"[0-9a-fA-F]{32,}")
"""A bare hash of a password; a key or token often looks so itself."""
_ELSEWHERE: Final = re.compile(
    r"(?:vault|env|ref|kms|secret|arn|ssm|file|op|gcp|aws|azure)[:/].*|[$<{%].*[>}%]", re.DOTALL
)
_NO_SECRETS: Final = frozenset(
    {"none", "null", "n/a", "unset", "disabled", "enabled", "locked", "invalid", "removed", "redacted", "expired",
     "revoked", "required", "pending", "unknown", "bearer", "basic", "optional", "empty", "missing", "deleted"}
)  # fmt: skip


class Secret(msgspec.Struct, frozen=True):
    """A literal that nobody should read: where it stands, the object it is for, and what it is in words."""

    span: Span
    subject: str
    what: str
    sure: bool = True


def key_in(text: str, start: int) -> Span | None:
    """Where a text that begins at an offset holds a key or password that is known by its look."""
    key = _SHAPES.search(text)
    return Span(start + key.start(), start + key.end()) if key else None


def keys_in(text: str) -> Iterator[Span]:
    """Where a text holds keys or passwords that are known by their look."""
    return (Span(*key.span()) for key in _SHAPES.finditer(text))


def secrets_in(change: Change, columns: Sequence[str]) -> Iterator[Secret]:
    """The literals that a change puts into columns (or settings) whose names say secret.

    `columns` are those of the table of an INSERT that lists none.
    """
    match change:
        case InsertRows():
            yield from _inserted(change, columns)
        case UpdateRows():
            yield from _updated(change)
        case AddTable() | AddColumn() | ChangeDefault():
            yield from _defaults(change)


def is_secret(table: str, column: str, value: Value) -> bool:
    """Whether a value that is meant for a column is a secret."""
    return any(_in_column(Name(table, value.span, quoted=False), column, value))


def _inserted(change: InsertRows, columns: Sequence[str]) -> Iterator[Secret]:
    names = tuple(columns if change.columns is None else [name.text for name in change.columns])
    telling, keeps_settings = _telling(names)
    for row in change.rows if telling or keeps_settings else ():
        for number, name in telling:
            if number < len(row.values):
                yield from _in_column(change.table, name, row.values[number])
        if not keeps_settings:
            continue
        texts = [
            value.value
            for name, value in zip(names, row.values, strict=False)
            if isinstance(value, Text) and not _is_setting(name)
        ]
        named = next(filter(is_secret_name, texts), None)
        if named is not None:
            yield from _in_setting(change.table, named, zip(names, row.values, strict=False))
    if change.on_conflict:
        yield from _assigned(change.table, change.on_conflict.assignments)


@lru_cache(maxsize=16)  # a table of a thousand columns is asked about as often as rows are put into it
def _telling(names: tuple[str, ...]) -> tuple[tuple[tuple[int, str], ...], bool]:
    """The columns, with their numbers, whose names say secret, and whether one of them holds settings."""
    telling = tuple((number, name) for number, name in enumerate(names) if is_secret_name(name))
    return telling, any(map(_is_setting, names))


def _updated(change: UpdateRows) -> Iterator[Secret]:
    yield from _assigned(change.table, change.assignments)
    keeps_settings = any(_is_setting(each.column.text) for each in change.assignments)
    named = _named_in(change.where) if change.where is not None and keeps_settings else None
    if named is not None:
        yield from _in_setting(change.table, named, ((each.column.text, each.value) for each in change.assignments))


def _assigned(table: Name, assignments: tuple[Assignment, ...]) -> Iterator[Secret]:
    for assignment in assignments:
        if isinstance(assignment.value, Text):
            yield from _in_column(table, assignment.column.text, assignment.value)


def _defaults(change: AddTable | AddColumn | ChangeDefault) -> Iterator[Secret]:
    match change:
        case AddTable(columns=columns):
            pairs = [(column.name.text, column.default) for column in columns]
        case AddColumn(column=column):
            pairs = [(column.name.text, column.default)]
        case ChangeDefault(column=name, default=default):
            pairs = [(name.text, default)]
    for column_name, value in pairs:
        if value is not None:
            yield from _in_column(change.table, column_name, value)


def _in_column(table: Name, column: str, value: Value) -> Iterator[Secret]:
    if isinstance(value, Text) and is_secret_name(column) and is_secret_text(value.value, column):
        yield Secret(value.span, f"{table}.{column}", f"the `{column}` of `{table}`")


def _in_setting(table: Name, named: str, pairs: Iterator[tuple[str, Value]]) -> Iterator[Secret]:
    """A table of names and values, whose row has the name of a secret."""
    for column, value in pairs:
        if _is_setting(column) and isinstance(value, Text) and is_secret_text(value.value, named):
            yield Secret(value.span, f"{table}.{column}", f"the value of `{named}` in `{table}`", sure=False)


def _named_in(where: Predicate) -> str | None:
    for part in conditions(where):
        match part:
            case Compare(operator="=", left=ColumnRef(), right=Text(value=text)) if is_secret_name(text):
                return text
    return None


@lru_cache(maxsize=4096)  # a column is asked about once a row
def is_secret_name(name: str) -> bool:
    """Whether the name of a column or setting says that its value is a secret."""
    return _NAMED.search(_words(name).replace("-", "_").replace(".", "_")) is not None


def may_name_a_secret(text: str) -> bool:
    """Whether `is_secret_name` may be true of a name in a text: a quick look for what most texts hold nothing of."""
    return _PARTS.search(text.lower()) is not None


def _is_setting(column: str) -> bool:
    """Whether the name of a column says that it holds what something else is set to."""
    return _words(column) in _VALUE_NAMES


def _words(name: str) -> str:
    return _HUMP.sub("_", name).lower()


def is_secret_text(value: str, name: str) -> bool:
    """Whether a text is more than a word for its absence, a hash, or the place where the secret is kept."""
    text = value.strip()
    if len(set(text)) < 3 or text.lower() in _NO_SECRETS or _HASH.fullmatch(text) or _ELSEWHERE.fullmatch(text):
        return False
    if _HTTP_HEADER.fullmatch(text):
        return False
    if _DIGEST.fullmatch(text) and re.search("pass|pwd", name, re.IGNORECASE):
        return False
    plain_token = name.lower().endswith("token") and (len(text) < 12 or not any(map(str.isdigit, text)))
    return " " not in text and not plain_token
