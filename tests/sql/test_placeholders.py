"""What nothing fills in is found, and what only looks like it is left alone."""

from __future__ import annotations

import pytest

from kmblint.sql.placeholders import may_hold, placeholders
from kmblint.sql.scanner import scan
from kmblint.text import Source


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{{ x }} {{x}}", ["{{ x }}", "{{x}}"]),
        ("{% if x %} a {% endif %} {# note #}", ["{% if x %}", "{% endif %}", "{# note #}"]),
        ("${x} $1 $x", ["${x}", "$1", "$x"]),
        ("{x} {{ x } {{ x", ["{x}", "{{ x }", "{{"]),
        ("{{ a", ["{{"]),
        ("{ x } $ 1 { {x}", ["{x}"]),
        (":a :'a' :\"a\" a:b [1:c] 'x':d :1", [":a", ":'a'", ':"a"']),
        ("%s %d %(x)s a%s a % s % (x) %x", ["%s", "%d", "%("]),
        ("? ?", ["?", "?"]),
        ("@a @1 a@b x @ y", ["@a", "@1"]),
        ("\\i \\ i \\1 \\", ["\\i", "\\1"]),
        ("a = 1 AND b IN (2)", []),
        ("'{{ x }}' -- {{ x }}\n/* $1 */", []),
        ('"{{ a }}_b" `${c}` "{% d %}" "e {{ f"', ["{{ a }}", "${c}", "{% d %}"]),
        ('"{{ g {{ h }} ${i}" "j"', ["{{ g {{ h }}", "${i}"]),
    ],
)
def test_each_placeholder_is_found_at_its_place(text: str, found: list[str]) -> None:
    source = Source("it", text)
    assert [source.slice(span) for span in placeholders(scan(source))] == found
    assert may_hold(text) or not found


def test_a_text_without_their_beginnings_holds_none() -> None:
    assert not may_hold("UPDATE t SET a = 'x' WHERE b <> 1;")
    assert all(may_hold(f"a {beginning} b") for beginning in "?{$%\\:@")
