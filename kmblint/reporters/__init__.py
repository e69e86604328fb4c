"""Reports as text: one module a format, each a function of the report that prints nothing and reads no file."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from kmblint.findings import Report
from kmblint.reporters.view import PLAIN, View

_MODULES: Final = {
    "full": "full",
    "concise": "concise",
    "json": "json_document",
    "github": "github",
    "markdown": "markdown",
}

FORMATS: Final = tuple(_MODULES)
"""What `--output-format` takes."""


def render(report: Report, output_format: str, view: View = PLAIN) -> str:
    """The report in one of `FORMATS`: the text to print, its last line end included; empty where nothing is to say."""
    module = import_module(f"kmblint.reporters.{_MODULES[output_format]}")
    text: str = module.render(report, view)
    return text
