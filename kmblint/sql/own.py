"""Kimberlite's own statements, and the short ones that need no grammar: masks, policies, roles, users, SHOW.

ALTER TABLE … SET MASKING POLICY and SET CLASSIFICATION are read with the other actions of ALTER TABLE.
The forms are those of crates/kimberlite-query/src/parser.rs; what breaks them on white space is the target's to say.
"""

from __future__ import annotations

from kmblint.schema.changes import AddMask, Change, CreateObject, DropObject, Grant
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.parts import Name
from kmblint.sql.reader import Reader, items
from kmblint.sql.scanner import Kind
from kmblint.text import Span

_GRANTED_ON = (
    "SCHEMA",
    "SEQUENCE",
    "DATABASE",
    "FUNCTION",
    "TYPE",
    "DOMAIN",
    "LANGUAGE",
    "TABLESPACE",
    "ALL",
    "TABLES",
)


def own(reader: Reader, span: Span) -> Change | None:
    """The change of one of Kimberlite's own statements; None where it is none of them; raises NotSqlError."""
    if reader.take("CREATE", "MASKING", "POLICY"):
        return _add_policy(reader, span)
    if reader.take("DROP", "MASKING", "POLICY"):
        guard = reader.take("IF", "EXISTS") is not None
        return _ended(reader, DropObject(ObjectKind.MASKING_POLICY, reader.name("a policy name"), span, guard))
    if reader.take("CREATE", "MASK"):
        return _add_mask(reader, span)
    if reader.take("DROP", "MASK"):
        guard = reader.take("IF", "EXISTS") is not None
        return _ended(reader, DropObject(ObjectKind.MASK, reader.name("a mask name"), span, guard))
    if reader.take("CREATE", "ROLE"):
        return _add_role(reader, span)
    if reader.take("DROP", "ROLE"):
        guard = reader.take("IF", "EXISTS") is not None
        return _ended(reader, DropObject(ObjectKind.ROLE, reader.name("a role name"), span, guard))
    if reader.take("CREATE", "USER") and not reader.sees("MAPPING"):
        return _add_user(reader, span)
    if reader.take("GRANT") or reader.take("REVOKE"):
        return _grant(reader, span)
    reader.at = 0
    return None


def _ended(reader: Reader, change: Change) -> Change:
    reader.finish()
    return change


def _add_policy(reader: Reader, span: Span) -> CreateObject:
    name = reader.name("a policy name")
    reader.need("STRATEGY")
    strategy = reader.until("EXEMPT")
    if not strategy:
        raise reader.expected(("a masking strategy",))
    roles: tuple[Name, ...] = ()
    if not reader.done:
        reader.need("EXEMPT", "ROLES")
        inside = reader.group()
        closing = reader.tokens[reader.at - 1].start
        roles = tuple(_role(item) for item in items(inside, closing)) if inside else ()
    reader.finish("EXEMPT")
    words = " ".join(token.upper or token.text for token in strategy)
    return CreateObject(ObjectKind.MASKING_POLICY, name, span, strategy=words, roles=roles)


def _role(item: Reader) -> Name:
    token = item.step()
    if token.kind not in (Kind.STRING, Kind.WORD, Kind.QUOTED):
        item.at -= 1
        raise item.expected(("a role name",))
    item.finish(",")
    return Name(token.value, token.span, token.kind is not Kind.WORD)


def _add_mask(reader: Reader, span: Span) -> AddMask:
    name = reader.name("a mask name")
    reader.need("ON")
    parts = [reader.name("a table name")]
    reader.need(".")
    parts.append(reader.name("a column name"))
    while reader.take("."):
        parts.append(reader.name("a column name"))
    reader.need("USING")
    if reader.done:
        raise reader.expected(("a masking strategy",))
    strategy = " ".join(token.upper or token.text for token in reader.rest())
    table = Name(".".join(part.text for part in parts[:-1]), parts[0].span.to(parts[-2].span), parts[0].quoted)
    return AddMask(table, name, parts[-1], strategy, span)


def _add_role(reader: Reader, span: Span) -> CreateObject:
    guard = reader.take("IF", "NOT", "EXISTS") is not None
    name = reader.name("a role name")
    reader.rest()
    return CreateObject(ObjectKind.ROLE, name, span, if_not_exists=guard)


def _add_user(reader: Reader, span: Span) -> CreateObject:
    reader.take("IF", "NOT", "EXISTS")
    name = reader.name("a user name")
    roles: tuple[Name, ...] = ()
    while not reader.done:
        token = reader.step()
        if token.upper == "ROLE" and reader.takes_name():
            roles = (reader.name("a role name"),)
    return CreateObject(ObjectKind.USER, name, span, roles=roles)


def _grant(reader: Reader, span: Span) -> Grant:
    revoked = reader.tokens[0].upper == "REVOKE"
    direction = "FROM" if revoked else "TO"
    privileges = tuple(
        " ".join(token.upper or token.text for token in part.tokens[: _before_group(part)])
        for part in items(reader.until("ON", direction), reader.peek().start)
    )
    tables: list[Name] = []
    if reader.take("ON"):
        if reader.peek().upper in _GRANTED_ON and reader.takes_name(1):
            reader.until(direction)
        else:
            if reader.takes_name(1):
                reader.take("TABLE")
            tables.append(reader.dotted("a table name"))
            while reader.take(","):
                tables.append(reader.dotted("a table name"))
    reader.need(direction)
    roles = [_grantee(reader)]
    while reader.take(","):
        roles.append(_grantee(reader))
    reader.rest()
    return Grant(privileges, tuple(tables), tuple(roles), span, revoked)


def _grantee(reader: Reader) -> Name:
    if reader.takes_name(1):
        reader.take_any("ROLE", "USER", "GROUP")
    return reader.name("a role name")


def _before_group(part: Reader) -> int:
    return next((index for index, token in enumerate(part.tokens) if token.text == "("), len(part.tokens))
