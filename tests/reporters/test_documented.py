"""docs/formats.md: every format, every consumer that was run, and the problem matcher on our own lines."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

from kmblint.findings import Severity
from kmblint.reporters import FORMATS, render
from tests.consumers.readers import READERS
from tests.reporters.samples import everything
from tests.reporters.samples import report as empty

PAGE = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")


def test_every_format_is_described() -> None:
    first = re.findall(r"^\| (`[^|]*) \|", PAGE.partition("## What real readers show")[0], re.MULTILINE)
    assert {name for cell in first for name in re.findall(r"`(\w+)`", cell)} == set(FORMATS)


def test_the_table_holds_every_consumer_that_is_run() -> None:
    rows = PAGE.partition("<!-- consumers -->\n")[2].partition("<!-- /consumers -->")[0].splitlines()[2:]
    assert [row.split(" | ")[:3] for row in rows] == [[f"| `{r.format}`", r.name, r.version] for r in READERS]
    assert len({re.split(",|$", reader.name)[0] for reader in READERS}) >= 10


def test_the_problem_matcher_reads_errors_and_warnings() -> None:
    block = PAGE.partition("<!-- matcher -->\n```json\n")[2].partition("```")[0]
    [pattern] = json.loads(block)["problemMatcher"][0]["pattern"]
    report = everything()
    read = [
        {key: found[pattern[key]] for key in ("file", "line", "column", "severity", "code", "message")}
        for line in render(report, "concise").splitlines()
        if (found := re.fullmatch(pattern["regexp"], line))
    ]
    told = [each for each in report.diagnostics if each.severity is not Severity.INFO]
    assert [(each["code"], each["severity"]) for each in read] == [(each.code, each.severity.value) for each in told]
    assert all(each["file"] and int(each["line"]) and int(each["column"]) for each in read)


def test_sarif_leaves_out_what_readers_take_wrongly() -> None:
    """Seen: sarif-tools 3.0.5, sarif-junit 1.1.4, sarif-to-markdown 1.11.1, reviewdog 0.21.0, SARIF Multitool 5.7.0."""
    text = render(everything(), "sarif")
    [run] = json.loads(text)["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert run["columnKind"] == "utf16CodeUnits"
    assert run["automationDetails"]["id"].endswith("/")
    assert "originalUriBaseIds" not in run
    for result in run["results"]:
        assert result["level"] in {"error", "warning", "note"}, "one without counts as passed"
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"], "the text is taken by index"
        assert result["message"].keys() == {"text"}, "Markdown is preferred where it is there"
        assert not {"suppressions", "baselineState"} & result.keys(), "they count as live"
        assert {"kmblint/v1", "primaryLocationLineHash"} == result["partialFingerprints"].keys()
        assert not re.search(r"(?<!\\)\[[^\[\]]*\]\(\d+\)", result["message"]["text"]), "a link to a related place"
    assert all(rule["helpUri"] and len(rule["help"]["text"]) < 200 for rule in rules), "it stands before every message"


def test_gitlab_has_what_jenkins_needs() -> None:
    """Seen: analysis-model 13.18.0 takes no issue without `type` and `categories`."""
    issues = json.loads(render(everything(), "gitlab"))
    assert {(each["type"], *each["categories"]) for each in issues} == {("issue", "Bug Risk")}
    assert len({each["fingerprint"] for each in issues}) == len(issues), "of equal ones the last wins"


def test_junit_says_all_in_the_text() -> None:
    """GitLab keeps the text alone and reads `type` as a cast (Hash.from_xml); equal names overwrite each other."""
    report = everything()
    root = ElementTree.fromstring(render(report, "junit"))  # noqa: S314 (our own text)
    cases = list(root.iter("testcase"))
    assert len({(case.get("classname"), case.get("name")) for case in cases}) == len(report.diagnostics)
    for case in cases:
        failure = case.find("failure")
        assert failure is not None
        assert failure.get("type") == "finding"
        assert all("\n" not in value for value in (*case.attrib.values(), *failure.attrib.values()))
        assert (failure.text or "").count("\n") >= 1
    [passed] = ElementTree.fromstring(render(empty(), "junit")).iter("testcase")  # noqa: S314 (our own text)
    assert len(passed) == 0, "xunit-viewer and junit-to-ctrf fail where there is no case"


def test_the_rest_is_written_as_its_readers_want_it() -> None:
    assert render(empty(), "checkstyle").count("<checkstyle ") == 1, "the root element always"
    said = json.loads(render(everything(), "rdjson"))["diagnostics"]
    assert {each["severity"] for each in said} <= {"ERROR", "WARNING", "INFO"}, "in lower case they are none"
