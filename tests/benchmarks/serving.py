"""How soon a language server answers an edit, beside a cold check of the same history; and what a thousand edits cost.

`python -m tests.benchmarks.serving [FILES]` prints processor time, which other work on the machine bears less on than
on the clock, and fails nothing.
"""

from __future__ import annotations

import asyncio
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lsprotocol import types

from tests.benchmarks.histories import write_history
from tests.server.editor import Editor, editor

_EDITS = 1000
_TIMED = 15


def main(files: int) -> None:
    """Writes a history, and edits it."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        write_history(root / "migrations", files=files)
        cold = statistics.median(_cold(root) for _ in range(5))
        print(f"a cold check of {files:,} files: {cold:.2f} s of processor")
        asyncio.run(_edited(root, cold))


def _cold(root: Path) -> float:
    start = _children()
    command = [sys.executable, "-m", "kmblint", "check", "--no-cache", "--exit-zero", "--output-format", "concise"]
    subprocess.run([*command, str(root / "migrations")], check=True, capture_output=True)
    return _children() - start


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def _edited(root: Path, cold: float) -> None:
    names = sorted(path.name for path in (root / "migrations").glob("*.sql"))
    pulling = types.TextDocumentClientCapabilities(diagnostic=types.DiagnosticClientCapabilities())
    async with editor(root, types.ClientCapabilities(text_document=pulling)) as client:
        pid = _pid(client)
        client.open(names[-1])
        await _answer(client, names[-1])
        print(f"the server's first answer, its start included: {_processor(pid):.2f} s")
        for name in (names[-1], names[len(names) // 2], names[0]):
            text = client.path(name).read_text(encoding="utf-8")
            if name != names[-1]:
                client.open(name)
            await _answer(client, name)
            start, clock = _processor(pid), time.perf_counter()
            for number in range(_TIMED):
                client.type(name, f"{text}-- {number}\n" + "UPDATE nothing SET x = 1;\n" * (number % 2))
                await _answer(client, name)
            each = (_processor(pid) - start) / _TIMED
            waited = (time.perf_counter() - clock) / _TIMED
            print(f"an edit of {name}: {each * 1000:.0f} ms, 1/{cold / each:.1f} of that ({waited:.2f} s by the clock)")
            client.type(name, text)
        text = client.path(names[-1]).read_text(encoding="utf-8")
        for number in range(_EDITS + 1):
            client.type(names[-1], f"{text}-- {number} {'x' * (number % 50)}\n")
            await _answer(client, names[-1])
            if number % 250 == 0:
                print(f"resident after {number:,} edits: {_resident(pid):.0f} MB")


async def _answer(client: Editor, name: str) -> None:
    params = types.DocumentDiagnosticParams(client.document(name))
    await client.client.text_document_diagnostic_async(params)


def _pid(client: Editor) -> int:
    server = client.client._server
    assert server is not None
    return int(server.pid)


def _processor(pid: int) -> float:
    """Seconds that a process has used, all of its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
