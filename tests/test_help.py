"""Every help is followed: the finding is gone then, and no other rule has more to say than before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest

from kmblint.findings import Diagnostic, Report, Severity
from tests.advice import Situation, followed
from tests.cards import Case, check, run
from tests.test_rules import FLAGGED, RULEBOOK

CHOICES: Final[dict[str, str]] = {
    "unreadable-file": "only its author knows what the bytes should be",
    "syntax-error": "what was meant can't be read",
    "opaque-statement": "what the statement does isn't known",
    "empty-migration": "what was forgotten isn't known",
    "conflict-marker": "which side is right isn't known",
    "placeholder": "the value isn't known",
    "expired-suppression": "whether it still holds is a decision",
    "unknown-suppression": "which rule was meant isn't known",
    "file-name": "a description isn't known",
    "sequence-gap": "what is missing isn't known",
    "sequence-start": "what is applied isn't known",
    "sequence-overflow": "a description isn't known",
    "vague-description": "what the change is about is for its author to say",
    "repeated-description": "what is different is for its author to say",
    "ignored-file": "whether it is a migration isn't known",
    "table-name": "the user's own pattern says what fits, not what is meant, and another table has the name",
    "column-name": "the user's own pattern says what fits, not what is meant, and another column has the name",
    "index-name": "another index has the name that the template gives",
    "case-clash": "whether one thing is meant or two isn't known",
    "reserved-name": "another name is the author's choice",
    "long-name": "a shorter name is the author's choice",
    "unknown-table": "what is missing must be made first, as it was meant",
    "unknown-column": "what is missing must be made first, as it was meant",
    "unknown-object": "what is missing must be made first, as it was meant",
    "masked-create": "which of two shapes is meant isn't known",
    "foreign-key-target": "which of two types is right isn't known",
    "repeated-column": "which of the two was meant otherwise isn't known",
    "insert-shape": "the missing values aren't known",
    "value-type": "which value or type is right isn't known",
    "missing-primary-key": "what makes a row unique isn't known",
    "lost-dependent": "what depends on it is taken down in statements of one's own",
    "nullable-key": "which of two keys is meant isn't known",
    "reference-type": "which of two types is right isn't known",
    "non-idempotent-insert": "there is no key to name: nothing is said",
    "non-idempotent-update": "which value is meant isn't known",
    "half-applied": "where to cut the file is for its author to say",
    "redundant-index": "an index that was applied can't be taken back",
    "index-on-unknown-column": "which column was meant isn't known",
    "too-many-indexes": "by what is searched isn't known",
    "index-on-populated-table": "when is a matter of operation",
    "unsearchable-column": "another type is a decision for the programs",
    "unbatched-delete": "no key of the table is known",
    "missing-where": "which rows are meant isn't known",
    "always-true-where": "which rows are meant isn't known",
    "ignored-limit": "which rows of an INSERT are meant is not known",
    "unindexed-predicate": "by what other condition the rows can be named isn't known",
    "swallowing-index": "which of its columns the programs search by isn't known",
    "never-true-where": "which rows are meant isn't known",
    "backfill-with-column": "how many batches it takes isn't known",
    "bulk-insert": "a program is written elsewhere",
    "unstable-value": "which value is meant isn't known",
    "key-update": "what refers to the row isn't known",
    "orphaned-rows": "what is to become of the rows isn't known",
    "rename": "the steps are spread over releases of the programs",
    "narrowing-type": "the steps are spread over releases of the programs",
    "reused-name": "another name is the author's choice",
    "truncate": "which rows are meant isn't known",
    "cascade": "what hangs on it is taken down in statements of one's own",
    "hard-coded-secret": "the secret must be changed where it is used",
    "edited-migration": "what the file said isn't in the folder",
    "missing-migration": "what the file said isn't in the folder",
    "unseen-edit": "nothing needs to be done",
    "unlocked-migration": "the lock isn't a migration",
    "system-table": "another name is the author's choice",
    "damaged-state": "what the file said isn't in the folder",
    "many-changes": "what belongs together is for its author to say",
    "missing-rollback": "the way back is for its author to write",
    "inexact-rollback": "the way back is for its author to write",
    "lossy-rollback": "the way back is for its author to write",
    "one-way-rollback": "there is no way back: the names are for the next time",
    "live-rollback": "which marker was meant isn't known",
    "misplaced-marker": "where up ends isn't known",
    "refused-rollback": "the way back is for its author to write",
    "transaction-control": "what belongs together is for its author to say",
    "long-migration": "where to cut the file is for its author to say",
    "undone-work": "which of the statements is meant isn't known",
    "missing-header": "who wrote it isn't known",
    "cut-statement": "another character is the author's choice",
    "refused-statement": "what the engine has instead depends on what is meant",
    "index-limit": "which index is needed least isn't known",
    "frozen-key": "which type is right isn't known",
    "shared-mask": "another name is the author's choice",
    "long-key": "by what is searched isn't known",
    "short-lived-row": "which values a row ends with isn't known",
    "stale-index": "another name is the author's choice",
    "broken-statement-form": "the words of the pattern stand for what isn't known",
    "poisoned-table": "which value or type is right isn't known",
    "server-crash": "which type is right isn't known",
    "tenant-schema": "what is to become of the table isn't known",
    "hard-coded-tenant": "a program is written elsewhere",
    "unused-policy": "which column was meant isn't known",
    "blind-predicate": "an index before it is another migration",
    "unenforced-not-null": "the value isn't known",
    "oversized-row": "where the text goes isn't known",
    "ignored-join": "the keys aren't known",
    "ignored-condition": "the other conditions aren't repeated",
}
"""Rules with help that names a choice, which nobody but a person can take, and why."""
CONSEQUENCES: Final[dict[tuple[str, str], str]] = {
    ("syntax-error", "non-idempotent-create"): "a statement that can be read is judged like any other",
    ("table-exists", "non-idempotent-create"): "what is left is judged like any other",
    ("unknown-table", "drop-table"): "a drop that finds its table is judged like any other",
    ("unknown-column", "undone-work"): "the case makes and drops in one file",
    ("unknown-object", "undone-work"): "the case makes and drops in one file",
    ("unknown-object", "non-idempotent-drop"): "a drop that finds its view is judged like any other",
    ("dropped-clause", "unindexed-reference"): "a reference that isn't declared any more is seen by its name",
    ("never-true-where", "unbatched-update"): "a condition that finds rows is judged like any other",
    ("unsearchable-column", "unbatched-delete"): "a condition that finds rows is judged like any other",
    ("blind-predicate", "unbatched-update"): "a condition that finds rows is judged like any other",
    ("duplicate-sequence", "sequence-gap"): "of three files each is renumbered in its turn",
    ("late-migration", "sequence-start"): "the case's history begins with 0002",
    ("frozen-key", "repeated-row"): "the case writes one value in two ways",
    ("unsearchable-column", "reference-type"): "a column that is found by is judged by its type",
}
"""What another rule may say once the help of a rule was followed, and why that is right."""


def told(diagnostics: Iterable[Diagnostic]) -> int:
    """How many findings there are, those counted that others tell of."""
    number = 0
    for each in diagnostics:
        more = re.search(r"\(and (\d+) more(?: in this file|, in)", each.finding.message)
        beside = re.search(r"; so (?:is|are) (.*)", each.finding.message)
        number += 1 + (int(more[1]) if more else 0) + (beside[1].count(", ") + 1 if beside else 0)
    return number


def warned(report: Report) -> Counter[str]:
    """The findings that nobody would want more of, by rule."""
    found: Counter[str] = Counter()
    for each in report.diagnostics:
        if each.severity is not Severity.INFO:
            found[each.rule] += told([each])
    return found


@pytest.mark.parametrize("slug", list(dict.fromkeys(card.slug for card, _ in FLAGGED if card.slug != "internal-error")))
def test_help_leads_where_it_says(slug: str, tmp_path: Path) -> None:
    wrong: list[str] = []
    alone: set[str] = set()
    consequences: set[str] = set()
    for at, (card, case) in enumerate((card, case) for card, case in FLAGGED if card.slug == slug):
        before = run(card, case, RULEBOOK, tmp_path / f"{at}", also=("recommended",))
        for number, diagnostic in enumerate(before.own):
            ways = list(followed(Situation(diagnostic.finding, migrations(tmp_path / f"{at}"))))
            alone |= {str(diagnostic.finding.help)} if not ways else set()
            for turn, files in enumerate(ways):
                after = check(
                    card,
                    case,
                    RULEBOOK,
                    _project(case, files, tmp_path / f"{at}-{number}-{turn}"),
                    also=("recommended",),
                )
                said = f"`{case.title}`: {diagnostic.finding.help!r} leads to "
                if told(after.own) >= told(before.own):
                    wrong.append(said + repr([each.finding.message for each in after.own]) + f" {files}")
                worse = warned(after.report) - warned(before.report)
                consequences |= {rule for rule in worse if (slug, rule) in CONSEQUENCES}
                messages = [
                    each.finding.message
                    for each in after.report.diagnostics
                    if each.rule in worse and (slug, each.rule) not in CONSEQUENCES
                ]
                if messages:
                    wrong.append(f"{said}{messages} {files}")
    listed = f"where nobody can follow {alone or 'any help'}, `{slug}` belongs into CHOICES with the reason, else not"
    assert bool(alone) == (slug in CHOICES), listed
    assert not wrong, "\n".join(wrong)
    assert consequences == {rule for of, rule in CONSEQUENCES if of == slug}


def migrations(project: Path) -> dict[str, str]:
    """The migrations of a project, by name."""
    found = sorted((project / "migrations").glob("*.sql"))
    return {path.name: path.read_bytes().decode("utf-8", "replace") for path in found}


def _project(case: Case, files: dict[str, str], project: Path) -> Path:
    """The case with other migrations."""
    others = {path: content for path, content in case.files.items() if not re.fullmatch(r"migrations/[^/]+\.sql", path)}
    (project / "migrations").mkdir(parents=True)
    for path, content in {**others, **{f"migrations/{name}": text.encode() for name, text in files.items()}}.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_bytes(content)
    return project
