"""Tries inputs for some minutes and prints what was tried and what broke which promise, the first of a kind made small.

Usage: python -m tests.fuzzing [--minutes 1] [--seed 1] [--tier texts] [--from 0] [--tries N]
"""

from __future__ import annotations

import argparse
import random
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import Final

import msgspec

from kmblint import targets
from tests.fuzzing import branches, commands, editors, processes, projects, servers, texts
from tests.fuzzing.inputs import Files, Known, history, known, migration, project
from tests.fuzzing.invariants import Fault, Promise
from tests.fuzzing.mutations import every_cut, every_gap, every_token
from tests.fuzzing.smaller import smaller

_BATCH: Final = 40
"""Projects that three processes are asked of."""
_COMMENTS: Final = (b"/* c */", b"-- c\n")


class Tried(msgspec.Struct, frozen=True):
    """One try: the inputs that it held, and what broke."""

    inputs: int
    size: int
    """Bytes."""
    faults: tuple[Fault, ...]
    files: Files
    again: Callable[[Files], list[Fault]] | None = None
    """The same of fewer files or bytes, to make it small; None where that would take too long."""


class Tier:
    """One way of asking, and its figures."""

    allowed = 2.0
    """Seconds of processor time for one try, beyond which it counts as a fault."""

    def __init__(self, known_: Known, seed: int, empty: Path) -> None:
        """`empty` is a folder with nothing in it."""
        self.known, self.seed, self.empty = known_, seed, empty
        self.tries = self.inputs = self.size = 0
        self.spent = self.slowest = 0.0
        self.kinds: Counter[str] = Counter()

    def tries_from(self, first: int) -> Iterator[Callable[[], Tried]]:
        """The tries of this seed, from the one of a number; they don't end."""
        return (partial(self.tried, number) for number in count(first))

    def tried(self, number: int) -> Tried:
        """One try, by its number."""
        raise NotImplementedError

    def chance(self, number: int) -> random.Random:
        """What decides of a try, so that it can be had again by its number."""
        return random.Random(f"{type(self).__name__}:{self.seed}:{number}")  # noqa: S311 -- it guards nothing

    def add(self, tried: Tried, spent: float) -> list[Fault]:
        """Adds a try; gives the faults of kinds that are new."""
        faults = list(tried.faults)
        if spent > self.allowed:
            faults.append(Fault(Promise.TIME, f"over {self.allowed} s"))
        self.tries, self.inputs, self.size = self.tries + 1, self.inputs + tried.inputs, self.size + tried.size
        self.spent, self.slowest = self.spent + spent, max(self.slowest, spent)
        new = [fault for fault in {each.kind: each for each in faults}.values() if not self.kinds[fault.kind]]
        self.kinds.update({each.kind for each in faults})
        return new

    def told(self) -> str:
        """The figures, in a line."""
        a_minute = 60 / self.spent if self.spent else 0
        return (
            f"{self.inputs:,} inputs of {self.size:,} bytes in {self.tries:,} tries and {self.spent:.0f} s: "
            f"{self.inputs * a_minute / 60:,.0f} a second, {self.size * a_minute:,.0f} bytes a minute; "
            f"slowest {self.slowest:.2f} s"
        )


class Cuts(Tier):
    """Each text that somebody wrote, truncated at each byte, and with a comment in each gap: up to their forms."""

    def tries_from(self, first: int) -> Iterator[Callable[[], Tried]]:
        """They end."""
        return (partial(_text, data) for data in islice(self._texts(), first, None))

    def _texts(self) -> Iterator[bytes]:
        for data in self.known.texts:
            yield from every_cut(data)
            for comment in _COMMENTS:
                yield from every_gap(data, comment)


class Tails(Cuts):
    """Each text that somebody wrote, from each byte to its end."""

    def _texts(self) -> Iterator[bytes]:
        return (data[at:] for data in self.known.texts for at in range(1, len(data)))


class Swaps(Cuts):
    """Each text that somebody wrote, without, with twice, and with otherwise ordered, each of its tokens."""

    def _texts(self) -> Iterator[bytes]:
        return (changed for data in self.known.texts for changed in every_token(data))


class Texts(Tier):
    """Single texts, made or changed, up to their forms."""

    def tried(self, number: int) -> Tried:
        """A text alone."""
        return _text(migration(self.chance(number), self.known))


class _OfFiles(Tier):
    """The files of one history or project, asked of one target; asked again, the same chance decides."""

    def made(self, chance: random.Random) -> Files:
        """The files of a try."""
        raise NotImplementedError

    def faults(self, files: Files, chance: random.Random, target: str) -> list[Fault]:
        """What they break."""
        raise NotImplementedError

    def tried(self, number: int) -> Tried:
        """Made, and asked."""
        chance = self.chance(number)
        files, target = self.made(chance), chance.choice((*targets.NAMES, "kimberlite"))
        state = chance.getstate()

        def again(less: Files) -> list[Fault]:
            chance.setstate(state)
            return self.faults(less, chance, target)

        return Tried(len(files), _size(files), tuple(again(files)), files, again)


class Histories(_OfFiles):
    """Histories in memory, up to their findings."""

    def __init__(self, known_: Known, seed: int, empty: Path) -> None:
        super().__init__(known_, seed, empty)
        self.libraries = {name: texts.Library(name, empty) for name in targets.NAMES}

    def made(self, chance: random.Random) -> Files:
        """A history."""
        return history(chance, self.known)

    def faults(self, files: Files, chance: random.Random, target: str) -> list[Fault]:
        """Through the library."""
        return self.libraries[target].faults(files, chance)


class Projects(_OfFiles):
    """Projects on disk, through a dozen runs of commands."""

    allowed = 10.0

    def made(self, chance: random.Random) -> Files:
        """A project."""
        return project(chance, self.known)

    def faults(self, files: Files, chance: random.Random, target: str) -> list[Fault]:
        """Through the command line."""
        return projects.faults(files, chance, target)


class _Beside(Projects):
    """Projects of which little but the migrations is odd."""

    def made(self, chance: random.Random) -> Files:
        """A history, now and then with what stands beside it."""
        return project(chance, self.known) if chance.random() < 0.2 else history(chance, self.known)


class Branches(_Beside):
    """Projects in git repositories, through commands that ask what a revision holds."""

    def faults(self, files: Files, chance: random.Random, target: str) -> list[Fault]:
        """Through the command line."""
        return branches.faults(files, chance, target)


class Servers(_Beside):
    """Projects beside a server that answers whatever it likes, through `rehearse` and `drift`."""

    def faults(self, files: Files, chance: random.Random, target: str) -> list[Fault]:
        """Through the command line."""
        return servers.faults(files, chance, target)


class Editors(_Beside):
    """Projects that are typed at, through what the language server asks."""

    def faults(self, files: Files, chance: random.Random, target: str) -> list[Fault]:
        """Through its functions."""
        return editors.faults(files, chance, target)


class Processes(Tier):
    """Projects on disk, each through the same commands in three processes."""

    allowed = 1e9

    def tried(self, number: int) -> Tried:
        """A batch of them."""
        chance = self.chance(number)
        batch = [project(chance, self.known) for _ in range(_BATCH)]
        faults = [*processes.faults(batch)]
        files = batch[faults[0][0]] if faults else {}
        return Tried(sum(map(len, batch)), sum(map(_size, batch)), tuple(fault for _, fault in faults), files)


TIERS: Final = {
    tier.__name__.lower(): tier
    for tier in (Cuts, Tails, Swaps, Texts, Histories, Projects, Branches, Servers, Editors, Processes)
}


def _size(files: Files) -> int:
    return sum(map(len, files.values()))


def _text(data: bytes) -> Tried:
    def again(less: Files) -> list[Fault]:
        return [fault for each in less.values() for fault in texts.faults(each)]

    return Tried(1, len(data), tuple(texts.faults(data)), {"0001_a.sql": data}, again)


def _run(tier: Tier, first: int, ends: float, most: int | None) -> None:
    for number, tried in enumerate(islice(tier.tries_from(first), most), first):
        if time.monotonic() > ends:
            return
        began = _spent()
        done = tried()
        for fault in tier.add(done, _spent() - began):
            print(f"{type(tier).__name__} {number}: {fault.kind}\n    {fault.said[:300]}", flush=True)
            again = None if fault.promise is Promise.TIME else done.again  # which takes no time
            files = done.files if again is None else smaller(done.files, _fails_as(fault, again))
            for name, data in files.items():
                print(f"    {name} {data[:3000]!r}", flush=True)


def _spent() -> float:
    """Seconds of processor time, those of children that have ended among them."""
    return time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


def _fails_as(fault: Fault, again: Callable[[Files], list[Fault]]) -> Callable[[Files], bool]:
    return lambda less: fault.kind in {each.kind for each in again(less)}


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints a line a new kind of fault, and the figures at the end, or where it is stopped."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tier", choices=TIERS, action="append", help="the share of time is the same for each")
    parser.add_argument("--from", dest="first", type=int, default=0, help="the number of the first try")
    parser.add_argument("--tries", type=int, help="how many at the most of each tier")
    asked = parser.parse_args(arguments)
    commands.keep_rulebook()
    signal.signal(signal.SIGTERM, _stop)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kmblint-fuzzing-") as empty:
        everything = known()
        tiers = [TIERS[name](everything, asked.seed, Path(empty)) for name in asked.tier or TIERS]
        try:
            for number, tier in enumerate(tiers, 1):
                _run(tier, asked.first, began + asked.minutes * 60 * number / len(tiers), asked.tries)
        except KeyboardInterrupt:
            print("stopped", file=sys.stderr)
    for tier in tiers:
        print(f"{type(tier).__name__}: {tier.told()}")
        print("".join(f"{times:8} {kind}\n" for kind, times in tier.kinds.most_common()) or "         nothing broke")
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"peak memory: {peak / 1024:.0f} MB")


if __name__ == "__main__":
    main()
