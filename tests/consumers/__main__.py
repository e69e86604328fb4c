"""`python -m tests.consumers FOLDER`: see the package."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.consumers.readers import READERS
from tests.consumers.sample import ROOT, make

_NODE: Final = (
    "sarif-junit@1.1.4",
    "@security-alert/sarif-to-markdown@1.11.1",
    "xunit-viewer@10.6.1",
    "junit-to-ctrf@0.0.14",
    "@microsoft/sarif-multitool@5.7.0",
)
_PYTHON: Final = ("sarif-tools==3.0.5", "junitparser==5.0.3", "lxml")
_GO: Final = "github.com/reviewdog/reviewdog/cmd/reviewdog@v0.21.0"
_POM: Final = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies><dependency>
<groupId>edu.hm.hafner</groupId><artifactId>analysis-model</artifactId><version>13.18.0</version>
</dependency></dependencies></project>
"""
_PAGE: Final = ROOT / "docs" / "formats.md"
_HEAD: Final = ("| Format | Consumer | Version | What it showed |", "| --- | --- | --- | --- |")
_MARKS: Final = ("<!-- consumers -->\n", "<!-- /consumers -->\n")


def install(folder: Path) -> None:
    """Puts the consumers into a folder, by the clients of their registries."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pom.xml").write_text(_POM, encoding="utf-8")
    for command in (
        ("npm", "install", "--no-audit", "--no-fund", "--prefix", ".", *_NODE),
        (sys.executable, "-m", "venv", "py"),
        ("py/bin/pip", "install", "--quiet", *_PYTHON),
        ("go", "install", _GO),
        ("mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=jars"),
    ):
        subprocess.run(command, cwd=folder, check=True, env={**os.environ, "GOBIN": str(folder / "bin")})


def rows(tools: Path) -> tuple[list[str], list[str]]:
    """The rows of the table, and what went wrong."""
    table: list[str] = []
    wrong: list[str] = []
    for reader in READERS:
        with tempfile.TemporaryDirectory() as scratch:
            samples = [make(Path(scratch) / name, clean=name == "clean") for name in ("clean", "faulty")]
            try:
                shown = [reader.check(tools, sample) for sample in samples]
            except FileNotFoundError as error:
                wrong.append(f"{reader.format}, {reader.name}: not there: {error.filename}")
            except AssertionError as error:
                wrong.append(f"{reader.format}, {reader.name}: {error}")
            else:
                table.append(f"| `{reader.format}` | {reader.name} | {reader.version} | {shown[-1]} |")
    return table, wrong


def main() -> int:
    """Runs what is there; ends with 1 where one shows something else than was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.consumers")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--install", action="store_true")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    tools = asked.folder.resolve()
    if asked.install:
        install(tools)
    table, wrong = rows(tools)
    text = "".join(f"{row}\n" for row in (*_HEAD, *table))
    print(text, *wrong, sep="\n")
    if asked.write and not wrong:
        before, _, rest = _PAGE.read_text(encoding="utf-8").partition(_MARKS[0])
        _PAGE.write_text(before + _MARKS[0] + text + _MARKS[1] + rest.partition(_MARKS[1])[2], encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
