"""Findings for an editor that asks for them: nothing is pushed, and what it asks for again unchanged isn't sent."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from lsprotocol import types

from tests.server.editor import Editor, editor, project

FILES = {
    "0001_create_wards.sql": "CREATE TABLE IF NOT EXISTS wards (id BIGINT PRIMARY KEY, name TEXT);\n",
    "0002_drop.sql": "/* 😀 */ DROP TABLE wrads;\n",
}
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asking(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Editor]:
    """An editor that pulls, is told to when other files change, and counts bytes; it has one file open."""
    capabilities = types.ClientCapabilities(
        text_document=types.TextDocumentClientCapabilities(diagnostic=types.DiagnosticClientCapabilities()),
        workspace=types.WorkspaceClientCapabilities(
            diagnostics=types.DiagnosticWorkspaceClientCapabilities(refresh_support=True),
            did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
        ),
        general=types.GeneralClientCapabilities(position_encodings=[types.PositionEncodingKind.Utf8]),
    )
    async with editor(project(tmp_path_factory.mktemp("pulled"), FILES), capabilities) as client:
        client.open("0002_drop.sql")
        yield client


async def _pulled(asking: Editor, name: str, before: str | None = None) -> types.DocumentDiagnosticReport:
    params = types.DocumentDiagnosticParams(asking.document(name), previous_result_id=before)
    return await asking.client.text_document_diagnostic_async(params)


async def test_findings_are_those_of_the_newest_text(asking: Editor) -> None:
    first = await _pulled(asking, "0002_drop.sql")
    assert isinstance(first, types.RelatedFullDocumentDiagnosticReport)
    [finding] = first.items
    assert finding.range.start == types.Position(0, len("/* 😀 */ DROP TABLE ".encode()))
    again = await _pulled(asking, "0002_drop.sql", first.result_id)
    assert isinstance(again, types.RelatedUnchangedDocumentDiagnosticReport)
    asking.type("0002_drop.sql", "DROP TABLE wra")
    asking.type("0002_drop.sql", "DROP TABLE IF EXISTS wards;\n")
    last = await _pulled(asking, "0002_drop.sql")
    assert isinstance(last, types.RelatedFullDocumentDiagnosticReport)
    assert "unknown-table" not in " ".join(str(each.code) for each in last.items)
    assert not asking.client.diagnostics


async def test_an_editor_that_can_watch_files_is_asked_to(asking: Editor) -> None:
    await asking.until(lambda: asking.registered)
    [watching] = asking.registered
    assert watching.method == types.WORKSPACE_DID_CHANGE_WATCHED_FILES
    assert "**/kmblint.toml" in str(watching.register_options)


async def test_the_whole_workspace_can_be_pulled(asking: Editor) -> None:
    asking.type("0002_drop.sql", FILES["0002_drop.sql"])
    report = await asking.client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams([]))
    [item] = report.items
    assert isinstance(item, types.WorkspaceFullDocumentDiagnosticReport)
    assert item.uri == asking.uri("0002_drop.sql")
    known = [types.PreviousResultId(item.uri, item.result_id or "")]
    again = await asking.client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams(known))
    assert [type(each) for each in again.items] == [types.WorkspaceUnchangedDocumentDiagnosticReport]


async def test_what_another_file_causes_is_asked_for_anew(asking: Editor) -> None:
    asking.type("0002_drop.sql", FILES["0002_drop.sql"])
    await _pulled(asking, "0002_drop.sql")
    before = asking.client.diagnostic_refresh_count
    asking.open("0001_create_wards.sql", "CREATE TABLE IF NOT EXISTS wrads (id BIGINT PRIMARY KEY);\n")
    await asking.until(lambda: asking.client.diagnostic_refresh_count > before)
    report = await _pulled(asking, "0002_drop.sql")
    assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
    assert "unknown-table" not in " ".join(str(each.code) for each in report.items)
