"""Who depends on whom, what a cascade reaches, and components against networkx's own."""

from __future__ import annotations

import subprocess
import sys

import networkx
from hypothesis import given
from hypothesis import strategies as st

from kmblint.analysis.graph import components, dependents, reached_by_cascade, references, referring
from tests.sql_catalog import catalog

BANK = catalog("""
CREATE TABLE accounts (id BIGINT PRIMARY KEY, iban TEXT);
CREATE INDEX accounts_iban_idx ON accounts (iban);
CREATE MASK iban_mask ON accounts.iban USING REDACT;
CREATE TABLE statements (id BIGINT PRIMARY KEY, account_id BIGINT REFERENCES accounts);
CREATE TABLE lines (id BIGINT PRIMARY KEY, statement_id BIGINT REFERENCES statements (id), account_id BIGINT);
CREATE TABLE rates (id BIGINT PRIMARY KEY, line_id BIGINT);
""")


def test_declared_references_and_those_by_name() -> None:
    lines = BANK.table("lines")
    assert lines is not None
    found = [(each.name, each.to, each.targets, each.declared) for each in references(BANK, lines)]
    assert found == [
        ("lines.statement_id", "statements", ("id",), True),
        ("lines.account_id", "accounts", ("id",), False),
    ]


def test_who_refers_to_a_table_and_to_a_column() -> None:
    assert [each.name for each in referring(BANK, "accounts")] == ["lines.account_id", "statements.account_id"]
    assert [each.name for each in referring(BANK, "accounts", "id")] == ["lines.account_id", "statements.account_id"]
    assert list(referring(BANK, "accounts", "iban")) == []


def test_what_hangs_on_a_column() -> None:
    accounts = BANK.table("accounts")
    assert accounts is not None
    on_iban = [each.what for each in dependents(BANK, accounts, "iban")]
    assert on_iban == ["index `accounts_iban_idx`", "mask `iban_mask` on `accounts.iban`"]
    assert list(dependents(BANK, accounts, "id")) == []


def test_a_cascade_follows_declared_references_in_the_order_to_drop() -> None:
    assert reached_by_cascade(BANK, "accounts") == ("lines", "statements")
    assert reached_by_cascade(BANK, "rates") == ()
    assert reached_by_cascade(BANK, "nosuch") == ()


def test_a_circle_of_references_ends() -> None:
    circle = catalog("""
        CREATE TABLE a (id BIGINT PRIMARY KEY, b BIGINT REFERENCES b);
        CREATE TABLE b (id BIGINT PRIMARY KEY, a BIGINT REFERENCES a);
        CREATE TABLE c (id BIGINT PRIMARY KEY, b BIGINT REFERENCES b);
    """)
    assert reached_by_cascade(circle, "a") == ("c", "b")


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9))))
def test_components_are_networkxs(links: list[tuple[int, int]]) -> None:
    graph: networkx.Graph[int] = networkx.Graph()
    graph.add_nodes_from(range(10))
    graph.add_edges_from(links)
    expected = sorted(sorted(component) for component in networkx.connected_components(graph))
    assert sorted(components(range(10), links)) == expected


def test_networkx_waits_until_a_path_is_asked_for() -> None:
    code = (
        "import sys, kmblint.analysis.graph as g; g.components([1, 2], [(1, 2)]); sys.exit('networkx' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
