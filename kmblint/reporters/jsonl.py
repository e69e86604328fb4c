"""The findings as JSON, an object a line, each as `findings` of the JSON report holds it."""

from __future__ import annotations

from kmblint.findings import Report
from kmblint.reporters.json_document import encoded, finding
from kmblint.reporters.view import View


def render(report: Report, view: View) -> str:  # noqa: ARG001 -- every format is called alike
    """One line a finding, in the order of the files; nothing where nothing is found."""
    return "".join(f"{encoded(finding(report, each)).decode()}\n" for each in report.diagnostics)
