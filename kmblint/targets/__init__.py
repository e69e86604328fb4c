"""What a database makes of a statement, never whether a parser could read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmblint.errors import ConfigError

if TYPE_CHECKING:
    from kmblint.targets.target import Target

NAMES = ("kimberlite", "guide")
ENGINES = ("0.9.1",)
"""The releases of Kimberlite's engine that there are facts of."""


AUTO = "auto"
"""Whatever release the server says it is; where none is asked, the newest that there are facts of."""


def get(name: str, engine: str = ENGINES[-1]) -> Target:
    """The target of a name; raises `ConfigError` for a name or an engine that nobody knows."""
    if name == "guide":
        from kmblint.targets.guide import Guide

        return Guide()
    if name != "kimberlite":
        raise ConfigError((f"there is no target `{name}`; write one of {', '.join(NAMES)}",))
    if engine == AUTO:
        engine = ENGINES[-1]
    if engine not in ENGINES:
        raise ConfigError((f"nothing is known of engine `{engine}`; write one of {', '.join((*ENGINES, AUTO))}",))
    from kmblint.targets.kimberlite.releases import RELEASES
    from kmblint.targets.kimberlite.target import Kimberlite

    return Kimberlite(RELEASES[engine])


def __getattr__(name: str) -> Any:
    """The protocol, imported when it is asked for: the names alone are asked by runs that judge nothing."""
    if name == "Target":
        from kmblint.targets.target import Target

        return Target
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["AUTO", "ENGINES", "NAMES", "Target", "get"]
