"""Maps and sets that iterate in one defined order, held against the dictionaries of Python."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmblint.schema.ordered import OrderedMap, OrderedSet

_CHANGES = st.lists(st.tuples(st.booleans(), st.integers(0, 40), st.integers()), max_size=120)


@given(_CHANGES)
def test_a_map_holds_what_a_dictionary_holds(changes: list[tuple[bool, int, int]]) -> None:
    ours: OrderedMap[int, int] = OrderedMap()
    theirs: dict[int, int] = {}
    for comes, key, value in changes:
        if comes:
            ours, theirs[key] = ours.insert(key, value), value
        else:
            ours, _ = ours.discard(key), theirs.pop(key, None)
        assert dict(ours.items()) == theirs
        assert len(ours) == len(list(ours)) == len(theirs)
        assert list(ours.values()) == [ours[key] for key in ours]
        assert all((key in ours) == (key in theirs) for key in range(41))
    assert ours == OrderedMap(theirs.items())
    assert hash(ours) == hash(OrderedMap(theirs.items()))


@given(_CHANGES)
def test_the_same_changes_give_the_same_order(changes: list[tuple[bool, int, int]]) -> None:
    def played() -> list[int]:
        map_: OrderedMap[int, int] = OrderedMap()
        for comes, key, value in changes:
            map_ = map_.insert(key, value) if comes else map_.discard(key)
        return list(map_)

    assert played() == played()


def test_keys_stand_in_the_order_in_which_they_came() -> None:
    names = [f"t{number * 7919 % 1000}" for number in range(1000)]
    map_: OrderedMap[str, int] = OrderedMap()
    for number, name in enumerate(names):
        map_ = map_.insert(name, number)
    assert list(map_) == names
    assert list(map_.insert("t5", -1)) == names
    assert list(map_.remove("t5")) == [name for name in names if name != "t5"]
    assert list(OrderedMap((name, 0) for name in names)) == names
    with pytest.raises(KeyError):
        map_.remove("none")
    assert map_.get("none", -1) == -1


def test_what_went_leaves_nothing_behind() -> None:
    map_: OrderedMap[int, None] = OrderedMap()
    for number in range(5000):
        map_ = map_.insert(number, None).remove(number)
    assert list(map_) == []
    assert len(map_._keys) < 50


def test_a_set_is_a_map_without_values() -> None:
    set_: OrderedSet[str] = OrderedSet("cab")
    assert list(set_) == ["c", "a", "b"]
    assert list(set_.insert("d").discard("c").discard("x")) == ["a", "b", "d"]
    assert set_ == OrderedSet("abc")
    assert hash(set_) == hash(OrderedSet("abc"))
    assert len(set_) == 3
