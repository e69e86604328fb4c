"""How a migration's file is laid out, as the runner's own `migration create` writes it."""

from __future__ import annotations

from datetime import UTC, datetime

from kmblint.targets.layout import header

MOMENT = datetime(2026, 3, 1, 9, 30, 15, 250_000, tzinfo=UTC)


def test_the_header_of_a_new_migration() -> None:
    assert header("add_wards", MOMENT) == "-- Migration: add_wards\n-- Created: 2026-03-01T09:30:15+00:00\n\n"
    assert header("add_wards", MOMENT, "Ann") == (
        "-- Migration: add_wards\n-- Created: 2026-03-01T09:30:15+00:00\n-- Author: Ann\n\n"
    )
