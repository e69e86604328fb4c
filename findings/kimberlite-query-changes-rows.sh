#!/usr/bin/env bash
# kimberlite 0.9.1 (PyPI client): `Client.query`, documented for reading, runs an UPDATE.
#
# Guess before the run: `query` refuses what isn't a SELECT, as `execute` refuses a SELECT.
# Seen instead: `query("UPDATE …")` changes the row and answers a result of one row; `execute("SELECT …")` fails with
# "Internal server error". So a program that must only read can't lean on calling `query` alone: it has to look at
# the statements that it sends.
# Needs cargo, unless KIMBERLITE_TEST_HARNESS_BIN names the harness of 0.9.1 already (building it takes ten minutes).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet "kimberlite==0.9.1"
if [ -z "${KIMBERLITE_TEST_HARNESS_BIN:-}" ]; then
  cargo install --quiet --locked --version 0.9.1 kimberlite-test-harness --root "$work/cargo"
  export KIMBERLITE_TEST_HARNESS_BIN="$work/cargo/bin/kimberlite-test-harness-cli"
fi
"$work/venv/bin/python" - <<'PY'
from kimberlite.errors import KimberliteError
from kimberlite.testing import create_test_kimberlite, dispose_test_kimberlite

harness = create_test_kimberlite(tenant=1, backend="memory")
try:
    client = harness.client
    client.execute("CREATE TABLE wards (id BIGINT PRIMARY KEY, beds BIGINT)", [])
    client.execute("INSERT INTO wards (id, beds) VALUES (1, 10)", [])
    answer = client.query("UPDATE wards SET beds = 12 WHERE id = 1", [])
    (beds,) = client.query("SELECT beds FROM wards WHERE id = 1", []).rows[0]
    try:
        refused = f"taken: {client.execute('SELECT id FROM wards', [])}"
    except KimberliteError as error:
        refused = f"{type(error).__name__}: {error}"
finally:
    dispose_test_kimberlite(harness)
print(f"query('UPDATE …') answered {[value.data for value in answer.rows[0]]}; beds are {beds.data}")
print(f"execute('SELECT …'): {refused}")
assert beds.data == 12 and refused.startswith("InternalError")
PY
