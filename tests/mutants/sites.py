"""Where the package can be changed: one small change of one stretch of a module."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from pathlib import Path
from typing import Final

import msgspec

ROOT: Final = Path(__file__).parents[2]

_SWAPS: Final = {
    ast.Eq: "!=", ast.NotEq: "==", ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.In: "not in",
    ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is", ast.And: "or", ast.Or: "and", ast.Add: "-", ast.Sub: "+",
    ast.Mult: "+", ast.FloorDiv: "*",
}  # fmt: skip


class Site(msgspec.Struct, frozen=True):
    """A change of one stretch of a module."""

    path: Path
    """Relative to the project."""
    within: str
    """The qualified name of the function; empty for a statement of the module."""
    line: int
    """1-based."""
    start: int
    """Offset in characters."""
    end: int
    text: str
    """What stands there instead."""
    default: bool = False
    """It is the default of a parameter: made once, where the function is."""

    @property
    def module(self) -> str:
        """Its name, as it is imported."""
        return ".".join(self.path.with_suffix("").parts).removesuffix(".__init__")

    def applied(self, whole: str) -> str:
        """The module with the change."""
        return whole[: self.start] + self.text + whole[self.end :]

    def shown(self, whole: str) -> str:
        """`path:line: old → new`, on one line."""
        old, new = (" ".join(part.split()) for part in (whole[self.start : self.end], self.text))
        return f"{self.path.as_posix()}:{self.line}: {old[:60] or '(nothing)'} → {new[:60] or '(nothing)'}"


class Module:
    """One module, and where it can be changed."""

    def __init__(self, path: Path) -> None:
        self.path = path.relative_to(ROOT)
        self.text = path.read_text(encoding="utf-8")
        self._lines = self.text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def sites(self) -> list[Site]:
        """In the order of the syntax tree; not each leaves a module that compiles."""
        tree = ast.parse(self.text)
        asserted = set(_asserted(tree))
        found = dict.fromkeys(
            self._site(*change, within)
            for node, within in _meaningful(tree)
            if node not in asserted
            for change in self._changes(node)
        )
        for default, within in _defaults(tree):
            changes = [change for node, _ in _meaningful(default) for change in self._changes(node)]
            if filled := _filled(default):
                changes.append((*self._span(default), filled))
            found |= dict.fromkeys(self._site(*change, within, default=bool(within)) for change in changes)
        return list(found)

    def _site(self, start: int, end: int, text: str, within: str, *, default: bool = False) -> Site:
        return Site(self.path, within, self.text.count("\n", 0, start) + 1, start, end, text, default)

    def compiles(self, site: Site) -> bool:
        """Whether there is such a program."""
        try:
            compile(site.applied(self.text), "mutant", "exec")
        except SyntaxError:
            return False
        return True

    def _offset(self, line: int, column: int) -> int:
        """Columns of the syntax tree count bytes."""
        return self._starts[line - 1] + len(self._lines[line - 1].encode()[:column].decode())

    def _span(self, node: ast.AST) -> tuple[int, int]:
        assert isinstance(node, ast.expr | ast.stmt | ast.pattern | ast.keyword)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._offset(node.lineno, node.col_offset), self._offset(node.end_lineno, node.end_col_offset)

    def _changes(self, node: ast.AST) -> Iterator[tuple[int, int, str]]:
        match node:
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                for before, operator, behind in zip((left, *comparators), ops, comparators, strict=False):
                    yield self._between(before, behind, _SWAPS.get(type(operator)))
            case ast.BoolOp(op=operator, values=values):
                for before, behind in pairwise(values):
                    yield self._between(before, behind, _SWAPS[type(operator)])
            case ast.BinOp(left=left, op=ast.BitOr()):
                yield self._span(left)[1], self._span(node)[1], ""
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _SWAPS:
                yield self._between(left, right, _SWAPS[type(operator)])
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield self._span(node)[0], self._span(operand)[0], ""
            case ast.Constant(value=bool(value)):
                yield (*self._span(node), str(not value))
            case ast.Constant(value=int(value)):
                yield (*self._span(node), str(value + 1))
            case ast.Constant(value=str(value)) if value:
                yield (*self._span(node), repr(f"{value}~"))
            case ast.JoinedStr():
                start, end = self._span(node)
                yield start, end, f'({self.text[start:end]} "~")'
            case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
                yield (*self._span(value), "None")
            case ast.Break() | ast.Continue():
                yield (*self._span(node), "continue" if isinstance(node, ast.Break) else "break")
            case ast.Expr() | ast.AugAssign() | ast.Raise():
                yield (*self._span(node), "pass")
            case ast.MatchOr(patterns=patterns):
                for kept, dropped in pairwise(patterns):
                    yield self._span(kept)[1], self._span(dropped)[1], ""
            case ast.Call(keywords=keywords):
                for keyword in keywords:
                    if keyword.arg == "strict":  # an assertion: it shows where none is wrong
                        continue
                    start, end = self._span(keyword)
                    yield start, end + self.text[end:].startswith(","), ""
        for condition in _conditions(node):
            start, end = self._span(condition)
            yield start, end, f"(not ({self.text[start:end]}))"

    def _between(self, before: ast.AST, behind: ast.AST, operator: str | None) -> tuple[int, int, str]:
        """Another operator between two operands; parentheses there stay."""
        start, end = self._span(before)[1], self._span(behind)[0]
        gap = self.text[start:end]
        first = len(gap) - len(gap.lstrip(" )\n"))
        last = len(gap.rstrip(" (\n"))
        return start + first, start + last, operator or gap[first:last]


def _conditions(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            return [test]
        case ast.comprehension(ifs=tests):
            return tests
        case ast.match_case(guard=ast.expr() as guard):
            return [guard]
    return []


def _meaningful(node: ast.AST, within: str = "") -> Iterator[tuple[ast.AST, str]]:
    """What a run can notice, and in which function it stands.

    No annotation, docstring, assertion (`strict` is one too) or import; of a class its methods only (see `_defaults`).
    """
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Assert() | ast.Expr(value=ast.Constant()):
            return
        case ast.Expr(value=ast.Call(func=ast.Name(id="assert_never"))):
            return
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return
        case (
            ast.AnnAssign(annotation=ast.Name(id="TypeAlias")) | ast.Assign(value=ast.Call(func=ast.Name(id="TypeVar")))
        ):
            return
        case ast.keyword(arg="strict"):
            return
        case ast.JoinedStr():
            # Before Python 3.12 the parts of an f-string don't know where they stand.
            yield node, within
            return
        case ast.ClassDef(name=name, body=body):
            for child in body:
                if isinstance(child, ast.FunctionDef):
                    yield from _meaningful(child, f"{within}{name}.")
            return
        case ast.FunctionDef(name=name, body=body):
            inside = f"{within}{name}" if not within or within.endswith(".") else within
            for child in body:
                yield from _meaningful(child, inside)
            return
    yield node, within
    for name, value in ast.iter_fields(node):
        if name not in {"annotation", "args" if isinstance(node, ast.Lambda) else ""}:
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _meaningful(child, within)


def _defaults(node: ast.AST, within: str = "") -> Iterator[tuple[ast.expr, str]]:
    """What parameters, and the fields of classes, are where nobody says; with the function that a parameter is of."""
    match node:
        case ast.Module(body=body):
            for child in body:
                yield from _defaults(child)
        case ast.ClassDef(name=name, body=body):
            for child in body:
                yield from _defaults(child, f"{within}{name}.")
        case ast.FunctionDef(name=name, args=ast.arguments(defaults=defaults, kw_defaults=named)):
            yield from ((default, f"{within}{name}") for default in (*defaults, *named) if default is not None)
        case ast.AnnAssign(value=ast.expr() as value) if within:
            yield value, ""


def _asserted(tree: ast.AST) -> Iterator[ast.pattern]:
    """What the end of a function names only to have named every kind: without it, the function gives None as well."""
    for function in ast.walk(tree):
        match function:
            case ast.FunctionDef(body=[*_, ast.Match(cases=cases)]):
                if not any(isinstance(case.pattern, ast.MatchAs) for case in cases):
                    for case in cases:
                        match case.body:
                            case [ast.Return(value=None | ast.Constant(value=None))] if case.guard is None:
                                yield case.pattern


def _filled(default: ast.expr) -> str:
    """A value in place of one that says that there is none; empty where it says something."""
    match default:
        case ast.Constant(value=None | ""):
            return '"~"'
        case ast.Tuple(elts=[]):
            return '("~",)'
    return ""


def draw(rooms: Sequence[str], count: int, seed: int) -> list[tuple[Module, Site]]:
    """So many sites of the rooms that compile, each on another line."""
    chosen = random.Random(seed)  # noqa: S311 -- a sample, not a secret
    lines: dict[tuple[Path, int], list[tuple[Module, Site]]] = {}
    for room in rooms:
        folder = ROOT / "kmblint" / room
        for path in sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]:
            module = Module(path)
            for site in module.sites():
                lines.setdefault((site.path, site.line), []).append((module, site))
    keys = sorted(lines)
    chosen.shuffle(keys)
    each_line = (chosen.sample(lines[key], len(lines[key])) for key in keys)
    possible = (next((one for one in sites if one[0].compiles(one[1])), None) for sites in each_line)
    return list(islice(filter(None, possible), count))
