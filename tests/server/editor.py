"""A real client over standard input and output, for tests: a project, and what the server says of it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from lsprotocol import types
from pytest_lsp import LanguageClient, make_test_lsp_client

PATIENCE = 20.0
"""Seconds until a server that says nothing counts as stuck."""


class Editor:
    """A client, and the files that it has open."""

    def __init__(self, client: LanguageClient, root: Path, registered: list[types.Registration]) -> None:
        self.client = client
        self.root = root
        self.registered = registered
        """What the server has asked to be told of."""
        self._versions: dict[str, int] = {}

    def path(self, name: str) -> Path:
        """A migration of the project."""
        return self.root / "migrations" / name

    def uri(self, name: str) -> str:
        """Its address."""
        return self.path(name).as_uri()

    def open(self, name: str, text: str | None = None) -> None:
        """Opens a file, with another text than it has on disk where one is given."""
        text = self.path(name).read_text(encoding="utf-8") if text is None else text
        self._versions[name] = 1
        item = types.TextDocumentItem(self.uri(name), "sql", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def type(self, name: str, text: str) -> int:
        """Changes its text; gives the version that it has by then."""
        self._versions[name] += 1
        version = types.VersionedTextDocumentIdentifier(self._versions[name], self.uri(name))
        change = types.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(version, [change]))
        return self._versions[name]

    def close(self, name: str) -> None:
        """Closes it."""
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(self.document(name)))

    def document(self, name: str) -> types.TextDocumentIdentifier:
        """How requests name it."""
        return types.TextDocumentIdentifier(self.uri(name))

    def pushed(self, name: str) -> list[types.Diagnostic]:
        """What was pushed last of a file."""
        return list(self.client.diagnostics.get(self.uri(name), ()))

    async def until(self, holds: Callable[[], Any]) -> None:
        """Waits for messages until something holds of what they said."""
        async with asyncio.timeout(PATIENCE):
            while not holds():
                await asyncio.sleep(0.02)

    async def rules(self, name: str, *expected: str) -> list[types.Diagnostic]:
        """The pushed findings of a file, once they are of these rules."""

        def told() -> list[str]:
            return sorted(str(each.code).split()[1] for each in self.pushed(name))

        try:
            await self.until(lambda: told() == sorted(expected))
        except TimeoutError:
            assert told() == sorted(expected)
        return self.pushed(name)


@asynccontextmanager
async def editor(
    root: Path, capabilities: types.ClientCapabilities | None = None, *arguments: str
) -> AsyncIterator[Editor]:
    """A server that is told of a project, until the editor goes."""
    client = make_test_lsp_client()
    registered: list[types.Registration] = []

    def register(params: types.RegistrationParams) -> None:
        registered.extend(params.registrations)

    client.feature(types.CLIENT_REGISTER_CAPABILITY)(register)
    await client.start_io(sys.executable, "-m", "kmblint", "server", *arguments, cwd=str(root), env=dict(os.environ))
    params = types.InitializeParams(
        capabilities or types.ClientCapabilities(),
        workspace_folders=[types.WorkspaceFolder(root.as_uri(), "project")],
    )
    await client.initialize_session(params)
    yield Editor(client, root, registered)
    await client.shutdown_session()
    await client.stop()  # type: ignore[no-untyped-call]  # pygls


def project(root: Path, files: dict[str, str], rules: tuple[str, ...] = ("unknown-table",)) -> Path:
    """A project with these migrations, of which only some rules speak."""
    (root / "migrations").mkdir(parents=True)
    (root / "kmblint.toml").write_text(f"select = {[*rules]}\n", encoding="utf-8")
    for name, text in files.items():
        (root / "migrations" / name).write_text(text, encoding="utf-8", newline="")
    return root
