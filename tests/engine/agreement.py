"""Prints how far `targets/kimberlite` agrees with what the real engine answered: `python -m tests.engine.agreement`.

Set-up statements that many scenarios share are left out, so that always answering "taken" scores nothing.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from tests.engine.replayed import SCENARIOS, Answer, Judged, Scenario, judge_all, scenarios

SHARED: Final = 10
"""A statement that more scenarios than this contain word for word is set-up."""


class Measure(msgspec.Struct):
    """Counts of agreement; `misses` says which statements disagree."""

    taken: int = 0
    taken_right: int = 0
    refused: int = 0
    refused_right: int = 0
    poisons_found: int = 0
    poisons_meant: int = 0
    poisons_right: int = 0
    warned: int = 0
    """Statements of which we say that a row would make them end the server; none of them meets one."""
    unsure: int = 0
    """Scenarios that are compared only up to a statement whose harm hangs on stored rows."""
    misses: list[tuple[str, str, str]] = []
    """(scenario, what is wrong, statement)."""

    def shares(self) -> dict[str, float]:
        """Each agreement as a share of 1."""
        return {
            "taken": _share(self.taken_right, self.taken),
            "refused": _share(self.refused_right, self.refused),
            "poisons precision": _share(self.poisons_right, self.poisons_found),
            "poisons recall": _share(self.poisons_right, self.poisons_meant),
        }


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def measure(found: Iterable[Scenario]) -> Measure:
    """Replays every scenario and compares statement by statement."""
    all_of_them = list(found)
    shared = Counter(text for scenario in all_of_them for text in {answer.sql for answer in scenario.statements})
    result = Measure(misses=[])
    for scenario in all_of_them:
        judged = list(judge_all([answer.sql for answer in scenario.statements]))
        result.warned += sum(ours.warned for ours in judged)
        unsure = next((n for n, ours in enumerate(judged) if not ours.sure), len(judged))
        result.unsure += unsure < len(judged)
        compared = list(zip(scenario.statements, judged, strict=True))[:unsure]
        for answer, ours in compared:
            if shared[answer.sql] <= SHARED:
                _compare(result, scenario, answer, ours)
        _compare_poisons(result, scenario, compared)
    return result


def _compare(result: Measure, scenario: Scenario, answer: Answer, ours: Judged) -> None:
    if answer.ok:
        result.taken += 1
        result.taken_right += ours.taken
        if not ours.taken:
            result.misses.append((scenario.id, "taken: " + "; ".join(ours.reasons), answer.sql))
    else:
        result.refused += 1
        result.refused_right += not ours.taken
        if ours.taken:
            result.misses.append((scenario.id, f"refused: {answer.reason[:160] or answer.error}", answer.sql))


def _compare_poisons(result: Measure, scenario: Scenario, compared: list[tuple[Answer, Judged]]) -> None:
    """A scenario poisons where a SELECT fails because a stored value is of another type than its column."""
    asked = [(answer, ours) for answer, ours in compared if answer.reads]
    meant = any(not answer.ok and "type mismatch" in answer.reason for answer, _ in asked)
    found = any(ours.unreadable for _, ours in asked)
    result.poisons_meant += meant
    result.poisons_found += found
    result.poisons_right += meant and found
    if meant != found:
        result.misses.append((scenario.id, "poisons" if meant else "poisons nothing", ""))


def main(arguments: list[str]) -> int:
    """Prints the shares and every disagreement; 1 where a share is below what issue B asks for."""
    result = measure(scenarios(Path(arguments[0]) if arguments else SCENARIOS))
    for name, share in result.shares().items():
        print(f"{name:18} {share:7.2%}")
    print(f"{result.unsure} scenarios compared in part, because stored rows decide")
    for scenario, what, text in result.misses:
        print(f"- {scenario}: {what}\n    {' '.join(text.split())[:160]}")
    wanted = {"taken": 0.98, "refused": 0.98, "poisons precision": 0.95, "poisons recall": 0.95}
    return int(any(result.shares()[name] < share for name, share in wanted.items()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
