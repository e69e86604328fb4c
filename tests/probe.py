"""Runs commands one after the other in this process, and prints what each did outside of it, as Python's audit says.

Started as `python -B tests/probe.py` with a JSON list of `[folder, [argument, …]]` on standard input.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.truncate")
_STARTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "pty.spawn")


class Watch:
    """What happened since it was last asked."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.written: list[str] = []
        self.started: list[tuple[str, list[str], str]] = []
        self.sockets: list[str] = []

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if not isinstance(path, int):
                (self.written if flags & _WRITING else self.read).append(_whole(path))
        elif event in _CHANGES:
            self.written += [_whole(path) for path in arguments if isinstance(path, str | bytes | os.PathLike)]
        elif event in _STARTS:
            words = [os.fsdecode(word) for word in arguments[1]] if event == "subprocess.Popen" else []
            self.started.append((event, words, str(arguments[2]) if words else ""))
        elif event.startswith("socket."):
            self.sockets.append(event)


def _whole(path: str | bytes | os.PathLike[str]) -> str:
    return os.path.realpath(os.fsdecode(path))


def main() -> None:
    """Prints a JSON object a command: its exit code, and the lists of `Watch`."""
    wanted = json.load(sys.stdin)
    out, sys.stdout, sys.stderr = sys.stdout, *(open(os.devnull, "w", encoding="utf-8") for _ in range(2))  # noqa: PTH123, SIM115 (for the whole process)
    from kmblint.cli import main as program

    watch = Watch()
    sys.addaudithook(watch)
    told = []
    for folder, arguments in wanted:
        os.chdir(folder)
        watch.__init__()  # type: ignore[misc] # a hook can't be taken away again, so it begins anew
        try:
            program.main(args=arguments, prog_name="kmblint")
        except SystemExit as ended:
            told.append({"code": ended.code, **vars(watch)})
    out.write(json.dumps(told))


if __name__ == "__main__":
    main()
