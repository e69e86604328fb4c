#!/usr/bin/env bash
# pygls 2.1.1 with lsprotocol 2025.0.0: a form feed ends a line for the server, and for no client.
#
# Guess before the run: `TextDocument` counts lines as the protocol does, whose only line ends are \n, \r\n and \r.
# Seen instead: it counts as str.splitlines does, so a form feed, U+0085 and U+2028 end a line too. Behind one, the
# client's line 2 is the server's line 3: the offset of a position, and the word at it, are those of another line, and
# a change sent in parts (one digit, in the line that the client means) is put into the wrong line, after which server
# and client hold different texts with no error on either side. A server is safe that has whole texts sent and counts
# lines itself.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet "pygls==2.1.1" "lsprotocol==2025.0.0"
"$work/venv/bin/python" - <<'PY'
from lsprotocol import types
from pygls.workspace import TextDocument

text = "SELECT 1;\n-- page\fbreak\nSELECT 2;\n"
third = types.Position(line=2, character=0)
document = TextDocument("file:///visits.sql", text, sync_kind=types.TextDocumentSyncKind.Incremental)
offset, word = document.offset_at_position(third), document.word_at_position(third)
print(f"line 2 begins at offset {text.index('SELECT 2')}; pygls says {offset}, and that the word there is {word!r}")
digit = types.Range(types.Position(line=2, character=7), types.Position(line=2, character=8))
document.apply_change(types.TextDocumentContentChangePartial(text="3", range=digit))
print(f"`SELECT 2` made `SELECT 3` by a change of one digit: {document.source!r}")
assert (offset, word) == (text.index("break"), "break")
assert document.source == "SELECT 1;\n-- page\fbreak3\nSELECT 2;\n"
for name, character in (("form feed", "\f"), ("U+0085", "\x85"), ("U+2028", "\u2028")):
    lines = len(TextDocument("file:///visits.sql", f"-- a{character}b\n").lines)
    print(f"{name}: {lines} lines of one")
    assert lines == 2
PY
