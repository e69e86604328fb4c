"""The formats that programs read: whole, true to the report, and inert whatever names and paths hold."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

import msgspec
import pytest
from click.testing import CliRunner

from kmblint.cli import main
from kmblint.findings import Diagnostic, Edit, Finding, Fix, Related, Report, Severity
from kmblint.reporters import FORMATS, render
from kmblint.reporters.positions import ColumnUnit, position
from kmblint.reporters.view import View
from kmblint.text import Place, Source, Span
from tests.reporters.samples import CLEAN_UP, diagnostic, everything, report

MACHINE: Final = ("json", "jsonl", "sarif", "gitlab", "junit", "checkstyle", "rdjson")
HOSTILE: Final = "a\x00\x1b[31m]]>&<script> [x](1) ::error::no ##[group]x ##vso[task] |`\x85\u2028\u202e"


def parsed(text: str) -> ElementTree.Element:
    """The root of a document of ours."""
    return ElementTree.fromstring(text)  # noqa: S314 - what is read was written two lines above


def findings_in(text: str, output_format: str) -> list[Any]:
    """What a document lists, as many entries as findings."""
    match output_format:
        case "jsonl":
            return [json.loads(line) for line in text.splitlines()]
        case "junit" | "checkstyle":
            return list(parsed(text).iter("failure" if output_format == "junit" else "error"))
        case "sarif":
            return list(json.loads(text)["runs"][0]["results"])
        case "gitlab":
            return list(json.loads(text))
        case _:
            return list(json.loads(text)["diagnostics" if output_format == "rdjson" else "findings"])


def hostile() -> Report:
    """A report whose path, message, help, note and fix hold what no format has a place for."""
    source = Source("1.sql", f"SELECT '{HOSTILE}';\n", "mig\udce9rations/1 #%.sql")
    place = Place("1.sql", Span(7, 12))
    finding = Finding(
        place,
        f"names {HOSTILE}",
        help=f"write\n::warning::{HOSTILE}",
        related=(Related(place, HOSTILE),),
        fix=Fix(HOSTILE, (Edit(place, HOSTILE),)),
    )
    return report(diagnostic("KMB001", "x", Severity.ERROR, finding), sources=(source,))


@pytest.mark.parametrize("output_format", MACHINE)
def test_every_finding_is_listed_once(output_format: str) -> None:
    assert len(findings_in(render(everything(), output_format), output_format)) == len(everything().diagnostics)
    assert findings_in(render(report(), output_format), output_format) == []


@pytest.mark.parametrize("output_format", MACHINE)
def test_a_hostile_report_is_a_valid_document(output_format: str) -> None:
    text = render(hostile(), output_format)
    assert len(findings_in(text, output_format)) == 1
    assert "\udce9" not in text
    text.encode("utf-8")


@pytest.mark.parametrize("output_format", [name for name in FORMATS if name not in MACHINE])
def test_no_text_is_a_command_to_a_ci_runner(output_format: str) -> None:
    """Actions runs what begins a line with `::`, Azure what stands behind `##vso[` anywhere.

    The other formats go to files, and their lines are quoted.
    """
    lines = render(hostile(), output_format).splitlines()
    commands = [line for line in lines if re.match(r"\s*::[a-z]", line)]
    assert [line.split("::")[1].split()[0] for line in commands] == (["error"] if output_format == "github" else [])
    if output_format != "markdown":
        assert not [line for line in lines if "##vso[" in line or "##[" in line] or output_format == "github"
        assert not re.search(r"[\x00-\x08\x1b\x85\u2028\u202e]", "\n".join(lines))


def test_sarif_counts_utf16_and_points_at_its_rules() -> None:
    log = json.loads(render(everything(), "sarif"))
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])
    assert run["columnKind"] == "utf16CodeUnits"
    assert run["automationDetails"]["id"].endswith("/")
    wide = Source("1.sql", "SELECT '𝕒𝕓', x;\n")
    found = diagnostic("KMB001", "x", Severity.INFO, Finding(Place("1.sql", Span(13, 14)), "see [it](1)"))
    result = json.loads(render(report(found, sources=(wide,)), "sarif"))["runs"][0]["results"][0]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert (wide.text[13], region["startColumn"], region["endColumn"]) == ("x", 16, 17)
    assert (result["level"], result["message"]["text"]) == ("note", "see \\[it](1)")


def test_sarif_writes_what_is_inserted_even_where_it_is_nothing() -> None:
    place = Place(CLEAN_UP.name, Span(0, 5))
    fixes = [Fix("cut", (Edit(place, ""),)), Fix("add", (Edit(Place(CLEAN_UP.name, Span(3, 3)), "x"),))]
    found = [diagnostic("KMB001", "x", Severity.ERROR, Finding(place, "m", fix=fix)) for fix in fixes]
    results = json.loads(render(report(*found), "sarif"))["runs"][0]["results"]
    replacements = [each["fixes"][0]["artifactChanges"][0]["replacements"][0] for each in results]
    assert [each["insertedContent"]["text"] for each in replacements] == ["", "x"]
    assert replacements[1]["deletedRegion"] == {"startLine": 1, "startColumn": 4, "endLine": 1, "endColumn": 4}


def test_fingerprints_for_gitlab_are_unique() -> None:
    found = everything().diagnostics[0]
    issues = json.loads(render(report(found, found, found), "gitlab"))
    assert len({each["fingerprint"] for each in issues}) == 3
    assert issues[0]["fingerprint"] == found.fingerprint


def test_cases_of_junit_have_names_of_their_own() -> None:
    found = everything().diagnostics[0]
    text = render(report(found, found), "junit")
    names = [case.get("name") for case in parsed(text).iter("testcase")]
    assert names == ["KMB301 non-idempotent-create at 3:1", "KMB301 non-idempotent-create at 3:1 (2)"]
    assert not any("\n" in value for element in parsed(text).iter() for value in element.attrib.values())


def test_paths_start_where_the_reader_wants_them() -> None:
    view = View(prefix="services/billing")
    path = "services/billing/migrations/0001_create_patients.sql"
    for output_format in ("sarif", "gitlab", "github", "junit", "checkstyle"):
        assert path in render(everything(), output_format, view), output_format
    for output_format in ("json", "jsonl", "rdjson", "concise"):
        assert path not in render(everything(), output_format, view), output_format


def test_a_path_above_the_working_directory_stays_inside_the_repository() -> None:
    source = Source("1.sql", "x", "../../db/migrations/1.sql")
    found = diagnostic("KMB001", "x", Severity.ERROR, Finding(Place("1.sql", Span(0, 1)), "m"))
    (issue,) = json.loads(render(report(found, sources=(source,)), "gitlab", View(prefix="services/billing")))
    assert issue["location"]["path"] == "db/migrations/1.sql"


def test_a_path_that_is_not_utf8_stays_usable() -> None:
    (found,) = json.loads(render(hostile(), "json"))["findings"]
    assert (found["path"], found["path_uri"]) == ("mig\\xe9rations/1 #%.sql", "mig%E9rations/1%20%23%25.sql")


@pytest.mark.parametrize(
    ("unit", "column"),
    [(ColumnUnit.CHARACTERS, 6), (ColumnUnit.BYTES, 12), (ColumnUnit.UTF16, 7), (ColumnUnit.DISPLAY, 14)],
)
def test_columns_are_counted_as_the_editor_counts(unit: ColumnUnit, column: int) -> None:
    text = "\té診𝕒 x"
    assert position(Source("1.sql", text), text.index("x"), unit).column == column
    found = diagnostic("KMB001", "x", Severity.INFO, Finding(Place("1.sql", Span(5, 6)), "m"))
    said = render(report(found, sources=(Source("1.sql", text),)), "concise", View(column_unit=unit))
    assert said == f"1.sql:1:{column}: info: KMB001 x m\n"


def test_github_counts_what_it_leaves_out() -> None:
    """Ten annotations of a kind are kept a step: the worst come first, and a notice says how many are missing."""
    base = everything().diagnostics[0]
    many = [_worse(base, severity) for severity in (*[Severity.INFO] * 12, *[Severity.ERROR] * 11)]
    lines = render(report(*many), "github").splitlines()
    assert [line.split()[0] for line in lines] == ["::error"] * 11 + ["::notice"] * 13
    assert "11 errors, 12 info; GitHub shows 10 of a kind and leaves out 3" in lines[11]


def _worse(found: Diagnostic, severity: Severity) -> Diagnostic:
    return msgspec.structs.replace(found, severity=severity)


def test_every_fixture_is_told_alike(tmp_path: Path) -> None:
    """One run over a real history lists as many findings in each format."""
    clinic = Path(__file__).parents[2] / "fixtures" / "clinic"
    outputs = [option for name in MACHINE for option in ("--output-format", f"{name}:{tmp_path / name}")]
    CliRunner().invoke(main, ["check", *outputs, str(clinic)])
    texts = {name: (tmp_path / name).read_text(encoding="utf-8") for name in MACHINE}
    counts = {name: len(findings_in(text, name)) for name, text in texts.items()}
    assert len(set(counts.values())) == 1, counts
    assert min(counts.values()) > 0
