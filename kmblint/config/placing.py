"""A key written into a configuration file, where it stands with its table and nothing else changes."""

from __future__ import annotations

import json
import re

from kmblint.tomlfile import TomlError, parse


def with_baseline(text: str, pyproject: bool, value: str) -> str | None:
    """A configuration's text with `[history] baseline`; None where it writes that table in another style."""
    table = "tool.kmblint.history" if pyproject else "history"
    line = f"baseline = {json.dumps(value, ensure_ascii=False)}"
    ending = "\r\n" if "\r\n" in text else "\n"
    keys = [*table.split("."), "baseline"]
    head = re.search(rf"^\[{re.escape(table)}\][^\n]*(?:\n|$)", text, re.MULTILINE)
    if head is not None:
        start = text[: head.end()] + ("" if head[0].endswith("\n") else ending)
        rest = text[head.end() :]
        other = re.match(r"(?:(?![ \t]*\[)[^\n]*\n)*?[ \t]*baseline[ \t]*=[^\n]*", rest)
        if other is not None:
            rest = rest[: other[0].rfind("\n") + 1] + rest[other.end() :].removeprefix("\n")
        made = f"{start}{line}{ending}{rest}"
    else:
        between = "" if not text else ending if text.endswith("\n") else 2 * ending
        made = f"{text}{between}[{table}]{ending}{line}{ending}"
    try:
        held: object = parse(made)
    except TomlError:
        return None
    for key in keys:
        held = held.get(key) if isinstance(held, dict) else None
    return made if held == value else None
