"""Which functions follow from what a module does when it is imported; what is only shadowed counts too."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import msgspec

from tests.mutants.sites import ROOT, Site


class _Unit(msgspec.Struct, frozen=True):
    """A function or method, or a statement that runs at the import. Names are `module:qualified name`."""

    name: str
    """Empty for a statement."""
    defined: frozenset[str]
    used: frozenset[str]
    called: frozenset[str]


def at_import(site: Site) -> bool:
    """Whether a change shows when modules are imported, so that to change the function then is too late."""
    return not site.within or any(not unit.name and f"{site.module}:{site.within}" in unit.called for unit in _units())


def affected(site: Site) -> frozenset[str]:
    """The functions that use what then comes out otherwise, as `module:qualified name`."""
    names = {f"{site.module}:{site.within}"} if site.within else set(_defined_at(site))
    while True:
        following = {name for unit in _units() if not unit.name and unit.used & names for name in unit.defined}
        users = {unit.name for unit in _units() if unit.name and unit.used & names}
        following |= {name for name in users if any(not unit.name and name in unit.called for unit in _units())}
        if following <= names:
            return frozenset(users | names)
        names |= following


def _defined_at(site: Site) -> frozenset[str]:
    tree = ast.parse((ROOT / site.path).read_text(encoding="utf-8"))
    at = next(each for each in tree.body if each.lineno <= site.line <= (each.end_lineno or each.lineno))
    return frozenset(f"{site.module}:{name}" for name in _targets(at))


@lru_cache(maxsize=1)
def _units() -> tuple[_Unit, ...]:
    paths = [path for folder in ("kmblint", "tests") for path in sorted((ROOT / folder).rglob("*.py"))]
    return tuple(unit for path in paths for unit in _Reading(path.relative_to(ROOT)).units())


class _Reading:
    """One module, whose names are followed to the modules that they are imported from."""

    def __init__(self, path: Path) -> None:
        self._module = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
        self._tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        self._imported = dict(_imports(self._tree))

    def units(self) -> Iterator[_Unit]:
        """The functions and statements, in the order of the text."""
        for each in self._tree.body:
            yield from self._of(each)

    def _of(self, statement: ast.stmt, within: str = "") -> Iterator[_Unit]:
        match statement:
            case ast.Import() | ast.ImportFrom():
                return
            case ast.FunctionDef(name=name):
                yield self._unit(statement, f"{self._module}:{within}{name}", frozenset())
            case ast.ClassDef(name=name, body=body):
                for each in body:
                    if isinstance(each, ast.FunctionDef):
                        yield from self._of(each, f"{within}{name}.")
                    else:
                        yield self._unit(each, "", frozenset({f"{self._module}:{name}"}))
            case _:
                yield self._unit(statement, "", frozenset(f"{self._module}:{each}" for each in _targets(statement)))

    def _unit(self, node: ast.stmt, name: str, defined: frozenset[str]) -> _Unit:
        inside = list(ast.walk(node))
        used = frozenset(filter(None, map(self._name, inside)))
        called = frozenset(self._name(each.func) for each in inside if isinstance(each, ast.Call))
        return _Unit(name, defined, used, called)

    def _name(self, node: ast.AST) -> str:
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                return self._imported.get(name, f"{self._module}:{name}")
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in self._imported:
                return f"{self._imported[name].replace(':', '.')}:{attribute}"
        return ""


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for each in ast.walk(tree):
        if isinstance(each, ast.ImportFrom):
            yield from ((name.asname or name.name, f"{each.module}:{name.name}") for name in each.names)


def _targets(statement: ast.stmt) -> frozenset[str]:
    if isinstance(statement, ast.ClassDef):
        return frozenset({statement.name})
    return frozenset(
        each.id for each in ast.walk(statement) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    )
