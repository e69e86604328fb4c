"""Puts the rulebook's table into the wheel: every card and every check's signature, read when it is built."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class RulebookHook(BuildHookInterface):  # type: ignore[type-arg,misc]  # hatchling is no dependency: mypy can't see it
    """A card or a check that isn't as it must be ends the build."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds the table; an editable installation reads the cards themselves, so that none grows stale."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from kmblint.lint.rulebook import TABLE, Rulebook

        self._made = TemporaryDirectory()
        table = Path(self._made.name) / TABLE
        table.write_bytes(Rulebook.of_cards(Path(self.root) / "rules").table())
        build_data["force_include"][str(table)] = f"kmblint/_rules/{TABLE}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 -- hatchling's signature
        """The table stands in the wheel now."""
        if version != "editable":
            self._made.cleanup()
