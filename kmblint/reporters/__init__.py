"""Reports as text: one module a format, each a function of the report that prints nothing and reads no file."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Final

from kmblint.findings import Report
from kmblint.redaction import masked
from kmblint.reporters.characters import inert
from kmblint.reporters.view import PLAIN, View
from kmblint.text import Place

_MODULES: Final = {
    "full": "full",
    "concise": "concise",
    "grouped": "grouped",
    "json": "json_document",
    "jsonl": "jsonl",
    "sarif": "sarif",
    "github": "github",
    "gitlab": "gitlab",
    "junit": "junit",
    "checkstyle": "checkstyle",
    "rdjson": "rdjson",
    "markdown": "markdown",
    "html": "html",
}

_LOGGED: Final = frozenset({"full", "concise", "grouped", "markdown"})
"""Those that a CI log shows as they are."""

REVIEWED: Final = frozenset({"markdown", "html"})
"""Those that tell beside the report what a batch does; the others cost no second replay."""

FORMATS: Final = tuple(_MODULES)
"""What `--output-format` takes."""


def render(report: Report, output_format: str, view: View = PLAIN) -> str:
    """The report in one of `FORMATS`: the text to print, its last line end included; empty where nothing is to say."""
    module = import_module(f"kmblint.reporters.{_MODULES[output_format]}")
    report = masked(report, _secrets(view)) if view.reviews else report
    text: str = module.render(report, view)
    return inert(text) if output_format in _LOGGED else text


def _secrets(view: View) -> Iterator[Place]:
    """What a reviewer's replay knows for a secret, whether or not the rule runs that finds it; as the report says."""
    several = len(view.reviews) > 1
    for review in view.reviews:
        for secret in review.secrets:
            yield Place(review.history.sources[secret.file].path, secret.span) if several else secret
