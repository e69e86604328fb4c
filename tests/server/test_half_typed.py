"""Whatever is typed into a history, at every place each question is answered; half a statement is the usual case."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kmblint.cli.histories import Request
from kmblint.cli.server import Disk
from kmblint.reporters.positions import ColumnUnit
from kmblint.server import completion, hover, messages, names, outline
from kmblint.server.actions import Tried
from kmblint.server.folder import Folder, real
from kmblint.server.places import uri_of
from kmblint.text import Place, Span

_FOLDER: Final = Path(__file__).parents[2] / "fixtures" / "guide" / "migrations"
_SECRET: Final = f"sk_live_{'4eC39HqLyjWDarjt':0<24}"
_TYPED: Final = (
    *("'", '"', "`", "$$", "/*", "--", "(", ")", ";", ".", "\u2028", "\r", "😀"),
    " SELECT ",
    "DROP TABLE a.b",
    "INSERT INTO ",
    "ALTER TABLE patients RENAME TO people;",
    f"UPDATE patients SET email = '{_SECRET}' WHERE ",
)


@pytest.fixture(scope="module")
def folder() -> Folder:
    """One that is kept from example to example, as a session is from key to key."""
    return Folder(real(_FOLDER), Disk(Request(isolated=True)))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_every_question_is_answered(folder: Folder, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(_FOLDER.glob("*.sql"))))
    text = path.read_text(encoding="utf-8")
    at = data.draw(st.integers(0, len(text)))
    end = data.draw(st.sampled_from([at, min(at + 20, len(text)), len(text)]))
    text = text[:at] + data.draw(st.sampled_from(("", *_TYPED))) + text[end:]
    answer = folder.answer({real(path): text}, lambda: False, anew=False)
    name = path.name
    told = str(messages.by_path(answer, ColumnUnit.UTF16, uri_of))
    for offset in {*range(0, len(text) + 1, 40), at}:
        told += hover.hover(answer, name, offset)[0]
        completion.completions(answer, name, offset)
        there = names.thing_at(answer, name, offset)
        if there is not None:
            assert Place(name, there[1]) in list(names.occurrences(answer, there[0]))
            names.named_at(answer, there[0])
    outline.symbols(answer, name)
    told += str(list(outline.hints(answer, name, Span(0, len(text)))))
    told += "".join(action.title for action in Tried(folder, answer).actions(name, Span(at, at), later=True))
    assert _SECRET not in told
