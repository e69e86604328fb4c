"""Asks a real engine: its harness (Rust), on PATH or where a variable says, through the PyPI package `kimberlite`."""

from __future__ import annotations

import importlib
import re
from typing import Any, Final

from kmblint.live import harness
from tests.engine.replayed import Answer, Scenario

_READS: Final = re.compile(r"\s*(?:/\*.*?\*/\s*|--[^\n]*\n\s*)*(SELECT|SHOW|WITH|EXPLAIN)\b", re.IGNORECASE | re.DOTALL)


def missing() -> str:
    """Why no engine can be asked; empty where one can."""
    return harness.missing()


def ask(name: str, texts: list[str]) -> Scenario:
    """The answers of a fresh database, one call a statement, in order."""
    testing: Any = importlib.import_module("kimberlite.testing")
    harness = testing.create_test_kimberlite(tenant=1, backend="memory")
    answers: list[Answer] = []
    try:
        for text in texts:
            answers.append(_ask(harness.client, text, answers))
    finally:
        testing.dispose_test_kimberlite(harness)
    return Scenario(name, "live", answers)


def _ask(client: Any, text: str, before: list[Answer]) -> Answer:
    """One answer; a table whose columns can be shown and whose rows can't be read holds a value of another type."""
    reads = _READS.match(text)
    try:
        found = (client.query if reads else client.execute)(text, [])
    except Exception as error:  # whatever the client raises is the engine's answer
        if type(error).__name__ == "ConnectionError":
            raise RuntimeError(f"the engine is gone; no scenario may end it: {text}") from error
        shown = bool(before) and before[-1].ok and before[-1].sql.startswith("SHOW COLUMNS")
        return Answer(text, ok=False, error=str(error), reason="type mismatch" if shown and reads else str(error))
    if reads:
        return Answer(text, ok=True, rows=[[_plain(value) for value in row] for row in found.rows])
    return Answer(text, ok=True, affected=found if isinstance(found, int) else getattr(found, "rows_affected", None))


def _plain(value: Any) -> object:
    """A value of the client as JSON has it."""
    for name in ("to_python", "as_python", "value", "data"):
        if hasattr(value, name):
            inner = getattr(value, name)
            try:
                value = inner() if callable(inner) else inner
            except ValueError:  # a number beyond what the client's date holds
                continue
            break
    return value if isinstance(value, int | str | bool | float | None) else str(value)
