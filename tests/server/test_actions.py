"""Code actions: what is offered for a finding, and that its edit does what it says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from lsprotocol import types

from tests.cli.branches import Repo
from tests.server.editor import Editor, editor, project

FILES = {
    "0001_create_wards.sql": "-- Wards: é😀\nCREATE TABLE IF NOT EXISTS wards (id BIGINT PRIMARY KEY, name TEXT);\r\n"
    "-- An index\r\nCREATE INDEX IF NOT EXISTS wards_name_idx ON wards (name);\r\n",
    "0002_two_things.sql": "CREATE TABLE IF NOT EXISTS beds (id BIGINT PRIMARY KEY);\n"
    "ALTER TABLE wards ADD COLUMN floor TEXT;\n",
}
RULES = ("skipped-statement", "many-changes")
_EDIT = types.WorkspaceEditClientCapabilities(
    document_changes=True,
    resource_operations=[types.ResourceOperationKind.Create, types.ResourceOperationKind.Rename],
)
_LITERAL = types.ClientCodeActionLiteralOptions(types.ClientCodeActionKindOptions([types.CodeActionKind.QuickFix]))
_CAPABILITIES = types.ClientCapabilities(
    workspace=types.WorkspaceClientCapabilities(workspace_edit=_EDIT),
    text_document=types.TextDocumentClientCapabilities(
        code_action=types.CodeActionClientCapabilities(code_action_literal_support=_LITERAL)
    ),
)
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def choosing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Editor]:
    """An editor that can make files."""
    async with editor(project(tmp_path_factory.mktemp("chosen"), FILES, RULES), _CAPABILITIES) as client:
        yield client


async def _offered(choosing: Editor, name: str, rule: str) -> list[types.CodeAction]:
    """What is offered for the finding of a rule."""
    [finding] = await choosing.rules(name, rule)
    context = types.CodeActionContext([finding])
    params = types.CodeActionParams(choosing.document(name), finding.range, context)
    found = await choosing.client.text_document_code_action_async(params) or []
    return [each for each in found if isinstance(each, types.CodeAction) and each.diagnostics == (finding,)]


def _after(choosing: Editor, edit: types.WorkspaceEdit | None) -> dict[str, str]:
    """The files as an edit leaves them, of those that it touches; positions count UTF-16."""
    assert edit is not None
    assert edit.document_changes is not None
    texts: dict[str, str] = {}
    for step in edit.document_changes:
        if isinstance(step, types.CreateFile):
            texts[Path(step.uri).name] = ""
            assert not choosing.path(Path(step.uri).name).exists()
        elif isinstance(step, types.TextDocumentEdit):
            name = Path(step.text_document.uri).name
            before = texts.get(name)
            if before is None:
                before = choosing.path(name).read_bytes().decode()
            texts[name] = _edited(before, step)
    return texts


def _edited(text: str, step: types.TextDocumentEdit) -> str:
    lines = text.splitlines(keepends=True)
    units = [line.encode("utf-16-le") for line in lines]

    def at(position: types.Position) -> int:
        return sum(map(len, units[: position.line])) + 2 * position.character

    whole = b"".join(units)
    for edit in sorted(step.edits, key=lambda each: at(each.range.start), reverse=True):
        assert isinstance(edit, types.TextEdit)
        whole = whole[: at(edit.range.start)] + edit.new_text.encode("utf-16-le") + whole[at(edit.range.end) :]
    return whole.decode("utf-16-le")


async def test_a_fix_and_a_suppression_are_offered_for_a_finding(choosing: Editor) -> None:
    name = "0001_create_wards.sql"
    choosing.open(name, choosing.path(name).read_bytes().decode())
    fix, suppression = await _offered(choosing, name, "skipped-statement")
    assert fix.is_preferred
    fixed = _after(choosing, fix.edit)[name]
    assert fixed == FILES[name].replace("-- An index", "/* An index */")
    choosing.type(name, fixed)
    await choosing.rules(name)
    choosing.type(name, FILES[name])
    await choosing.rules(name, "skipped-statement")
    assert suppression.title == "suppress skipped-statement in this file"
    suppressed = _after(choosing, suppression.edit)[name]
    assert "-- kmblint: ignore[skipped-statement] TODO: say why" in suppressed
    choosing.type(name, suppressed)
    await choosing.rules(name)
    choosing.type(name, FILES[name])


async def test_what_a_suppression_writes_is_worked_out_when_it_is_chosen(tmp_path: Path) -> None:
    name = "0001_create_wards.sql"
    told = types.CodeActionClientCapabilities(
        code_action_literal_support=_LITERAL, resolve_support=types.ClientCodeActionResolveOptions(["edit"])
    )
    capabilities = types.ClientCapabilities(
        workspace=types.WorkspaceClientCapabilities(workspace_edit=_EDIT),
        text_document=types.TextDocumentClientCapabilities(code_action=told),
    )
    async with editor(project(tmp_path / "later", FILES, RULES), capabilities) as client:
        client.open(name, client.path(name).read_bytes().decode())
        fix, suppression = await _offered(client, name, "skipped-statement")
        assert fix.edit is not None
        assert suppression.edit is None
        chosen = await client.client.code_action_resolve_async(suppression)
        assert "-- kmblint: ignore[skipped-statement] TODO: say why" in _after(client, chosen.edit)[name]


async def test_a_fix_may_make_files(choosing: Editor) -> None:
    name = "0002_two_things.sql"
    choosing.open(name)
    fix, *_ = await _offered(choosing, name, "many-changes")
    assert not fix.is_preferred
    made = _after(choosing, fix.edit)
    assert made[name] == "CREATE TABLE IF NOT EXISTS beds (id BIGINT PRIMARY KEY);\n"
    [new] = made.keys() - {name}
    assert new.startswith("0003_")
    assert "ALTER TABLE wards ADD COLUMN floor TEXT;" in made[new]


async def test_all_safe_fixes_at_once(choosing: Editor) -> None:
    name = "0001_create_wards.sql"
    whole = types.Range(types.Position(0, 0), types.Position(0, 0))
    context = types.CodeActionContext([], only=["source.fixAll.kmblint"])
    params = types.CodeActionParams(choosing.document(name), whole, context)
    [every] = await choosing.client.text_document_code_action_async(params) or []
    assert isinstance(every, types.CodeAction)
    assert "/* An index */" in _after(choosing, every.edit)[name]


async def test_what_was_added_to_a_released_file_becomes_a_migration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "0001_create_wards.sql"
    released = "CREATE TABLE IF NOT EXISTS wards (id BIGINT PRIMARY KEY);\n"
    repo = Repo(project(tmp_path / "repo", {name: released}, ("edited-migration",)), monkeypatch)
    repo.commit()
    repo.branch("work")
    async with editor(repo.root, _CAPABILITIES, "--since", "main") as client:
        client.open(name, f"{released}ALTER TABLE wards ADD COLUMN floor TEXT;\n")
        fix, *_ = await _offered(client, name, "edited-migration")
        client.path(name).write_text(f"{released}ALTER TABLE wards ADD COLUMN floor TEXT;\n", encoding="utf-8")
        made = _after(client, fix.edit)
    assert made[name] == released
    assert made["0002_create_wards_continued.sql"].endswith("ALTER TABLE wards ADD COLUMN floor TEXT;\n")


async def test_an_applied_file_is_offered_no_edit(choosing: Editor) -> None:
    config = choosing.root / "kmblint.toml"
    before = config.read_text(encoding="utf-8")
    config.write_text(f"{before}[history]\napplied = 2\n", encoding="utf-8")
    changed = types.DidChangeWatchedFilesParams([types.FileEvent(config.as_uri(), types.FileChangeType.Changed)])
    choosing.client.workspace_did_change_watched_files(changed)
    name = "0001_create_wards.sql"
    whole = types.Range(types.Position(0, 0), types.Position(9, 0))
    params = types.CodeActionParams(choosing.document(name), whole, types.CodeActionContext([]))
    assert not await choosing.client.text_document_code_action_async(params)
