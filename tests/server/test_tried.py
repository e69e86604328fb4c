"""What is tried for an editor's code actions, without an editor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kmblint.cli.histories import Request
from kmblint.cli.server import Disk
from kmblint.findings import Diagnostic
from kmblint.fixing.draft import Draft
from kmblint.fixing.rounds import Judge, Outcome, Read, mend
from kmblint.history.files import History
from kmblint.server import actions
from kmblint.server.folder import Folder, real
from kmblint.text import Span

Wanted = Callable[[Diagnostic], bool]


@pytest.mark.parametrize("lines", [3, 9])
def test_what_a_rule_mends_together_is_tried_once(tmp_path: Path, lines: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not for each of its findings: all of them together are the same, whichever is asked about."""
    root = real(tmp_path) / "migrations"
    root.mkdir()
    text = "".join(f"CREATE\u00a0TABLE t{number} (id BIGINT PRIMARY KEY);\n\u00a0x;\n" for number in range(lines))
    (root / "0001_a.sql").write_text(text, encoding="utf-8")
    folder = Folder(root, Disk(Request(overrides={"target.name": "guide"})))
    answer = folder.answer({}, lambda: False, anew=False)
    counts: list[int] = []

    def counted(
        history: History, draft: Draft, read: Read, judge: Judge, wanted: Callable[[Diagnostic], bool]
    ) -> Outcome:
        counts.append(sum(map(wanted, answer.report.diagnostics)))
        return mend(history, draft, read, judge, wanted)

    monkeypatch.setattr(actions, "mend", counted)
    offered = [
        each.title for each in actions.Tried(folder, answer).actions("0001_a.sql", Span(0, len(text)), later=True)
    ]
    assert "write a plain space, with its like in this file" in offered
    assert len([count for count in counts if count > 1]) <= 4, "two rules, in the file and in all files"
