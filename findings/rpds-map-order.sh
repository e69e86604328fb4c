#!/usr/bin/env bash
# rpds-py 2026.9.1: HashTrieMap iterates in an order that no seed fixes, and never equals a dict.
#
# Guess before the run: with PYTHONHASHSEED=0 a map of texts iterates alike in every process, as a set does.
# Seen instead: the order differs from map to map even inside one process, because each map draws a random
# state of its own; two equal maps (same items, same hash()) list their keys differently. And though the type
# is registered as collections.abc.Mapping, a map of the same items as a dict compares unequal to it, both ways.
# So whatever is printed from such a map has to be put in order first, and tests compare `dict(map)`.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet "rpds-py==2026.9.1"
PYTHONHASHSEED=0 "$work/venv/bin/python" - <<'PY'
from collections.abc import Mapping
from rpds import HashTrieMap

items = {f"column_{number}": number for number in range(12)}
maps = [HashTrieMap(items) for _ in range(8)]
orders = {tuple(each) for each in maps}
print(f"8 maps of the same 12 items in one process, PYTHONHASHSEED=0: {len(orders)} orders")
print("all equal:", all(each == maps[0] for each in maps), "· one hash:", len({hash(each) for each in maps}) == 1)
print("is a Mapping:", isinstance(maps[0], Mapping), "· equals the dict:", maps[0] == items, items == maps[0])
assert len(orders) > 1 and all(each == maps[0] for each in maps) and len({hash(each) for each in maps}) == 1
assert isinstance(maps[0], Mapping) and not maps[0] == items and not items == maps[0] and dict(maps[0]) == items
PY
