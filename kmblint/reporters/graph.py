"""What depends on what, as text, in Mermaid's language and in Graphviz's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from kmblint.analysis.dependencies import Edge, Graph, Node
from kmblint.reporters.characters import fold, visible
from kmblint.reporters.view import PAGE


def as_text(graph: Graph, width: int = PAGE) -> str:
    """A block a node that anything hangs on or that hangs on anything: `←` is what depends on it, `→` what it needs."""
    needs: dict[Node, list[Edge]] = {}
    needed: dict[Node, list[Edge]] = {}
    for edge in graph.edges:
        needs.setdefault(edge.dependent, []).append(edge)
        needed.setdefault(edge.on, []).append(edge)
    blocks = [
        "\n".join(_block(node, needs.get(node, []), needed.get(node, []), width))
        for node in graph.nodes
        if node.kind in _ALWAYS or node in needs or node in needed
        if node.kind not in _PARTS or node not in needs
    ]
    return "\n\n".join(blocks) + "\n" if blocks else "nothing depends on anything\n"


_ALWAYS: Final = frozenset({"table", "migration"})
_PARTS: Final = frozenset({"index", "mask"})
"""What is told at the table that it is on."""


def _block(node: Node, needs: list[Edge], needed: list[Edge], width: int) -> Iterator[str]:
    yield from _folded(_title(node), width, 0)
    for sign, edges in (("→", needs), ("←", needed)):
        for edge in edges:
            other = edge.on if sign == "→" else edge.dependent
            called = other.name if other.kind in _ALWAYS else f"{other.kind} {other.name}"
            note = f" ({edge.note})" if edge.note else ""
            yield from _folded(f"{sign} {called}: {edge.by}{note}", width, 4)


def _title(node: Node) -> str:
    if node.kind == "migration":
        return node.name
    kind = "" if node.kind == "table" else f"{node.kind} "
    return f"{kind}{node.name}  ({node.file or 'made by no migration'})"


def _folded(text: str, width: int, indent: int) -> Iterator[str]:
    first, *rest = fold(visible(text), width, first=indent, rest=indent + 4)
    yield " " * indent + first
    yield from (" " * (indent + 4) + line for line in rest)


def as_mermaid(graph: Graph, width: int = PAGE) -> str:  # noqa: ARG001 (as every format is called)
    """A flowchart, from what depends to what it depends on; a guess is a dotted line."""
    ids = {node: f"n{number}" for number, node in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    lines += [f"    {ids[node]}{_SHAPES.get(node.kind, '([%s])') % _mermaid(_label(node))}" for node in graph.nodes]
    for edge in graph.edges:
        line = "-.->" if edge.note == "by its name" else "-->"
        lines.append(f"    {ids[edge.dependent]} {line}|{_mermaid(edge.by)}| {ids[edge.on]}")
    return "\n".join(lines) + "\n"


_SHAPES: Final = {"table": "[%s]", "migration": "[%s]", "index": "(%s)"}


def _label(node: Node) -> str:
    return node.name if node.kind in _ALWAYS else f"{node.kind} {node.name}"


def _mermaid(text: str) -> str:
    """A text as Mermaid quotes it: `"`, `#` and `;` mean something there, in 10.9 as in 11.17."""
    return '"' + "".join(f"#{ord(each)};" if each in '"#;&<>`' else each for each in visible(text)) + '"'


def as_dot(graph: Graph, width: int = PAGE) -> str:  # noqa: ARG001 (as every format is called)
    """A directed graph; a guess is a dotted line."""
    lines = ["digraph dependencies {", "    rankdir=LR;", "    node [shape=box];"]
    lines += [f"    {_dot(_key(node))} [label={_dot(_label(node))}];" for node in graph.nodes]
    for edge in graph.edges:
        style = ", style=dotted" if edge.note == "by its name" else ""
        lines.append(f"    {_dot(_key(edge.dependent))} -> {_dot(_key(edge.on))} [label={_dot(edge.by)}{style}];")
    return "\n".join([*lines, "}"]) + "\n"


def _key(node: Node) -> str:
    return f"{node.kind} {node.name}"


def _dot(text: str) -> str:
    return '"' + visible(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


RENDERERS: Final[dict[str, Callable[[Graph, int], str]]] = {"text": as_text, "mermaid": as_mermaid, "dot": as_dot}
