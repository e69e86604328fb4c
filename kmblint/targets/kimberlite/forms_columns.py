"""Columns, their types and constraints, as CREATE TABLE and ADD COLUMN take them (areas type, column-option)."""

from __future__ import annotations

from typing import Final

from kmblint.findings import Applicability, Severity
from kmblint.sql.tree import Node
from kmblint.targets.kimberlite.fold import THE_END, Fold
from kmblint.targets.verdict import ChangedType, Replacement
from kmblint.text import Span

_LONE: Final = frozenset({"IDENTITY", "AUTO_INCREMENT", "AUTOINCREMENT", "ASC", "DESC"})
"""Options behind which the engine's parser takes no further one."""
_DEFAULT: Final = ("a row that leaves the column out reads NULL", Severity.INFO)
_REQUIRED_DEFAULT: Final = ("a row that leaves the column out reads NULL in spite of NOT NULL", Severity.ERROR)
_ENFORCED: Final = frozenset({"ENFORCED", "NOT ENFORCED"})
_CHARACTERISTICS: Final = _ENFORCED | {"NOT DEFERRABLE", "DEFERRABLE", "INITIALLY DEFERRED", "INITIALLY IMMEDIATE"}
_TAKEN_BEHIND: Final = {
    **dict.fromkeys(("PRIMARY KEY", "UNIQUE", "REFERENCES", "FOREIGN KEY"), _CHARACTERISTICS), "CHECK": _ENFORCED,
}  # fmt: skip
"""Constraint → what may stand behind it."""
_OF_INDEXES: Final = frozenset({"USING", "COMMENT"})
"""What may stand behind the columns of a key, before anything else (area table-constraint)."""
_ANY_TYPE: Final = "write one of BIGINT, DECIMAL(p,s), TEXT, BOOLEAN, TIMESTAMP, DATE, UUID, JSON or BLOB"


def column(fold: Fold, node: Node, *, in_table: bool) -> bool:
    """Folds a column's definition; whether PRIMARY KEY stands in it."""
    name = node.text
    kind = node.child("type")
    if kind is None:
        fold.expected("a type", fold.behind(node.parts[0].span))
    else:
        _column_type(fold, name, kind)
    options = node.parts[1 if kind is None else 2 :]
    required = any(option.kind == "NOT NULL" for option in options)
    keyed = any(option.kind == "PRIMARY KEY" for option in options)
    dropped: list[tuple[str, Span]] = []
    given: Span | None = None
    constraint = ""
    for number, option in enumerate(options, 1):
        span = given.to(option.span) if given else option.span
        if option.kind == "CONSTRAINT":
            given = option.span
            continue
        given = None
        if option.kind in _TAKEN_BEHIND.get(constraint, ()):
            if constraint != "PRIMARY KEY":
                dropped[-1:] = [(clause, place.to(option.span)) for clause, place in dropped[-1:]]
            continue
        constraint = option.kind
        if option.kind == "PRIMARY KEY":
            if not in_table:
                fold.note("PRIMARY KEY", span, ("the key of the table stays as it was", Severity.WARNING), name)
        elif option.kind == "DEFAULT" or option.kind in fold.facts.dropped_column_clauses:
            if _taken_option(fold, option):
                dropped.append((option.kind, span))
            if option.kind in _LONE and (option.parts or number < len(options)):
                behind = option.parts[0].span if option.parts else fold.first_words(options[number].span, 1)
                fold.refuse(f"`{option.kind}` must be the last option of its column", behind,
                            f"leave out `{option.kind}`: it is dropped anyway")  # fmt: skip
                break
        elif option.kind in {"AFTER", "FIRST"} and not in_table:
            fold.refuse_clause(
                option,
                f"a column is added at the end, and `{option.kind}` asks for another place",
                f"leave out `{option.kind}`",
            )
        elif option.kind not in {"NOT NULL", "NULL"}:
            fold.expected("`,` or `)` behind a column" if in_table else THE_END, option)
    if given:
        fold.expected("the constraint behind its name", fold.behind(given))
    for clause, span in dropped:
        default = _REQUIRED_DEFAULT if required and not keyed else _DEFAULT
        fold.note(clause, span, default if clause == "DEFAULT" else fold.facts.dropped_column_clauses[clause], name)
    return keyed


def _taken_option(fold: Fold, option: Node) -> bool:
    """Whether the engine's parser takes an option that it then drops."""
    stop: Node | Span | None = None
    match option.kind:
        case "UNIQUE":
            stop = option.parts[0] if option.parts else None
        case "CHECK":
            stop = option.child("NO INHERIT")
        case "CHARACTER SET":
            first = fold.token(option.span)
            stop = option if first and first.upper == "CHARSET" else None
        case "COMMENT":
            stop = option.parts[0] if option.parts[0].kind != "string" else None
        case "GENERATED" if fold.last(option.span) == "PERSISTED":
            stop = Span(option.span.end - len("PERSISTED"), option.span.end)
    if stop is not None:
        fold.expected("`,` or `)` behind a column", stop)
        return False
    return not any(map(fold.unread, option.parts))


def table_constraint(fold: Fold, node: Node) -> bool:
    """Folds a constraint of the table and what stands behind it; whether it makes a key."""
    constraint, *behind = node.parts
    if constraint.kind == "NOT NULL":
        name = constraint.child("CONSTRAINT")
        fold.expected("PRIMARY KEY, UNIQUE, FOREIGN KEY or CHECK", fold.behind(name.span) if name else constraint)
        return False
    for reference in constraint.all("REFERENCES"):
        for action in reference.all("ON DELETE", "ON UPDATE"):
            if some := action.child("columns"):
                fold.expected("`,` or `)` behind a column", some)
    named = constraint.kind in ("PRIMARY KEY", "UNIQUE")
    for part in behind:
        named = named and part.kind in _OF_INDEXES and fold.last(part.span) not in (")", "]")
        if not named and part.kind not in _TAKEN_BEHIND[constraint.kind]:
            fold.expected("`,` or `)` behind a column", part)
    if constraint.kind == "UNIQUE" and (word := constraint.child("KEY", "INDEX")):
        fold.expected("a name or `(column, …)`", word)
    if method := constraint.child("USING"):
        fold.expected("`(column, …)`", fold.behind(fold.first_words(method.span, 1)))
    if word := constraint.child("NO INHERIT"):
        fold.expected("`,` or `)` behind a column", word)
    for part in constraint.parts:
        fold.unread(part)
    if constraint.kind != "PRIMARY KEY":
        last = behind[-1].span if behind else constraint.span
        fold.note(constraint.kind, constraint.span.to(last), fold.facts.dropped_column_clauses[constraint.kind])
    return constraint.kind == "PRIMARY KEY"


# --- types ------------------------------------------------------------------------------------------------------------


def _column_type(fold: Fold, column: str, node: Node) -> None:
    """Refuses what isn't kept, and notes what is stored otherwise than declared."""
    words = node.text
    given = node.child("arguments")
    written = node.span
    if node.parts:
        end = given.span.end if given else fold.before(node.parts[0].span).end
        written = Span(node.span.start, end)
    if node.quoted:
        fold.refuse(f"`{_source(fold, node)}` in quotes is the name of a type of its own, and there is none", written,
                    "leave out the quotes")  # fmt: skip
    elif words not in fold.facts.stored_types:
        _refuse_type(fold, words, given, written)
    else:
        _stored(fold, column, node, given)
    for part in node.parts:
        if part.kind == "ARRAY":
            fold.refuse(f"the engine has no array type `{words}[]`", written, "store the list as JSON")
        elif part.kind == "UNSIGNED" and words != "UUID":
            fold.refuse(
                f"the engine has no type `{words} UNSIGNED`", part.span,
                f"write `{words}`; nothing keeps out negative numbers",
                (Replacement(part.span, "", f"write `{words}`", Applicability.UNSAFE),),
            )  # fmt: skip
        elif part.kind not in {"arguments", "WITH TIME ZONE", "WITHOUT TIME ZONE"}:
            fold.expected("`,` or `)` behind a column", part)


def _source(fold: Fold, node: Node) -> str:
    token = fold.token(node.span)
    return token.text if token else node.text


def _stored(fold: Fold, column: str, node: Node, given: Node | None) -> None:
    words = node.text
    stored, most = fold.facts.stored_types[words]
    arguments = _arguments(fold, words, given, most)
    if arguments is None:
        return
    zoned = node.has("WITH TIME ZONE")
    shown = f"({','.join(map(str, arguments))})" if arguments else ""
    effect = fold.facts.changed_types.get(words)
    if words == "DECIMAL":
        if len(arguments) == 2:
            return
        scales = "{},{}".format(*fold.facts.default_decimal)
        stored += f"({arguments[0]},0)" if arguments else f"({scales})"
        if arguments:
            effect = "no digit behind the point is kept"
    elif not arguments and not zoned and words not in {"TIMESTAMPTZ", "TIMETZ"}:
        return
    if zoned:
        effect = "the time zone isn't kept"
    if effect:
        declared = words + shown + (" WITH TIME ZONE" if zoned else "")
        honest = fold.facts.replaced_types[stored][0] if stored in fold.facts.replaced_types else stored
        fold.hazards.append(ChangedType(column, declared, stored, node.span, effect, honest))


def _arguments(fold: Fold, words: str, given: Node | None, most: int) -> tuple[int, ...] | None:
    """`(n)` or `(p, s)`; None where the type takes them otherwise, which is refused."""
    if given is None:
        return ()
    if most == 0:
        fold.expected(f"no length behind `{words}`", given)
        return None
    numbers, stumble = _numbers(words, given, most)
    if stumble is not None:
        fold.expected("`)`" if numbers else "a whole number", stumble)
        return None
    return numbers


def _numbers(words: str, given: Node, most: int) -> tuple[tuple[int, ...], Span | None]:
    """The numbers in a type's parentheses, and where the engine stumbles behind them."""
    numbers: tuple[int, ...] = ()
    for part in given.parts:
        if part.text.isdecimal() and len(numbers) < most:
            numbers += (int(part.text),)
        elif part.text.upper() == "MAX" and words in {"VARCHAR", "VARBINARY"} and not numbers:
            numbers += (0,)
        elif not (
            (part.text == "-" and words == "DECIMAL" and len(numbers) == 1)
            or (part.text.upper() in {"CHARACTERS", "OCTETS"} and words == "VARCHAR" and numbers)
        ):
            return numbers, part.span
    return numbers, None if numbers else Span(given.span.end - 1, given.span.end)


def _refuse_type(fold: Fold, words: str, given: Node | None, span: Span) -> None:
    reason = f"the engine has no type `{words}`"
    if words not in fold.facts.replaced_types:
        fold.refuse(reason, span, _ANY_TYPE)
        return
    instead, same = fold.facts.replaced_types[words]
    text = instead
    if given and instead in {"DECIMAL", "VARCHAR"}:
        _, stumble = _numbers(instead, given, fold.facts.stored_types[instead][1])
        text += "" if stumble else f"({', '.join(part.text for part in given.parts).replace('-, ', '-')})"
    applicability = Applicability.SAFE if same else Applicability.UNSAFE
    note = "" if same else ", which isn't the same: nothing pads, numbers or checks the values"
    edit = Replacement(span, text, f"write `{text}`", applicability)
    fold.refuse(reason, span, f"write `{text}`{note}", (edit,))
