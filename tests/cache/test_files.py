"""What is kept of a file comes back as it was: this follows from the types, so that no run has to compare it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import msgspec
from msgspec import inspect

from kmblint.cache import files

Path: TypeAlias = tuple[str, ...]
_SURE = (inspect.NoneType, inspect.BoolType, inspect.IntType, inspect.StrType, inspect.EnumType)
"""What is written as itself."""


def unsure(kind: inspect.Type, path: Path, seen: set[type]) -> Iterator[tuple[Path, inspect.Type]]:
    """The parts of a type whose values may come back as others, each with the fields that lead to it."""
    parts: list[tuple[str, inspect.Type]] = []
    match kind:
        case inspect.StructType(cls=cls, fields=fields) | inspect.NamedTupleType(cls=cls, fields=fields):
            if cls not in seen:
                seen.add(cls)
                parts = [(field.name, field.type) for field in fields]
        case inspect.UnionType(types=types) | inspect.TupleType(item_types=types):
            parts = [("", each) for each in types]
        case inspect.VarTupleType(item_type=item):
            parts = [("", item)]
        case inspect.LiteralType(values=values) if all(isinstance(value, str) for value in values):
            pass
        case _ if not isinstance(kind, _SURE):
            yield path, kind
    for name, part in parts:
        yield from unsure(part, (*path, name), seen)


def test_whatever_is_kept_comes_back_as_it_was() -> None:
    seen: set[type] = set()
    assert list(unsure(inspect.type_info(files._Known), (), seen)) == []
    assert len(seen) > 80, "changes, predicates, verdicts, findings"
    for kind in seen:
        assert seen.issuperset(kind.__subclasses__()), f"one of these in the place of a {kind.__name__} would be cut"
        if issubclass(kind, msgspec.Struct):
            assert not hasattr(kind, "__post_init__"), kind
            assert all(field.encode_name == field.name for field in msgspec.structs.fields(kind)), kind
