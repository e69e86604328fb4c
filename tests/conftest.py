"""What holds of every test: properties are judged by what they find, never by the machine's speed or window."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

# A loaded machine is slow for no fault of ours: neither one slow example nor slow generation is a failure. A fixture
# may serve all examples of a property. A property that suppressed checks of its own would bring these back.
settings.register_profile(
    "kmblint",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    print_blob=True,
)
settings.load_profile("kmblint")


@pytest.fixture(autouse=True)
def _no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports are as wide as where nothing says how wide a line is."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture(autouse=True)
def _no_cache_of_the_user(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers are kept for this run of the tests."""
    monkeypatch.setenv("KMBLINT_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "cache"))
