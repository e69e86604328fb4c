"""Which functions may do more than compute."""

from __future__ import annotations

import pytest

from kmblint.schema.functions import effect_of


@pytest.mark.parametrize(
    ("called", "effect"),
    [
        ((), None),
        (("COUNT", "max", "pg_catalog.now"), None),
        (("count", "setval"), ("setval", False)),
        (("pg_catalog.Set_Config",), ("pg_catalog.Set_Config", False)),
        (("setval", "AddGeometryColumn"), ("AddGeometryColumn", True)),
        (("public.make_part",), ("public.make_part", True)),
    ],
)
def test_what_functions_do(called: tuple[str, ...], effect: tuple[str, bool] | None) -> None:
    assert effect_of(called) == effect
