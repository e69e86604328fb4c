"""What real editors show of a project: `python -m tests.editors [nvim PROGRAM | emacs PROGRAM]...`.

Outside of CI, as no release of either belongs to the tests. Each editor opens a file with a finding, gets a line above
it with U+2028, a form feed and an emoji, asks for a hover and a definition, and mends the file. It prints what was
shown, and ends with 1 where that isn't what it should be.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent
_FILES: Final = {
    "0001_one.sql": "CREATE TABLE IF NOT EXISTS wards (id BIGINT PRIMARY KEY);\n",
    "0002_two.sql": "ALTER TABLE wards DROP COLUMN colour;\n",
}
_EXPECTED: Final = (
    "opened: 1:",
    "emoji above: 2:",
    "hover: ",
    "definition: 0001_one.sql",
    "mended: ",
)


def main(arguments: list[str]) -> int:
    """Runs the editors that are named, or those on PATH."""
    wanted = dict(zip(arguments[::2], arguments[1::2], strict=True)) or {"nvim": "nvim", "emacs": "emacs"}
    wrong = 0
    for kind, program in wanted.items():
        if shutil.which(program) is None:
            print(f"{program}: not installed")
            continue
        seen = _seen(kind, program)
        print(seen)
        wrong += sum(part not in seen for part in _EXPECTED)
        wrong += any(word in seen for word in ("POP-UP", "LOG", "ERROR"))
        wrong += not seen.rstrip().endswith("mended:")
    return min(wrong, 1)


def _seen(kind: str, program: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve() / "pro ject"
        (root / "migrations").mkdir(parents=True)
        (root / "kmblint.toml").write_text('select = ["unknown-column"]\n', encoding="utf-8")
        for name, text in _FILES.items():
            (root / "migrations" / name).write_text(text, encoding="utf-8")
        said = Path(folder) / "seen.txt"
        commands = {
            "nvim": [program, "--headless", "-u", "NONE", "-i", "NONE", "-S", str(_HERE / "nvim.lua")],
            "emacs": [program, "-q", "--batch", "-f", "package-activate-all", "-l", str(_HERE / "eglot.el")],
        }
        environment = {
            **os.environ,
            "KMBLINT_PROJECT": str(root),
            "KMBLINT_SEEN": str(said),
            "KMBLINT_SERVER": f"{sys.executable} -m kmblint server",
        }
        done = subprocess.run(commands[kind], env=environment, capture_output=True, text=True, timeout=120, check=False)
        return (
            said.read_text(encoding="utf-8") if said.exists() else f"{kind}: nothing seen\n{done.stdout}{done.stderr}"
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
