"""A persistent map for what grows by one key a step and is seldom changed: the rows that a history inserts.

A hash trie copies a path for every version, which is two kilobytes for each row of a large seed. Here the versions
share one list of what came, each with how much of it is its own; what is changed or taken out lies over it in a trie.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Generic, TypeVar, overload

from kmblint.schema.ordered import OrderedMap

Key = TypeVar("Key")
Value = TypeVar("Value")
_Default = TypeVar("_Default")


_SLACK: Final = 64
"""Keys that may be gone from a small map before its list is written anew."""


class _Gone:
    """Stands over a key that was taken out."""


_GONE: Final = _Gone()


class _Log(Generic[Key, Value]):
    """Keys and values in the order in which they came, and where each key stands."""

    __slots__ = ("keys", "places", "values")

    def __init__(self) -> None:
        self.keys: list[Key] = []
        self.values: list[Value] = []
        self.places: dict[Key, int] = {}


class GrowingMap(Generic[Key, Value]):
    """An immutable map, iterated as `OrderedMap` is; a new key costs the newest version no more than its place.

    No value is None.
    """

    __slots__ = ("_count", "_log", "_over", "_size")

    def __init__(self, entries: Iterable[tuple[Key, Value]] = ()) -> None:
        self._log: _Log[Key, Value] = _Log()
        self._over: OrderedMap[Key, Value | _Gone] | None = None
        """What lies over the log: other values, keys that are gone, keys that came when it was another's already."""
        for key, value in dict(entries).items():
            self._log.places[key] = len(self._log.keys)
            self._log.keys.append(key)
            self._log.values.append(value)
        self._size = self._count = len(self._log.keys)

    @overload
    def get(self, key: Key) -> Value | None: ...
    @overload
    def get(self, key: Key, default: _Default) -> Value | _Default: ...
    def get(self, key: Key, default: _Default | None = None) -> Value | _Default | None:
        """The value of a key, or the default."""
        if self._over is not None:
            over = self._over.get(key)
            if over is not None:
                return default if isinstance(over, _Gone) else over
        place = self._log.places.get(key, self._size)
        return self._log.values[place] if place < self._size else default

    def __contains__(self, key: Key) -> bool:
        return self.get(key, _GONE) is not _GONE

    def __getitem__(self, key: Key) -> Value:
        value = self.get(key, _GONE)
        if isinstance(value, _Gone):
            raise KeyError(key)
        return value

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Key]:
        return (key for key, _ in self.items())

    def values(self) -> Iterator[Value]:
        """In the order of their keys."""
        return (value for _, value in self.items())

    def items(self) -> Iterator[tuple[Key, Value]]:
        """In the order of the keys."""
        log, over = self._log, self._over
        for place in range(self._size):
            key = log.keys[place]
            held = None if over is None else over.get(key)
            if not isinstance(held, _Gone):
                yield key, log.values[place] if held is None else held
        for key, held in () if over is None else over.items():
            if not isinstance(held, _Gone) and log.places.get(key, self._size) >= self._size:
                yield key, held

    def insert(self, key: Key, value: Value) -> GrowingMap[Key, Value]:
        """With the value under the key; one that is there already stays where it stands."""
        if not self._size and self._over is None:
            return GrowingMap([(key, value)])  # an empty one begins many maps
        log = self._log
        if self._over is None and len(log.keys) == self._size and key not in log.places:
            log.places[key] = self._size
            log.keys.append(key)
            log.values.append(value)
            return self._with(self._size + 1, None, self._count + 1)
        over: OrderedMap[Key, Value | _Gone] = OrderedMap() if self._over is None else self._over
        return self._with(self._size, over.insert(key, value), self._count + (key not in self))

    def discard(self, key: Key) -> GrowingMap[Key, Value]:
        """Without the key, whether or not it is there."""
        if key not in self:
            return self
        over: OrderedMap[Key, Value | _Gone] = OrderedMap() if self._over is None else self._over
        over = over.insert(key, _GONE)
        left = self._with(self._size, over, self._count - 1)
        return GrowingMap(left.items()) if len(over) > 4 * len(left) + _SLACK else left

    def _with(self, size: int, over: OrderedMap[Key, Value | _Gone] | None, count: int) -> GrowingMap[Key, Value]:
        new: GrowingMap[Key, Value] = GrowingMap.__new__(GrowingMap)
        new._log, new._size, new._over, new._count = self._log, size, over, count
        return new

    def __eq__(self, other: object) -> bool:
        """Whether the other has the same entries, in whatever order."""
        return dict(self.items()) == dict(other.items()) if isinstance(other, GrowingMap) else NotImplemented

    def __hash__(self) -> int:
        return hash(frozenset(self))
