"""Runs every card: what it shows as flagged is flagged, what it shows as accepted is silent, and its fixes mend."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import msgspec
import pytest
import tomli
from pytest_snapshot.plugin import Snapshot

import kmblint.checks
from kmblint.findings import Applicability, Diagnostic, Finding
from kmblint.lint.cards import Card
from kmblint.lint.rulebook import Rule, Rulebook
from kmblint.schema.changes import Truncate
from tests.cards import FURTHER, SECTIONS, Case, Mark, Result, cases, check, fix, run, sections

RULEBOOK = Rulebook.load()
CARDS = [rule.card for rule in RULEBOOK]
CASES = [(card, case) for card in CARDS for case in cases(card)]
FLAGGED = [(card, case) for card, case in CASES if case.flagged]
SHOWING = {case.written: card for card, case in CASES if case.rendered is not None}
EACH_CARD = pytest.mark.parametrize("card", CARDS, ids=[card.slug for card in CARDS])


def _names(pairs: Iterable[tuple[Card, Case]]) -> list[str]:
    return [f"{card.slug}: {case.title}" for card, case in pairs]


def _fails(change: Truncate) -> Iterator[Finding]:
    """A rule with a bug, for the card of `internal-error`: its cases run beside it."""
    raise RecursionError(f"too deep in {change.table}")


def _run(card: Card, case: Case, project: Path) -> Result:
    if card.slug != "internal-error":
        return run(card, case, RULEBOOK, project)
    broken = msgspec.structs.replace(
        card, slug="broken-rule", metadata=msgspec.structs.replace(card.metadata, code="KMB099")
    )
    return run(card, case, Rulebook([*RULEBOOK, Rule(broken, _fails)]), project, debug=False)


@pytest.mark.parametrize(("card", "case"), CASES, ids=_names(CASES))
def test_case(card: Card, case: Case, tmp_path: Path) -> None:
    result = _run(card, case, tmp_path)
    unmatched = list(case.marks)
    surplus: list[str] = []
    for diagnostic in result.own:
        mark = _claimed(result, diagnostic, unmatched)
        if mark is None:
            surplus.append(_said(result, diagnostic))
        else:
            unmatched.remove(mark)
    assert not surplus, f"found, but not marked: {surplus}; marked, but not found: {unmatched}"
    assert not unmatched, "marked, but not found"
    for diagnostic in result.own:
        _plain(diagnostic.finding)


def _claimed(result: Result, diagnostic: Diagnostic, marks: Iterable[Mark]) -> Mark | None:
    """The mark that expects the finding: on a line that it touches, or else on its file."""
    place = diagnostic.finding.place
    source = result.report.source(place.file)
    first = source.position(place.span.start).line
    last = source.position(max(place.span.start, place.span.end - 1)).line
    fitting = [
        mark
        for mark in marks
        if mark.file == place.file
        and mark.part in diagnostic.finding.message
        and (mark.line is None or first <= mark.line <= last)
    ]
    return min(fitting, key=lambda mark: (mark.line is None, mark.line or 0, -len(mark.part)), default=None)


def _said(result: Result, diagnostic: Diagnostic) -> str:
    place = diagnostic.finding.place
    line = result.report.source(place.file).position(place.span.start).line
    return f"{place.file}:{line}: {diagnostic.finding.message}"


def _plain(finding: Finding) -> None:
    """Messages are clauses: they begin in lower case or with a name, and no full stop ends them."""
    fix_message = [finding.fix.message] if finding.fix else []
    for message in (finding.message, *(related.message for related in finding.related), *fix_message):
        assert message, "an empty message"
        assert not message.endswith("."), message
        assert not re.match(r"[A-Z][a-z]", message), message


@pytest.mark.parametrize(("card", "case"), FLAGGED, ids=_names(FLAGGED))
def test_fixes_mend(card: Card, case: Case, tmp_path: Path) -> None:
    """Every fix that a case offers leaves SQL that reads as well as before, and the finding is gone."""
    before = _run(card, case, tmp_path)
    fixable = [each for each in before.own if each.finding.fix and (each.finding.fix.edits or each.finding.fix.files)]
    changed = fix(before, tmp_path)
    if not changed:
        assert not case.fixed, "the case shows a fix, and none was offered"
        return
    after = check(card, case, RULEBOOK, tmp_path)
    assert len(after.own) <= len(before.own) - len(fixable), [each.finding.message for each in after.own]
    assert _problems(after) <= _problems(before), "the fix breaks a statement"
    if case.fixed:
        expected = [(fence.name or name, fence.body) for fence, name in zip(case.fixed, changed, strict=True)]
        assert list(changed.items()) == expected


def _problems(result: Result) -> int:
    from kmblint.sql.parse import statements

    sources = result.report.sources.values()
    return sum(1 for source in sources for each in statements(source, source.everything) if each.problem is not None)


@pytest.mark.parametrize("written", SHOWING, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_rendered(written: Path, tmp_path: Path, snapshot: Snapshot) -> None:
    """The `text` blocks of a file are what a terminal shows; `--snapshot-update` rewrites them in place."""
    lines = written.read_text(encoding="utf-8").split("\n")
    card = SHOWING[written]
    shown = [case for case in cases(card) if case.rendered is not None and case.written == written]
    for number, case in reversed(list(enumerate(shown))):
        assert case.rendered is not None
        drawn = _run(card, case, tmp_path / str(number)).drawn().rstrip("\n").split("\n")
        lines[case.rendered.first : case.rendered.end] = drawn
    snapshot.snapshot_dir = written.parent
    snapshot.assert_match("\n".join(lines), written.name)


@EACH_CARD
def test_card_is_complete(card: Card) -> None:
    assert tuple(sections(card.text)) == SECTIONS
    every = list(cases(card))
    for shown in (True, False):
        assert any(case.flagged is shown and case.written == card.path for case in every), "a card shows both kinds"
    on_card = sum(case.written == card.path for case in every)
    assert on_card <= 4, "a card keeps to the three or four cases that teach, the rest go into tests/cases"
    flagged = [case for case in every if case.flagged]
    accepted = [case for case in every if not case.flagged]
    assert len(flagged) >= 3, "a rule has at least three flagged cases"
    assert len(accepted) >= max(3, len(flagged)), "a rule has as many accepted cases as flagged ones"
    assert len({case.title for case in every}) == len(every), "two cases of one title"
    for case in flagged:
        assert case.marks, f"`{case.title}` marks no finding"
    for case in accepted:
        assert not case.marks, f"`{case.title}` marks a finding"
        assert not case.fixed, f"`{case.title}` shows a fix"
        assert case.rendered is None, f"`{case.title}` shows a finding"
    used = {name for case in every for name in tomli.loads(case.config).get("rules", {}).get(card.slug, {})}
    assert used == card.metadata.options.keys(), "each option needs a case that sets it"
    assert card.summary[0].isupper(), "the summary is a sentence"
    assert card.summary.endswith("."), "the summary is a sentence"
    assert card.metadata.sources, "a card says where its facts stand"


def test_cards_and_checks_come_in_pairs() -> None:
    modules = {path.stem for path in Path(kmblint.checks.__path__[0]).glob("[!_]*.py")}
    assert modules == {card.slug.replace("-", "_") for card in CARDS}


def test_further_cases_belong_to_a_card() -> None:
    files = {path.name: path.read_text(encoding="utf-8") for path in FURTHER.glob("*")}
    slugs = {f"{card.slug}.md": card.slug for card in CARDS}
    assert files.keys() <= slugs.keys()
    for name, text in files.items():
        assert text.startswith(f"# {slugs[name]}\n\nMore cases of [its card](../../rules/{name}).\n\n## "), name
        assert tuple(sections(text)) in {("Flagged",), ("Accepted",), ("Flagged", "Accepted")}, name


@EACH_CARD
def test_card_and_check_agree(card: Card) -> None:
    """The signature is what the card promises, and the module defines nothing else in public."""
    rule = RULEBOOK.get(card.slug)
    assert rule is not None
    assert rule.signature.subjects
    path = Path(kmblint.checks.__path__[0], f"{card.slug.replace('-', '_')}.py")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    public = [name for node in tree.body for name in _defined(node) if not name.startswith("_")]
    assert public == ["check"]
    assert ast.get_docstring(tree), f"{path.name} says in a line what it finds"


def _defined(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            yield name


@EACH_CARD
def test_a_card_says_which_fixes_its_cases_show(card: Card, tmp_path: Path) -> None:
    flagged = [case for case in cases(card) if case.flagged] if card.slug != "internal-error" else []
    found = [each for number, case in enumerate(flagged) for each in _run(card, case, tmp_path / str(number)).own]
    promised = {each.finding.fix.applicability for each in found if each.finding.fix} - {Applicability.DISPLAY}
    assert {Applicability(fix) for fix in card.metadata.fixes} == promised
    assert any(case.fixed for case in flagged) == bool(promised), "a fix is shown by a `sql fixed` fence"


@EACH_CARD
def test_rules_that_give_way_exist(card: Card) -> None:
    for slug in (*card.metadata.supersedes, *card.metadata.explains):
        rule = RULEBOOK.get(slug)
        assert rule is not None, slug
        assert rule.slug == slug


def test_precedence_has_no_cycles() -> None:
    graph = TopologicalSorter({card.slug: card.metadata.supersedes for card in CARDS})
    assert len(list(graph.static_order())) >= len(CARDS)
