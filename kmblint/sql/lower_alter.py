"""ALTER TABLE: every action is a change of its own, read between top-level commas."""

from __future__ import annotations

from kmblint.schema.changes import (
    AddColumn,
    AddConstraint,
    AddIndex,
    AttachPolicy,
    Change,
    ChangeDefault,
    ChangeNullability,
    ChangeType,
    DetachPolicy,
    DropColumn,
    DropConstraint,
    DropIndex,
    Opaque,
    RenameColumn,
    RenameConstraint,
    RenameTable,
    SetClassification,
)
from kmblint.schema.parts import Clause, Name
from kmblint.sql.lower_columns import read_column, read_type
from kmblint.sql.lower_constraints import begins_constraint, read_constraint
from kmblint.sql.lower_tables import index_parts
from kmblint.sql.lower_values import value
from kmblint.sql.reader import Reader, items
from kmblint.sql.scanner import Kind
from kmblint.text import Span

_COLUMN_ACTIONS = (
    "STATISTICS", "STORAGE", "COMPRESSION", "GENERATED", "EXPRESSION", "IDENTITY", "INCREMENT", "START", "RESTART",
    "CACHE", "VISIBLE", "INVISIBLE", "OPTIONS", "(",
)  # fmt: skip
"""What else PostgreSQL and MySQL set, add or drop of a column: the word behind SET, ADD or DROP."""
_ACTIONS = (
    "ADD", "DROP", "RENAME", "ALTER", "MODIFY", "CHANGE", "SET", "OWNER", "ENABLE", "DISABLE", "VALIDATE", "ATTACH",
    "DETACH", "INHERIT", "NO", "CLUSTER", "RESET", "REPLICA", "FORCE", "ENGINE", "CONVERT", "AUTO_INCREMENT", "COMMENT",
    "ORDER", "PARTITION", "OF", "NOT", "DEFAULT", "CHARACTER", "COLLATE", "ALGORITHM", "LOCK", "TABLESPACE", "IMPORT",
    "DISCARD", "TRUNCATE", "EXCHANGE", "REORGANIZE", "COALESCE", "WITH",
)  # fmt: skip


def alter_table(reader: Reader, text: str) -> tuple[Change, ...]:
    """Reads ALTER TABLE from its first word: one change an action; raises NotSqlError."""
    reader.need("ALTER", "TABLE")
    guard = reader.take("IF", "EXISTS") is not None
    if reader.takes_name(1) and not reader.sees(".", ahead=1):
        reader.take("ONLY")
    table = reader.dotted("a table name")
    reader.take("*")
    end = reader.end
    if reader.done:
        raise reader.expected(("ADD", "DROP", "ALTER"))
    changes: list[Change] = []
    for action in items(reader.rest(), end):
        changes += _Action(action, table, text, guard=guard).read()
    return tuple(changes)


class _Action:
    """One action, its table, and the text that it stands in."""

    def __init__(self, reader: Reader, table: Name, text: str, *, guard: bool) -> None:
        self.reader = reader
        self.table = table
        self.text = text
        self.guard = guard
        self.span = Span(reader.tokens[0].start, reader.tokens[-1].end)

    def read(self) -> tuple[Change, ...]:
        """The changes it makes; raises NotSqlError."""
        reader = self.reader
        if reader.take("ADD"):
            return self._add()
        if reader.take("DROP"):
            return (self._drop(),)
        if reader.take("RENAME"):
            return (self._rename(),)
        if reader.take("ALTER"):
            return self._alter()
        if reader.take("MODIFY"):
            return self._modify()
        if reader.take("CHANGE"):
            return self._change()
        if reader.peek().upper in _ACTIONS:
            return (self._opaque(),)
        raise reader.expected(_ACTIONS)

    def _opaque(self) -> Opaque:
        first, *more = (token.text for token in self.reader.tokens[:2] if token.kind is Kind.WORD)
        words = " ".join([first, *more])
        reason = f"what `{words}` does to a table isn't modelled"
        return Opaque(reason, f"ALTER TABLE {first.upper()}", self.span, (self.table,))

    def _add(self) -> tuple[Change, ...]:
        reader = self.reader
        if begins_constraint(reader) and not reader.sees("COLUMN"):
            constraint, clauses = read_constraint(reader, self.text)
            return (AddConstraint(self.table, constraint, self.span, clauses),)
        if reader.peek().upper in ("INDEX", "KEY", "FULLTEXT", "SPATIAL") and self._is_index():
            return (self._add_index(),)
        if reader.peek().upper in ("PARTITION", "GENERATED") or reader.sees("EXCLUDE", "USING"):
            return (self._opaque(),)
        if not reader.sees("COLUMN") or reader.takes_name(1) or reader.sees("IF", ahead=1):
            reader.take("COLUMN")
        guard = reader.take("IF", "NOT", "EXISTS") is not None
        if reader.sees("COLUMN") and self.span.end == reader.peek().end:
            reader.step()
        if reader.sees("("):
            inside = reader.group()
            return tuple(
                AddColumn(self.table, read_column(item, self.text), self.span, guard, self.guard)
                for item in items(inside, self.span.end)
            )
        return (AddColumn(self.table, read_column(reader, self.text), self.span, guard, self.guard),)

    def _is_index(self) -> bool:
        opening = next((at for at in range(1, 5) if self.reader.peek(at).text == "("), None)
        return opening is not None and self.reader.peek(opening + 1).kind in (Kind.WORD, Kind.QUOTED)

    def _add_index(self) -> AddIndex:
        reader = self.reader
        kind = reader.peek()
        noted = [Clause(kind.upper, kind.span)] if reader.take_any("FULLTEXT", "SPATIAL") else []
        reader.take_any("INDEX", "KEY")
        name = reader.name() if reader.takes_name() and not reader.sees("USING") else None
        if reader.take("USING"):
            reader.name()
        parts, clauses = index_parts(reader, self.text)
        clauses[:0] = noted
        if not reader.done:
            at = reader.at
            reader.rest()
            clauses.append(Clause("INDEX OPTIONS", reader.since(at)))
        return AddIndex(self.table, name, parts, self.span, clauses=tuple(clauses))

    def _drop(self) -> Change:
        reader = self.reader
        if reader.take_any("CONSTRAINT", "CHECK") if reader.takes_name(1) else None:
            guard = reader.take("IF", "EXISTS") is not None
            name = reader.name("a constraint name")
            return DropConstraint(self.table, name, self.span, guard, self._behaviour())
        if reader.take("FOREIGN", "KEY"):
            return DropConstraint(self.table, reader.name("a constraint name"), self.span)
        if reader.sees("PRIMARY", "KEY") or reader.peek().upper == "PARTITION":
            return self._opaque()
        if reader.peek().upper in ("INDEX", "KEY") and reader.takes_name(1) and self._behaviour_word(1) is False:
            reader.step()
            guard = reader.take("IF", "EXISTS") is not None
            name = reader.name("an index name")
            reader.finish(",")
            return DropIndex(name, self.span, self.table, guard)
        if reader.sees("COLUMN") and reader.takes_name(1):
            reader.step()
        guard = reader.take("IF", "EXISTS") is not None
        column = reader.name("a column name")
        return DropColumn(self.table, column, self.span, guard, self._behaviour(), self.guard)

    def _behaviour_word(self, ahead: int) -> bool:
        """Whether CASCADE or RESTRICT ends the action there, rather than being a name."""
        last = self.reader.at + ahead == len(self.reader.tokens) - 1
        return last and self.reader.peek(ahead).upper in ("CASCADE", "RESTRICT")

    def _behaviour(self) -> bool:
        word = self.reader.take_any("CASCADE", "RESTRICT")
        self.reader.finish(",", "CASCADE", "RESTRICT", "COLUMN", "CONSTRAINT")
        return word == "CASCADE"

    def _rename(self) -> Change:
        reader = self.reader
        if reader.take("TO") or reader.take("AS"):
            new = reader.dotted("a table name")
            reader.finish(",")
            return RenameTable(self.table, new, self.span)
        if reader.sees("CONSTRAINT") and not reader.sees("TO", ahead=1):
            reader.step()
            old = reader.name("a constraint name")
            reader.need("TO")
            change: Change = RenameConstraint(self.table, old, reader.name("a constraint name"), self.span)
        elif reader.peek().upper in ("INDEX", "KEY") and not reader.sees("TO", ahead=1):
            return self._opaque()
        elif len(reader.tokens) == 2:
            change = RenameTable(self.table, reader.dotted("a table name"), self.span)
        else:
            if reader.sees("COLUMN") and not reader.sees("TO", ahead=1):
                reader.step()
            old = reader.name("a column name")
            reader.need("TO")
            change = RenameColumn(self.table, old, reader.name("a column name"), self.span)
        reader.finish(",")
        return change

    def _alter(self) -> tuple[Change, ...]:
        reader = self.reader
        named = reader.takes_name(1) and reader.peek(1).upper not in ("TYPE", "SET", "DROP")
        if named and reader.peek().upper in ("CONSTRAINT", "INDEX", "CHECK"):
            return (self._opaque(),)
        if (reader.sees("COLUMN") and reader.peek(1).upper not in ("TYPE", "SET", "DROP", "ADD")) or (
            reader.sees("COLUMN") and reader.peek(2).upper in ("TYPE", "SET", "DROP", "ADD")
        ):  # fmt: skip
            reader.step()
        column = reader.name("a column name")
        if reader.take("SET", "DATA", "TYPE") or reader.take("TYPE"):
            return self._typed(column)
        if reader.take("SET", "NOT", "NULL"):
            change: Change = ChangeNullability(self.table, column, nullable=False, span=self.span)
        elif reader.take("DROP", "NOT", "NULL"):
            change = ChangeNullability(self.table, column, nullable=True, span=self.span)
        elif reader.take("SET", "DEFAULT"):
            return (ChangeDefault(self.table, column, value(reader.rest(), self.text, self.span.end), self.span),)
        elif reader.take("DROP", "DEFAULT"):
            change = ChangeDefault(self.table, column, None, self.span)
        elif reader.take("SET", "MASKING", "POLICY"):
            change = AttachPolicy(self.table, column, reader.name("a policy name"), self.span)
        elif reader.take("DROP", "MASKING", "POLICY"):
            change = DetachPolicy(self.table, column, self.span)
        elif reader.peek().upper in ("SET", "DROP", "ADD", "RESET") and reader.peek(1).upper in _COLUMN_ACTIONS:
            return (self._opaque(),)
        elif reader.takes_name() and reader.peek().upper not in ("SET", "DROP", "TYP", "TYEP"):
            return self._typed(column)
        else:
            reader.step()
            if reader.take("NOT"):
                raise reader.expected(("NULL",))
            raise reader.expected(("NOT", "DEFAULT", "DATA", "MASKING", *_COLUMN_ACTIONS))
        reader.finish(",")
        return (change,)

    def _typed(self, column: Name) -> tuple[Change, ...]:
        reader = self.reader
        kind, _ = read_type(reader)
        if reader.take("COLLATE"):
            reader.dotted("a collation")
        using = reader.take("USING") is not None
        typed = ChangeType(self.table, column, kind, self.span, using)
        if using:
            value(reader.rest(), self.text, self.span.end)
        nullable = None
        if reader.take("NOT", "NULL"):
            nullable = False
        elif reader.take("NULL"):
            nullable = True
        reader.take_any("CASCADE", "RESTRICT")
        reader.finish(",", "USING", "COLLATE")
        return (typed,) if nullable is None else (typed, ChangeNullability(self.table, column, nullable, self.span))

    def _modify(self) -> tuple[Change, ...]:
        reader = self.reader
        if reader.sees("COLUMN") and reader.takes_name(1):
            reader.step()
        if reader.sees("SET", "CLASSIFICATION", ahead=1):
            column = reader.name("a column name")
            reader.at += 2
            if reader.peek().kind is not Kind.STRING:
                raise reader.expected(("a quoted classification",))
            label = reader.step().value
            reader.finish()
            return (SetClassification(self.table, column, label, self.span),)
        return self._redefined(None)

    def _change(self) -> tuple[Change, ...]:
        reader = self.reader
        if reader.sees("COLUMN") and reader.takes_name(1):
            reader.step()
        return self._redefined(reader.name("a column name"))

    def _redefined(self, old: Name | None) -> tuple[Change, ...]:
        """A column defined anew, as MySQL's MODIFY and CHANGE do: its name, type, nullability and default."""
        definition = read_column(self.reader, self.text)
        name = definition.name
        changes: list[Change] = []
        if old is not None and old.text != name.text:
            changes.append(RenameColumn(self.table, old, name, self.span))
        if definition.type.name:
            changes.append(ChangeType(self.table, name, definition.type, self.span))
        if definition.nullable is not None:
            changes.append(ChangeNullability(self.table, name, definition.nullable, self.span))
        if definition.default is not None:
            changes.append(ChangeDefault(self.table, name, definition.default, self.span))
        changes += (AddConstraint(self.table, constraint, self.span) for constraint in definition.constraints)
        return tuple(changes) or (self._opaque(),)
