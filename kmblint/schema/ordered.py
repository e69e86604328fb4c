"""Persistent maps and sets that are iterated in one defined order.

A hash trie's own order hangs on a seed of the process: two runs over one history would tell of it in two orders. So
nothing else in the package imports `rpds`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, KeysView
from typing import Final, Generic, Protocol, TypeVar, overload

from rpds import HashTrieMap, List

Key = TypeVar("Key")
Value = TypeVar("Value")

_Key_contra = TypeVar("_Key_contra", contravariant=True)
_Held = TypeVar("_Held")

_SLACK: Final = 16
"""Keys that may be gone from a small map before its list of keys is written anew."""


class _Get(Protocol[_Key_contra, _Held]):
    @overload
    def __call__(self, key: _Key_contra, /) -> _Held | None: ...
    @overload
    def __call__(self, key: _Key_contra, default: _Held, /) -> _Held: ...


class OrderedMap(Generic[Key, Value]):
    """An immutable map, iterated in the order in which its keys came.

    `insert`, `remove` and `discard` give a new map and cost the same however large it is. A key that went and came back
    stands where it stood before, or last: which of the two follows from the changes alone.
    """

    __slots__ = ("_keys", "_map", "get")

    get: _Get[Key, Value]
    """The value of a key, or the default: the trie's own method, because it is asked some twenty times a statement."""

    def __init__(self, entries: Iterable[tuple[Key, Value]] = ()) -> None:
        pairs = dict(entries)
        self._map: HashTrieMap[Key, Value] = HashTrieMap(pairs)
        self.get = self._map.get
        self._keys: List[Key] = List([*pairs][::-1])
        """The newest first: every key of the map, and some that went or stand there twice."""

    def __contains__(self, key: object) -> bool:
        return key in self._map

    def __getitem__(self, key: Key) -> Value:
        return self._map[key]

    def __len__(self) -> int:
        return len(self._map)

    def __iter__(self) -> Iterator[Key]:
        known = self._map
        return (key for key in dict.fromkeys(reversed([*self._keys])) if key in known)

    def keys(self) -> KeysView[Key]:
        """In their order, as iteration gives them."""
        return dict.fromkeys(self).keys()

    def values(self) -> Iterator[Value]:
        """In the order of their keys."""
        known = self._map
        return (known[key] for key in self)

    def items(self) -> Iterator[tuple[Key, Value]]:
        """In the order of the keys."""
        known = self._map
        return ((key, known[key]) for key in self)

    def insert(self, key: Key, value: Value) -> OrderedMap[Key, Value]:
        """With the value under the key; one that is there already stays where it stands."""
        keys = self._keys if key in self._map else self._keys.push_front(key)
        return self._with(self._map.insert(key, value), keys)

    def remove(self, key: Key) -> OrderedMap[Key, Value]:
        """Without the key; raises KeyError where it isn't there."""
        return self._with(self._map.remove(key), self._keys)

    def discard(self, key: Key) -> OrderedMap[Key, Value]:
        """Without the key, whether or not it is there."""
        return self.remove(key) if key in self._map else self

    def _with(self, entries: HashTrieMap[Key, Value], keys: List[Key]) -> OrderedMap[Key, Value]:
        new: OrderedMap[Key, Value] = OrderedMap.__new__(OrderedMap)
        new._map, new._keys, new.get = entries, keys, entries.get
        if len(keys) > 2 * len(entries) + _SLACK:
            new._keys = List([*new][::-1])
        return new

    def __eq__(self, other: object) -> bool:
        """Whether the other has the same entries, in whatever order."""
        return self._map == other._map if isinstance(other, OrderedMap) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._map)


class OrderedSet(Generic[Key]):
    """An immutable set, iterated as `OrderedMap` is."""

    __slots__ = ("_map",)

    def __init__(self, members: Iterable[Key] = ()) -> None:
        self._map: OrderedMap[Key, None] = OrderedMap((member, None) for member in members)

    def __iter__(self) -> Iterator[Key]:
        return iter(self._map)

    def __contains__(self, member: object) -> bool:
        return member in self._map

    def __len__(self) -> int:
        return len(self._map)

    def insert(self, member: Key) -> OrderedSet[Key]:
        """With the member."""
        return self._with(self._map.insert(member, None))

    def insert_all(self, members: Iterable[Key]) -> OrderedSet[Key]:
        """With all of them."""
        new = self
        for member in members:
            new = new.insert(member)
        return new

    def discard(self, member: Key) -> OrderedSet[Key]:
        """Without the member, whether or not it is there."""
        return self._with(self._map.discard(member))

    def _with(self, members: OrderedMap[Key, None]) -> OrderedSet[Key]:
        new: OrderedSet[Key] = OrderedSet.__new__(OrderedSet)
        new._map = members
        return new

    def __eq__(self, other: object) -> bool:
        return self._map == other._map if isinstance(other, OrderedSet) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._map)
