"""What is open in the editor, and the folders that follow from it: each is linted anew after a change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from kmblint.errors import KmblintError, Stopped
from kmblint.history.names import is_migration, number_of
from kmblint.server.folder import Answer, Folder, real
from kmblint.server.opening import Opener

_T = TypeVar("_T")

_QUIET: Final = 0.1
"""Seconds without a change before a folder is linted, unless somebody waits for it."""


class Document(msgspec.Struct, frozen=True):
    """A file that the editor holds: its text counts, whatever the disk says."""

    uri: str
    path: Path
    """With links followed."""
    text: str
    version: int


class Kept(msgspec.Struct, eq=False):
    """A folder, and how far its answer is behind what was asked."""

    root: Path
    """With links followed."""
    folder: Folder
    hurry: asyncio.Event
    wanted: int = 0
    """Goes up with each change."""
    answered: int = 0
    """The change that `answer` is of."""
    anew: bool = True
    """Whether what surrounds the folder is to be looked at again."""
    edited: set[Path] = msgspec.field(default_factory=set)
    """The documents that were changed since the last answer."""
    answer: Answer | None = None
    task: asyncio.Task[None] | None = None


class Desk:
    """Documents and folders. All of its methods belong to the event loop; the work is done in a thread of its own."""

    def __init__(
        self,
        opener: Opener,
        answered: Callable[[Kept], None],
        gone: Callable[[Path], None],
        failed: Callable[[Exception, Path | None], None],
    ) -> None:
        self._opener = opener
        self._answered = answered
        self._gone = gone
        self._failed = failed
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lint")
        self._closed = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._strangers: set[Path] = set()
        """Folders that hold no migrations, as far as was seen."""
        self._found: dict[Path, list[Path]] = {}
        """The folders of each workspace."""
        self.documents: dict[str, Document] = {}
        self.workspaces: list[Path] = []
        self.folders: dict[Path, Kept] = {}

    def put(self, document: Document) -> None:
        """A document was opened or changed."""
        known = self.documents.get(document.uri)
        self.documents[document.uri] = document
        kept = self.of(document.path)
        if kept is None:
            self._later(self._adopt(document.path))
        elif known is None or known.text != document.text:
            kept.edited.add(document.path)
            self.touch(kept, anew=known is None)

    def drop(self, uri: str) -> None:
        """A document was closed: the disk counts again."""
        document = self.documents.pop(uri, None)
        kept = None if document is None else self.of(document.path)
        if kept is not None:
            self.touch(kept, anew=True)

    def of(self, path: Path) -> Kept | None:
        """The folder that a file belongs to."""
        kept = self.folders.get(path.parent)
        if kept is not None:
            return kept
        return next((each for each in self.folders.values() if each.answer and path in each.answer.names), None)

    def touch(self, kept: Kept, *, anew: bool = False) -> None:
        """Something of a folder has changed."""
        kept.wanted += 1
        kept.anew |= anew
        if kept.task is None or kept.task.done():
            kept.task = asyncio.get_running_loop().create_task(self._work(kept))

    def touch_all(self) -> None:
        """Something that may concern every folder has changed; there may be others now."""
        self._strangers.clear()
        self._later(self.discover())
        for kept in [*self.folders.values()]:
            if kept.root.is_dir() and self._is_wanted(kept.root):
                self.touch(kept, anew=True)
            else:
                self._lose(kept)

    async def discover(self) -> None:
        """Finds the folders of the workspace."""
        for workspace in self.workspaces:
            self._found[workspace] = await self._folders(workspace)
            for root in self._found[workspace]:
                self._keep(root)

    async def latest(self, path: Path) -> Answer | None:
        """The answer that takes account of every change so far; None for a file that belongs to no migrations."""
        kept = self.of(path)
        if kept is None:
            await self._adopt(path)
            kept = self.of(path)
        return None if kept is None else await self.latest_of(kept)

    async def latest_of(self, kept: Kept) -> Answer | None:
        """The same of a folder; None where its set-up is wrong."""
        while kept.answered != kept.wanted and kept.task is not None and not self._closed:
            kept.hurry.set()
            await asyncio.wait({kept.task})
        return kept.answer

    async def ask(self, question: Callable[[], _T]) -> _T:
        """The answer to a question, worked out in the thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, question)

    def close(self) -> None:
        """Ends what is being done."""
        self._closed = True
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _lose(self, kept: Kept) -> None:
        """A folder is no more, or nobody wants it."""
        del self.folders[kept.root]
        kept.wanted += 1  # what is being made of it is stale
        self._gone(kept.root)

    def _is_wanted(self, root: Path) -> bool:
        """Whether the workspace has the folder, or a document that is open lies in it."""
        return any(root in self._found.get(workspace, ()) for workspace in self.workspaces) or any(
            document.path.parent == root for document in self.documents.values()
        )

    async def _adopt(self, path: Path) -> None:
        """Keeps the folder of a file where it is one of migrations."""
        if not is_migration(path.name) or path.parent in self._strangers or not path.parent.is_dir():
            return
        roots = await self._folders(path.parent)
        if path.parent in roots or number_of(path.name) is not None:
            self._keep(path.parent)
        else:
            self._strangers.add(path.parent)

    async def _folders(self, path: Path) -> list[Path]:
        try:
            return [real(root) for root in await self.ask(partial(self._opener.folders, path))]
        except (KmblintError, OSError) as error:
            self._failed(error, path)
            return []

    def _keep(self, root: Path) -> None:
        if root not in self.folders and not self._closed:
            self.folders[root] = Kept(root, Folder(root, self._opener), asyncio.Event())
            self.touch(self.folders[root])

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(self._contained(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _contained(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:
            self._failed(error, None)

    async def _work(self, kept: Kept) -> None:
        """Lints a folder until its answer is the newest."""
        while kept.answered != kept.wanted and not self._closed and self.folders.get(kept.root) is kept:
            await self._quiet(kept)
            wanted, anew, kept.anew = kept.wanted, kept.anew, False
            texts = {each.path: each.text for each in self.documents.values() if is_migration(each.path.name)}
            is_stopped = partial(self._is_stale, kept, wanted)
            try:
                answer = await self.ask(partial(kept.folder.answer, texts, is_stopped, anew=anew))
            except Stopped:
                kept.anew |= anew
                continue
            except Exception as error:
                kept.answered = wanted
                if kept.root.is_dir():
                    self._failed(error, kept.root)
                elif self.folders.get(kept.root) is kept:
                    self._lose(kept)
                continue
            if kept.wanted == wanted:
                kept.answered, kept.answer = wanted, answer
                self._tell(kept)

    def _tell(self, kept: Kept) -> None:
        try:
            self._answered(kept)
        except Exception as error:
            self._failed(error, kept.root)
        kept.edited.clear()

    def _is_stale(self, kept: Kept, wanted: int) -> bool:
        return self._closed or kept.wanted != wanted

    async def _quiet(self, kept: Kept) -> None:
        """Waits until nothing has changed for a moment, or somebody waits for the answer."""
        wanted = -1
        while wanted != kept.wanted and not kept.hurry.is_set():
            wanted = kept.wanted
            try:
                await asyncio.wait_for(kept.hurry.wait(), _QUIET)
            except TimeoutError:
                continue
        kept.hurry.clear()
