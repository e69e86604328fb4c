"""What fixes would write, as a patch that `git apply` and `patch -p1` take."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator

from kmblint.fixing.draft import DraftFile


def patch(files: Iterable[DraftFile], called: Callable[[str], str]) -> str:
    """The differences of files, three lines around each; `called` says how the user calls a file of the folder."""
    return "".join(line for file in files for line in _of(file, called))


def _of(file: DraftFile, called: Callable[[str], str]) -> Iterator[str]:
    old, new = called(file.origin or file.name), called(file.name)
    yield f"diff --git a/{old} b/{new}\n"
    if file.origin is None:
        yield "new file mode 100644\n"
    elif old != new:
        yield f"rename from {old}\nrename to {new}\n"
    before = "/dev/null" if file.origin is None else f"a/{old}"
    for line in difflib.unified_diff(_lines(file.before), _lines(file.text), before, f"b/{new}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    """Lines as a patch has them: only a line feed ends one."""
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
