"""The suite judged: did null injections leave no trace, repeats agree, and every mutant die?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.jobs import ABSENT, MAIN, NULL, REPEAT
from simulator.campaign.work import Done
from simulator.scenario.resolved import ResolvedSuite

Entry = dict[str, Any]


def controls(suite: ResolvedSuite, done: Sequence[Done], wired: bool = False) -> dict[str, list[Entry]]:
    """What each control did: ``name``, ``behaved`` and ``why``; plain data; `wired`: over TCP."""
    book = _Book(suite, done, wired)
    asked = suite.spec.controls
    found: dict[str, list[Entry]] = {}
    if asked.null_injection:
        found["null_injection"] = book.null_injections()
    if asked.repeat:
        found["repeat"] = book.repeats()
    if asked.mutants:
        named = [("remove", n, k) for n, k in asked.mutants.remove.items()]
        named += [("break", n, k) for n, k in asked.mutants.break_.items()]
        found["mutants"] = [book.mutant(*one) for one in named if book.ran(f"{one[0]}:{one[1]}", one[2])]
    return found


class _Book:
    """Finished jobs by variant and scenario."""

    def __init__(self, suite: ResolvedSuite, done: Sequence[Done], wired: bool) -> None:
        self.suite, self.wired = suite, wired
        self.done = {(d.job.variant, d.job.scenario, d.job.first, d.job.duration): d for d in done}

    def ran(self, variant: str, scenario: str) -> bool:
        """Whether such a job has run."""
        return any(key[:2] == (variant, scenario) for key in self.done)

    def _first(self, variant: str, scenario: str, duration: int | None = None) -> Done | None:
        length = duration or self.suite.scenarios[scenario].duration
        return self.done.get((variant, scenario, 0, length))

    def null_injections(self) -> list[Entry]:
        """Injectors wired in at zero against a build without injectors."""
        found = []
        for key in self.suite.scenarios:
            null, absent = self._first(NULL, key), self._first(ABSENT, key)
            if null and absent and len(_ended(null, absent)):
                found.append(_equal(key, null, absent, "with injectors at zero and without"))
        return found

    def repeats(self) -> list[Entry]:
        """The first replicas once more, in another block, against the run that is judged."""
        pairs = [(k, self._first(REPEAT, k), self._first(MAIN, k)) for k in self.suite.scenarios]
        how = "run twice in blocks of different size"
        how += ", once over TCP and once in process" if self.wired else ""
        return [
            _equal(k, again, main, how)
            for k, again, main in pairs
            if again and main and len(_ended(again, main))
        ]

    def mutant(self, kind: str, name: str, key: str) -> Entry:
        """Whether a broken build was noticed by its question."""
        mutated = next(d for k, d in self.done.items() if k[:2] == (f"{kind}:{name}", key))
        duration = mutated.job.duration
        sound = self._first(MAIN, key, duration) or self._first(REPEAT, key, duration)
        killers = self._killers(mutated, sound, duration) if sound else {}
        told = ", ".join(f"{r} in {k} of {mutated.job.n}" for r, k in killers.items())
        verb = "without" if kind == "remove" else "broken:"
        return {
            "name": f"{verb} {name}", "scenario": key, "behaved": bool(killers), "n": mutated.job.n,
            "why": f"killed by {told}" if told else "survived: its question does not notice",
        }  # fmt: skip

    def _killers(self, mutated: Done, sound: Done, duration: int) -> dict[str, int]:
        """Requirements that the mutant violates in replicas in which the sound build does not."""
        found = {}
        n = min(mutated.job.n, sound.job.n)
        for name in self.suite.scenarios[mutated.job.scenario].formulas:
            column = f"{name}.truth"
            killed = (mutated.columns[column][:n] < 0) & ~(sound.columns[column][:n] < 0)
            if killed.any():
                found[name] = int(killed.sum())
        return found | self._dearer(mutated, sound, duration)

    def _dearer(self, mutated: Done, sound: Done, duration: int) -> dict[str, int]:
        found = {}
        scenario = self.suite.scenarios[mutated.job.scenario]
        for name, requirement in scenario.requirements.items():
            compare = requirement.compare
            if compare is None:
                continue
            other = self._first("without-" + "-".join(compare.without), scenario.id, duration)
            if other is None:
                continue
            n = min(d.job.n for d in (mutated, sound, other))
            allowed = compare.at_most.to("1")
            cost = [np.asarray(d.columns["cost_index"][:n], float) for d in (mutated, sound, other)]
            killed = (cost[0] > allowed * cost[2]) & ~(cost[1] > allowed * cost[2])
            if killed.any():
                found[name] = int(killed.sum())
        return found


def _ended(one: Done, other: Done) -> NDArray[np.intp]:
    """Replicas that both recorded to the end: one that was not, says nothing of another run."""
    n = min(one.job.n, other.job.n)
    return np.flatnonzero(one.columns["complete"][:n] & other.columns["complete"][:n])


def _equal(key: str, one: Done, other: Done, how: str) -> Entry:
    ended = _ended(one, other)
    n = len(ended)
    same = bool(np.array_equal(one.columns["digest"][ended], other.columns["digest"][ended]))
    why = f"{n} replicas {how}: " + ("bit-identical" if same else "traces differ")
    return {"name": key, "scenario": key, "behaved": same, "n": n, "why": why}


def unchallenged(suite: ResolvedSuite, layers: Mapping[str, str]) -> list[str]:
    """Safeguards of the plant that no mutant of the suite takes away."""
    mutants = suite.spec.controls.mutants
    challenged = set(mutants.remove) if mutants else set()
    return [name for name in layers if name not in challenged]
