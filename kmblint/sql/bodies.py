"""What statements inside of a body make: a DO block's, a function's, a trigger's, in whatever language.

A body isn't read as SQL: what begins like a change of the schema is looked for, in texts that are executed too, but
not in comments.
"""

from __future__ import annotations

import re
from typing import Final

from kmblint.schema.functions import effect_of

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
_EXECUTED: Final = re.compile(
    r"""\b(?:EXECUTE(?:\s+IMMEDIATE)?(?!\s+(?:FUNCTION|PROCEDURE|ON)\b|\s+format\s*\(\s*E?['$]|\s*E?['$])
    |EXEC(?:UTE)?\s*\(|sp_executesql|PREPARE\s+\w+\s+FROM)""",
    re.IGNORECASE | re.VERBOSE,
)
"""A statement that is put together elsewhere; what stands in a text behind EXECUTE is read where it stands."""
_CALLED: Final = re.compile(r"\bPERFORM\s+(?P<name>[\w.]+)\s*\(", re.IGNORECASE)
_COMMENT: Final = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_BETWEEN: Final = re.compile(r"\s*,\s*|\s+TO\s+", re.IGNORECASE)
_FINDABLE: Final = frozenset({"TABLE", "INDEX", "VIEW", "TYPE", "SCHEMA", "SEQUENCE", "DOMAIN", "COLUMN", "CONSTRAINT"})
"""Kinds of which one without a written name may be anything that later statements name."""
_GOES_ON: Final = "%'|{$"
"""What stands behind a name of which only the beginning is written: `parts_%s`, `'parts_' || n`."""
_QUOTES: Final = str.maketrans("", "", '"`')


def names_made(body: str) -> tuple[str, ...] | None:
    """The names that statements in a body make, change or drop, sorted; None where one of them isn't written out."""
    made: set[str] = set()
    text = _COMMENT.sub(" ", body)
    called = effect_of(call["name"] for call in _CALLED.finditer(text))
    if _EXECUTED.search(text) or (called is not None and called[1]):
        return None
    for change in _CHANGE.finditer(text):
        verb, kind, names = change["verb"].upper().split()[0], (change["kind"] or "").upper(), change["names"]
        is_cut = names is None or text[change.end("names") : change.end("names") + 1] in (*_GOES_ON,)
        if is_cut and kind in _FINDABLE and verb != "ALTER":
            return None
        if verb == "ALTER" and kind != "COLUMN":
            continue  # what it adds, renames or drops is told by a word of its own
        for name in _BETWEEN.split(names) if names else ():
            whole = name.strip().translate(_QUOTES)
            made |= {whole, whole.rpartition(".")[2]}
    return tuple(sorted(made))
