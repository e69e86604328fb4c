"""What statements inside of a body make: a DO block's, a function's, a trigger's, in whatever language.

A body isn't read as SQL: what begins like a change of the schema is looked for, in texts that are executed too, but
not in comments.
"""

from __future__ import annotations

import re
from typing import Final

_NAME: Final = r"""(?:"[^"\n]+"|`[^`\n]+`|[^\W\d][\w$]*)(?:\.(?:"[^"\n]+"|`[^`\n]+`|[^\W\d][\w$]*))*"""
_CHANGE: Final = re.compile(
    rf"""\b(?P<verb>CREATE|DROP|ALTER|ADD|RENAME(?:\s+TO)?)\s+
    (?:(?:OR\s+REPLACE|UNIQUE|TEMP|TEMPORARY|UNLOGGED|MATERIALIZED|FOREIGN|RECURSIVE|EVENT)\s+)*
    (?:(?P<kind>TABLE|INDEX|VIEW|TYPE|SCHEMA|SEQUENCE|DOMAIN|ROLE|USER|EXTENSION|COLUMN|CONSTRAINT|FUNCTION|PROCEDURE
        |TRIGGER|POLICY|RULE|VALUE)\b\s*)?
    (?:(?:CONCURRENTLY|IF\s+NOT\s+EXISTS|IF\s+EXISTS|ONLY)\s+)*
    (?P<names>{_NAME}(?:(?:\s*,\s*|\s+TO\s+){_NAME})*)?""",
    re.IGNORECASE | re.VERBOSE,
)
_COMMENT: Final = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_BETWEEN: Final = re.compile(r"\s*,\s*|\s+TO\s+", re.IGNORECASE)
_FINDABLE: Final = frozenset({"TABLE", "INDEX", "VIEW", "TYPE", "SCHEMA", "SEQUENCE", "DOMAIN"})
"""Kinds of which one without a written name may be anything that later statements name."""
_QUOTES: Final = str.maketrans("", "", '"`')


def names_made(body: str) -> tuple[str, ...] | None:
    """The names that statements in a body make, change or drop, sorted; None where one of them isn't written out."""
    made: set[str] = set()
    for change in _CHANGE.finditer(_COMMENT.sub(" ", body)):
        verb, kind, names = change["verb"].upper(), (change["kind"] or "").upper(), change["names"]
        if names is None and kind in _FINDABLE and verb in ("CREATE", "DROP"):
            return None
        if verb == "ALTER" and kind != "COLUMN":
            continue  # what it adds, renames or drops is told by a word of its own
        for name in _BETWEEN.split(names) if names else ():
            whole = name.strip().translate(_QUOTES)
            made |= {whole, whole.rpartition(".")[2]}
    return tuple(sorted(made))
