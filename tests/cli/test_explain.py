"""`kmblint explain` and `kmblint rules`: the rulebook in a terminal."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from kmblint.cli import main
from kmblint.cli.rules import index, listing
from kmblint.findings import Severity
from kmblint.lint.cards import Card, Option, RuleMetadata
from kmblint.lint.rulebook import Rule, Rulebook
from kmblint.reporters.card import rendered
from kmblint.reporters.paint import Paint

CARD = Card(
    "many-wards",
    "A hospital has more wards than it can staff.",
    RuleMetadata(
        code="KMB899",
        severity=Severity.WARNING,
        category="structure",
        since="0.1.0",
        targets=("kimberlite",),
        fixes=("safe",),
        stability="preview",
        sources=("guide, section Wards",),
        options={
            "max-wards": Option(10, "How many it can staff."),
            "names": Option(("a", "b"), "Which names count as a ward, a rather long story to tell in one line."),
            "mode": Option("strict", "How it counts.", ("strict", "lax")),
        },
    ),
    """# many-wards

Ignored.

```toml
code = "KMB899"
```

## Triggered when

A long paragraph that must be wrapped, with `code that stays in one piece` near the end
of its second line.

- an item that is so long that it has to go on in another line below its first word
- another

## Flagged

### A case

`0001_a.sql`:
```sql error="too many"
CREATE TABLE wards (id BIGINT PRIMARY KEY); -- a long line of code goes on below, deeper than it began

## no heading
```

```text
error[KMB899 many-wards]: a hospital has more wards than it can ever staff
1 | CREATE TABLE wards (id BIGINT PRIMARY KEY, name TEXT);
  |                                            ^^^^
```

```sql fixed
```
""",
    Path("many-wards.md"),
)


def test_a_card_is_set_for_a_terminal() -> None:
    assert (
        "\n".join(rendered(CARD, Paint(), 60))
        == """\
KMB899 many-wards
A hospital has more wards than it can staff.

warning · family: structure · only when selected · target:
kimberlite · since 0.1.0 · preview · comes with safe fixes

Options
  max-wards  How many it can staff. (default: 10)
  names      Which names count as a ward, a rather long
             story to tell in one line. (default: ["a",
             "b"])
  mode       How it counts. (default: "strict"; one of
             strict, lax)

Triggered when

A long paragraph that must be wrapped, with
`code that stays in one piece` near the end of its second
line.

- an item that is so long that it has to go on in another
  line below its first word
- another

Flagged

  A case

`0001_a.sql`:
    error="too many"
    CREATE TABLE wards (id BIGINT PRIMARY KEY); -- a long
        line of code goes on below, deeper than it began

    ## no heading

    error[KMB899 many-wards]: a hospital has more wards than
        it can ever staff
    1 | CREATE TABLE wards (id BIGINT PRIMARY KEY, name TEX…
      |                                            ^^^^

    fixed

Sources
  guide, section Wards"""
    )


def test_colours_change_nothing_but_colour() -> None:
    coloured = "\n".join(rendered(CARD, Paint(color=True), 60))
    assert "\x1b[1;36m`code that stays in one piece`\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == "\n".join(rendered(CARD, Paint(), 60))


@pytest.mark.parametrize("name", [name for rule in Rulebook.load() for name in (rule.slug, rule.card.code.lower())])
def test_every_rule_is_explained_by_slug_and_code(name: str) -> None:
    done = CliRunner().invoke(main, ["explain", name])
    assert (done.exit_code, done.stderr) == (0, "")
    assert "Instead\n" in done.stdout


def test_a_former_name_explains_the_rule_and_says_its_name() -> None:
    done = CliRunner().invoke(main, ["explain", "split-statement"])
    assert (done.exit_code, done.stderr) == (0, "kmblint: `split-statement` is called `cut-statement` now\n")
    assert done.stdout == CliRunner().invoke(main, ["explain", "cut-statement"]).stdout


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("unused-supression", "did you mean `unused-suppression`?"),
        ("KBM901", "did you mean `KMB901`?"),
        ("KMB999", "`kmblint rules` lists them"),
        ("x", "`kmblint rules` lists them"),
        ("index", "`kmblint rules` lists them"),
        ("skiped", "did you mean `skipped-statement`?"),
        ("where", "did you mean `missing-where`, `always-true-where` or `never-true-where`?"),
        ("statement skip", "did you mean `skipped-statement`?"),
        ("901", "did you mean `KMB901`?"),
    ],
)
def test_an_unknown_rule_is_no_traceback(name: str, hint: str) -> None:
    done = CliRunner().invoke(main, ["explain", name])
    assert (done.exit_code, done.stderr) == (2, f"kmblint: there is no rule `{name}`; {hint}\n")


FAMILY = sorted(rule.card.code for rule in Rulebook.load() if rule.card.code.startswith("KMB01"))


def test_several_rules_and_a_family_are_explained_in_a_row() -> None:
    done = CliRunner().invoke(main, ["explain", "kmb01", "drop-table", "KMB012"])
    assert done.exit_code == 0
    assert re.findall(r"^(KMB\d{3}) [\w-]+", done.stdout, re.MULTILINE) == [*FAMILY, "KMB601"]
    assert done.stdout.count("\n\n─") == len(FAMILY), "a rule that is named twice is told once"
    wrong = CliRunner().invoke(main, ["explain", "drop-table", "KMB77"])
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "there is no rule `KMB77`" in wrong.stderr


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        (["explain", "unused-s"], ["unused-suppression"]),
        (["explain", "drop-table", "KMB01"], FAMILY),
        (["check", "--select", "KMB601,unused-p"], ["KMB601,unused-policy"]),
        (["check", "--ignore", "nosuch"], [""]),
        (["base"], ["baseline"]),
    ],
)
def test_a_shell_completes_the_names_of_rules(words: list[str], completed: list[str]) -> None:
    environment = {
        "_KMBLINT_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(("kmblint", *words)),
        "COMP_CWORD": str(len(words)),
    }
    done = CliRunner().invoke(main, [], env=environment, prog_name="kmblint", standalone_mode=True)
    assert [line.partition(",")[2] for line in done.stdout.splitlines()] == completed


def test_rules_are_listed_by_family() -> None:
    assert list(listing(Rulebook([Rule(CARD)]), Paint(), 120))[:2] == [
        "structure",
        "  KMB899 ○ many-wards  warning  safe          kimberlite  A hospital has more wards than it can staff.",
    ]
    assert list(listing(Rulebook([Rule(CARD)]), Paint(), 50))[1:4] == [
        "  KMB899 ○ many-wards  warning  safe kimberlite",
        "           A hospital has more wards than it can",
        "           staff.",
    ]


def test_only_the_severity_of_a_row_is_coloured() -> None:
    done = CliRunner().invoke(main, ["rules", "--color", "always"])
    row = next(line for line in done.stdout.splitlines() if "internal-error" in line)
    assert row.count("\x1b[0m") == 1


def test_the_list_holds_every_rule_once() -> None:
    done = CliRunner().invoke(main, ["rules"])
    assert done.exit_code == 0
    assert re.findall(r"^  (KMB\d{3}) ", done.stdout, re.MULTILINE) == [rule.card.code for rule in Rulebook.load()]


def test_rules_as_json() -> None:
    done = CliRunner().invoke(main, ["rules", "--output-format", "json"])
    document = json.loads(done.stdout)
    assert document["version"] == 1
    assert [rule["rule"] for rule in document["rules"]] == [rule.slug for rule in Rulebook.load()]
    assert document["rules"][0] == {
        "code": "KMB000",
        "rule": "internal-error",
        "summary": "A rule of kmblint failed; the others went on.",
        "category": "source",
        "severity": "error",
        "recommended": True,
        "stability": "stable",
        "since": "0.1.0",
        "targets": ["guide", "kimberlite"],
        "fixable": False,
        "fixes": [],
        "supersedes": [],
        "options": {},
    }


def test_the_index_has_a_table_a_family() -> None:
    assert list(index(Rulebook([Rule(CARD)])))[-5:] == [
        "## structure",
        "",
        "| Code | Rule | Default | Severity | Fix | guide | kimberlite | When it speaks |",
        "| --- | --- | :-: | --- | --- | :-: | :-: | --- |",
        (
            "| KMB899 | [many-wards](many-wards.md) | ○ | warning | safe |  | ✓ "
            "| A hospital has more wards than it can staff. |"
        ),
    ]


def test_the_index_beside_the_cards_is_true() -> None:
    beside = Path(__file__).parents[2] / "rules" / "README.md"
    done = CliRunner().invoke(main, ["rules", "--output-format", "markdown"])
    assert beside.read_text(encoding="utf-8") == done.stdout, "kmblint rules --output-format markdown > rules/README.md"
