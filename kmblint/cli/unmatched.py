"""What a configuration names that no file of its histories is called by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from kmblint.config.configuration import Config
from kmblint.wording import did_you_mean

if TYPE_CHECKING:  # a run that the cache answers reads no history
    from kmblint.history.files import History


def unmatched(file: Path, config: Config, histories: Sequence[History]) -> tuple[str, ...]:
    """A note for each file or glob of a configuration (`file`) that is about none of the histories it governs.

    None where it may be meant for a history that isn't looked at.
    """
    paths = {name: source.path for history in histories for name, source in history.sources.items()}
    failed, globs = strays(config, paths)
    if not failed and not globs:
        return ()
    from kmblint.history.search import migrations_below

    roots = {history.root.resolve() for history in histories}
    if any(path.resolve() not in roots for path in migrations_below(file.parent, lambda _: None)):
        return ()
    return (
        *(
            f"{where}: `failed` names `{name}`, and no file is called so{did_you_mean(name, paths)}"
            for where, name in failed
        ),
        *(f"{origin}: `per-file-ignores` has `{glob}`, which no file matches" for origin, glob in globs),
    )


def strays(config: Config, paths: Mapping[str, str]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The files marked failed, and the globs, that are about none of these files (name → path), with their origins."""
    failed = [(config.failed.origin, name) for name in config.failed.value if name not in paths]
    globs = [
        (config.per_file_ignores.origin, glob)
        for glob in config.per_file_ignores.value
        if not any(fnmatchcase(name, glob) or fnmatchcase(path, glob) for name, path in paths.items())
    ]
    return failed, globs
