#!/usr/bin/env bash
# sarif-tools 3.0.5: of a message that begins with its own rule's id, one character is shown.
#
# Guess before the run: the id, which has a column of its own, is taken off the front of the message.
# Seen instead: the message is cut to the single character behind the id and what follows it, so "DB101 table orders is
# gone" is "t", and "DB101: table orders is gone" is nothing at all, in the summary as in the CSV. A message with the id
# further inside, or without it, is whole. A tool that writes SARIF keeps the id out of the beginning of its messages.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet "sarif-tools==3.0.5"
PATH=$work/venv/bin:$PATH python - "$work" <<'PY'
import csv
import json
import subprocess
import sys
from pathlib import Path

work = Path(sys.argv[1])
expected = {
    "DB101 table orders is gone": "t",
    "DB101: table orders is gone": "",
    "table orders is gone (DB101)": "table orders is gone (DB101)",
    "table orders is gone": "table orders is gone",
}
for message, description in expected.items():
    place = {"physicalLocation": {"artifactLocation": {"uri": "0001_orders.sql"}, "region": {"startLine": 1}}}
    result = {"ruleId": "DB101", "level": "error", "message": {"text": message}, "locations": [place]}
    run = {"tool": {"driver": {"name": "linter", "rules": [{"id": "DB101"}]}}, "results": [result]}
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    (work / "log.sarif").write_text(json.dumps(log))
    subprocess.run(["sarif", "csv", "log.sarif", "-o", "log.csv"], cwd=work, check=True, stdout=subprocess.DEVNULL)
    with (work / "log.csv").open(newline="", encoding="utf-8-sig") as file:
        (row,) = csv.DictReader(file)
    print(f"{message!r} is shown as {row['Description']!r}")
    assert row["Description"] == description
PY
