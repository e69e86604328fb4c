#!/usr/bin/env bash
# click 8.5.1: every stream that stood in for standard output while something was echoed is kept to the end of the process.
#
# Guess before the run: what CliRunner captured is freed with its result, and a StringIO of contextlib.redirect_stdout
# with its block; a command that echoes nothing and one that does make no difference.
# Seen instead: 200 runs of a command that echoes leave 200 captured streams and all that was written to them, after the
# results are gone and the collector has run; likewise 200 blocks of redirect_stdout around one echo. Runs that echo
# nothing leave none. The cache of click.echo holds its keys weakly, but the value under each is the stream itself, and
# so holds the key. A process that calls commands again and again (a test session, a fuzzer, a server) grows by all
# that they ever said; it stays small where the command writes to a stream that it is given: click.echo(…, file=…).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet "click==8.5.1"
"$work/venv/bin/python" - <<'PY'
import contextlib
import gc
import io

import click
from click.testing import CliRunner

TIMES = 200


@click.command()
def speaks():
    click.echo("x" * 10_000)


@click.command()
def is_silent():
    pass


class Captured(io.StringIO):
    """A StringIO that can be counted."""


def kept(*names):
    gc.collect()
    return sum(type(each).__name__ in names for each in gc.get_objects())


runner = CliRunner()
for command, expected in ((is_silent, 0), (speaks, TIMES)):
    before = kept("_NamedTextIOWrapper")
    for _ in range(TIMES):
        runner.invoke(command)
    left = kept("_NamedTextIOWrapper") - before
    print(f"{TIMES} runs of a command that {command.name.replace('-', ' ')}: {left} streams left")
    assert left == expected

for said, file_given, expected in (("to standard output", False, TIMES), ("with file=", True, 0)):
    before = kept("Captured")
    for _ in range(TIMES):
        with contextlib.redirect_stdout(Captured()) as stream:
            click.echo("x" * 10_000, file=stream if file_given else None)
    del stream
    left = kept("Captured") - before
    print(f"{TIMES} blocks of redirect_stdout around an echo {said}: {left} streams left")
    assert left == expected
PY
