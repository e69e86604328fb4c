"""What may go wrong in the user's set-up, and the exit codes of the command.

    KmblintError            one clear line on stderr, exit 2
    ├── InputError          a path that isn't there, or can't be read
    │   └── NoMigrationsError   no migrations belong to it
    ├── ConfigError         the configuration is wrong; carries every problem at once
    ├── GitError            git isn't there, or doesn't know the revision
    └── RulebookError       a card and its check disagree (ours, found when the rulebook loads)

    Stopped                 nobody wants the answer any more, as they said between two files

What is wrong in the user's SQL is never an exception: it is a finding.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

HOME: Final = "https://github.com/kmblint/kmblint"
ISSUES: Final = f"{HOME}/issues"


def page_of(rule: str) -> str:
    """The address of a rule's card, by its slug."""
    return f"{HOME}/blob/main/rules/{rule}.md"


class ExitCode(IntEnum):
    """How `kmblint` ends."""

    CLEAN = 0
    FINDINGS = 1
    SETUP = 2
    INTERNAL = 3


class KmblintError(Exception):
    """The user's set-up is wrong; the text says where, what, and what to do."""


class InputError(KmblintError):
    """A path can't be used as a migrations folder or file."""


class NoMigrationsError(InputError):
    """No migrations belong to a folder."""


class ConfigError(KmblintError):
    """The configuration is wrong; one line a problem."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class GitError(KmblintError):
    """Git can't answer."""


class RulebookError(KmblintError):
    """A card and its check disagree; raised when the rulebook loads."""


class Stopped(Exception):  # noqa: N818 -- no error: it was asked for
    """The caller said that the answer isn't wanted any more."""
