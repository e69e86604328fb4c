"""What stands beside the migrations: configurations from the tables of keys and options, state files, baselines."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Final

from kmblint.config.keys import KEYS
from kmblint.history.state import APPLIED, LOCK
from kmblint.lint.baseline import Entry, rendered
from kmblint.lint.rulebook import Rulebook
from kmblint.reporters import FORMATS
from kmblint.targets import NAMES
from tests.fuzzing.mutations import noise

CONFIGURATION: Final = "kmblint.toml"
BASELINE: Final = "kmblint-baseline.jsonl"

_GLOBS: Final = ("*", "0001_*", "*.sql", "migrations/*", "[", "**", "", "0001_create_wards.sql", "[!0]*")
_NEAR: Final = (
    "true", "-1", "0", "1.5", "99999999999999999999", '""', '"x"', "[]", "[1]", '["", "x"]', "{}", "{ a = 1 }",
    "2026-01-01", "nan", "'''a\nb'''", '"\\u001b[31m"', '"all"', '["all"]', '"../../x"', '"/dev/null"', '"migrations"',
)  # fmt: skip
"""Values that most keys don't take, and some do."""
_UNTOLD: Final = (0, 1, 100, "x", True)
"""Values of a key that is newer than what is known of keys here."""
_TIMES: Final = ('"2026-01-01T00:00:00Z"', "2026-01-01T00:00:00Z", '"x"', "1")
_RULEBOOK: Final = Rulebook.load()


def set_up(chance: random.Random, migrations: Mapping[str, bytes]) -> dict[str, bytes]:
    """Files beside these migrations (by their path in the project), each there now and then, some of them damaged."""
    files: dict[str, bytes] = {}
    makers: dict[str, Callable[[], bytes]] = {
        CONFIGURATION: lambda: configuration(chance, migrations),
        LOCK: lambda: _state(chance, migrations, "migration"),
        APPLIED: lambda: _state(chance, migrations, "migrations"),
        BASELINE: lambda: _baseline(chance, migrations),
    }
    for name, make in makers.items():
        if chance.random() < 0.4:
            data = make()
            files[name] = noise(chance, data) if chance.random() < 0.25 else data
    if chance.random() < 0.1:
        files["schema.sql"] = b"CREATE TABLE wards (id BIGINT PRIMARY KEY, name TEXT);\n"
    if chance.random() < 0.1:
        odd = chance.choice(
            ("kimberlite.toml", "migrations/sub/0001_x.sql", "migrations/0002_x.SQL", "migrations/x.txt")
        )
        files[odd] = chance.choice((b"", b"[project]\nname = 'x'\n", b"\xff\x00"))
    return files


def configuration(chance: random.Random, migrations: Mapping[str, bytes]) -> bytes:
    """A `kmblint.toml` of random keys, most of their values valid."""
    lines: dict[str, list[str]] = {"": []}
    for key in chance.sample(sorted(KEYS), chance.randint(0, 6)):
        section, _, name = key.rpartition(".")
        if key == "per-file-ignores":
            globs = chance.sample(_GLOBS, chance.randint(1, 3))
            lines["per-file-ignores"] = [
                f"{json.dumps(glob)} = {_value(chance, 'ignore', migrations)}" for glob in globs
            ]
        else:
            lines.setdefault(section, []).append(f"{name} = {_value(chance, key, migrations)}")
    for rule in chance.sample(_RULEBOOK.rules, chance.randint(0, 3)):
        options = rule.card.metadata.options
        severity = chance.choice(('"error"', '"warning"', '"info"', *_NEAR[:2]))
        said = [f"severity = {severity}"] if chance.random() < 0.5 else []
        said += [f"{name} = {_option(chance, option.default, option.choices)}" for name, option in options.items()]
        lines[f"rules.{chance.choice((rule.slug, rule.slug, rule.card.code))}"] = said
    text = "".join(
        "".join([f"[{section}]\n" if section else "", *(f"{line}\n" for line in said)])
        for section, said in lines.items()
    )
    return text.encode()


def _value(chance: random.Random, key: str, migrations: Mapping[str, bytes]) -> str:
    """A value of a key, as TOML."""
    if chance.random() < 0.1:
        return chance.choice(_NEAR)
    if key in ("select", "extend-select", "ignore", "fixable"):
        return json.dumps(chance.sample(_selectors(chance), chance.randint(0, 4)))
    values: dict[str, Sequence[object]] = {
        "fail-on": ("error", "warning", "info", "never"),
        "min-confidence": ("high", "medium", "low"),
        "output-format": (*FORMATS,),
        "findings-baseline": (BASELINE, BASELINE, "gone.jsonl", "migrations"),
        "max-file-size": ("50 MB", 100, "1KB", 1),
        "max-statements": (1, 2, 100, 50_000),
        "target.name": NAMES,
        "target.engine": ("0.9.1",),
        "history.applied": (0, 1, 2, "0002", 4294967295),
        "history.failed": ([], [*(name.rpartition("/")[2] for name in migrations)][:1], ["x"]),
        "history.baseline": ("schema.sql", "schema.sql", "migrations/0001_create_wards.sql", "gone.sql"),
        "history.directory": ("migrations", "migrations", ".", "gone"),
    }
    return json.dumps(chance.choice(values.get(key, _UNTOLD)))


def _selectors(chance: random.Random) -> list[str]:
    rules = chance.sample(_RULEBOOK.rules, 4)
    return ["all", "recommended", f"KMB{chance.randrange(10)}", *(rule.slug for rule in rules), rules[0].card.code]


def _option(chance: random.Random, default: object, choices: Sequence[str]) -> str:
    """A value of a rule's option, as TOML."""
    if chance.random() < 0.1:
        return chance.choice(_NEAR)
    if choices:
        return json.dumps(chance.choice(choices))
    near: tuple[object, ...] = (default,)
    if isinstance(default, bool):
        near = (True, False)
    elif isinstance(default, int):
        near = (0, 1, 2, 10**6, -1, default)
    elif isinstance(default, float):
        near = (0.0, 1.5, default)
    elif isinstance(default, tuple):
        near = ([], [""], ["id", "wards"], ["*"], [*default])
    elif isinstance(default, str):
        near = ("", "x", "[[a-z]+", "(a+)+b", "^$", default)
    return json.dumps(chance.choice(near))


def _state(chance: random.Random, migrations: Mapping[str, bytes], key: str) -> bytes:
    """A state file of the runner that knows some of the migrations, and others."""
    text = ""
    for name, data in migrations.items():
        number, _, description = name.rpartition("/")[2].removesuffix(".sql").partition("_")
        if chance.random() < 0.2:
            continue
        checksum = sha256(data).hexdigest() if chance.random() < 0.5 else chance.choice(("a" * 64, "", "x"))
        numbered = chance.choice((number.lstrip("0") or "0", str(chance.randrange(9)), "-1", "4294967296", '"1"'))
        if chance.random() < 0.8:
            numbered = number.lstrip("0") if number.lstrip("0").isdecimal() else "7"
        text += f'[[{key}]]\nid = {numbered}\nname = {json.dumps(description)}\nchecksum = "{checksum}"\n'
        if key == "migrations":
            text += f"applied_at = {chance.choice(_TIMES)}\n"
    return text.encode("utf-8", "surrogatepass")


def _baseline(chance: random.Random, migrations: Mapping[str, bytes]) -> bytes:
    """Findings that are known: of these files, with fingerprints that may be anyone's."""
    rules = chance.sample(_RULEBOOK.rules, 3)
    entries = [
        Entry(name, rule.card.code, rule.slug, chance.choice(("", "t", "wards.id")), chance.choice(("0" * 32, "x")))
        for name in migrations
        for rule in rules
    ]
    return rendered(entries).encode("utf-8", "surrogatepass")
