"""Asks mypy of a mutant that no test notices: CI runs it over the package, and refuses what it refuses."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from tests.mutants.sites import ROOT, Module, Site


def complaint(module: Module, site: Site, scratch: Path) -> str:
    """The first thing that mypy has to say of a mutant; empty where there is nothing, or no mypy."""
    if find_spec("mypy") is None:
        return ""
    instead = scratch / site.path.name
    instead.write_text(site.applied(module.text), encoding="utf-8")
    shadow = ["--shadow-file", str(ROOT / site.path), str(instead)]
    asked = [sys.executable, "-m", "mypy", "--no-error-summary", *shadow, "kmblint"]
    ended = subprocess.run(asked, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    first, _, _ = ended.stdout.partition("\n")
    return f"mypy: {first}" if ended.returncode == 1 else ""
