"""Checkstyle's XML, which Jenkins, reviewdog and many CI systems read."""

from __future__ import annotations

from itertools import groupby
from xml.etree.ElementTree import Element, SubElement

from kmblint.findings import Report
from kmblint.reporters.positions import from_root
from kmblint.reporters.view import View
from kmblint.reporters.xml_text import attribute, document


def render(report: Report, view: View) -> str:
    """A file element a file; the root element alone where nothing is found."""
    root = Element("checkstyle", version="4.3")
    for file, members in groupby(report.diagnostics, key=lambda diagnostic: diagnostic.finding.place.file):
        element = SubElement(root, "file", name=attribute(from_root(report, file, view.prefix)))
        for diagnostic in members:
            place = report.source(file).position(diagnostic.finding.place.span.start)
            SubElement(
                element,
                "error",
                line=str(place.line),
                column=str(place.column),
                severity=diagnostic.severity.value,
                message=attribute(diagnostic.finding.message),
                source=f"kmblint.{diagnostic.code}.{diagnostic.rule}",
            )
    return document(root)
