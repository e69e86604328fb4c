"""Cards are read whole or refused, and checks are bound to them by their signatures."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from kmblint.errors import RulebookError
from kmblint.findings import Finding, Severity
from kmblint.history.files import History, Migration
from kmblint.lint.cards import Option, read_card
from kmblint.lint.rulebook import TABLE, Rule, Rulebook
from kmblint.lint.subjects import BY_NAME, CONTEXT
from kmblint.replay.steps import Replay, Step
from kmblint.schema.changes import AddIndex, AddTable, Change, DropTable
from kmblint.sql.statement import Statement
from kmblint.targets import Target

FACTS = """\
code = "KMB401"
severity = "warning"
category = "indexes"
since = "0.1.0"
targets = ["kimberlite"]
"""
OPTION = """
[options.max-rows]
default = 10
help = "How many rows."
"""


def write(folder: Path, facts: str = FACTS, slug: str = "some-rule", heading: str | None = None) -> Path:
    path = folder / f"{slug}.md"
    path.write_text(
        f"# {heading or slug}\n\nFinds something\nover two lines.\n\n```toml\n{facts}```\n", encoding="utf-8"
    )
    return path


def rule(folder: Path, check: Callable[..., Iterator[Finding]], facts: str = FACTS) -> Rule:
    return Rule(read_card(write(folder, facts)), check)


def test_a_card_says_what_its_rule_is(tmp_path: Path) -> None:
    card = read_card(write(tmp_path, FACTS + OPTION))
    assert card.slug == "some-rule"
    assert card.code == "KMB401"
    assert card.summary == "Finds something over two lines."
    assert card.metadata.severity is Severity.WARNING
    assert card.metadata.default
    assert card.metadata.mend == "edit"
    assert card.metadata.options == {"max-rows": Option(10, "How many rows.")}


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (FACTS + 'colour = "red"\n', "colour"),
        (FACTS.replace("warning", "grave"), "grave"),
        (FACTS.replace('"kimberlite"', '"postgres"'), "there is no target `postgres`"),
        (FACTS.replace("indexes", "names"), "don't fit"),
        (FACTS.replace("KMB401", "KMB4"), "don't fit"),
        (FACTS.replace('since = "0.1.0"\n', ""), "since"),
        (FACTS + 'group = "folder"\n', "folder"),
        (FACTS + "code = 1\n", "overwrite"),
        (FACTS + '[options.plural]\ndefault = "no"\nhelp = "x"\nchoices = ["yes"]\n', "plural"),
    ],
)
def test_a_card_with_a_wrong_fact_is_refused(tmp_path: Path, facts: str, said: str) -> None:
    with pytest.raises(RulebookError, match=said) as caught:
        read_card(write(tmp_path, facts))
    assert "some-rule.md" in str(caught.value)


def test_a_card_is_called_as_its_file(tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match="`other-rule`"):
        read_card(write(tmp_path, heading="other-rule"))


def test_a_card_begins_with_its_facts(tmp_path: Path) -> None:
    path = tmp_path / "some-rule.md"
    path.write_text("# some-rule\n\n## Triggered when\n", encoding="utf-8")
    with pytest.raises(RulebookError, match="toml fence"):
        read_card(path)


def test_codes_and_former_slugs_are_taken_once(tmp_path: Path) -> None:
    one = Rule(read_card(write(tmp_path, FACTS + 'aliases = ["old-rule"]\n')))
    other = Rule(read_card(write(tmp_path, FACTS.replace("401", "402"), slug="old-rule")))
    with pytest.raises(RulebookError, match="`old-rule` is taken"):
        Rulebook([one, other])
    with pytest.raises(RulebookError, match="`KMB401` is taken"):
        Rulebook([one, Rule(read_card(write(tmp_path, slug="another-rule")))])


def test_a_rule_answers_to_slug_code_and_former_slug(tmp_path: Path) -> None:
    one = Rule(read_card(write(tmp_path, FACTS + 'aliases = ["old-rule"]\n')))
    book = Rulebook([one])
    assert book.get("some-rule") is book.get("KMB401") is book.get("kmb401") is book.get("old-rule") is one
    assert book.get("no-rule") is None
    assert book.suggest("some-rul") == "some-rule"


def test_a_card_without_check_is_refused_when_it_is_asked(tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match="check is missing"):
        _ = Rule(read_card(write(tmp_path))).check


def one_class(change: AddIndex, step: Step) -> Iterator[Finding]:
    raise NotImplementedError


def a_union(change: AddTable | DropTable, history: History, statement: Statement) -> Iterator[Finding]:
    raise NotImplementedError


def every_change(change: Change) -> Iterator[Finding]:
    raise NotImplementedError


def the_end(replay: Replay) -> Iterator[Finding]:
    raise NotImplementedError


@pytest.mark.parametrize(
    ("check", "subjects", "context"),
    [
        (one_class, {AddIndex}, (Step,)),
        (a_union, {AddTable, DropTable}, (History, Statement)),
        (the_end, {Replay}, ()),
    ],
)
def test_annotations_say_what_a_check_asks_for(
    tmp_path: Path, check: Callable[..., Iterator[Finding]], subjects: set[type], context: tuple[type, ...]
) -> None:
    signature = rule(tmp_path, check).signature
    assert signature.subjects == subjects
    assert signature.context == context


def test_a_union_of_all_changes_is_every_change(tmp_path: Path) -> None:
    assert {AddTable, DropTable, AddIndex} < rule(tmp_path, every_change).signature.subjects


def stranger(number: int) -> Iterator[Finding]:
    raise NotImplementedError


def no_annotation(change) -> Iterator[Finding]:  # type: ignore[no-untyped-def] # what is refused
    raise NotImplementedError


def no_subject(*, max_rows: int) -> Iterator[Finding]:
    raise NotImplementedError


def step_beside_migration(migration: Migration, step: Step) -> Iterator[Finding]:
    raise NotImplementedError


def undeclared(change: AddIndex, *, min_rows: int) -> Iterator[Finding]:
    raise NotImplementedError


def unread(change: AddIndex) -> Iterator[Finding]:
    raise NotImplementedError


def other_type(change: AddIndex, *, max_rows: str) -> Iterator[Finding]:
    raise NotImplementedError


@pytest.mark.parametrize(
    ("check", "facts", "said"),
    [
        (stranger, FACTS, "nothing is a int"),
        (no_annotation, FACTS, "`change` has no annotation"),
        (no_subject, FACTS + OPTION, "no subject"),
        (step_beside_migration, FACTS, "beside Migration there is no Step"),
        (undeclared, FACTS, "`min-rows`: its card declares no such option"),
        (unread, FACTS + OPTION, "`max-rows`: the check has no such parameter"),
        (other_type, FACTS + OPTION, "`max-rows` is a"),
    ],
)
def test_a_check_that_disagrees_with_its_card_is_refused(
    tmp_path: Path, check: Callable[..., Iterator[Finding]], facts: str, said: str
) -> None:
    with pytest.raises(RulebookError, match=said) as caught:
        _ = rule(tmp_path, check, facts).signature
    assert "some_rule.py" in str(caught.value)


@pytest.mark.parametrize(
    ("option", "value", "read"),
    [
        (Option(10, ""), 20, 20),
        (Option("a", "", choices=("a", "b")), "b", "b"),
        (Option("a", "", format="regex"), "(a|b)", "(a|b)"),
        (Option(("a",), ""), ["b", "c"], ("b", "c")),
        (Option(True, ""), False, False),
    ],
)
def test_an_option_reads_what_has_the_type_of_its_default(option: Option, value: object, read: object) -> None:
    assert option.read(value) == read


@pytest.mark.parametrize(
    ("option", "value"),
    [
        (Option(10, ""), "20"),
        (Option(10, ""), True),
        (Option("a", "", choices=("a", "b")), "c"),
        (Option("a", "", format="regex"), "(a"),
        (Option("a", "", format="regex"), "a{99999999999999999999}"),
        (Option("a", "", format="regex"), "a" * 501),
        (Option(("a",), ""), "b"),
        (Option(True, ""), 1),
    ],
)
def test_an_option_refuses_the_rest(option: Option, value: object) -> None:
    with pytest.raises(ValueError, match=r"^expected"):
        option.read(value)


def test_the_rulebook_is_in_the_order_of_codes() -> None:
    codes = [rule.card.code for rule in Rulebook.load()]
    assert codes == sorted(codes)
    assert "KMB000" in codes


def _of_table(folder: Path) -> Rulebook:
    (folder / TABLE).write_bytes(Rulebook.load().table())
    return Rulebook.of_table(folder / TABLE)


def test_the_table_says_what_cards_and_checks_say(tmp_path: Path) -> None:
    for of_table, of_card in zip(_of_table(tmp_path), Rulebook.load(), strict=True):
        assert of_table.card == replace(of_card.card, path=of_table.card.path)
        assert of_table.signature == of_card.signature
        assert of_table.check is of_card.check


@pytest.mark.parametrize("content", [b"", b"\x90\x90", b"no table"])
def test_a_damaged_table_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / TABLE).write_bytes(content)
    with pytest.raises(RulebookError, match="install kmblint anew"):
        Rulebook.of_table(tmp_path / TABLE)


def test_no_two_subjects_are_called_alike() -> None:
    """The table knows them by name."""
    assert len(BY_NAME) == len({*CONTEXT, Target})


def test_a_table_imports_no_check(tmp_path: Path) -> None:
    _of_table(tmp_path)
    program = (
        "import sys; from pathlib import Path; from kmblint.lint.rulebook import Rulebook; "
        f"rules = Rulebook.of_table(Path({str(tmp_path / TABLE)!r})); "
        "heavy = ('kmblint.checks', 'kmblint.sql', 'kmblint.replay', 'sqlglot', 'networkx'); "
        "print(len(rules), [name for name in sys.modules if name.startswith(heavy)])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{len(Rulebook.load())} []"
