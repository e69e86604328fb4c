#!/usr/bin/env bash
# sqlglot 30.30.0: `line` and `col` of a token say where it ends, `start` and `end` where it stands.
#
# Guess before the run: Identifier.meta["line"] and ["col"] are the 1-based place of the identifier's first character.
# Seen instead: `col` is the 1-based column of its LAST character, and `line` the line on which it ends: a literal that
# begins in line 2 and holds a line break says line 3. `start` is the offset of the first character, `end` that of the
# last one, inclusive. A caret drawn from `line` and `col` stands under the wrong end; derive both from `start`.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet "sqlglot==30.30.0"
"$work/venv/bin/python" - <<'PY'
import sqlglot
from sqlglot import exp

sql = "SELECT visits\nFROM wards WHERE note = 'two\nlines' AND beds = 1"
for name in ("visits", "wards", "beds"):
    place = next(each for each in sqlglot.parse_one(sql, dialect="postgres").find_all(exp.Identifier) if each.name == name).meta
    line_start = sql.rfind("\n", 0, place["start"]) + 1
    first, last = place["start"] - line_start + 1, place["end"] - line_start + 1
    print(f"{name}: columns {first} to {last}, col says {place['col']}; offsets {place['start']} to {place['end']}")
    assert sql[place["start"] : place["end"] + 1] == name and place["col"] == last != first
text = next(token for token in sqlglot.tokenize(sql, dialect="postgres") if token.text == "two\nlines")
begins = sql.count("\n", 0, text.start) + 1
print(f"the literal begins in line {begins}, line says {text.line}")
assert (begins, text.line) == (2, 3)
PY
