"""Rehearses histories on a real engine, and counts how far it agrees with us: `python -m tests.engine.rehearsed`."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from kmblint import targets
from kmblint.cli.histories import Request, open_histories
from kmblint.errors import KmblintError
from kmblint.history.files import History
from kmblint.lint.rulebook import Rulebook
from kmblint.live.harness import Harness
from kmblint.live.rehearsal import HELD, NOT_SENT, PlayedFile, Rehearsal, Wanted, rehearse
from kmblint.live.sendings import parts_of
from kmblint.live.stage import ThrowAway
from kmblint.reporters.paint import Paint
from kmblint.reporters.rehearsal import as_text
from kmblint.targets import Target
from tests.cards import cases
from tests.engine.generate import Generator

FIXTURES: Final = Path(__file__).parents[2] / "fixtures"


class Figures(msgspec.Struct):
    """Counts of agreement over several histories."""

    histories: int = 0
    statements: int = 0
    """Those that met the engine."""
    agreeing: int = 0
    held: int = 0
    unsent: int = 0
    """Statements that the runner leaves out."""
    files: int = 0
    files_agreeing: int = 0
    """Those behind which schema and rows are as predicted."""
    differing: list[str] = []

    def add(self, name: str, rehearsal: Rehearsal) -> None:
        """Counts one more."""
        self.histories += 1
        seen = Counter(each.seen for each in rehearsal.statements)
        self.held += seen[HELD]
        self.unsent += seen[NOT_SENT]
        met = [each for each in rehearsal.statements if each.seen not in {HELD, NOT_SENT}]
        self.statements += len(met)
        self.agreeing += sum(not each.misses for each in met)
        self.files += len(rehearsal.files)
        self.files_agreeing += sum(not file.misses for file in rehearsal.files)
        if rehearsal.differences or rehearsal.lost:
            self.differing.append(f"{name}\n{as_text([rehearsal], Paint(), 120)}")

    def __str__(self) -> str:
        share = self.agreeing / self.statements if self.statements else 1.0
        return (
            f"{self.histories} histories: {self.agreeing} of {self.statements} statements as predicted ({share:.2%}), "
            f"{self.files_agreeing} of {self.files} files leave what was predicted; {self.held} held back, "
            f"{self.unsent} not sent by the runner"
        )


def rehearsed(history: History, target: Target | None = None, *, memory: bool = True) -> Rehearsal:
    """One history on a fresh engine, every statement of it, whatever stops."""
    engine = ThrowAway(lambda: Harness(memory=memory))
    try:
        wanted = Wanted(keep_going=True)
        files, lost = rehearse(parts_of(history, {}), target or targets.get("kimberlite"), engine, wanted)
    finally:
        engine.stop()
    played: tuple[PlayedFile, ...] = files
    return Rehearsal(history.called, "0.9.1", "0.9.1", "an engine", played, lost=lost, restarts=engine.restarts)


def opened(folder: Path) -> Iterator[History]:
    """The histories of a folder that are meant for the engine."""
    for one in open_histories(Request(paths=(folder,))):
        if one.config.target.value == "kimberlite":
            yield one.history


def fixtures() -> Figures:
    """Every history of `fixtures/`."""
    figures = Figures(differing=[])
    for folder in sorted(FIXTURES.glob("*/migrations")):
        for history in opened(folder.parent):
            figures.add(folder.parent.name, rehearsed(history))
    return figures


def _written(files: Mapping[str, bytes], config: str, root: Path) -> None:
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    if config and not (root / "kmblint.toml").exists():
        (root / "kmblint.toml").write_text(config, encoding="utf-8")


def cards(only: str = "") -> Figures:
    """Every case of every card, and the further ones."""
    figures = Figures(differing=[])
    for rule in Rulebook.load():
        if only not in rule.slug:
            continue
        for case in cases(rule.card):
            with tempfile.TemporaryDirectory() as root:
                _written(case.files, case.config, Path(root))
                try:
                    found = [*opened(Path(root))]
                except KmblintError:  # a case of a wrong set-up
                    continue
                for history in found:
                    figures.add(f"{rule.slug}: {case.title}", rehearsed(history))
    return figures


def seeds(seed: int, count: int) -> Figures:
    """So many random histories of a seed."""
    figures = Figures(differing=[])
    generator = Generator(seed)
    for number in range(count):
        with tempfile.TemporaryDirectory() as root:
            texts = [text.rstrip().rstrip(";") for text in generator.scenario()]
            _written(
                {f"migrations/{at:04}_step.sql": f"{text};\n".encode() for at, text in enumerate(texts, 1)},
                "",
                Path(root),
            )
            for history in opened(Path(root)):
                figures.add(f"seed {seed}, history {number}", rehearsed(history))
    return figures


def main(arguments: list[str]) -> int:
    """Prints the figures and every difference; 1 where there is one. The arguments name kinds, or a part of a rule."""
    wanted = arguments[:1] or ["fixtures", "cards", "seeds"]
    differing = 0
    for name in wanted:
        figures = (
            fixtures() if name == "fixtures" else seeds(20260211, 200) if name == "seeds" else cards(*arguments[1:2])
        )
        print(f"{name}: {figures}")
        print("\n\n".join(figures.differing))
        differing += len(figures.differing)
    return int(differing > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
