"""JUnit's XML, for CI systems that show tests: a failed case a finding, one passed case where nothing is found.

GitLab keeps only the text of an element and reads `type="integer"` as a cast, so everything stands in the text and the
type is fixed; equal names in one class overwrite each other, so the position is part of the name.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement

from kmblint.findings import Diagnostic, Report
from kmblint.reporters.positions import from_root, located
from kmblint.reporters.view import View
from kmblint.reporters.xml_text import attribute, content, document


def render(report: Report, view: View) -> str:
    """A suite a file, in the order of the files."""
    failed = str(len(report.diagnostics))
    root = Element(
        "testsuites", name="kmblint", tests=str(max(1, len(report.diagnostics))), failures=failed, errors="0"
    )
    for file, members in groupby(report.diagnostics, key=lambda diagnostic: diagnostic.finding.place.file):
        path = attribute(from_root(report, file, view.prefix))
        diagnostics = list(members)
        suite = SubElement(
            root, "testsuite", name=path, tests=str(len(diagnostics)), failures=str(len(diagnostics)), errors="0"
        )
        names: Counter[str] = Counter()
        for diagnostic in diagnostics:
            _case(suite, report, diagnostic, path, names)
    if not report.diagnostics:
        suite = SubElement(root, "testsuite", name="kmblint", tests="1", failures="0", errors="0")
        SubElement(suite, "testcase", classname="kmblint", name="no findings")
    return document(root)


def _case(suite: Element, report: Report, diagnostic: Diagnostic, path: str, names: Counter[str]) -> None:
    finding = diagnostic.finding
    place = report.source(finding.place.file).position(finding.place.span.start)
    name = f"{diagnostic.code} {diagnostic.rule} at {place.line}:{place.column}"
    names[name] += 1
    case = SubElement(
        suite,
        "testcase",
        classname=path,
        name=name if names[name] == 1 else f"{name} ({names[name]})",
        file=path,
        line=str(place.line),
    )
    failure = SubElement(case, "failure", type="finding", message=attribute(finding.message))
    lines = [f"{path}:{place.line}:{place.column}: {diagnostic.severity.value}: {diagnostic.code} {diagnostic.rule}"]
    lines += [finding.message, *(f"help: {line}" for line in (finding.help or "").splitlines())]
    lines += [f"{located(report, other.place)}: {other.message}" for other in finding.related]
    failure.text = content("\n".join(lines))
