"""Where a program lies that kmblint starts: in the folders that PATH names in full, and nowhere else.

The working directory may be that of a stranger's pull request, which may bring a `git` of its own: a relative folder in
PATH would find it, and so would Windows, which looks into the working directory before it looks into PATH.
"""

from __future__ import annotations

import os
from pathlib import Path


def find_program(name: str) -> str | None:
    """The full path of a program by its bare name; None where no folder of PATH has it."""
    endings = os.environ.get("PATHEXT", ".EXE").split(os.pathsep) if os.name == "nt" else [""]
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        if not Path(folder).is_absolute():
            continue
        for ending in endings:
            program = Path(folder, name + ending)
            if ending.lower() in ("", ".exe", ".com") and program.is_file() and os.access(program, os.X_OK):
                return str(program)
    return None
