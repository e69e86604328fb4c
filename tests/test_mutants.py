"""The draw of mutants: the same ones for a seed, each a change that compiles, none where a run can't notice."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import msgspec

from tests.mutants.instead import ORDER, Order
from tests.mutants.sites import ROOT, Module, draw


def test_a_seed_draws_the_same_mutants() -> None:
    first, second = ([site for _, site in draw(["wording", "replay"], 20, 7)] for _ in range(2))
    assert len({(site.path, site.line) for site in first}) == 20
    assert first == second
    assert first != [site for _, site in draw(["wording", "replay"], 20, 8)]


def test_every_mutant_is_another_program() -> None:
    module = Module(ROOT / "kmblint" / "wording.py")
    original = ast.dump(ast.parse(module.text))
    sites = [site for site in module.sites() if module.compiles(site)]
    assert len(sites) > 20
    for site in sites:
        mutant = site.applied(module.text)
        compile(mutant, site.shown(module.text), "exec")
        assert ast.dump(ast.parse(mutant)) != original, site.shown(module.text)


def test_defaults_of_fields_and_parameters_change() -> None:
    """Those that say that there is nothing get something; of a parameter the function is named."""
    shown = {
        (site.within, site.shown(module.text).partition(": ")[2])
        for module in (Module(ROOT / "kmblint" / "schema" / name) for name in ("types.py", "catalog.py", "write.py"))
        for site in module.sites()
    }
    assert {
        ("", '() → ("~",)'),
        ("", "False → True"),
        ("", 'None → "~"'),
        ("Table.searchable_by", "True → False"),
        ("constraint_text", "\"…\" → '…~'"),
    } <= shown


def test_a_kind_that_is_named_to_have_named_all_is_no_mutant() -> None:
    """At the end of a function that gives None anyway; where an assertion stands behind it, a run can notice."""
    modules = [Module(ROOT / "kmblint" / "targets" / "kimberlite" / name) for name in ("outcome_rows.py", "outcome.py")]
    alike, asserted = ({site.shown(module.text).partition(": ")[2] for site in module.sites()} for module in modules)
    assert not {"| OpaquePredicate() → (nothing)", "| Like() → (nothing)"} & alike
    assert {"| Opaque() → (nothing)", "| RenameTable() → (nothing)"} <= asserted


def test_what_no_run_notices_is_left_alone() -> None:
    module = Module(ROOT / "kmblint" / "schema" / "conflicts.py")
    changed = {line for site in module.sites() for line in [module.text.split("\n")[site.line - 1].strip()]}
    assert not [line for line in changed if line.startswith(('"""', "import ", "from "))]


def test_a_module_is_changed_before_a_conftest_imports_it(tmp_path: Path) -> None:
    text = (ROOT / "kmblint" / "sql" / "bodies.py").read_text(encoding="utf-8").replace("CREATE|DROP", "CREATE|DROPS")
    order = Order("kmblint.sql.bodies", text, (), frozenset(), {}, 60, str(tmp_path / "failed"))
    (tmp_path / "order").write_bytes(msgspec.json.encode(order))
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "tests.mutants.instead", "tests/sql/test_bodies.py"],
        cwd=ROOT,
        env={**os.environ, ORDER: str(tmp_path / "order")},
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 1, ended.stdout
    assert "DROP TABLE" in (tmp_path / "failed").read_text(encoding="utf-8")
