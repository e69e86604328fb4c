"""How statements of many databases are read: a golden file with the tree and the changes of each of `corpus.sql`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import msgspec
from pytest_snapshot.plugin import Snapshot

from kmblint.sql.parse import statements
from kmblint.sql.scanner import Kind, scan
from kmblint.sql.tree import Node
from kmblint.text import Source, Span

HERE = Path(__file__).parent
CORPUS = (HERE / "corpus.sql").read_text(encoding="utf-8").strip().split("\n\n")


def test_how_statements_are_read(snapshot: Snapshot) -> None:
    """One statement a paragraph; a node shows its kind, what it names, and the words where it stands."""
    shown: list[str] = []
    for sql in CORPUS:
        source = Source("it", sql)
        (statement,) = statements(source)
        assert statement.failure is None, sql
        shown += ["", sql]
        if statement.problem is not None:
            problem = statement.problem
            shown.append(f"    no SQL: {problem.message}; at `{source.slice(problem.span)}`; help: {problem.help}")
        if statement.tree is not None:
            shown.append(f"    tree, {statement.tree.nesting} deep at `{source.slice(statement.tree.nested_at)}`")
            shown += _tree(statement.tree.root, source, 2)
        for change in statement.changes:
            shown.append(f"    {_value(change, source)}")
    snapshot.snapshot_dir = HERE / "snapshots"
    snapshot.assert_match("\n".join(shown[1:]) + "\n", "readings.txt")


def test_what_is_said_of_statements_that_break_off(snapshot: Snapshot) -> None:
    """Each message once, at the first beginning of a statement that it is said of."""
    shown: dict[str, str] = {}
    for sql in CORPUS:
        for token in scan(Source("it", sql)):
            source = Source("it", sql[: token.end])
            for problem in filter(None, (statement.problem for statement in statements(source))):
                words = f"{problem.message}; at `{source.slice(problem.span)}`; help: {problem.help}"
                shown.setdefault(words, source.text if len(source.text) < 90 else f"… {source.text[-88:]}")
    lines = [f"{text}\n    {words}\n" for words, text in shown.items()]
    snapshot.snapshot_dir = HERE / "snapshots"
    snapshot.assert_match("\n".join(lines), "broken.txt")


def test_what_a_misspelt_word_was_meant_to_be(snapshot: Snapshot) -> None:
    """Each word of the corpus with its last letters swapped: what is asked, once for each kind of statement."""
    asked: dict[tuple[str, ...], str] = {}
    for sql in CORPUS:
        for token in scan(Source("it", sql)):
            if token.kind is Kind.WORD and len(token.text) > 3:
                misspelt = f"{token.text[:-2]}{token.text[-1]}{token.text[-2]}"
                text = sql[: token.start] + misspelt + sql[token.end :]
                for problem in filter(None, (statement.problem for statement in statements(Source("it", text)))):
                    if problem.help is not None and problem.help.startswith("did you mean"):
                        before = " ".join(text[max(0, problem.span.start - 40) : problem.span.start].split())
                        word = text[problem.span.start : problem.span.end]
                        key = (*text.split()[:2], word, problem.help)
                        asked.setdefault(key, f"{before} {word}: {problem.help}")
    snapshot.snapshot_dir = HERE / "snapshots"
    snapshot.assert_match("\n".join(asked.values()) + "\n", "misspelt.txt")


def _tree(node: Node, source: Source, depth: int) -> Iterator[str]:
    named = [node.kind, node.text, node.qualifier and f"of {node.qualifier}", "quoted" if node.quoted else ""]
    yield f"{'    ' * depth}{' '.join(filter(None, named))}  `{_words(node.span, source)}`"
    for part in node.parts:
        yield from _tree(part, source, depth + 1)


def _words(span: Span, source: Source) -> str:
    words = source.slice(span)
    return words if len(words) < 60 else f"{words[:28]} … {words[-28:]}"


def _value(value: object, source: Source) -> str:
    """A value of the model on one line; what says that there is none, and a flag that isn't set, are left out."""
    match value:
        case Span():
            return f"‹{_words(value, source)}›"
        case msgspec.Struct():
            fields = [
                f"{field.name}={_value(given, source)}"
                for field in msgspec.structs.fields(value)
                if not _says_nothing(given := getattr(value, field.name), field.type)
            ]
            return f"{type(value).__name__}({', '.join(fields)})"
        case tuple():
            return f"[{', '.join(_value(each, source) for each in value)}]"
        case str():
            return str(value)
    return repr(value)


def _says_nothing(value: object, kind: object) -> bool:
    """Whether it is what a field of that type is where nothing is written; where that may be None, nothing else is."""
    return value is None or (type(None) not in get_args(kind) and (value is False or value in ((), "")))
