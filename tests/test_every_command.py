"""No command and no format is left out of what is asked of all outputs."""

from __future__ import annotations

import click

from tests.every_command import COMMANDS, ENDS, EXEMPT, LIVE, leaves

_LISTED = (*COMMANDS, *LIVE)


def test_every_command_is_listed_or_has_a_reason_not_to_be() -> None:
    program = {path for path, _ in leaves()}
    listed = {path for path in program if any(command[: len(path)] == path for command in _LISTED)}
    assert program - listed == set(EXEMPT)
    assert all(EXEMPT.values())


def test_every_format_is_listed() -> None:
    for path, command in leaves():
        formats = [each.type.choices for each in command.params if each.name == "output_format"
                   if isinstance(each.type, click.Choice)]  # fmt: skip
        asked = {each[-1] for each in _LISTED if each[: len(path)] == path and "--output-format" in each}
        assert path in EXEMPT or set(*formats) <= asked, path


def test_what_commands_say_in_the_end_is_said_of_listed_ones() -> None:
    assert set(ENDS) <= set(COMMANDS)
