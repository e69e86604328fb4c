"""What depends on what: objects on the tables and policies that they lean on, migrations on those that made theirs."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from kmblint.analysis.graph import references
from kmblint.replay.steps import Replay, Step
from kmblint.schema.catalog import Catalog, Table
from kmblint.schema.changes import (
    AddColumn,
    AddIndex,
    AttachPolicy,
    Change,
    ColumnChange,
    DeleteRows,
    DropIndex,
    DropObject,
    InsertRows,
    Protection,
    UpdateRows,
)
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.predicate import column_refs
from kmblint.text import Place


class Node(msgspec.Struct, frozen=True, order=True):
    """A table, index, mask, policy or other object; or a migration."""

    kind: str
    name: str
    file: str = ""
    """The migration that made it."""


class Edge(msgspec.Struct, frozen=True, order=True):
    """That one node depends on another, and by what."""

    dependent: Node
    on: Node
    by: str
    """Columns, or the objects that a migration needs."""
    note: str = ""
    """`declared` for a foreign key, `by its name` for a column that only looks like one."""


class Graph(msgspec.Struct, frozen=True):
    """Nodes and edges, each once, sorted; a node may have no edge."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def about(self, name: str) -> Graph:
        """The nodes of a name, what they depend on and what depends on them, directly or through others."""
        wanted = {node for node in self.nodes if name in (node.name, node.file)}
        below, above = self._reached(wanted, forwards=True), self._reached(wanted, forwards=False)
        kept = below | above
        edges = (
            edge for edge in self.edges if {edge.dependent, edge.on} <= below or {edge.dependent, edge.on} <= above
        )
        return Graph(tuple(node for node in self.nodes if node in kept), tuple(edges))

    def _reached(self, start: set[Node], *, forwards: bool) -> set[Node]:
        beside: dict[Node, list[Node]] = {}
        for edge in self.edges:
            one, other = (edge.dependent, edge.on) if forwards else (edge.on, edge.dependent)
            beside.setdefault(one, []).append(other)
        seen, waiting = set(start), list(start)
        while waiting:
            for node in beside.get(waiting.pop(), ()):
                if node not in seen:
                    seen.add(node)
                    waiting.append(node)
        return seen


def of_objects(catalog: Catalog) -> Graph:
    """The objects of a schema: references (declared, or by a column's name), indexes, masks, policies."""
    tables = {table.name: Node("table", table.name, table.made.file) for table in catalog.in_order}
    nodes = dict.fromkeys(tables.values())
    policies: dict[str, Node] = {}
    for kind, objects in catalog.objects.items():
        for name, made in objects.items():
            node = Node(kind.value, name, made.made.file)
            nodes[node] = None
            if kind is ObjectKind.MASKING_POLICY:
                policies[name] = node
    edges: list[Edge] = []
    for table in catalog.in_order:
        edges += _of_table(catalog, table, tables, policies)
    for mask in catalog.masks.values():
        if mask.table in tables:
            edges.append(Edge(Node("mask", mask.name, mask.made.file), tables[mask.table], mask.column))
    every = {**nodes, **{node: None for edge in edges for node in (edge.dependent, edge.on)}}
    return Graph(tuple(sorted(every)), tuple(sorted(set(edges))))


def _of_table(catalog: Catalog, table: Table, tables: dict[str, Node], policies: dict[str, Node]) -> Iterator[Edge]:
    node = tables[table.name]
    for reference in references(catalog, table):
        to = tables.get(reference.to, Node("table", reference.to))
        yield Edge(node, to, ", ".join(reference.columns), "declared" if reference.declared else "by its name")
    for index in table.indexes:
        columns = ", ".join(column or "an expression" for column in index.meant)
        yield Edge(Node("index", index.name, index.made.file), node, columns)
    for column, (policy, _) in table.policies.items():
        yield Edge(node, policies.get(policy, Node(ObjectKind.MASKING_POLICY.value, policy)), column)


def of_migrations(replay: Replay) -> Graph:
    """The migrations: each depends on those that made the tables, columns, indexes and policies that it names."""
    needed: dict[tuple[str, str], dict[str, None]] = {}
    for step in replay.steps:
        for name, made in _needed(step):
            if made.file != step.migration.file:
                needed.setdefault((step.migration.file, made.file), {})[name] = None
    files = [migration.file for migration in replay.history.replayed]
    nodes = {file: Node("migration", file, file) for file in files}
    if replay.history.baseline is not None:
        baseline = replay.history.baseline.file
        nodes[baseline] = Node("migration", baseline, baseline)
    edges = [
        Edge(nodes[file], nodes[made], ", ".join(sorted(names)))
        for (file, made), names in needed.items()
        if file in nodes and made in nodes
    ]
    return Graph(tuple(sorted(nodes.values())), tuple(sorted(edges)))


def _needed(step: Step) -> Iterator[tuple[str, Place]]:
    """What a change finds there before it: its name, and where it was made."""
    change, before = step.change, step.before
    if change is None:
        return
    for name in change.touches():
        table = before.table(name.text)
        if table is not None:
            yield table.name, table.made
    table = before.table_of(change)
    for column in _columns(change) if table else ():
        there = table.column(column) if table else None
        if there is not None and table is not None:
            yield f"{table.name}.{column}" if there.made.file != table.made.file else table.name, there.made
    yield from _other(change, before)


def _columns(change: Change) -> Iterator[str]:
    match change:
        case AddIndex(parts=parts):
            yield from (part.column.text for part in parts if part.column is not None)
        case InsertRows(columns=columns):
            yield from (column.text for column in columns or ())
        case UpdateRows(assignments=assignments, where=where):
            yield from (each.column.text for each in assignments)
            yield from (ref.name for ref in (column_refs(where) if where else ()))
        case DeleteRows(where=where) if where is not None:
            yield from (ref.name for ref in column_refs(where))
        case AddColumn():
            yield from (column.text for each in change.declares() for column in each.columns)
        case _ if isinstance(change, ColumnChange | Protection):
            yield change.column.text
        case _:
            yield from (column.text for each in change.declares() for column in each.columns)


def _other(change: Change, before: Catalog) -> Iterator[tuple[str, Place]]:
    """Indexes, masks and policies that it names."""
    match change:
        case DropIndex(name=name):
            owners = (index for table in before.tables.values() if (index := table.index(name.text)) is not None)
            yield from ((index.name, index.made) for index in owners)
        case AttachPolicy(policy=policy):
            made = before.named(ObjectKind.MASKING_POLICY).get(policy.text)
            if made is not None:
                yield made.name, made.made
        case DropObject(kind=kind, name=dropped) if dropped is not None:
            there = before.named(kind).get(dropped.text)
            if there is not None:
                yield there.name, there.made
