"""Each format on a hand-made report."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pytest_snapshot.plugin import Snapshot

from kmblint import __version__
from kmblint.reporters import FORMATS, render
from tests.reporters.samples import everything, report

SNAPSHOTS = Path(__file__).parent / "snapshots"


def _lasting(text: str) -> str:
    """Without the version, and without the style and the script of the page."""
    text = re.sub(r"<(style|script)>.*?</\1>", r"<\1>…</\1>", text, flags=re.DOTALL)
    return re.sub(r"sha256-[^&]*", "sha256-…", text.replace(f'"{__version__}"', '"…"'))


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_report_of_everything(snapshot: Snapshot, output_format: str) -> None:
    snapshot.snapshot_dir = SNAPSHOTS
    text = _lasting(render(everything(), output_format))
    snapshot.assert_match(text, f"everything.{output_format}.txt")


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_clean_report(snapshot: Snapshot, output_format: str) -> None:
    snapshot.snapshot_dir = SNAPSHOTS
    text = _lasting(render(report(), output_format))
    snapshot.assert_match(text, f"clean.{output_format}.txt")
