"""What an editor asks of a place: hover, definition, references, completion, symbols, inlay hints."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio
from lsprotocol import types

from tests.server.editor import Editor, editor, project

FILES = {
    "0001_create_wards.sql": (
        "/* 😀 */ CREATE TABLE IF NOT EXISTS wards (id BIGINT PRIMARY KEY, name TEXT, api_token TEXT, size REAL);\n"
        "CREATE INDEX IF NOT EXISTS wards_name_idx ON wards (name);\n"
    ),
    "0002_rename.sql": "ALTER TABLE wards RENAME COLUMN name TO title;\n",
    "0003_fill.sql": (
        "INSERT INTO wards (id, title, api_token) VALUES (1, 'x', 'swordfish-4711');\n"
        "UPDATE wards SET title = lower('y'), api_token = 'swordfish-4712' WHERE id = 1;\n"
        "CREATE TABLE IF NOT EXISTS wards (id BIGINT PRIMARY KEY);\n"
    ),
    "0004_drop.sql": "CREATE TABLE IF NOT EXISTS beds (id BIGINT PRIMARY KEY);\nDROP TABLE wards;\n",
}
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asking(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Editor]:
    """An editor that shows Markdown."""
    hover = types.HoverClientCapabilities(content_format=[types.MarkupKind.Markdown])
    capabilities = types.ClientCapabilities(text_document=types.TextDocumentClientCapabilities(hover=hover))
    rules = ("unknown-table", "refused-statement", "hard-coded-secret")
    async with editor(project(tmp_path_factory.mktemp("asked"), FILES, rules), capabilities) as client:
        yield client


def at(name: str, words: str, text: str | None = None) -> types.Position:
    """The position, in UTF-16, of the first character behind `|` in words of a file."""
    text = FILES[name] if text is None else text
    offset = text.index(words.replace("|", "")) + words.index("|")
    before = text[:offset]
    line = before.rfind("\n") + 1
    return types.Position(before.count("\n"), len(before[line:].encode("utf-16-le")) // 2)


async def _hover(asking: Editor, name: str, words: str) -> str:
    params = types.HoverParams(asking.document(name), at(name, words))
    hover = await asking.client.text_document_hover_async(params)
    if hover is None:
        return ""
    assert isinstance(hover.contents, types.MarkupContent)
    return hover.contents.value


async def test_a_table_and_a_column_tell_their_lives(asking: Editor) -> None:
    table = await _hover(asking, "0001_create_wards.sql", "EXISTS wa|rds")
    assert "table `wards`" in table
    assert "`0001_create_wards.sql:1`: adds table `wards` with 4 columns" in table
    assert "`0004_drop.sql:2`: drops table `wards`" in table
    column = await _hover(asking, "0003_fill.sql", "SET tit|le")
    assert "column `wards.title`: TEXT" in column
    assert "renames column `wards.name` to `title`" in column


async def test_a_type_tells_what_the_engine_keeps(asking: Editor) -> None:
    assert "REAL" in await _hover(asking, "0001_create_wards.sql", "size RE|AL")


async def test_a_statement_tells_its_verdict_and_a_finding_its_card(asking: Editor) -> None:
    assert (await _hover(asking, "0004_drop.sql", "DR|OP")).startswith("**taken**")
    refused = await _hover(asking, "0003_fill.sql", "UPD|ATE")
    assert "**refused**" in refused
    card = await _hover(asking, "0002_rename.sql", "|RENAME")
    assert "**KMB903 refused-statement**" in card
    assert "rules/refused-statement.md" in card


async def test_no_secret_is_told(asking: Editor) -> None:
    for name, text in FILES.items():
        asking.open(name)
        for line, row in enumerate(text.splitlines()):
            for character in range(0, len(row), 3):
                where = types.Position(line, character)
                hover = await asking.client.text_document_hover_async(types.HoverParams(asking.document(name), where))
                assert "swordfish" not in str(hover)
        assert "swordfish" not in str(asking.pushed(name))


async def test_definitions_and_references_follow_a_renaming(asking: Editor) -> None:
    where = types.DefinitionParams(asking.document("0003_fill.sql"), at("0003_fill.sql", "SET tit|le"))
    found = await asking.client.text_document_definition_async(where)
    assert isinstance(found, types.Location)
    assert found.uri == asking.uri("0001_create_wards.sql")
    assert found.range.start == at("0001_create_wards.sql", "KEY, |name")
    assert await _references(asking, "0001_create_wards.sql", "KEY, |name") == [
        ("0001", 0), ("0001", 1), ("0002", 0), ("0002", 0), ("0003", 0), ("0003", 1),
    ]  # fmt: skip
    assert await _references(asking, "0004_drop.sql", "TABLE |wards") == [
        ("0001", 0), ("0001", 1), ("0002", 0), ("0003", 0), ("0003", 1), ("0003", 2), ("0004", 1),
    ]  # fmt: skip
    assert await _references(asking, "0001_create_wards.sql", "EXISTS wards_na|me_idx") == [("0001", 1)]


async def _references(asking: Editor, name: str, words: str) -> list[tuple[str, int]]:
    context = types.ReferenceContext(include_declaration=True)
    params = types.ReferenceParams(context, asking.document(name), at(name, words))
    found: Sequence[types.Location] = await asking.client.text_document_references_async(params) or ()
    return [(each.uri.rsplit("/", 1)[1][:4], each.range.start.line) for each in found]


@pytest.mark.parametrize(
    ("name", "typed", "expected"),
    [
        ("0002_rename.sql", "UPDATE wards SET ", ["id", "name", "api_token", "size", "wards"]),
        ("0003_fill.sql", "UPDATE wards SET ", ["id", "title", "api_token", "size", "wards"]),
        ("0003_fill.sql", "SELECT wards.", ["id", "title", "api_token", "size"]),
        ("0003_fill.sql", "INSERT INTO wa", ["wards"]),
        ("0003_fill.sql", "DROP INDEX ", ["wards_name_idx"]),
        ("0003_fill.sql", "SELECT 'wards.", []),
        ("0003_fill.sql", "-- wards.", []),
        ("0003_fill.sql", "", []),
        ("0005_late.sql", "DELETE FROM ", ["beds"]),
    ],
)
async def test_names_are_those_of_the_file(asking: Editor, name: str, typed: str, expected: list[str]) -> None:
    asking.open(name, typed)
    params = types.CompletionParams(asking.document(name), types.Position(0, len(typed)))
    found = await asking.client.text_document_completion_async(params)
    asking.close(name)
    assert isinstance(found, Sequence)
    assert [each.label for each in found] == expected


async def test_symbols_of_a_file_and_of_the_workspace(asking: Editor) -> None:
    params = types.DocumentSymbolParams(asking.document("0001_create_wards.sql"))
    found = await asking.client.text_document_document_symbol_async(params) or []
    told = [(each.name, [child.name for child in each.children or ()]) for each in found if hasattr(each, "children")]
    assert told == [("wards", ["id", "name", "api_token", "size"]), ("wards.wards_name_idx", [])]
    everywhere = await asking.client.workspace_symbol_async(types.WorkspaceSymbolParams("bed")) or []
    assert [each.name for each in everywhere] == ["beds", "id"]


async def test_only_what_does_nothing_has_a_hint(asking: Editor) -> None:
    whole = types.Range(types.Position(0, 0), types.Position(99, 0))
    params = types.InlayHintParams(asking.document("0003_fill.sql"), whole)
    found = await asking.client.text_document_inlay_hint_async(params) or []
    assert [(each.position.line, each.label) for each in found] == [(1, "refused"), (2, "no-op")]


async def test_questions_about_half_a_text_are_answered(asking: Editor) -> None:
    text = FILES["0001_create_wards.sql"]
    asking.open("0006_half.sql", "")
    for end in range(0, len(text), 7):
        asking.type("0006_half.sql", text[:end])
        document, where = asking.document("0006_half.sql"), types.Position(0, end)
        await asking.client.text_document_hover_async(types.HoverParams(document, where))
        await asking.client.text_document_completion_async(types.CompletionParams(document, where))
        await asking.client.text_document_document_symbol_async(types.DocumentSymbolParams(document))
    assert not asking.client.log_messages
    assert not asking.client.messages
