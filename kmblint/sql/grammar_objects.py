"""CREATE, DROP and ALTER of all else, TRUNCATE, GRANT, and Kimberlite's own statements.

The forms of those are in crates/kimberlite-query/src/parser.rs; what breaks them on white space is the target's to say.
"""

from __future__ import annotations

from typing import Final

from kmblint.schema.kinds import ObjectKind
from kmblint.sql.bodies import names_made
from kmblint.sql.reader import Reader
from kmblint.sql.scanner import Kind
from kmblint.sql.tree import Node, Shape
from kmblint.text import Span

_KINDS: Final = tuple(
    tuple(kind.upper().split())
    for kind in sorted(ObjectKind, key=len, reverse=True)
    if kind not in {ObjectKind.TABLE, ObjectKind.COLUMN, ObjectKind.INDEX, ObjectKind.CONSTRAINT}
)
"""Every kind of object beside tables and their parts, the longest first."""
_MODIFIERS: Final = ("TEMP", "TEMPORARY", "RECURSIVE", "TRUSTED", "PROCEDURAL", "DEFAULT", "UNLOGGED", "FORCE", "SQL")
_KNOWN: Final = ("TABLE", "INDEX", "UNIQUE", *(" ".join(words) for words in _KINDS))
_ALTERED: Final = ("INDEX", "SYSTEM", "DEFAULT", "SESSION", "LARGE", "INSTANCE")
_GRANTED_ON: Final = (
    "SCHEMA", "SEQUENCE", "DATABASE", "FUNCTION", "TYPE", "DOMAIN", "LANGUAGE", "TABLESPACE", "ALL", "TABLES",
)  # fmt: skip


def create_object(reader: Reader) -> Node:
    """Any other CREATE: `kind`, the name, and what stands behind it where it is one of Kimberlite's own."""
    reader.need("CREATE")
    parts = reader.optional("OR", "REPLACE") or reader.optional("OR", "ALTER")
    if reader.take("DEFINER", "="):
        reader.until("VIEW", "FUNCTION", "PROCEDURE", "TRIGGER", "EVENT")
    while reader.takes_name(1) and reader.take_any(*_MODIFIERS):
        pass
    kind = _kind(reader)
    parts += [kind, *reader.optional("IF", "NOT", "EXISTS")]
    if reader.takes_name() and not reader.sees("AUTHORIZATION"):
        parts.append(reader.dotted())
    elif reader.done or kind.text in _OWN:
        raise reader.expected(("a name" if kind.text not in _OWN else f"a {_OWN[kind.text]} name",))
    parts += _definition(reader, kind.text)
    return reader.node(f"CREATE {kind.text}", 0, *parts)


_OWN: Final = {"MASKING POLICY": "policy", "MASK": "mask", "ROLE": "role", "USER": "user"}


def _definition(reader: Reader, kind: str) -> list[Node]:
    """What stands behind the name of an object."""
    match kind:
        case "MASKING POLICY":
            return _policy(reader)
        case "MASK":
            return _mask(reader)
        case "USER":
            return _user(reader)
    begin = reader.at
    if reader.done:
        return []
    first = reader.word or reader.peek().text
    beside = _signature(reader) if first == "(" else _owner(reader, kind) if kind in _OF_TABLES else []
    body = made_in(reader) if kind in _WITH_BODIES else []
    reader.rest()
    makes = [reader.node("makes anything", begin)] if body is None else body
    return [*beside, reader.node("definition", begin, *makes, text=first)]


_OF_TABLES: Final = frozenset(kind.value.upper() for kind in ObjectKind if kind.is_of_table)
_WITH_BODIES: Final = frozenset({"FUNCTION", "PROCEDURE", "TRIGGER", "EVENT"})


def _signature(reader: Reader) -> list[Node]:
    """The arguments of a function and the like: others make another one of the name."""
    begin = reader.at
    words = " ".join(token.text.lower() for token in reader.inside().rest().slice())
    return [reader.node("arguments", begin, text=f"({words})")]


def _owner(reader: Reader, kind: str) -> list[Node]:
    """The table that a trigger, a policy or a rule (`AS ON INSERT TO table`) belongs to."""
    word = "TO" if kind == "RULE" else "ON"
    reader.until(word)
    begin = reader.at
    found = reader.take(word) and reader.takes_name()
    return [reader.node("ON", begin, reader.dotted("a table name"))] if found else []


def made_in(reader: Reader) -> list[Node] | None:
    """What a body that goes on to the end makes, changes or drops, by name; None where nobody knows."""
    if reader.done:
        return []
    span = Span(reader.peek().start, reader.tokens[reader.stop - 1].end)
    made = names_made(reader.text[span.start : span.end])
    return None if made is None else [Node("makes", span, name) for name in made]


def _policy(reader: Reader) -> list[Node]:
    start = reader.at
    reader.need("STRATEGY")
    strategy = reader.until("EXEMPT")
    if strategy.done:
        raise reader.expected(("a masking strategy",))
    parts = [reader.node("STRATEGY", start, text=_words(strategy))]
    begin = reader.at
    if not reader.done:
        reader.need("EXEMPT", "ROLES", "(")
        roles: list[Node] = []
        while not reader.done:  # whatever stands between them is the target's to judge, which splits the list itself
            if reader.takes_word():
                roles.append(reader.name())
            else:
                reader.step()
        parts.append(reader.node("EXEMPT ROLES", begin, *roles))
    return parts


def _words(reader: Reader) -> str:
    return " ".join(token.upper or token.text for token in reader.rest().slice())


def _mask(reader: Reader) -> list[Node]:
    begin = reader.at
    reader.need("ON")
    target = reader.dotted("a table name")
    if target.qualifier is None:
        raise reader.expected((".",))
    on = reader.node("ON", begin, target)
    begin = reader.at
    reader.need("USING")
    if reader.done:
        raise reader.expected(("a masking strategy",))
    return [on, reader.node("USING", begin, text=_words(reader))]


def _user(reader: Reader) -> list[Node]:
    parts: list[Node] = []
    while not reader.done:
        begin = reader.at
        token = reader.step()
        if token.upper == "ROLE" and reader.takes_name():
            parts.append(reader.node("ROLE", begin, reader.name()))
        elif token.upper in ("PASSWORD", "BY") and reader.peek().kind is Kind.STRING:
            secret = reader.step()
            parts.append(reader.node("PASSWORD", begin, Node(Shape.STRING, secret.span, secret.value)))
    return parts


def drop(reader: Reader) -> Node:
    """Any DROP from its first word: `kind`, the guard, the names, and what stands behind them."""
    reader.need("DROP")
    parts = reader.optional("TEMPORARY")
    begin = reader.at
    word = reader.take_any("TABLE", "INDEX")
    kind = reader.node("kind", begin, text=word) if word else _kind(reader)
    parts.append(kind)
    if kind.text == "INDEX" and reader.takes_name(1):
        parts += reader.optional("CONCURRENTLY")
    parts += reader.optional("IF", "EXISTS")
    if not word:
        if kind.text in _OWN:
            parts.append(reader.name(f"a {_OWN[kind.text]} name"))
            while kind.text in ("ROLE", "USER") and reader.take(","):
                parts.append(reader.name(f"a {_OWN[kind.text]} name"))
            if kind.text != "USER":
                reader.finish()
        elif reader.takes_name():
            parts += _list(reader, "a name")
            if kind.text in _OF_TABLES:
                start = reader.at
                parts += [reader.node("ON", start, reader.dotted("a table name"))] if reader.take("ON") else []
        if any(token.upper == "CASCADE" for token in reader.slice()):
            parts.append(Node("CASCADE", reader.rest().part_span()))
        reader.rest()
        return reader.node(f"DROP {kind.text}", 0, *parts)
    parts += _list(reader, "a table name" if word == "TABLE" else "an index name")
    while (begin := reader.at) and (more := reader.take_any("CASCADE", "RESTRICT", "PURGE", "ON")):
        table = [reader.dotted("a table name")] if more == "ON" else []
        reader.take("CONSTRAINTS")
        parts.append(reader.node(more, begin, *table))
    reader.finish("the end of the statement", "CASCADE", "RESTRICT")
    return reader.node(f"DROP {word}", 0, *parts)


def truncate(reader: Reader) -> Node:
    """TRUNCATE: the tables, and CASCADE."""
    reader.need("TRUNCATE")
    if reader.takes_name(1):
        reader.take("TABLE")
    if reader.takes_name(1):
        reader.take("ONLY")
    parts = _list(reader, "a table name")
    if reader.take_any("RESTART", "CONTINUE"):
        reader.need("IDENTITY")
    parts += reader.optional("CASCADE") or reader.optional("RESTRICT")
    reader.take("CONSTRAINTS")
    reader.finish("the end of the statement", "CASCADE", "RESTRICT")
    return reader.node("TRUNCATE", 0, *parts)


def altered(reader: Reader) -> tuple[str, list[Node] | None]:
    """The kind of object that an ALTER is about, and the names that are others behind it; None where nobody knows.

    Raises NotSqlError where it is about no kind of object.
    """
    reader.need("ALTER")
    kind = reader.take_any(*_ALTERED) or _kind(reader).text
    reader.take("IF", "EXISTS")
    start = reader.at
    if not reader.takes_name():
        return kind, []
    old = reader.dotted()
    reader.until("RENAME", "TO", "SCHEMA")
    renamed = reader.take("RENAME", "TO")
    moved = reader.take("SCHEMA") if kind != "DEFAULT" else None
    if not (renamed or moved) or not reader.takes_name():
        return kind, []
    if kind == "SCHEMA":
        return kind, None  # so are the names of all that is in it
    new = reader.dotted().name.text
    texts = (old.name.text, f"{new}.{old.text}" if moved else f"{old.qualifier}.{new}" if old.qualifier else new)
    return kind, [Node("makes", reader.since(start), text) for text in texts]


def grant(reader: Reader) -> Node:
    """GRANT and REVOKE: the privileges, `ON` with tables or another kind of object (`text`), and the roles."""
    word = reader.step().upper
    direction = "TO" if word == "GRANT" else "FROM"
    privileges = reader.until("ON", direction)
    parts = [_privilege(item) for item in privileges.items()]
    begin = reader.at
    if reader.take("ON"):
        if reader.word in _GRANTED_ON and reader.takes_name(1) and not reader.sees(direction, ahead=1):
            kind = reader.word
            reader.until(direction)
            parts.append(reader.node("ON", begin, text=kind))
        else:
            if reader.takes_name(1):
                reader.take("TABLE")
            parts.append(reader.node("ON", begin, *_list(reader, "a table name")))
    begin = reader.at
    reader.need(direction)
    roles = [_grantee(reader)]
    while reader.take(","):
        roles.append(_grantee(reader))
    parts.append(reader.node(direction, begin, *roles))
    begin = reader.at
    if not reader.done:
        words = _words(reader)
        parts.append(reader.node(words, begin))
    return reader.node(word, 0, *parts)


def _privilege(item: Reader) -> Node:
    if item.done:
        raise item.expected(("a privilege",))
    begin = item.at
    text = " ".join(token.upper or token.text for token in item.until("(").slice())
    columns = [Node("columns", item.inside().part_span())] if item.sees("(") else []
    item.rest()
    return item.node("privilege", begin, *columns, text=text)


def _grantee(reader: Reader) -> Node:
    if reader.sees("ROLE", ahead=1) and reader.takes_name(2):
        reader.take_any("DATABASE", "APPLICATION")
    if reader.takes_name(1):
        reader.take_any("ROLE", "USER", "GROUP", "SHARE", "APPLICATION")
    return reader.dotted("a role name")


def _list(reader: Reader, what: str) -> list[Node]:
    names = [reader.dotted(what)]
    while reader.take("*") or reader.sees(","):
        if reader.take(","):
            names.append(reader.dotted(what))
    return names


def _kind(reader: Reader) -> Node:
    begin = reader.at
    for words in _KINDS:
        if reader.take(*words):
            return reader.node("kind", begin, text=" ".join(words))
    raise reader.expected(("a kind of object", *_KNOWN))
