"""A failing project made small."""

from __future__ import annotations

from collections.abc import Callable

from tests.fuzzing.inputs import Files

_TRIES = 400


def smaller(files: Files, fails: Callable[[Files], bool]) -> Files:
    """The project without files, then without stretches of them, as long as it fails; some hundreds of tries."""
    left = _TRIES

    def still(less: Files) -> bool:
        nonlocal left
        left -= 1
        return left >= 0 and bool(less) and fails(less)

    for name in list(files):
        less = {other: data for other, data in files.items() if other != name}
        files = less if still(less) else files
    for name in list(files):
        step = max(len(files[name]) // 2, 1)
        while step >= 1 and left > 0:
            at = 0
            while at < len(files[name]) and left > 0:
                less = {**files, name: files[name][:at] + files[name][at + step :]}
                if still(less):
                    files = less
                else:
                    at += step
            step //= 2
    return files
