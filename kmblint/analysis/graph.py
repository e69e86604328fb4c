"""The schema as a graph: who depends on whom, what a cascade reaches, in which order to drop, and components.

networkx is imported here only, and only where a path through several tables is asked for: the import takes longer than
most runs.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

import msgspec

from kmblint.schema.catalog import Catalog, Table
from kmblint.schema.parts import ForeignKey
from kmblint.text import Place

if TYPE_CHECKING:
    import networkx

_Node = TypeVar("_Node", bound=Hashable)


class Reference(msgspec.Struct, frozen=True):
    """Columns of a table that point to another: by a declared foreign key, or by their name alone (`patient_id`)."""

    table: str
    columns: tuple[str, ...]
    to: str
    targets: tuple[str, ...]
    """The columns that they point to; the primary key where none are written."""
    declared: bool
    place: Place

    @property
    def name(self) -> str:
        """How messages call it: `appointments.patient_id`."""
        return f"{self.table}.{', '.join(self.columns)}"


class Dependent(msgspec.Struct, frozen=True):
    """Something that hangs on a table or column: what it is, as a noun with its name, and where it was made."""

    what: str
    place: Place


def references(catalog: Catalog, table: Table) -> Iterator[Reference]:
    """The references that a table makes to others."""
    declared: set[str] = set()
    for key, place in table.foreign_keys:
        columns = tuple(column.text for column in key.columns)
        declared.update(columns)
        yield Reference(table.name, columns, key.table.text, _targets(catalog, key), declared=True, place=place)
    for column in table.columns:
        named = None if column.name in declared else catalog.named_by(column)
        if named is not None and named.name != table.name:
            yield Reference(
                table.name, (column.name,), named.name, named.primary_key, declared=False, place=column.made
            )


def _targets(catalog: Catalog, key: ForeignKey) -> tuple[str, ...]:
    named = tuple(column.text for column in key.targets)
    table = catalog.table(key.table.text)
    return named or (table.primary_key if table else ())


def referring(catalog: Catalog, table: str, column: str | None = None) -> Iterator[Reference]:
    """The references of other tables to a table, or to one of its columns."""
    named = {other.name: other for other, _, _ in catalog.referring(table)}
    named |= {other.name: other for other in catalog.may_name(table)}
    for name, other in sorted(named.items()):
        if name != table:
            for reference in references(catalog, other):
                if reference.to == table and (column is None or column in reference.targets):
                    yield reference


def dependents(catalog: Catalog, table: Table, column: str | None = None) -> Iterator[Dependent]:
    """What hangs on a table, or on one of its columns, beside the references to it: indexes, policies, masks."""
    for index in table.indexes:
        if column is None or column in index.columns:
            yield Dependent(f"index `{index.name}`", index.made)
    for name, (policy, place) in sorted(table.policies.items()):
        if column is None or column == name:
            yield Dependent(f"masking policy `{policy}` on `{table.name}.{name}`", place)
    for mask in sorted(catalog.masks.values(), key=lambda each: each.name):
        if mask.table == table.name and (column is None or column == mask.column):
            yield Dependent(f"mask `{mask.name}` on `{table.name}.{mask.column}`", mask.made)


def reached_by_cascade(catalog: Catalog, table: str) -> tuple[str, ...]:
    """The tables from which declared references lead to a table, directly or through others, in the order to drop."""
    import networkx

    graph = _graph(catalog)
    if table not in graph:
        return ()
    part = graph.subgraph(networkx.ancestors(graph, table))
    rounds = networkx.condensation(part)
    ordered = networkx.lexicographical_topological_sort(rounds, key=lambda node: min(rounds.nodes[node]["members"]))
    return tuple(name for node in ordered for name in sorted(rounds.nodes[node]["members"]))


def _graph(catalog: Catalog) -> networkx.DiGraph[str]:
    """An edge from each table to those that its foreign keys name."""
    import networkx

    graph: networkx.DiGraph[str] = networkx.DiGraph()
    graph.add_nodes_from(sorted(catalog.tables))
    for table in sorted(catalog.tables.values(), key=lambda each: each.name):
        graph.add_edges_from((table.name, key.table.text) for key, _ in table.foreign_keys)
    return graph


def components(nodes: Iterable[_Node], links: Iterable[tuple[_Node, _Node]]) -> list[list[_Node]]:
    """The nodes in groups that no link joins, each in the order given, by union-find."""
    parents = {node: node for node in nodes}

    def root(node: _Node) -> _Node:
        while parents[node] != node:
            parents[node] = parents[parents[node]]
            node = parents[node]
        return node

    for one, other in links:
        parents[root(one)] = root(other)
    groups: dict[_Node, list[_Node]] = {}
    for node in parents:
        groups.setdefault(root(node), []).append(node)
    return list(groups.values())
