"""Findings pushed to an editor that doesn't pull, as you type and as files change on disk."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from lsprotocol import types

from tests.server.editor import Editor, editor, project

FILES = {
    "0001_create_wards.sql": "CREATE TABLE IF NOT EXISTS wards (id BIGINT PRIMARY KEY, name TEXT);\n",
    "0002_create_beds.sql": "CREATE TABLE IF NOT EXISTS beds (id BIGINT PRIMARY KEY);\n",
    "0003_note_beds.sql": "ALTER TABLE beds ADD COLUMN note TEXT;\n",
}
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def seen(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Editor]:
    """An editor that can do little: no pulling, no watching, UTF-16. It has one file open, as each test leaves it."""
    async with editor(project(tmp_path_factory.mktemp("pushed") / "pro ject", FILES)) as client:
        client.open("0003_note_beds.sql")
        yield client


async def test_findings_follow_the_text(seen: Editor) -> None:
    clean = FILES["0003_note_beds.sql"]
    seen.type("0003_note_beds.sql", clean + "DROP TABLE wrads;\n")
    [finding] = await seen.rules("0003_note_beds.sql", "unknown-table")
    assert finding.range == types.Range(types.Position(1, 11), types.Position(1, 16))
    assert finding.severity is types.DiagnosticSeverity.Error
    assert finding.code_description is not None
    assert finding.code_description.href.endswith("/rules/unknown-table.md")
    seen.type("0003_note_beds.sql", clean)
    await seen.rules("0003_note_beds.sql")


async def test_an_edit_of_one_file_is_told_in_another(seen: Editor) -> None:
    seen.open("0002_create_beds.sql", "-- gone\n")
    await seen.rules("0003_note_beds.sql", "unknown-table")
    seen.close("0002_create_beds.sql")
    await seen.rules("0003_note_beds.sql")


async def test_lines_are_those_of_the_editor(seen: Editor) -> None:
    before = "-- \x0c \x0b \x85 \u2028 \u2029 are in one line\n/* 😀 */ "
    seen.type("0003_note_beds.sql", before + "DROP TABLE wrads;")
    [finding] = await seen.rules("0003_note_beds.sql", "unknown-table")
    assert finding.range.start == types.Position(1, len("/* xx */ DROP TABLE "))
    seen.type("0003_note_beds.sql", FILES["0003_note_beds.sql"])
    await seen.rules("0003_note_beds.sql")


async def test_every_half_of_a_statement_is_an_ordinary_text(seen: Editor) -> None:
    text = "ALTER TABLE beds ADD COLUMN note TEXT DEFAULT 'it''s';\nUPDATE beds SET note = $$x WHERE id IN (1, "
    for end in range(len(text) + 1):
        seen.type("0003_note_beds.sql", text[:end])
    seen.type("0003_note_beds.sql", "DROP TABLE wrads;")
    await seen.rules("0003_note_beds.sql", "unknown-table")
    seen.type("0003_note_beds.sql", FILES["0003_note_beds.sql"])
    await seen.rules("0003_note_beds.sql")
    assert not [message for message in seen.client.log_messages if "bug" in message.message]
    assert not seen.client.messages


async def test_what_is_no_file_is_left_alone(seen: Editor) -> None:
    for uri in ("untitled:Untitled-1", "git:/migrations/0001_create_wards.sql?HEAD", "file:///nowhere/query.sql"):
        item = types.TextDocumentItem(uri, "sql", 1, "DROP TABLE wrads;")
        seen.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    seen.type("0003_note_beds.sql", "DROP TABLE wrads;")
    await seen.rules("0003_note_beds.sql", "unknown-table")
    seen.type("0003_note_beds.sql", FILES["0003_note_beds.sql"])
    await seen.rules("0003_note_beds.sql")
    assert all(uri.startswith(seen.root.as_uri()) for uri in seen.client.diagnostics)


async def test_two_histories_are_apart(seen: Editor) -> None:
    other = seen.root / "other" / "migrations"
    other.mkdir(parents=True)
    file = other / "0001_drop.sql"
    file.write_text("DROP TABLE wards;\n", encoding="utf-8")
    text = file.read_text(encoding="utf-8")
    item = types.TextDocumentItem(file.as_uri(), "sql", 1, text)
    seen.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    await seen.until(lambda: seen.client.diagnostics.get(file.as_uri()))
    await seen.rules("0003_note_beds.sql")
    document = types.TextDocumentIdentifier(file.as_uri())
    seen.client.text_document_did_close(types.DidCloseTextDocumentParams(document))
    shutil.rmtree(seen.root / "other")
    deleted = types.FileEvent(file.as_uri(), types.FileChangeType.Deleted)
    seen.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([deleted]))
    await seen.until(lambda: not seen.client.diagnostics[file.as_uri()])
    assert not seen.client.messages


async def test_nonsense_is_a_line_in_the_log_and_no_pop_up(seen: Editor) -> None:
    before = len(seen.client.log_messages)
    for method in ("textDocument/didOpen", "kmblint/unknown"):
        seen.client.protocol._send_data({"jsonrpc": "2.0", "method": method, "params": {"textDocument": 7}})
    await seen.until(lambda: len(seen.client.log_messages) > before)
    assert "Traceback" not in seen.client.log_messages[-1].message
    assert not seen.client.messages
    seen.type("0003_note_beds.sql", "DROP TABLE wrads;")
    await seen.rules("0003_note_beds.sql", "unknown-table")
    seen.type("0003_note_beds.sql", FILES["0003_note_beds.sql"])
    await seen.rules("0003_note_beds.sql")


async def test_a_checkout_is_noticed(seen: Editor) -> None:
    name = "0004_drop.sql"
    seen.path(name).write_text("DROP TABLE wrads;\n", encoding="utf-8")
    created = types.FileEvent(seen.uri(name), types.FileChangeType.Created)
    seen.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([created]))
    await seen.rules(name, "unknown-table")
    seen.path(name).unlink()
    seen.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([created]))
    await seen.rules(name)


async def test_the_configuration_is_read_anew_and_a_wrong_one_is_told_once(seen: Editor) -> None:
    config: Path = seen.root / "kmblint.toml"
    seen.type("0003_note_beds.sql", "DROP TABLE wrads;")
    await seen.rules("0003_note_beds.sql", "unknown-table")
    changed = types.DidChangeWatchedFilesParams([types.FileEvent(config.as_uri(), types.FileChangeType.Changed)])
    config.write_text('select = ["syntax-error"]\n', encoding="utf-8")
    seen.client.workspace_did_change_watched_files(changed)
    await seen.rules("0003_note_beds.sql")
    config.write_text('ignoer = ["unknown-table"]\n', encoding="utf-8")
    for _ in range(3):
        seen.client.workspace_did_change_watched_files(changed)
    await seen.until(lambda: seen.client.messages)
    config.write_text('select = ["unknown-table"]\n', encoding="utf-8")
    seen.client.workspace_did_change_watched_files(changed)
    await seen.rules("0003_note_beds.sql", "unknown-table")
    [message] = seen.client.messages
    assert "kmblint.toml:1" in message.message
    assert message.type is types.MessageType.Warning
