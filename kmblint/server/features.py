"""What an editor asks of a place in a text: each question is worked out on the newest answer, in the thread."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from lsprotocol import types

from kmblint.reporters.characters import visible
from kmblint.reporters.positions import ColumnUnit
from kmblint.schema.kinds import ObjectKind
from kmblint.server import completion, edits, messages, names, outline
from kmblint.server import hover as hovering
from kmblint.server.actions import Action, Tried
from kmblint.server.desk import Desk
from kmblint.server.folder import Answer, real
from kmblint.server.places import offset_of, path_of, range_of
from kmblint.text import Place, Span

_T = TypeVar("_T")
Serve = Callable[[str, Callable[[Any], Awaitable[Any]], Any], None]

_COMPLETED: Final = {
    ObjectKind.TABLE: types.CompletionItemKind.Struct,
    ObjectKind.COLUMN: types.CompletionItemKind.Field,
    ObjectKind.INDEX: types.CompletionItemKind.Reference,
}
_NAMED: Final = {
    ObjectKind.TABLE: types.SymbolKind.Struct,
    ObjectKind.COLUMN: types.SymbolKind.Field,
    ObjectKind.INDEX: types.SymbolKind.Key,
}
_MOST: Final = 500
"""Symbols of a workspace that are told at once."""
_FIX_ALL: Final = f"{types.CodeActionKind.SourceFixAll.value}.kmblint"


class Features:
    """Answers to an editor's questions."""

    def __init__(self, desk: Desk, unit: Callable[[], ColumnUnit], uri_of: Callable[[Path], str]) -> None:
        self._desk = desk
        self._unit = unit
        self._uri_of = uri_of
        self._client = types.ClientCapabilities()
        self._tried: dict[Path, tuple[Answer, Tried]] = {}

    def offer(self, serve: Serve, client: types.ClientCapabilities) -> None:
        """Tells what can be asked, of a client that can do this."""
        self._client = client
        kinds: list[types.CodeActionKind | str] = [types.CodeActionKind.QuickFix, _FIX_ALL]
        serve(types.TEXT_DOCUMENT_HOVER, self._hover, None)
        serve(types.TEXT_DOCUMENT_DEFINITION, self._definition, None)
        serve(types.TEXT_DOCUMENT_REFERENCES, self._references, None)
        serve(types.TEXT_DOCUMENT_COMPLETION, self._completion, types.CompletionOptions(trigger_characters=["."]))
        serve(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, self._document_symbols, None)
        serve(types.WORKSPACE_SYMBOL, self._workspace_symbols, None)
        serve(types.TEXT_DOCUMENT_INLAY_HINT, self._inlay_hints, None)
        options = types.CodeActionOptions(code_action_kinds=kinds, resolve_provider=True)
        serve(types.TEXT_DOCUMENT_CODE_ACTION, self._code_actions, options)
        serve(types.CODE_ACTION_RESOLVE, self._resolved, None)

    async def _asked(self, uri: str, question: Callable[[Answer, str], _T]) -> _T | None:
        """The answer to a question about a file; None where the file belongs to no history."""
        path = path_of(uri)
        if path is None:
            return None
        where = real(Path(path))
        answer = await self._desk.latest(where)
        file = None if answer is None else answer.names.get(where)
        if answer is None or file is None:
            return None
        return await self._desk.ask(lambda: question(answer, file))

    async def _asked_at(self, params: Any, question: Callable[[Answer, str, int], _T]) -> _T | None:
        """The same of the position that parameters name."""

        def at(answer: Answer, file: str) -> _T:
            return question(answer, file, offset_of(answer.source(file), params.position, self._unit()))

        return await self._asked(params.text_document.uri, at)

    async def _hover(self, params: types.HoverParams) -> types.Hover | None:
        told = self._client.text_document and self._client.text_document.hover
        formats = (told.content_format if told else None) or [types.MarkupKind.PlainText]
        markdown = types.MarkupKind.Markdown in formats

        def question(answer: Answer, file: str, offset: int) -> types.Hover | None:
            text, span = hovering.hover(answer, file, offset)
            if not text:
                return None
            kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
            content = types.MarkupContent(kind, text if markdown else hovering.plain(text))
            return types.Hover(content, None if span is None else range_of(answer.source(file), span, self._unit()))

        return await self._asked_at(params, question)

    async def _definition(self, params: types.DefinitionParams) -> types.Location | None:
        def question(answer: Answer, file: str, offset: int) -> types.Location | None:
            there = names.thing_at(answer, file, offset)
            return None if there is None else self._location(answer, names.named_at(answer, there[0]))

        return await self._asked_at(params, question)

    async def _references(self, params: types.ReferenceParams) -> list[types.Location] | None:
        def question(answer: Answer, file: str, offset: int) -> list[types.Location] | None:
            there = names.thing_at(answer, file, offset)
            if there is None:
                return None
            places = list(names.occurrences(answer, there[0]))
            if not params.context.include_declaration:
                places = [place for place in places if place != names.named_at(answer, there[0])]
            return [location for place in places if (location := self._location(answer, place)) is not None]

        return await self._asked_at(params, question)

    def _location(self, answer: Answer, place: Place) -> types.Location | None:
        return messages.location(answer, place, self._unit(), self._uri_of)

    async def _completion(self, params: types.CompletionParams) -> list[types.CompletionItem] | None:
        def question(answer: Answer, file: str, offset: int) -> list[types.CompletionItem]:
            proposals = completion.completions(answer, file, offset)
            return [
                types.CompletionItem(
                    proposal.name,
                    kind=_COMPLETED[proposal.kind],
                    detail=proposal.detail,
                    insert_text=proposal.text,
                    sort_text=f"{number:05}",
                )
                for number, proposal in enumerate(proposals)
            ]

        return await self._asked_at(params, question)

    async def _document_symbols(self, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol] | None:
        def question(answer: Answer, file: str) -> list[types.DocumentSymbol]:
            return [self._symbol(answer, file, each) for each in outline.symbols(answer, file)]

        return await self._asked(params.text_document.uri, question)

    def _symbol(self, answer: Answer, file: str, symbol: outline.Symbol) -> types.DocumentSymbol:
        source = answer.source(file)
        return types.DocumentSymbol(
            visible(symbol.name),
            _NAMED.get(symbol.kind, types.SymbolKind.Object),
            range_of(source, symbol.whole, self._unit()),
            range_of(source, symbol.at, self._unit()),
            detail=symbol.kind.value,
            children=[self._symbol(answer, file, each) for each in symbol.children],
        )

    async def _workspace_symbols(self, params: types.WorkspaceSymbolParams) -> list[types.WorkspaceSymbol]:
        symbols: list[types.WorkspaceSymbol] = []
        for kept in [*self._desk.folders.values()]:
            answer = await self._desk.latest_of(kept)
            if answer is not None:
                symbols += await self._desk.ask(lambda answer=answer: self._things(answer, params.query))  # type: ignore[misc]
        return symbols[:_MOST]

    def _things(self, answer: Answer, query: str) -> list[types.WorkspaceSymbol]:
        symbols: list[types.WorkspaceSymbol] = []
        for thing in outline.things(answer, query):
            location = self._location(answer, names.named_at(answer, thing)) if len(symbols) < _MOST else None
            if location is not None:
                container = None if thing.kind is ObjectKind.TABLE else visible(thing.table)
                name = visible(thing.name)
                symbols.append(types.WorkspaceSymbol(location, name, _NAMED[thing.kind], container_name=container))
        return symbols

    async def _inlay_hints(self, params: types.InlayHintParams) -> list[types.InlayHint] | None:
        def question(answer: Answer, file: str) -> list[types.InlayHint]:
            unit, source = self._unit(), answer.source(file)
            within = Span(offset_of(source, params.range.start, unit), offset_of(source, params.range.end, unit))
            return [
                types.InlayHint(
                    range_of(source, Span(hint.offset, hint.offset), unit).start,
                    hint.text,
                    tooltip=visible("; ".join(hint.reasons)) or None,
                    padding_left=True,
                )
                for hint in outline.hints(answer, file, within)
            ]

        return await self._asked(params.text_document.uri, question)

    # --- code actions -------------------------------------------------------------------------------------------------

    async def _code_actions(self, params: types.CodeActionParams) -> list[types.CodeAction] | None:
        told = self._client.text_document and self._client.text_document.code_action
        if not told or told.code_action_literal_support is None:
            return None
        only = [str(getattr(kind, "value", kind)) for kind in params.context.only or ()]

        def wants(kind: str) -> bool:
            return not only or any(kind == each or kind.startswith(f"{each}.") for each in only)

        later = told.resolve_support is not None and "edit" in told.resolve_support.properties

        def question(answer: Answer, file: str) -> list[types.CodeAction]:
            unit, source = self._unit(), answer.source(file)
            within = Span(offset_of(source, params.range.start, unit), offset_of(source, params.range.end, unit))
            tried = self._tried_on(answer)
            actions: list[types.CodeAction] = []
            if wants(types.CodeActionKind.QuickFix.value):
                for action in tried.actions(file, within, later=later):
                    kind = types.CodeActionKind.QuickFix
                    actions += self._offered(answer, action, kind, params.context.diagnostics, params.text_document.uri)
            # An editor that fixes all on saving asks for just that.
            if only and wants(_FIX_ALL) and (every := tried.all_safe(file)) is not None:
                actions += self._offered(answer, every, _FIX_ALL, [], params.text_document.uri)
            return actions

        return await self._asked(params.text_document.uri, question)

    async def _resolved(self, chosen: types.CodeAction) -> types.CodeAction:
        """A chosen suppression, worked out; as it was where the text has changed since, or none reaches the finding."""
        data = chosen.data if isinstance(chosen.data, dict) else {}

        def question(answer: Answer, _file: str) -> types.CodeAction | None:
            action = self._tried_on(answer).suppression(str(data.get("fingerprint")))
            return (
                None if action is None else next(iter(self._offered(answer, action, chosen.kind or "", [], "")), None)
            )

        resolved = await self._asked(str(data.get("uri")), question)
        chosen.edit = None if resolved is None else resolved.edit
        return chosen

    def _tried_on(self, answer: Answer) -> Tried:
        """What was tried on an answer already."""
        root = real(answer.opening.history.root)
        known = self._tried.get(root)
        if known is None or known[0] is not answer:
            kept = self._desk.folders[root]
            wanted = kept.wanted
            known = (answer, Tried(kept.folder, answer, lambda: kept.wanted != wanted))
            self._tried[root] = known
        return known[1]

    def _offered(
        self,
        answer: Answer,
        action: Action,
        kind: types.CodeActionKind | str,
        told: Sequence[types.Diagnostic],
        uri: str,
    ) -> list[types.CodeAction]:
        about = [each for each in told if isinstance(each.data, dict) and each.data.get("rule") == action.rule] or None
        if action.draft is None:
            data = {"uri": uri, "fingerprint": action.fingerprint}
            return [types.CodeAction(visible(action.title), kind, diagnostics=about, data=data)]
        workspace = self._client.workspace and self._client.workspace.workspace_edit
        moves = edits.moves_files(action.draft)
        operations = (workspace.resource_operations if workspace else None) or ()
        able = {types.ResourceOperationKind.Create, types.ResourceOperationKind.Rename} <= {*operations}
        if edits.respells(action.draft) or (moves and not able):
            return []
        versions = {document.uri: document.version for document in self._desk.documents.values()}
        edit = edits.workspace_edit(
            action.draft, real(answer.opening.history.root), self._unit(), self._uri_of, versions.get
        )
        if not (workspace and workspace.document_changes):
            edit = edits.plain_changes(edit)
        preferred = action.is_preferred or None
        return [types.CodeAction(visible(action.title), kind, diagnostics=about, is_preferred=preferred, edit=edit)]
