"""Each consumer: the command that runs it, and what of its output is held against the report."""

from __future__ import annotations

import csv
import json
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import unquote
from xml.etree import ElementTree

from tests.consumers.sample import Sample

HERE: Final = Path(__file__).parent
_TYPES: Final = {"error": "2", "warning": "1", "info": "0"}
"""Of Emacs."""
_JENKINS: Final = {"error": {"ERROR", "HIGH"}, "warning": {"NORMAL"}, "info": {"LOW"}}


class Reader(NamedTuple):
    """A consumer of one format; `check` raises AssertionError where it shows something else than was found."""

    format: str
    name: str
    version: str
    check: Callable[[Path, Sample], str]
    """With the folder of the tools: what it showed, in a few words."""


def _run(sample: Sample, *command: str, given: str = "", codes: tuple[int, ...] = (0,)) -> str:
    text = Path(sample.report(given)).read_text(encoding="utf-8") if given else None
    done = subprocess.run(
        command, cwd=sample.folder, input=text, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode in codes, f"{command[0]} ended with {done.returncode}: {done.stderr[-500:]}"
    return done.stdout


def _same(shown: object, wanted: object) -> None:
    assert shown == wanted, f"shown {shown}\nfound {wanted}"


def _rows(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines() if "\t" in line]


def _vim(_tools: Path, sample: Sample) -> str:
    _run(sample, "vim", "-Nu", "NONE", "-es", "-S", str(HERE / "vim.vim"))
    rows = _rows((sample.folder / "vim.out").read_text(encoding="utf-8"))
    _same([(row[0], int(row[1]), row[3]) for row in rows], [(f.path, f.line, f.severity[0]) for f in sample.found])
    return "file, line, column and type (e, w, i) of each"


def _emacs(_tools: Path, sample: Sample) -> str:
    rows = _rows(_run(sample, "emacs", "-Q", "--batch", "-l", str(HERE / "emacs.el")))
    wanted = [(f.path, str(f.line), str(f.column), _TYPES[f.severity]) for f in sample.found]
    _same([tuple(row) for row in rows], wanted)
    return "file, line, column and type (error, warning, info) of each, without any setting"


def _reviewdog(format_option: str, given: str) -> Callable[[Path, Sample], str]:
    def check(tools: Path, sample: Sample) -> str:
        command = (str(tools / "bin" / "reviewdog"), format_option, "-reporter=rdjson", "-filter-mode=nofilter")
        said = json.loads(_run(sample, *command, given=given) or "{}").get("diagnostics") or []
        shown = Counter((each["location"]["path"], each["location"]["range"]["start"]["line"]) for each in said)
        _same(shown, Counter((f.path, f.line) for f in sample.found))
        severities = Counter(each.get("severity", "none") for each in said)
        _same(severities, Counter(f.severity.upper() for f in sample.found))
        fixes = sum(1 for each in said if each.get("suggestions"))
        return "file, line and severity of each" + (f"; {fixes} suggestions" if fixes else "")

    return check


def _jenkins_gcc(tools: Path, sample: Sample) -> str:
    report = sample.report("concise")
    rows = _rows(_run(sample, "java", "-cp", f"{tools}/jars/*", str(HERE / "Read.java"), "gcc", report))
    worse = [f for f in sample.found if f.severity != "info"]
    shown = Counter((row[0], int(row[1]), int(row[2]), row[3] in _JENKINS["error"]) for row in rows)
    _same(shown, Counter((f.path, f.line, f.column, f.severity == "error") for f in worse))
    advice = [f for f in sample.found if f.severity == "info"]
    assert all(any(f.code in row[4] for row in rows) for f in advice), "advice was part of the message above it"
    return "file, line, column and severity of each error and warning; advice as part of the message above it"


def _jenkins(parser: str, given: str, *, severities: bool = True) -> Callable[[Path, Sample], str]:
    def check(tools: Path, sample: Sample) -> str:
        rows = _rows(
            _run(sample, "java", "-cp", f"{tools}/jars/*", str(HERE / "Read.java"), parser, sample.report(given))
        )
        _same(Counter((row[0], int(row[1])) for row in rows), Counter((f.path, f.line) for f in sample.found))
        _same(sum(1 for f in sample.found if any(f.code in row[4] or f.line == int(row[1]) for row in rows)), len(rows))
        if severities:
            shown = Counter(word for row in rows for word, names in _JENKINS.items() if row[3] in names)
            _same(shown, Counter(f.severity for f in sample.found))
        return "file, line and " + ("severity of each" if severities else "text of each, all of one severity")

    return check


def _sarif_tools(tools: Path, sample: Sample) -> str:
    _run(sample, str(tools / "py" / "bin" / "sarif"), "csv", "-o", "out.csv", sample.report("sarif"))
    with (sample.folder / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    shown = Counter((unquote(row["Location"]), int(row["Line"]), row["Code"], row["Severity"]) for row in rows)
    level = {"info": "note"}
    _same(shown, Counter((f.path, f.line, f.code, level.get(f.severity, f.severity)) for f in sample.found))
    return "severity, code, message, line and path (percent-encoded, as SARIF has it) of each"


def _multitool(tools: Path, sample: Sample) -> str:
    said = _run(sample, str(tools / "node_modules" / ".bin" / "sarif-multitool"), "validate", sample.report("sarif"))
    assert "error" not in said.lower(), said
    return "valid: no error in its output (it ends with 0 either way)"


def _sarif_junit(tools: Path, sample: Sample) -> str:
    program = str(tools / "node_modules" / ".bin" / "sarif-junit")
    _run(sample, program, "-i", sample.report("sarif"), "-o", "sarif-junit.xml")
    root = ElementTree.parse(sample.folder / "sarif-junit.xml").getroot()  # noqa: S314 (our own text)
    failed = [case.get("classname") for case in root.iter("testcase") if case.find("failure") is not None]
    _same(Counter(failed), Counter(f.code for f in sample.found if f.severity != "info"))
    return "a failed case for each error and warning, with file, line and column; advice counts as passed"


def _sarif_to_markdown(tools: Path, sample: Sample) -> str:
    module = str(tools / "node_modules" / "@security-alert" / "sarif-to-markdown")
    said = _run(sample, "node", str(HERE / "markdown.js"), module, sample.report("sarif"))
    results = said.partition("## Results")[2].partition("## Rules")[0]
    _same(results.count("https://github.com/o/r/blob/main/"), len(sample.found))
    return "each under its rule, with links to the rule's card and the lines"


def _junitparser(tools: Path, sample: Sample) -> str:
    script = (
        "import sys, junitparser\nxml = junitparser.JUnitXml.fromfile(sys.argv[1])\nprint(xml.tests, xml.failures)\n"
    )
    said = _run(sample, str(tools / "py" / "bin" / "python"), "-c", script, sample.report("junit"))
    _same(said.split(), [str(max(1, len(sample.found))), str(len(sample.found))])
    return "a failed case for each"


def _xunit_viewer(tools: Path, sample: Sample) -> str:
    program = str(tools / "node_modules" / ".bin" / "xunit-viewer")
    said = _run(sample, program, "-r", sample.report("junit"), "-c", "-o", "xunit.html", codes=(0, 1))
    count = f"{len(sample.found)} failure" if sample.found else "1 passed"
    assert count in said, said[-300:]
    return "a failed case for each, with the whole text"


def _ctrf(tools: Path, sample: Sample) -> str:
    program = str(tools / "node_modules" / ".bin" / "junit-to-ctrf")
    _run(sample, program, sample.report("junit"), "-o", "ctrf.json")
    results: dict[str, Any] = json.loads((sample.folder / "ctrf.json").read_text(encoding="utf-8"))["results"]
    _same((results["summary"]["failed"], len({each["name"] for each in results["tests"]})), _counts(sample))
    return "a failed test for each, under a name of its own"


def _counts(sample: Sample) -> tuple[int, int]:
    return len(sample.found), max(1, len(sample.found))


READERS: Final = (
    Reader("concise", "Vim, `errorformat` of docs/editors.md", "9.0", _vim),
    Reader("concise", "Emacs, `compilation-mode`", "28.2", _emacs),
    Reader("concise", "reviewdog, `-efm`", "0.21.0", _reviewdog("-efm=%f:%l:%c: %t%*[^:]: %m", "concise")),
    Reader("concise", "Jenkins' analysis-model, GCC", "13.18.0", _jenkins_gcc),
    Reader("sarif", "sarif-tools", "3.0.5", _sarif_tools),
    Reader("sarif", "SARIF Multitool, `validate`", "5.7.0", _multitool),
    Reader("sarif", "sarif-junit", "1.1.4", _sarif_junit),
    Reader("sarif", "sarif-to-markdown", "1.11.1", _sarif_to_markdown),
    Reader("sarif", "reviewdog", "0.21.0", _reviewdog("-f=sarif", "sarif")),
    Reader("sarif", "Jenkins' analysis-model", "13.18.0", _jenkins("sarif", "sarif")),
    Reader("gitlab", "Jenkins' analysis-model, Code Climate", "13.18.0", _jenkins("code-climate", "gitlab")),
    Reader("junit", "junitparser", "5.0.3", _junitparser),
    Reader("junit", "xunit-viewer", "10.6.1", _xunit_viewer),
    Reader("junit", "junit-to-ctrf", "0.0.14", _ctrf),
    Reader("junit", "Jenkins' analysis-model", "13.18.0", _jenkins("junit", "junit", severities=False)),
    Reader("checkstyle", "reviewdog", "0.21.0", _reviewdog("-f=checkstyle", "checkstyle")),
    Reader("checkstyle", "Jenkins' analysis-model", "13.18.0", _jenkins("checkstyle", "checkstyle")),
    Reader("rdjson", "reviewdog", "0.21.0", _reviewdog("-f=rdjson", "rdjson")),
)
