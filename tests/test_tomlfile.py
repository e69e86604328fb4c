"""Keys of a TOML file know their lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmblint import tomlfile
from kmblint.errors import ConfigError
from kmblint.tomlfile import TomlFile

TEXT = '''\
# a comment
select = [
    "all",  # [not.a.table]
    'KMB6',
]
text = """
fake = 1
"""
history.failed = ["x"]

[rules."unbatched-update"] # spaced
max-rows = 5
"a = b" = 1
inline = { deep = { er = 1 } }

[[list]]
name = "x"
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("select",), 2),
        (("text",), 6),
        (("fake",), 1),
        (("history", "failed"), 9),
        (("rules",), 11),
        (("rules", "unbatched-update"), 11),
        (("rules", "unbatched-update", "max-rows"), 12),
        (("rules", "unbatched-update", "a = b"), 13),
        (("rules", "unbatched-update", "inline", "deep", "er"), 14),
        (("list",), 16),
        (("list", "name"), 17),
        (("gone",), 1),
    ],
)
def test_lines_of_keys(path: tuple[str, ...], line: int) -> None:
    assert TomlFile("k.toml", TEXT).line(path) == line


def test_lines_of_items() -> None:
    file = TomlFile("k.toml", TEXT)
    assert [file.line(("select",), item) for item in ("all", "KMB6", "other")] == [3, 4, 2]


def test_what_is_no_toml_says_its_line() -> None:
    with pytest.raises(ConfigError, match=r"^k.toml:2: not TOML: invalid statement$"):
        TomlFile("k.toml", "a = 1\n<<<<<<< HEAD\n")


@pytest.mark.parametrize("value", ["[" * 1000, "9" * 5000])
def test_what_tomli_gives_up_on_is_said_too(value: str) -> None:
    with pytest.raises(ConfigError, match=r"^k.toml:1: not TOML: it is nested too deeply, or a number is too long$"):
        TomlFile("k.toml", f"a = {value}\n")


def test_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b"# \xe9")
    with pytest.raises(ConfigError, match=r"^latin.toml: not UTF-8: byte 0xE9$"):
        TomlFile.read(tmp_path / "latin.toml", "latin.toml")
    with pytest.raises(ConfigError, match=r"^gone.toml: it can't be read: No such file"):
        TomlFile.read(tmp_path / "gone.toml", "gone.toml")


def test_each_string_of_a_long_list_knows_its_line() -> None:
    items = "".join(f'    "rule-{number}",\n' for number in range(500))
    file = TomlFile("kmblint.toml", f"ignore = [\n{items}]\nselect = ['all']\n")
    assert [file.line(("ignore",), f"rule-{number}") for number in (0, 250, 499)] == [2, 252, 501]
    assert (file.line(("ignore",), "nosuch"), file.line(("select",), "all")) == (1, 503)


def test_lines_are_known_behind_lists_of_several_lines_and_brackets_in_texts() -> None:
    text = 'a = [\n  ["x]", \'[\'], # [\n  ["y"],\n]\nb = """\n[ {\n"""\nc = { d = 1 }\ne = "]"\nf = 1\n'
    file = TomlFile("k.toml", text)
    assert [file.line((key,)) for key in "abcef"] == [1, 5, 8, 9, 10]


def test_each_line_of_a_list_of_lists_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []

    def is_whole(chunk: str) -> bool:
        looks.append(chunk)
        return chunk.endswith("\n]")

    monkeypatch.setattr(tomlfile, "_is_whole", is_whole)
    assert TomlFile("k.toml", "a = [\n" + '["x"],\n' * 50 + "]").line(("a",)) == 1
    assert len(looks) <= 2
