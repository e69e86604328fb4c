#!/usr/bin/env bash
# kimberlite 0.9.1 (PyPI client and crate kimberlite-test-harness): the offset of a statement names another past.
#
# Guess before the run: `query_at(sql, [], execute(…).log_offset)` shows the rows as that statement left them, and so
# does a moment (a datetime) right behind it.
# Seen instead: `execute` counts statements (0, 1, 2, …), `query_at` counts positions of which each statement takes two.
# Asked with the offset of the UPDATE behind three INSERTs, it answers with one row, as the first INSERT left it: an
# earlier past, without an error. The rows behind statement n are at 2n + 2 in this history, which no call says. A
# moment, a text or a datetime, is refused as a syntax error by the server of the client's own release.
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
from datetime import datetime, timezone

from kimberlite.errors import KimberliteError
from kimberlite.testing import create_test_kimberlite, dispose_test_kimberlite

harness = create_test_kimberlite(tenant=1, backend="memory")
try:
    client = harness.client

    def at(moment):
        found = client.query_at("SELECT id, ward FROM visits", [], moment)
        return [tuple(value.data for value in row) for row in found.rows]

    statements = [
        "CREATE TABLE visits (id BIGINT PRIMARY KEY, ward TEXT)",
        *(f"INSERT INTO visits (id, ward) VALUES ({number}, 'a')" for number in (1, 2, 3)),
        "UPDATE visits SET ward = 'b' WHERE id = 1",
    ]
    offsets = [client.execute(statement, []).log_offset for statement in statements]
    print("offsets of the statements:", *offsets)
    for statement, offset in zip(statements, offsets):
        print(f"{statement}: at offset {offset} {at(offset)}, at {2 * offset + 2} {at(2 * offset + 2)}")
    last = offsets[-1]
    assert offsets == [0, 1, 2, 3, 4]
    assert at(last) == [(1, "a")] and at(2 * last + 2) == [(1, "b"), (2, "a"), (3, "a")]
    for moment in (datetime.now(timezone.utc), "2030-01-01T00:00:00Z"):
        try:
            said = f"{len(at(moment))} rows"
        except KimberliteError as error:
            said = type(error).__name__
        print(f"at a {type(moment).__name__}: {said}")
        assert said == "QuerySyntaxError"
finally:
    dispose_test_kimberlite(harness)
PY
