"""What holds of any input: nothing is raised, no rule fails, places lie in their files, tokens are the text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from kmblint.cli import main
from kmblint.history.decode import decoded
from kmblint.sql.parse import statements
from kmblint.sql.scanner import scan
from kmblint.text import Source
from tests.fuzzing.inputs import Files


def faults(files: Files, root: Path, target: str) -> list[str]:
    """What doesn't hold of a project, which is written below an empty folder."""
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    found = [fault for name, data in files.items() if name.endswith(".sql") for fault in reading(data)]
    common = [str(root), "--target", target]
    result = CliRunner().invoke(
        main, ["check", *common, "--no-cache", "--select", "all", "--today", "2026-07-01", "--output-format", "json"]
    )
    found += _ended("check", result.exit_code, result.output)
    if result.exit_code in (0, 1):
        found += _placed(json.loads(result.stdout)["findings"], {f"{root}/{name}": files[name] for name in files})
    for command in ("replay", "schema"):
        result = CliRunner().invoke(main, [command, *common])
        found += _ended(command, result.exit_code, result.output)
    return found


def reading(data: bytes) -> list[str]:
    """What doesn't hold of a text and its tokens and statements."""
    text = data.decode("utf-8", "replace")
    source = Source("0001_a.sql", text)
    tokens = scan(source)
    found: list[str] = []
    at = 0
    for token in tokens:
        if text[at : token.start].strip() or text[token.start : token.end] != token.text:
            found.append(f"the tokens aren't the text at {at}")
            break
        at = token.end
    for each in statements(source):
        if each.failure is not None:
            found.append(f"reading failed: {type(each.failure).__name__}: {each.failure}")
        elif not each.changes and each.problem is None:
            found.append("a statement has neither meaning nor problem")
        if each.problem is not None and each.problem.span not in each.span:
            found.append("a problem stands outside of its statement")
    return found


def _ended(command: str, code: int, output: str) -> list[str]:
    if code not in (0, 1, 2) or "KMB000" in output or "Traceback" in output:
        line = next(
            (line for line in output.splitlines() if "KMB000" in line or "bug in kmblint" in line), output[-200:]
        )
        return [f"{command} ended with {code}: {line.strip()}"]
    return []


def _placed(findings: list[dict[str, Any]], files: Files) -> list[str]:
    """Each place must lie in the text of its file, as far as kmblint reads it."""
    found = []
    for each in findings:
        text = decoded(files.get(each["path"], b""))[0] or ""
        start, end = each["start"], each["end"]
        if not 1 <= start["line"] <= end["line"] or min(start["column"], end["column"]) < 1:
            found.append(f"a place of {each['code']} is none: {start}")
        elif start["offset"] > end["offset"] or (each["path"] in files and end["offset"] > max(len(text), 1)):
            found.append(f"a place of {each['code']} lies outside of its file")
    return found
