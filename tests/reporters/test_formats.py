"""Each format on a hand-made report."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_snapshot.plugin import Snapshot

from kmblint import __version__
from kmblint.reporters import FORMATS, render
from tests.reporters.samples import everything, report

SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_report_of_everything(snapshot: Snapshot, output_format: str) -> None:
    snapshot.snapshot_dir = SNAPSHOTS
    text = render(everything(), output_format).replace(f'"{__version__}"', '"…"')
    snapshot.assert_match(text, f"everything.{output_format}.txt")


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_clean_report(snapshot: Snapshot, output_format: str) -> None:
    snapshot.snapshot_dir = SNAPSHOTS
    text = render(report(), output_format).replace(f'"{__version__}"', '"…"')
    snapshot.assert_match(text, f"clean.{output_format}.txt")
