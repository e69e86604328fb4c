"""Where a program lies that kmblint starts: in the folders that PATH names in full, and nowhere else.

The working directory may be that of a stranger's pull request, which may bring a `git` of its own: a relative folder in
PATH would find it, and so would Windows, which looks into the working directory before it looks into PATH.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath


def find_program(name: str) -> str | None:
    """The full path of a program by its bare name; None where no folder of PATH has it."""
    for place in places(name, os.environ.get("PATH", os.defpath), windows=os.name == "nt"):
        program = Path(place)
        if program.is_file() and os.access(program, os.X_OK):
            return str(program)
    return None


def places(name: str, path: str, *, windows: bool) -> Iterator[PurePath]:
    """Where a program may lie, by the value of PATH; on Windows one that is started without a shell ends in `.exe`."""
    flavour, between = (PureWindowsPath, ";") if windows else (PurePosixPath, ":")
    for folder in path.split(between):
        if flavour(folder).is_absolute():
            yield flavour(folder, f"{name}.exe" if windows else name)
