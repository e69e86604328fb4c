"""Each format on a hand-made report."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_snapshot.plugin import Snapshot

from kmblint.reporters import FORMATS, render
from tests.reporters.samples import everything, report

SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_report_of_everything(snapshot: Snapshot, output_format: str) -> None:
    snapshot.snapshot_dir = SNAPSHOTS
    snapshot.assert_match(render(everything(), output_format), f"everything.{output_format}.txt")


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_clean_report(snapshot: Snapshot, output_format: str) -> None:
    snapshot.snapshot_dir = SNAPSHOTS
    snapshot.assert_match(render(report(), output_format), f"clean.{output_format}.txt")
