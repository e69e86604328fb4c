"""Drafts as the edits of a workspace: what differs of each text, files that are made, renamed ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lsprotocol import types

from kmblint.fixing.draft import Draft, DraftFile
from kmblint.reporters.positions import ColumnUnit
from kmblint.server.places import range_of
from kmblint.text import Source, Span

UriOf = Callable[[Path], str]
VersionOf = Callable[[str], int | None]


def workspace_edit(
    draft: Draft, root: Path, unit: ColumnUnit, uri_of: UriOf, version_of: VersionOf
) -> types.WorkspaceEdit:
    """What a draft changes in a folder."""
    steps: list[types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile] = []
    for file in draft.changes:
        uri = uri_of(root / file.name)
        if file.origin is None:
            steps.append(types.CreateFile(uri, options=types.CreateFileOptions(overwrite=False)))
            steps.append(_inserted(uri, file.text))
        else:
            old = uri_of(root / file.origin)
            if file.text != file.before:
                steps.append(_edited(old, version_of(old), file, unit))
            if file.name != file.origin:
                steps.append(types.RenameFile(old, uri, options=types.RenameFileOptions(overwrite=False)))
    return types.WorkspaceEdit(document_changes=steps)


def plain_changes(edit: types.WorkspaceEdit) -> types.WorkspaceEdit:
    """The same for an editor that knows no versions; the files are there already."""
    edited = [each for each in edit.document_changes or () if isinstance(each, types.TextDocumentEdit)]
    changes = {each.text_document.uri: [e for e in each.edits if isinstance(e, types.TextEdit)] for each in edited}
    return types.WorkspaceEdit(changes=changes)


def moves_files(draft: Draft) -> bool:
    """Whether a file is made or renamed: not every editor can."""
    return any(file.name != file.origin for file in draft.changes)


def respells(draft: Draft) -> bool:
    """Whether bytes change that no editor sees."""
    return any(file.respelt for file in draft.changes)


def _inserted(uri: str, text: str) -> types.TextDocumentEdit:
    start = types.Position(0, 0)
    document = types.OptionalVersionedTextDocumentIdentifier(uri)
    return types.TextDocumentEdit(document, [types.TextEdit(types.Range(start, start), text)])


def _edited(uri: str, version: int | None, file: DraftFile, unit: ColumnUnit) -> types.TextDocumentEdit:
    document = types.OptionalVersionedTextDocumentIdentifier(uri, version)
    source = Source(file.name, file.before)
    edits = [types.TextEdit(range_of(source, span, unit), text) for span, text in changed_lines(file.before, file.text)]
    return types.TextDocumentEdit(document, [*edits])


def changed_lines(before: str, after: str) -> list[tuple[Span, str]]:
    """The stretches of whole lines of a text that another has otherwise, and what it has instead."""
    import difflib

    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    return [
        (Span(starts[a], starts[b]), "".join(new[c:d]))
        for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if tag != "equal"
    ]
