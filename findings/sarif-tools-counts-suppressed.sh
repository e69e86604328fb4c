#!/usr/bin/env bash
# sarif-tools 3.0.5: a result that is suppressed, or that a baseline says is gone, fails `sarif --check error`.
#
# Guess before the run: a result with an accepted suppression, and one whose `baselineState` is "absent", are left out
# of the summary and of the exit code, as SARIF 2.1.0 (3.27.23, 3.27.24) means them to be seen.
# Seen instead: both are counted as errors like any other, and a log of nothing else ends with 1. A filter file can
# leave out what is suppressed; without one, a tool that writes what was suppressed into its log fails the build of
# whoever reads it with sarif-tools.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet "sarif-tools==3.0.5"
PATH=$work/venv/bin:$PATH python - "$work" <<'PY'
import json
import subprocess
import sys
from pathlib import Path

work = Path(sys.argv[1])
for name, mark in (
    ("suppressed", {"suppressions": [{"kind": "inSource", "status": "accepted"}]}),
    ("absent", {"baselineState": "absent"}),
):
    place = {"physicalLocation": {"artifactLocation": {"uri": "0001_orders.sql"}, "region": {"startLine": 1}}}
    result = {"ruleId": "DB101", "level": "error", "message": {"text": "it is gone"}, "locations": [place], **mark}
    run = {"tool": {"driver": {"name": "linter", "rules": [{"id": "DB101"}]}}, "results": [result]}
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    (work / "log.sarif").write_text(json.dumps(log))
    ended = subprocess.run(
        ["sarif", "--check", "error", "summary", "log.sarif"], cwd=work, capture_output=True, text=True, check=False
    )
    print(f"a log with one result, {name}: {ended.stdout.split()[:2]}, exit code {ended.returncode}")
    assert ended.returncode == 1
    assert "error: 1" in ended.stdout
PY
