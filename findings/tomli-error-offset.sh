#!/usr/bin/env bash
# tomli 2.5.0: TOMLDecodeError.pos is an offset into another text than the one that was given.
#
# Guess before the run: `loads(text)` fails with `pos` such that text[pos] is the character it stumbles over.
# Seen instead: line ends of two characters are made one before parsing, so in a file with CRLF `pos` is too small by
# one for each line before it, and `error.doc` is that shorter text. `lineno` and `colno` are right. Whoever draws
# the place in the text that was read from disk has to go by line and column.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet "tomli==2.5.0"
"$work/venv/bin/python" - <<'PY'
import tomli

text = "first = 1\r\nsecond = 2\r\nthird = ?\r\n"
try:
    tomli.loads(text)
except tomli.TOMLDecodeError as error:
    print(f"`?` stands at {text.index('?')}, pos says {error.pos}: {text[error.pos]!r}")
    print(f"length of the text {len(text)}, of error.doc {len(error.doc)}; line {error.lineno}, column {error.colno}")
    assert error.pos == text.index("?") - 2 and len(error.doc) == len(text) - 3
    assert (error.lineno, error.colno) == (3, 9)
else:
    raise SystemExit("it was taken")
PY
