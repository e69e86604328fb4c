"""How the program ends, whatever a command does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from kmblint import __version__
from kmblint.cli import Program, main
from kmblint.cli.debug import debug_option
from kmblint.errors import ConfigError, InputError


def _ended(error: BaseException, *arguments: str) -> Result:
    """What a command that raises leaves."""

    @click.command(name="check")
    @debug_option
    def command() -> None:
        raise error

    class Stub(Program):
        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:  # noqa: ARG002 -- click's signature
            return command

    return CliRunner().invoke(Stub(name="kmblint"), ["check", *arguments])


def test_the_version_is_told_without_loading_a_command() -> None:
    code = "import sys; from kmblint.cli import main; main(['--version'], standalone_mode=False);"
    code += "print([name for name in sys.modules if name.startswith('kmblint.cli.') or name in ('sqlglot', 'rpds')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"kmblint {__version__}\n['kmblint.cli.debug']\n"


def test_python_runs_the_package() -> None:
    done = subprocess.run([sys.executable, "-m", "kmblint", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"kmblint {__version__}\n"


def test_a_wrong_set_up_is_one_line_a_problem() -> None:
    one = _ended(InputError("`x` doesn't exist"))
    assert (one.exit_code, one.stdout, one.stderr) == (2, "", "kmblint: `x` doesn't exist\n")
    two = _ended(ConfigError(("a", "b")))
    assert (two.exit_code, two.stderr) == (2, "kmblint: a\nkmblint: b\n")


def test_our_own_failure_asks_for_a_report() -> None:
    done = _ended(KeyError("x"))
    assert (done.exit_code, done.stdout) == (3, "")
    assert "this is a bug in kmblint" in done.stderr
    assert "KeyError: 'x'" in done.stderr
    assert "Traceback" not in done.stderr


def test_debug_shows_the_traceback() -> None:
    done = _ended(KeyError("x"), "--debug")
    assert done.exit_code == 3
    assert "Traceback" in done.stderr


def test_an_interrupt_is_no_finding() -> None:
    assert _ended(KeyboardInterrupt()).exit_code == 130


def test_a_closed_pipe_ends_quietly() -> None:
    code = "import sys; from kmblint.cli import main; main(['check', '--help'] if len(sys.argv) > 1 else ['rules'])"
    program = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert program.stdout is not None
    assert program.stderr is not None
    with program.stdout, program.stderr:
        program.stdout.close()
        said = program.stderr.read()
    assert (program.wait(), said) == (141, b"")


@pytest.mark.parametrize("arguments", [["nonsense"], ["check", "--nonsense"], ["check", "--output-format", "xml"]])
def test_a_wrong_call_ends_with_2(arguments: list[str]) -> None:
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert "Error: " in done.stderr


def test_help_names_every_command() -> None:
    done = CliRunner().invoke(main, ["-h"])
    assert done.exit_code == 0
    here = Path(__file__).parents[2] / "kmblint" / "cli"
    commands = [path.stem for path in here.glob("*.py") if "\ndef command(" in path.read_text(encoding="utf-8")]
    assert commands
    for name in commands:
        assert f"\n  {name} " in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("chek", "There is no command `chek`. Did you mean `check`?"),
        ("lint x", "There is no command `lint`. Did you mean `kmblint check`?"),
        ("fix", "There is no command `fix`. `kmblint check --fix` applies fixes, and "),
        ("tests --quiet", "There is no command `tests`. Did you mean `kmblint check tests --quiet`?"),
        ("KMB901", "There is no command `KMB901`. Did you mean `kmblint explain KMB901`?"),
        ("zzz", "There is no command `zzz`.\n"),
        ("check --write", "There is no option `--write`. `kmblint check --fix` applies fixes, and "),
        ("check --confg x", "There is no option `--confg`. Did you mean `--config`?"),
        ("check --format json", "There is no option `--format`. Did you mean `--output-format`?"),
        ("check --wide", "There is no option `--wide`.\n"),
        ("--versoin", "There is no option `--versoin`. Did you mean `--version`?"),
        ("check -z", "There is no option `-z`.\n"),
    ],
)
def test_what_was_probably_meant_is_said(arguments: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])
    done = CliRunner().invoke(main, arguments.split())
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"Error: {said}" in done.stderr


@pytest.mark.parametrize("name", ["diff", "history", "graph", "new", "renumber", "squash", "lock"])
def test_the_help_of_a_daily_command_shows_two_examples_and_fits(name: str) -> None:
    shown = CliRunner().invoke(main, [name, "--help"], terminal_width=80).stdout
    examples = shown.partition("Examples:\n")[2].partition("\n\n")[0].splitlines()
    assert len(examples) == 2
    assert all(line.strip().startswith(f"kmblint {name}") for line in examples)
    assert max(map(len, shown.splitlines())) <= 80
