"""The conversation with an editor: what it says becomes changes on the desk, what the desk finds becomes messages."""

from __future__ import annotations

import asyncio
import hashlib
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, BinaryIO, Final

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from kmblint import __version__
from kmblint.errors import KmblintError, Stopped
from kmblint.reporters.positions import ColumnUnit
from kmblint.server import messages
from kmblint.server.desk import Desk, Document, Kept
from kmblint.server.features import Features
from kmblint.server.folder import real
from kmblint.server.opening import Opener
from kmblint.server.places import UNITS, path_of, uri_of

_WATCHED: Final = ("**/*.sql", "**/kmblint.toml", "**/pyproject.toml", "**/kimberlite.toml", "**/.kimberlite/**")

Diagnostics = dict[Path, list[types.Diagnostic]]


def serve(opener: Opener, stdin: BinaryIO, stdout: BinaryIO) -> None:
    """Answers an editor until it goes."""
    server = Server()
    conversation = Conversation(server, opener)
    try:
        server.start_io(stdin, stdout)
    finally:
        conversation.desk.close()


class Server(LanguageServer):
    """The protocol; what goes wrong in it is logged, and never pops up."""

    def __init__(self) -> None:
        super().__init__("kmblint", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full)

    def report_server_error(self, error: Exception, source: Any) -> None:  # noqa: ARG002 -- pygls' signature
        """One line in the editor's log; the error's own text may hold what stands in a file."""
        self.log(f"{type(error).__name__} in the conversation")

    def log(self, line: str, level: types.MessageType = types.MessageType.Error) -> None:
        """One line in the editor's log."""
        self.window_log_message(types.LogMessageParams(level, line))


class Conversation:
    """What is said to one editor."""

    def __init__(self, server: Server, opener: Opener) -> None:
        self.server = server
        self.desk = Desk(opener, self._answered, self._gone, self._failed)
        self.unit = ColumnUnit.UTF16
        self._pulls = False
        self._features = Features(self.desk, lambda: self.unit, self.uri)
        self._told: dict[Path, Diagnostics] = {}
        """What was said last of each folder."""
        self._complaints: dict[Path | None, str] = {}
        """What was said last of the set-up of each folder."""
        self._asked: set[asyncio.Task[None]] = set()
        self._listen(types.INITIALIZE, self._initialize)
        self._serve(types.INITIALIZED, self._initialized)
        self._listen(types.SHUTDOWN, lambda _: self.desk.close())
        self._listen(types.TEXT_DOCUMENT_DID_OPEN, self._opened)
        self._listen(types.TEXT_DOCUMENT_DID_CHANGE, self._changed)
        self._listen(types.TEXT_DOCUMENT_DID_SAVE, self._saved)
        self._listen(types.TEXT_DOCUMENT_DID_CLOSE, lambda params: self.desk.drop(params.text_document.uri))
        self._listen(types.WORKSPACE_DID_CHANGE_WATCHED_FILES, self._on_disk)
        self._listen(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, self._workspaces)
        self._listen(types.WORKSPACE_DID_CHANGE_CONFIGURATION, lambda _: None)

    # --- what is heard ------------------------------------------------------------------------------------------------

    def _listen(self, method: str, handler: Callable[[Any], None]) -> None:
        """A handler that is done at once; what it raises is logged."""

        def contained(params: Any = None) -> None:
            try:
                handler(params)
            except Exception as error:
                self._failed(error)

        self.server.feature(method)(contained)

    def _serve(self, method: str, handler: Callable[[Any], Awaitable[Any]], options: Any = None) -> None:
        """A handler that takes its time; what it raises is logged, and answered with nothing."""

        async def contained(params: Any = None) -> Any:
            try:
                return await handler(params)
            except Stopped:  # the text has changed meanwhile: the editor asks again
                return None
            except Exception as error:
                self._failed(error)
                return None

        self.server.feature(method, options)(contained)

    def _initialize(self, params: types.InitializeParams) -> None:
        encoding = self.server.workspace.position_encoding
        self.unit = UNITS.get(str(getattr(encoding, "value", encoding)), ColumnUnit.UTF16)
        told = params.capabilities.text_document
        self._pulls = told is not None and told.diagnostic is not None
        if self._pulls:
            options = types.DiagnosticOptions(
                inter_file_dependencies=True, workspace_diagnostics=True, identifier="kmblint"
            )
            self._serve(types.TEXT_DOCUMENT_DIAGNOSTIC, self._pulled, options)
            self._serve(types.WORKSPACE_DIAGNOSTIC, self._pulled_all)
        self._features.offer(self._serve, params.capabilities)
        folders = [folder.uri for folder in params.workspace_folders or ()]
        uris = folders or ([params.root_uri] if params.root_uri else [])
        paths = [real(Path(path)) for path in map(path_of, uris) if path is not None]
        self.desk.workspaces = [path for path in paths if path.is_dir()]

    async def _initialized(self, _params: types.InitializedParams) -> None:
        workspace = self.server.client_capabilities.workspace
        watched = workspace and workspace.did_change_watched_files
        if watched and watched.dynamic_registration:
            watchers = [types.FileSystemWatcher(glob) for glob in _WATCHED]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            registration = types.Registration("watched", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            self._request(self.server.client_register_capability_async(types.RegistrationParams([registration])))
        await self.desk.discover()

    def _opened(self, params: types.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        self._put(document.uri, document.text, document.version)

    def _changed(self, params: types.DidChangeTextDocumentParams) -> None:
        document = params.text_document
        if params.content_changes:
            self._put(document.uri, params.content_changes[-1].text, document.version)

    def _put(self, uri: str, text: str, version: int) -> None:
        path = path_of(uri)
        if path is not None:
            self.desk.put(Document(uri, real(Path(path)), text, version))

    def _saved(self, params: types.DidSaveTextDocumentParams) -> None:
        path = path_of(params.text_document.uri)
        if path is None:
            return
        kept = self.desk.of(real(Path(path)))
        if kept is not None:
            self.desk.touch(kept, anew=True)
        else:
            self.desk.touch_all()

    def _on_disk(self, _params: types.DidChangeWatchedFilesParams) -> None:
        """Files were changed by another hand: a checkout, a merge, a configuration."""
        self.desk.touch_all()

    def _workspaces(self, params: types.DidChangeWorkspaceFoldersParams) -> None:
        gone = {path_of(folder.uri) for folder in params.event.removed}
        come = [path for folder in params.event.added if (path := path_of(folder.uri)) is not None]
        kept = [path for path in self.desk.workspaces if path not in gone]
        self.desk.workspaces = [*kept, *(real(Path(path)) for path in come)]
        self.desk.touch_all()

    # --- what is said -------------------------------------------------------------------------------------------------

    def uri(self, path: Path) -> str:
        """How the editor calls a file."""
        return next((each.uri for each in self.desk.documents.values() if each.path == path), uri_of(path))

    def _failed(self, error: Exception, root: Path | None = None) -> None:
        """A set-up that is wrong is told once; a bug of ours is a line in the log, without what stands in files."""
        if isinstance(error, KmblintError):
            if str(error) not in self._complaints.values():
                self._complaints[root] = str(error)
                self.server.window_show_message(types.ShowMessageParams(types.MessageType.Warning, f"kmblint: {error}"))
            return
        frames = traceback.extract_tb(error.__traceback__)
        where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
        self.server.log(f"kmblint: this is a bug: {type(error).__name__}{where}")

    def _answered(self, kept: Kept) -> None:
        """A folder has a new answer: its findings are pushed, or the editor is told to pull those it won't ask for."""
        assert kept.answer is not None, "told of an answer"
        self._complaints = {
            root: complaint
            for root, complaint in self._complaints.items()
            if root and not kept.root.is_relative_to(root)
        }
        self._say(kept.root, messages.by_path(kept.answer, self.unit, self.uri), kept.edited)

    def _gone(self, root: Path) -> None:
        """A folder is no more, or no longer looked at: nothing is said of it."""
        self._say(root, {}, set())

    def _say(self, root: Path, now: Diagnostics, edited: set[Path]) -> None:
        before = self._told.get(root, {})
        self._told[root] = now
        changed = {path for path in {*now, *before} if now.get(path) != before.get(path)}
        if not self._pulls:
            versions = {document.path: document.version for document in self.desk.documents.values()}
            for path in sorted(changed):
                self.server.text_document_publish_diagnostics(
                    types.PublishDiagnosticsParams(self.uri(path), now.get(path, []), versions.get(path))
                )
        elif changed - edited and self._refreshes():
            self._request(self.server.workspace_diagnostic_refresh_async(None))

    def _refreshes(self) -> bool:
        workspace = self.server.client_capabilities.workspace
        return bool(workspace and workspace.diagnostics and workspace.diagnostics.refresh_support)

    def _request(self, answer: Awaitable[Any]) -> None:
        """Asks the editor for something whose answer doesn't matter."""

        async def contained() -> None:
            try:
                await answer
            except Exception as error:  # it can do less than it said
                self.server.log(
                    f"kmblint: the editor refused a request: {type(error).__name__}", types.MessageType.Info
                )

        task = asyncio.get_running_loop().create_task(contained())
        self._asked.add(task)
        task.add_done_callback(self._asked.discard)

    async def _pulled(self, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
        items = await self._items(params.text_document.uri)
        result = _identity(items)
        if params.previous_result_id == result:
            return types.RelatedUnchangedDocumentDiagnosticReport(result)
        return types.RelatedFullDocumentDiagnosticReport(items, result_id=result)

    async def _items(self, uri: str) -> list[types.Diagnostic]:
        """What the newest answer has of a file; it was put in the editor's words when it came."""
        path = path_of(uri)
        if path is None:
            return []
        where = real(Path(path))
        await self.desk.latest(where)
        kept = self.desk.of(where)
        return [] if kept is None else self._told.get(kept.root, {}).get(where, [])

    async def _pulled_all(self, params: types.WorkspaceDiagnosticParams) -> types.WorkspaceDiagnosticReport:
        for kept in [*self.desk.folders.values()]:
            await self.desk.latest_of(kept)
        known = {each.uri: each.value for each in params.previous_result_ids}
        now = {self.uri(path): items for told in self._told.values() for path, items in told.items()}
        versions = {document.uri: document.version for document in self.desk.documents.values()}
        reports: list[types.WorkspaceDocumentDiagnosticReport] = []
        for uri in sorted({*now, *known}):
            items = now.get(uri, [])
            result = _identity(items)
            if known.get(uri) == result:
                reports.append(types.WorkspaceUnchangedDocumentDiagnosticReport(uri, result, versions.get(uri)))
            else:
                reports.append(
                    types.WorkspaceFullDocumentDiagnosticReport(uri, items, versions.get(uri), result_id=result)
                )
        return types.WorkspaceDiagnosticReport(reports)


def _identity(items: list[types.Diagnostic]) -> str:
    return hashlib.sha256(repr(items).encode("utf-8", "surrogatepass")).hexdigest()[:16]
