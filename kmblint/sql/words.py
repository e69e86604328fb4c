"""Which words are names: Kimberlite reserves almost none, so the position decides (verdicts.jsonl, keyword-column)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kmblint.sql.scanner import Kind, Token


def words(text: str) -> frozenset[str]:
    """A set of words written on one line."""
    return frozenset(text.split())


COMPARISONS: Final = frozenset({"=", "==", "!=", "<>", "<", "<=", ">", ">="})
QUERY_WORDS: Final = frozenset({"SELECT", "WITH", "VALUES"})
"""The words that begin a query in parentheses."""
BARE_CALLS: Final = frozenset(
    {"CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIME", "LOCALTIMESTAMP", "CURRENT_USER",
     "SESSION_USER", "DEFAULT"}
)  # fmt: skip
"""Words that work like a function call without parentheses."""
OPERATOR_WORDS: Final = frozenset(
    {"AT", "COLLATE", "IS", "IN", "LIKE", "ILIKE", "BETWEEN", "NOT", "AND", "OR", "SIMILAR", "REGEXP", "RLIKE", "GLOB",
     "MATCH", "XOR", "DIV", "MOD", "OVERLAPS", "ISNULL", "NOTNULL", "OPERATOR", "SOUNDS", "MEMBER", "ESCAPE"}
)  # fmt: skip
"""Words that join two operands or follow one."""
CLAUSE_WORDS: Final = frozenset(
    {"WHERE", "FROM", "SET", "ORDER", "GROUP", "LIMIT", "OFFSET", "RETURNING", "HAVING", "UNION", "AND", "OR", "IN",
     "IS", "LIKE", "ILIKE", "BETWEEN", "THEN", "ELSE", "WHEN", "AS", "ON", "USING", "JOIN"}
)  # fmt: skip
"""Words that can't begin an operand, save where they are names themselves."""
TRANSACTION: Final = frozenset({"BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE"})
"""Words that begin the statements of a transaction."""
SETS: Final = ("UNION", "INTERSECT", "EXCEPT", "MINUS")
"""Words that join two queries."""
JOINS: Final = ("INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL", "JOIN")
TABLE_ALIAS_STOPS: Final = words(
    "WITH EXPLAIN ANALYZE SELECT WHERE GROUP SORT HAVING ORDER PIVOT UNPIVOT TOP LATERAL VIEW LIMIT OFFSET FETCH UNION"
    " EXCEPT INTERSECT MINUS ON JOIN INNER CROSS FULL LEFT RIGHT NATURAL USING CLUSTER DISTRIBUTE GLOBAL ANTI SEMI"
    " RETURNING ASOF MATCH_CONDITION OUTER SET QUALIFY WINDOW END FOR PARTITION PREWHERE SETTINGS FORMAT START CONNECT"
    " MATCH_RECOGNIZE SAMPLE TABLESAMPLE FROM OPEN"
)
"""Words behind a table that are no alias (sqlparser-0.61.0/src/keywords.rs)."""
COLUMN_ALIAS_STOPS: Final = words(
    "WITH EXPLAIN ANALYZE SELECT WHERE GROUP SORT HAVING ORDER TOP LATERAL VIEW LIMIT OFFSET FETCH UNION EXCEPT EXCLUDE"
    " INTERSECT MINUS CLUSTER DISTRIBUTE RETURNING FROM INTO END"
)
"""Words behind an item of SELECT that are no alias (the same)."""
_CONSTANTS: Final = frozenset({"NULL", "TRUE", "FALSE"}) | BARE_CALLS
_AFTER_OPERANDS: Final = frozenset(
    {"IS", "IN", "LIKE", "ILIKE", "BETWEEN", "AND", "OR", "ISNULL", "NOTNULL", "FROM", "AS", "WHERE", "ORDER", "GROUP",
     "LIMIT", "OFFSET", "ASC", "DESC", "RETURNING", "HAVING", "UNION", "COLLATE", "THEN", "ELSE", "END"}
)  # fmt: skip
_SIGNS: Final = frozenset({")", ",", ".", "::", "||", "+", "-", "*", "/", "%", "]", "~", "->", "->>"}) | COMPARISONS


def names_at(tokens: Sequence[Token], index: int) -> bool:
    """Whether the word at an operand's place is a column's name: what can only follow an operand follows it."""
    token = tokens[index]
    upper = token.upper
    if token.kind is not Kind.WORD or upper in _CONSTANTS:
        return False
    if index + 1 == len(tokens):
        return True
    following = tokens[index + 1]
    if following.kind is Kind.SYMBOL:
        signs = COMPARISONS | {",", ")"} if upper in ("NOT", "CASE", "SELECT") else _SIGNS
        return following.text in signs
    if upper == "NOT":
        return following.upper in ("IS", "IN", "LIKE", "BETWEEN")
    return following.upper in _AFTER_OPERANDS or (following.upper == "NOT" and upper not in ("AND", "OR"))
