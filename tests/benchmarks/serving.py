"""How soon a language server answers an edit, beside a cold check of the same history; and what a thousand edits cost.

`python -m tests.benchmarks.serving [FILES]` prints figures, and fails nothing.
"""

from __future__ import annotations

import asyncio
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
        print(f"a cold check of {files:,} files: {cold:.2f} s")
        asyncio.run(_edited(root, cold))


def _cold(root: Path) -> float:
    start = time.perf_counter()
    command = [sys.executable, "-m", "kmblint", "check", "--no-cache", "--exit-zero", "--output-format", "concise"]
    subprocess.run([*command, str(root / "migrations")], check=True, capture_output=True)
    return time.perf_counter() - start


async def _edited(root: Path, cold: float) -> None:
    names = sorted(path.name for path in (root / "migrations").glob("*.sql"))
    pulling = types.TextDocumentClientCapabilities(diagnostic=types.DiagnosticClientCapabilities())
    async with editor(root, types.ClientCapabilities(text_document=pulling)) as client:
        start = time.perf_counter()
        client.open(names[-1])
        await _answer(client, names[-1])
        print(f"the server's first answer: {time.perf_counter() - start:.2f} s")
        for name in (names[-1], names[len(names) // 2], names[0]):
            text = client.path(name).read_text(encoding="utf-8")
            if name != names[-1]:
                client.open(name)
            taken = []
            for number in range(_TIMED):
                client.type(name, f"{text}-- {number}\n" + "UPDATE nothing SET x = 1;\n" * (number % 2))
                start = time.perf_counter()
                await _answer(client, name)
                taken.append(time.perf_counter() - start)
            median = statistics.median(taken)
            print(f"an edit of {name}: {median * 1000:.0f} ms, 1/{cold / median:.1f} of that")
            client.type(name, text)
        pid = _pid(client)
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


def _resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
