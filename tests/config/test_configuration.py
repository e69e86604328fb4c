"""The configuration: found upward, every error at once with its line, every value with its origin."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from kmblint.cli.config import shown
from kmblint.config.configuration import Config, find, load
from kmblint.config.selection import per_file_ignores, selected
from kmblint.errors import ConfigError, InputError
from kmblint.findings import Confidence, Severity
from kmblint.lint.cards import FAMILIES, Card, Option, RuleMetadata
from kmblint.lint.rulebook import Rule, Rulebook
from kmblint.wording import GUESSED

FORMATS = ("full", "json")


def rule(code: str, slug: str, **facts: object) -> Rule:
    given = {"targets": ("guide", "kimberlite"), **facts}
    whole = RuleMetadata(code=code, severity=Severity.ERROR, category=FAMILIES[int(code[3])], since="0.1", **given)  # type: ignore[arg-type]  # facts are typed where they are read
    return Rule(Card(slug, "A summary.", whole, "", Path(f"{slug}.md")))


OPTIONS = {"max-rows": Option(1000, "rows"), "mode": Option("a", "which", ("a", "b"))}
RULEBOOK = Rulebook([
    rule("KMB301", "non-idempotent-create"),
    rule("KMB501", "unbatched-update", options=OPTIONS),
    rule("KMB503", "missing-where", aliases=("whole-table",)),
    rule("KMB601", "drop-table"),
    rule("KMB802", "missing-rollback", default=False),
    rule("KMB901", "skipped-statement", targets=("kimberlite",)),
    rule("KMB912", "unprotected-data", stability="preview"),
])  # fmt: skip
RECOMMENDED = ["non-idempotent-create", "unbatched-update", "missing-where", "drop-table", "skipped-statement"]


def config(tmp_path: Path, text: str | None = None, overrides: Mapping[str, object] | None = None) -> Config:
    path = tmp_path / "kmblint.toml"
    if text is not None:
        path.write_text(text)
    return load(path if text is not None else None, "kmblint.toml", RULEBOOK, overrides or {}, FORMATS)


def problems(tmp_path: Path, text: str | None = None, overrides: Mapping[str, object] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        config(tmp_path, text, overrides)
    return list(caught.value.problems)


def running(tmp_path: Path, text: str | None = None, **overrides: object) -> list[str]:
    return list(selected(config(tmp_path, text, {k.replace("_", "-"): v for k, v in overrides.items()}), RULEBOOK))


def test_the_defaults(tmp_path: Path) -> None:
    found = config(tmp_path)
    assert (found.file, found.fail_on.value, found.min_confidence.value) == (None, Severity.WARNING, Confidence.LOW)
    assert (found.target.value, found.engine.value, found.output_format.value) == ("kimberlite", "0.9.1", "full")
    assert (found.applied.value, found.failed.value, found.baseline.value, found.rules) == (None, (), None, {})
    assert found.select.origin == "default"


WHOLE = """\
select = ["all"]
ignore = ["KMB301", "kmb8"]
fail-on = "never"
min-confidence = "medium"
output-format = "json"

[per-file-ignores]
"0001_*.sql" = ["KMB5", "drop-table"]

[target]
name = "guide"
engine = "0.9.1"

[history]
applied = "0004"
failed = ["0003_x.sql"]
baseline = "db/schema.sql"
directory = "db/migrations"

[rules.KMB501]
severity = "info"
max-rows = 500
mode = "a"
"""


def test_every_key_is_read_with_its_origin(tmp_path: Path) -> None:
    found = config(tmp_path, WHOLE)
    assert (found.ignore.value, found.ignore.origin) == (("non-idempotent-create", "KMB8"), "kmblint.toml:2")
    assert (found.fail_on.value, found.min_confidence.value) == (None, Confidence.MEDIUM)
    assert (found.applied.value, found.applied.origin) == (4, "kmblint.toml:15")
    assert (found.baseline.value, found.directory.value) == (tmp_path / "db/schema.sql", tmp_path / "db/migrations")
    assert found.failed.value == ("0003_x.sql",)
    table = found.rules["unbatched-update"]
    assert table.severity is not None
    assert (table.severity.value, table.options["max-rows"].origin) == (Severity.INFO, "kmblint.toml:22")
    settings = selected(found, RULEBOOK)["unbatched-update"]
    assert (settings.severity, settings.options) == (Severity.INFO, {"max-rows": 500})
    assert per_file_ignores(found, RULEBOOK) == (
        ("0001_*.sql", frozenset({"unbatched-update", "missing-where", "drop-table"})),
    )


def test_every_error_at_once(tmp_path: Path) -> None:
    text = """\
selct = ["all"]
select = [
    "drop-tabel",
    "KMB7",
]
ignore = "drop-table"
fail-on = "warnings"
target = "guide"

[history]
applied = -1
failled = []

[per-file-ignores]
x = ["nosuch"]

[rules.unbatched-updates]

[rules.unbatched-update]
max-row = 1
max-rows = "many"
mode = "c"
severity = "off"

[rules.whole-table]
[rules.missing-where]
"""
    assert problems(tmp_path, text) == [
        "kmblint.toml:1: `selct`: unknown key, did you mean `select`?",
        "kmblint.toml:3: `select`: unknown rule `drop-tabel`, did you mean `drop-table`?",
        "kmblint.toml:4: `select`: unknown rule `KMB7`",
        'kmblint.toml:6: `ignore`: expected a list of strings, write `["drop-table"]`',
        "kmblint.toml:7: `fail-on`: expected `error`, `warning`, `info`, `never`, got `warnings`",
        "kmblint.toml:8: `target`: expected a table, `[target]`",
        'kmblint.toml:11: `history.applied`: expected the number of a migration, such as 4 or "0004", got -1',
        "kmblint.toml:12: `history.failled`: unknown key, did you mean `history.failed`?",
        "kmblint.toml:14: `per-file-ignores`: unknown rule `nosuch`",
        "kmblint.toml:17: `rules.unbatched-updates`: unknown rule, did you mean `unbatched-update`?",
        "kmblint.toml:20: `rules.unbatched-update.max-row`: unknown option, did you mean `max-rows`?",
        'kmblint.toml:21: `rules.unbatched-update.max-rows`: expected a whole number, got "many"',
        "kmblint.toml:22: `rules.unbatched-update.mode`: expected one of `a`, `b`, got `c`",
        "kmblint.toml:23: `rules.unbatched-update.severity`: expected `error`, `warning`, `info`, got `off`",
        "kmblint.toml:26: `rules.missing-where`: `missing-where` is configured twice",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('rules.drop-table = "off"', "1: `rules.drop-table`: expected a table with `severity` or options"),
        ("rules = 1", "1: `rules`: expected a table, `[rules]`"),
        ("select = [1]", "1: `select`: expected a list of strings, got [1]"),
        ("per-file-ignores = 1", "1: `per-file-ignores`: expected a table of globs, each with a list of rules"),
        ('[target]\nengine = "0.8"', "2: `target.engine`: expected `0.9.1`, `auto`, got `0.8`"),
        ("[history]\nbaseline = 1", "2: `history.baseline`: expected a path in quotes, got 1"),
        ("[tool.kmblint]\n", "1: `tool`: unknown key: here the keys stand at the top, without `[tool.kmblint]`"),
        ("a = 1\n<<<", "2: not TOML: invalid statement"),
    ],
)
def test_single_errors(tmp_path: Path, text: str, problem: str) -> None:
    assert problems(tmp_path, text) == [f"kmblint.toml:{problem}"]


def test_what_was_meant_is_said_of_the_first_problems_alone(tmp_path: Path) -> None:
    names = "".join(f'  "drop-tabel",  # {n}\n' for n in range(GUESSED + 1))
    said = problems(tmp_path, f"select = [\n{names}]\n[rules.drop-tabel]\n")
    assert len(said) == GUESSED + 2
    assert sum("did you mean" in problem for problem in said) == GUESSED


def test_the_command_line_wins_and_errs_under_its_own_names(tmp_path: Path) -> None:
    found = config(tmp_path, WHOLE, {"target.name": "kimberlite", "history.applied": 7})
    assert (found.target.value, found.target.origin) == ("kimberlite", "--target")
    assert (found.applied.value, found.applied.origin) == (7, "--applied-through")
    assert problems(tmp_path, None, {"extend-select": ("drop-tabel",), "target.name": "pg"}) == [
        "`--extend-select`: unknown rule `drop-tabel`, did you mean `drop-table`?",
        "`--target`: expected `kimberlite`, `guide`, got `pg`",
    ]


def test_pyproject_has_its_keys_under_tool(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text('[project]\nname = "x"\n\n[tool.kmblint]\nselect = ["KMB6", "nosuch"]\n')
    with pytest.raises(ConfigError, match=r"^pyproject.toml:5: `tool.kmblint.select`: unknown rule `nosuch`$"):
        load(path, "pyproject.toml", RULEBOOK, {}, FORMATS)
    path.write_text("[tool]\nkmblint = 1\n")
    with pytest.raises(ConfigError, match=r"^pyproject.toml:2: `tool.kmblint`: expected a table$"):
        load(path, "pyproject.toml", RULEBOOK, {}, FORMATS)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^the configuration `k\.toml` doesn't exist$"):
        load(tmp_path / "k.toml", "k.toml", RULEBOOK, {}, FORMATS)
    with pytest.raises(InputError, match=r"^the configuration `here` is a folder$"):
        load(tmp_path, "here", RULEBOOK, {}, FORMATS)


def test_the_nearest_file_governs_and_our_own_comes_first(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "kmblint.toml").touch()
    assert find(inner) == tmp_path / "kmblint.toml"
    for text in ('[tool.ruff]\nname = "kmblint"\n', "kmblint <<<\n", "tool = 1 # kmblint\n"):
        (inner / "pyproject.toml").write_text(text)
        assert find(inner) == tmp_path / "kmblint.toml"
    for text in ("[tool.kmblint]\n", "[tool.kmblint]\n<<<\n"):
        (inner / "pyproject.toml").write_text(text)
        assert find(inner) == inner / "pyproject.toml"
    (inner / "kmblint.toml").touch()
    assert find(inner) == inner / "kmblint.toml"


def test_globs_that_name_the_same_files_are_one(tmp_path: Path) -> None:
    text = """\
[per-file-ignores]
'old\\0001_*.sql' = ["drop-table"]
"old/0001_*.sql" = ["missing-where"]
"""
    assert config(tmp_path, text, {}).per_file_ignores.value == {"old/0001_*.sql": ("drop-table", "missing-where")}


def test_a_former_name_of_a_rule_is_taken_and_noted_once_for_each_place(tmp_path: Path) -> None:
    text = """\
select = ["whole-table"]
extend-select = [
  "drop-table",
  "whole-table",
]

[per-file-ignores]
"0001_*.sql" = ["whole-table"]

[rules.whole-table]
severity = "info"
"""
    found = config(tmp_path, text, {"ignore": ("whole-table", "whole-table")})
    assert found.select.value == found.per_file_ignores.value["0001_*.sql"] == found.ignore.value == ("missing-where",)
    assert list(found.rules) == ["missing-where"]
    assert found.notes == tuple(
        f"{where}: `whole-table` is called `missing-where` now"
        for where in (
            "kmblint.toml:1: `select`",
            "kmblint.toml:4: `extend-select`",
            "kmblint.toml:7: `per-file-ignores`",
            "kmblint.toml:10: `rules.whole-table`",
            "`--ignore`",
        )
    )
    assert config(tmp_path, 'select = ["missing-where", "KMB503", "kmb601"]').notes == ()


def test_what_runs_by_default(tmp_path: Path) -> None:
    assert running(tmp_path) == RECOMMENDED
    assert running(tmp_path, '[target]\nname = "guide"') == RECOMMENDED[:-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('select = ["all"]', [rule.slug for rule in RULEBOOK]),
        ('select = ["KMB5"]', ["unbatched-update", "missing-where"]),
        ('select = ["kmb601", "whole-table"]', ["missing-where", "drop-table"]),
        ('select = ["KMB"]\nignore = ["KMB5", "KMB9"]', ["non-idempotent-create", "drop-table", "missing-rollback"]),
        ('select = ["missing-where"]\nignore = ["KMB5"]', ["missing-where"]),
        ('select = ["KMB5"]\nignore = ["KMB5"]', []),
        ('select = []\nextend-select = ["KMB912"]', ["unprotected-data"]),
        ('extend-select = ["missing-rollback"]\nignore = ["recommended"]', ["missing-rollback"]),
    ],
)
def test_the_most_specific_selector_decides(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert running(tmp_path, text) == expected


def test_the_command_line_adds_to_the_file_and_a_selection_starts_anew(tmp_path: Path) -> None:
    text = 'extend-select = ["missing-rollback"]\nignore = ["KMB5", "drop-table"]\n'
    assert running(tmp_path, text) == ["non-idempotent-create", "missing-rollback", "skipped-statement"]
    assert running(tmp_path, text, ignore=("KMB9",)) == ["non-idempotent-create", "missing-rollback"]
    assert "drop-table" in running(tmp_path, text, extend_select=("drop-table",))
    assert "missing-rollback" not in running(tmp_path, text, ignore=("KMB802",))
    assert running(tmp_path, text, select=("KMB5",)) == ["unbatched-update", "missing-where"]
    found = config(tmp_path, text, {"ignore": ("KMB9",)})
    assert (found.ignore.value, found.ignore.origin) == (("KMB5", "drop-table", "KMB9"), "kmblint.toml:2, --ignore")


def test_what_is_in_force_is_shown_with_its_origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = list(shown(config(tmp_path, WHOLE, {"target.name": "kimberlite"}), 200))
    told = [" ".join(line.split()) for line in lines]
    assert told[0] == "configuration: kmblint.toml"
    assert 'select = ["all"] # kmblint.toml:1' in told
    assert "extend-select = [] # default" in told
    assert 'per-file-ignores = { "0001_*.sql" = ["KMB5", "drop-table"] } # kmblint.toml:7' in told
    assert 'target.name = "kimberlite" # --target' in told
    assert "history.applied = 4 # kmblint.toml:15" in told
    assert 'history.baseline = "db/schema.sql" # kmblint.toml:17' in told
    assert 'rules.unbatched-update.severity = "info" # kmblint.toml:21' in told
    assert next(shown(config(tmp_path), 80)) == "configuration: no file, defaults only"


def test_an_origin_stands_below_what_leaves_no_room_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = list(shown(config(tmp_path, WHOLE), 60))
    assert max(map(len, lines)) <= 60
    at = next(number for number, line in enumerate(lines) if line.startswith("per-file-ignores"))
    assert lines[at + 1 : at + 3] == ['      "drop-table"] }', "    # kmblint.toml:7"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_above_the_folder_another_user_says_nothing(tmp_path: Path) -> None:
    project = tmp_path / "shared" / "project"
    project.mkdir(parents=True)
    planted = tmp_path / "shared" / "kmblint.toml"
    planted.write_text('ignore = ["KMB3"]\n')
    assert find(project) == planted
    os.chown(planted, 54321, 54321)
    assert find(project) != planted
    os.chown(project, 54321, 54321)  # whose project it is may say what counts there
    assert find(project) == planted
