"""A growing map is a dictionary in every version, whichever of them grew further."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmblint.schema.growing import GrowingMap

STEPS = st.lists(st.tuples(st.sampled_from(["insert", "discard"]), st.integers(0, 6), st.integers(0, 20)), max_size=30)


@given(STEPS)
def test_each_version_stays_as_it_was(steps: list[tuple[str, int, int]]) -> None:
    versions: list[tuple[GrowingMap[int, str], dict[int, str]]] = [(GrowingMap(), {})]
    for number, (step, key, of) in enumerate(steps):
        grown, model = versions[-1 - of % len(versions)]
        if step == "insert":
            versions.append((grown.insert(key, f"{number}"), {**model, key: f"{number}"}))
        else:
            versions.append((grown.discard(key), {each: model[each] for each in model if each != key}))
    for grown, model in versions:
        assert dict(grown.items()) == model
        assert len(grown) == len(model)
        assert bool(grown) is bool(model)
        assert set(grown) == set(model)
        assert sorted(grown.values()) == sorted(model.values())
        assert grown == GrowingMap(model.items())
        assert [grown.get(key) for key in range(7)] == [model.get(key) for key in range(7)]
        assert [key in grown for key in range(7)] == [key in model for key in range(7)]


def test_keys_stand_in_the_order_in_which_they_came() -> None:
    grown = GrowingMap([(3, "a"), (1, "b")]).insert(2, "c").insert(3, "d")
    assert list(grown.items()) == [(3, "d"), (1, "b"), (2, "c")]
    assert hash(grown) == hash(GrowingMap([(1, "b"), (2, "c"), (3, "d")]))
    other = GrowingMap([(1, "a")])
    first, second = other.insert(2, "b"), other.insert(3, "c").insert(2, "d")
    assert (list(first), list(second), second[2]) == ([1, 2], [1, 3, 2], "d")
    with pytest.raises(KeyError):
        other[2]
    assert (1 in first, 3 in first, 2 in other) == (True, False, False)
