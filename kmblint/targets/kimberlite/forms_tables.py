"""CREATE TABLE, CREATE INDEX, ALTER TABLE and DROP, as the engine takes them.

Areas create-table, create-form, create-index, alter-table, alter-form, drop.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kmblint.findings import Severity
from kmblint.sql.tree import Node, Shape
from kmblint.targets.kimberlite.facts import Facts
from kmblint.targets.kimberlite.fold import THE_END, Fold
from kmblint.targets.kimberlite.forms_columns import column, table_constraint
from kmblint.targets.verdict import GhostColumn, IgnoredGuard, MissingKey, Replacement
from kmblint.text import Span

_KEY_HELP: Final = "give the table a key: `id BIGINT PRIMARY KEY`"
_SCOPES: Final = frozenset({"GLOBAL", "LOCAL", "TEMPORARY", "TRANSIENT", "EXTERNAL"})
_INDEX_ORDER: Final = ("CREATE INDEX", "INCLUDE", "NULLS DISTINCT", "WHERE", "USING", "COMMENT")
_COPY: Final = "make a new table or column, copy the rows by a program, and drop the old one"
_ALTER_HELP: Final = {
    "RENAME": f"the engine renames nothing: {_COPY}",
    "ALTER": f"a column stays as it was added: {_COPY}",
    "MODIFY": f"a column stays as it was added: {_COPY}",
    "CHANGE": f"a column stays as it was added: {_COPY}",
    "OWNER": "leave it out: tables have no owner",
    "ENABLE": "leave it out: access is given by GRANT and masking policies",
    "SET": "leave it out: tables have no options",
}


def create_table(fold: Fold, root: Node) -> None:
    """CREATE TABLE: at least one column and a key; most clauses are dropped."""
    if not _heading(fold, root):
        return
    name = next(root.all(Shape.NAME))
    has_columns = is_keyed = False
    before: Node | None = None
    for part in root.parts[root.parts.index(name) + 1 :]:
        match part.kind:
            case "column":
                has_columns = True
                is_keyed |= column(fold, part, in_table=True)
            case "constraint":
                is_keyed |= table_constraint(fold, part)
            case "INDEX":
                fold.refuse_clause(part, "CREATE TABLE makes no index", "write a CREATE INDEX behind it")
            case "EXCLUDE":
                fold.refuse_clause(part, "CREATE TABLE takes no EXCLUDE", "leave it out")
            case "LIKE" | "CLONE" if not has_columns:
                fold.refuse_clause(
                    part, f"`{part.kind}` copies no columns, and a table needs at least one", "write the columns out"
                )
                has_columns = is_keyed = True  # what it would have copied
            case _:
                _table_option(fold, part, before)
                before = part
                if part.kind in {"PARTITION OF", "OF"}:
                    has_columns = is_keyed = True
    if not has_columns:
        fold.refuse(f"the engine makes no table without columns: `{name.name}`", name.span, "write the columns out")
    elif not is_keyed:
        reason = f"the engine makes no table without a primary key: `{name.name}`"
        fold.refuse(reason, name.span, _KEY_HELP, kind=MissingKey)


def _heading(fold: Fold, root: Node) -> bool:
    """What stands before TABLE; whether the engine goes on behind it."""
    scope: list[Node] = []
    for part in root.parts:
        if part.kind in {"IF NOT EXISTS", Shape.NAME}:
            break
        if part.kind in _SCOPES:
            if scope and (part.kind in {"GLOBAL", "LOCAL"} or scope[-1].kind not in {"GLOBAL", "LOCAL"}):
                fold.expected("`TABLE`", part)
            scope.append(part)
        elif part.kind == "OR REPLACE":
            _drop_from_table(fold, part.kind, part.span)
        else:
            reason = f"the engine makes no {part.kind}"
            fold.refuse(reason, root.span.to(part.span), "leave it out")
            return False
    if scope:
        _drop_from_table(fold, scope[-1].kind, scope[0].span.to(scope[-1].span))
    return True


def _table_option(fold: Fold, option: Node, before: Node | None) -> None:
    first = fold.token(option.span)
    known = option.kind in fold.facts.dropped_table_clauses or option.kind in fold.facts.plain_table_options
    comma = fold.before(option.span)
    instead, mistakes = fold.facts.table_option_mistakes.get(option.kind, ("", frozenset()))
    bare = option.kind == "AS SELECT" and first is not None and first.upper != "AS"
    if option.kind in {"LIKE", "CLONE"} or not known or bare:
        fold.expected(THE_END, option)
    elif comma.text == "," and (before is None or before.kind in fold.facts.table_option_ranks):
        fold.expected(THE_END, comma.span)
    elif before and not _may_follow(before.kind, option.kind, fold.facts):
        fold.refuse_clause(
            option, f"the engine takes no {option.kind} behind {before.kind}", "leave it out: nothing of it is kept"
        )
    elif odd := next((part for part in option.parts if part.kind in mistakes), None):
        fold.expected(instead, odd)
    else:
        _drop_from_table(fold, option.kind, option.span)


def _may_follow(before: str, option: str, facts: Facts) -> bool:
    ranks = [facts.table_option_ranks.get(each, facts.other_option_rank) for each in (before, option)]
    if ranks[0] == ranks[1]:
        listed = facts.table_option_ranks.keys().isdisjoint((before, option))
        return listed or option == "LOCATION" or (before, option) == ("WITH", "TBLPROPERTIES")
    return ranks == sorted(ranks)


def _drop_from_table(fold: Fold, clause: str, span: Span) -> None:
    fold.note(clause, span, fold.facts.dropped_table_clauses.get(clause, ("it changes nothing", Severity.INFO)))


# --- indexes ----------------------------------------------------------------------------------------------------------


def create_index(fold: Fold, root: Node) -> None:
    """CREATE INDEX: a name, a table and columns; all else is dropped."""
    rank = 0
    for part in root.parts:
        match part.kind:
            case kind if kind is Shape.NAME or kind in _SCOPES:
                pass
            case "OR REPLACE":
                fold.refuse("CREATE INDEX takes no OR REPLACE", part.span, "leave it out: an index is for ever")
            case "IF NOT EXISTS":
                effect = "a second index of the name on this table is refused"
                fold.hazards.append(IgnoredGuard("IF NOT EXISTS", part.span, effect))
            case "FULLTEXT" | "SPATIAL" | "CLUSTERED" | "NONCLUSTERED":
                fold.refuse(f"the engine makes no {part.kind}", root.span.to(part.span), "leave it out")
            case "ON":
                if not root.has(Shape.NAME):
                    fold.refuse_clause(part, "CREATE INDEX needs a name", "write CREATE INDEX name ON table (column)")
            case "ONLY":
                fold.expected("a table", part)
            case "part":
                _index_part(fold, part)
                rank = 1
            case "WITH" | "TABLESPACE":
                fold.refuse_clause(part, f"CREATE INDEX takes no {part.kind}", f"leave out `{part.kind}`")
            case _:
                here = _INDEX_ORDER.index(part.kind) if part.kind in _INDEX_ORDER else 0
                if here < rank and part.kind != "USING":
                    fold.expected(THE_END, part)
                elif not any(fold.unread(inner) for inner in part.parts):
                    _drop_from_index(fold, part)
                rank = max(rank, here)


def _index_part(fold: Fold, part: Node) -> None:
    expression, *options = part.parts
    if fold.unread(expression):
        return
    if expression.kind is Shape.COLLATE:
        _drop_from_index(fold, expression)
    for option in options:
        _drop_from_index(fold, option)
    if expression.kind is Shape.COLUMN and expression.quoted:
        fold.hazards.append(GhostColumn(
            f'"{expression.text}"', expression.span,
            "the engine keeps the quotes as part of the name, so the index is on a column that isn't there",
            f"write `{expression.text}` without quotes",
        ))  # fmt: skip


def _drop_from_index(fold: Fold, node: Node) -> None:
    kind = "COLLATE" if node.kind is Shape.COLLATE else node.kind
    clause = "operator class" if kind == "OPERATOR CLASS" else kind
    fold.note(clause, node.span, fold.facts.dropped_index_clauses[clause])


# --- ALTER TABLE and DROP ---------------------------------------------------------------------------------------------


def alter_table(fold: Fold, root: Node) -> None:
    """ALTER TABLE: exactly one ADD or DROP of one column."""
    first: Node | None = None
    for part in root.parts:
        if part.kind == "IF EXISTS":
            effect = "a table that isn't there is refused all the same"
            fold.hazards.append(IgnoredGuard("IF EXISTS", part.span, effect))
        elif part.kind not in {"ONLY", Shape.NAME}:
            if first is not None:
                comma, advice = fold.before(part.span).span, "write a statement for each action"
                fold.refuse("ALTER TABLE takes one action a statement, and here begins a second", comma, advice,
                            _parted(fold, root, comma))  # fmt: skip
            first = part
            _action(fold, part)


def _parted(fold: Fold, root: Node, comma: Span) -> tuple[Replacement, ...]:
    """A statement of its own for what stands behind a comma."""
    name = next((part.span for part in root.parts if part.kind is Shape.NAME), None)
    if name is None:
        return ()
    table = "".join(token.text for token in fold.within(name))
    return (Replacement(comma, f";\nALTER TABLE {table}", "write a statement for each action"),)


def _action(fold: Fold, action: Node) -> None:
    words = fold.first_words(action.span, 2)
    verb = action.kind.partition(" ")[0] if action.kind[0].isupper() else action.text.partition(" ")[0].upper()
    second = fold.token(fold.behind(fold.first_words(action.span, 1)) or action.span)
    match action.kind:
        case "ADD COLUMN":
            _add_column(fold, action)
        case "ADD CONSTRAINT":
            fold.refuse("the engine adds no constraint to a table", words,
                        "leave it out: only NOT NULL and PRIMARY KEY are kept, and those in CREATE TABLE")  # fmt: skip
        case "ADD INDEX":
            fold.refuse("ALTER TABLE makes no index", words, "write CREATE INDEX name ON table (column)")
        case "DROP COLUMN":
            _drop_column(fold, action)
        case _ if verb == "DROP" and second:
            fold.refuse(f"ALTER TABLE drops a column and nothing else, and here stands `{second.upper}`", words,
                        "leave it out: constraints aren't kept, and an index is for ever")  # fmt: skip
        case _:
            fold.refuse_clause(
                action,
                f"ALTER TABLE adds or drops a column and nothing else, and here stands `{verb}`",
                _ALTER_HELP.get(verb, "leave it out"),
            )


def _add_column(fold: Fold, action: Node) -> None:
    guard = action.child("IF NOT EXISTS")
    columns = tuple(action.all("column"))
    if guard:
        edit = Replacement(Span(guard.span.start, columns[0].span.start), "", "remove the guard")
        fold.refuse("ADD COLUMN takes no IF NOT EXISTS", guard.span, "leave out the guard", (edit,))
    if action.text == "(":
        fold.refuse("ADD takes one column without parentheses", fold.before(columns[0].span).span,
                    "write a statement for each column")  # fmt: skip
    for part in columns:
        column(fold, part, in_table=False)


def _drop_column(fold: Fold, action: Node) -> None:
    for part in action.parts:
        if part.kind == "IF EXISTS":
            effect = "a column that isn't there is refused all the same"
            fold.hazards.append(IgnoredGuard("IF EXISTS", part.span, effect))
        elif part.kind == Shape.NAME:
            if part.text.upper() == "COLUMN" and not part.quoted:
                fold.expected("a column", fold.behind(part.span))
        else:
            fold.note(part.kind, part.span, ("indexes and masks on the column stay behind", Severity.INFO))


def drop(fold: Fold, root: Node) -> None:
    """DROP: one table."""
    kind = next(root.all("kind"))
    temporary = root.child("TEMPORARY")
    if kind.text != "TABLE" or temporary:
        _refuse_drop(fold, root, temporary or first_word(kind))
        return
    names = tuple(root.all(Shape.NAME))
    if len(names) > 1:
        fold.refuse("DROP TABLE drops one table a statement", fold.before(names[1].span).span,
                    "write a statement for each table")  # fmt: skip
    for part in root.all("CASCADE", "RESTRICT"):
        kept = "what depends on the table stays behind"
        effect = kept if part.kind == "CASCADE" else "the table is dropped whatever depends on it"
        fold.note(part.kind, part.span, (effect, Severity.WARNING))
    _in_order(fold, root.all("CASCADE", "RESTRICT", "PURGE", "ON"), ("CASCADE RESTRICT", "PURGE", "ON"))


def _in_order(fold: Fold, parts: Iterable[Node], order: tuple[str, ...]) -> None:
    """Refuses the first part that stands before its place."""
    for part in parts:
        rank = next((index for index, words in enumerate(order) if part.kind in words), None)
        if rank is None or fold.last(part.span) == "CONSTRAINTS":
            fold.expected(THE_END, part)
            return
        order = order[rank + 1 :]


def first_word(kind: Node) -> Node:
    """The first word of an object's kind, which is where the engine stops."""
    word = kind.text.partition(" ")[0]
    return Node(word, Span(kind.span.start, kind.span.start + len(word)))


def _refuse_drop(fold: Fold, root: Node, kind: Node) -> None:
    span = root.span.to(kind.span)
    word = kind.kind
    if word == "INDEX":
        fold.refuse("the engine drops no index: it is for ever", span,
                    "leave it in place; an unused index costs writes only")  # fmt: skip
    elif word in {"ROLE", "USER"}:
        fold.refuse(f"the engine drops no {word.lower()}", span, "leave it out")
    else:
        fold.refuse(f"the engine drops tables, masks and masking policies only, no `{word}`", span, "leave it out")
