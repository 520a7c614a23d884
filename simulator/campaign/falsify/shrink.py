"""From what a search has found to the least that still does it: greedy, step by step.

Fewest threats, shortest time, fewest pieces, fewest numbers off their rest, smallest numbers. A step is
kept only while the requirement is violated in the noise of the search, and in as many of a few others as
what was found: else the least form would be one of a single noise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.assess.measure import Columns
from simulator.campaign.experiment import Experiment
from simulator.campaign.falsify.aims import Aim, margins
from simulator.campaign.falsify.candidate import Candidate
from simulator.campaign.falsify.rest import at_rest
from simulator.campaign.falsify.trials import NOISE, Clock
from simulator.campaign.lab import Lab, Request
from simulator.core.clock import Tick

Reals = NDArray[np.float64]
NOISES = 5
"""That of the search, and others beside it."""
PARTS = 8
"""Into how many parts a way is divided at once; two rounds find a place to within a 64th."""
ROUNDS = 3
"""How often all steps are gone through, at most: one makes room for another."""


@dataclass(frozen=True)
class Seen:
    """What came of a candidate.

    Attributes
    ----------
    margin, witness : float, int
        In the noise of the search: the number that is searched, and when it was worst [ms].
    others : int
        In how many of the other noises it violates.
    """

    margin: float
    witness: Tick
    others: int


@dataclass
class Shrinking:
    """Makes one violation of one requirement smaller.

    Parameters
    ----------
    lab : Lab
        Runs candidates.
    experiment : Experiment
        The question.
    aim : Aim
        The requirement that must stay violated.
    clock : Clock
        Ends it.

    Attributes
    ----------
    spent : int
        Simulations.
    least : int
        Other noises in which it must be violated.
    """

    lab: Lab
    experiment: Experiment
    aim: Aim
    clock: Clock
    spent: int = 0
    least: int = 0

    def smaller(self, candidate: Candidate) -> Candidate:
        """The least that still violates."""
        self.least = self.seen([candidate])[0].others
        for _ in range(ROUNDS):
            before = candidate
            for step in (self._threats, self._time, self._pieces, self._numbers, self._sizes, self._time):
                candidate = step(candidate)
            if candidate.same(before):
                break
        return candidate

    def seen(self, candidates: Sequence[Candidate]) -> list[Seen]:
        """What comes of each; neighbours of one space and end run together."""
        self.clock.check()
        groups: list[list[Candidate]] = []
        for one in candidates:
            if groups and groups[-1][0].space is one.space and groups[-1][0].duration == one.duration:
                groups[-1].append(one)
            else:
                groups.append([one])
        self.spent += len(candidates) * NOISES
        return [one for rows in self.lab.map([self._request(g) for g in groups]) for one in self._read(rows)]

    def violates(self, seen: Seen) -> bool:
        """Whether it is still a violation worth the name; an undecided one is none."""
        return seen.margin < 0.0 and seen.others >= self.least

    def first(self, candidates: Sequence[Candidate], otherwise: Candidate) -> Candidate:
        """The first that violates."""
        seen = self.seen(candidates) if candidates else []
        return next((c for c, s in zip(candidates, seen, strict=True) if self.violates(s)), otherwise)

    def _request(self, group: Sequence[Candidate]) -> Request:
        space, ends = group[0].space, group[0].duration
        asked = (self.aim.requirement,)
        about = replace(self.experiment, given=space, duration=ends, requirements=asked)
        points = np.repeat([one.point for one in group], NOISES, axis=0)
        return Request(about, points, np.tile(NOISE + np.arange(NOISES), len(group)))

    def _read(self, rows: Columns) -> Iterator[Seen]:
        numbers = margins(rows, (self.aim,), self.experiment.sticks.limits)[:, 0].reshape(-1, NOISES)
        witnesses = rows[f"{self.aim.requirement}.witness"].reshape(-1, NOISES)
        for margin, witness in zip(numbers, witnesses, strict=True):
            yield Seen(float(margin[0]), int(witness[0]), int((margin[1:] < 0).sum()))

    def _until(self, tried: Callable[[Candidate], list[Candidate]], candidate: Candidate) -> Candidate:
        """Take away again and again, until nothing more can go."""
        while True:
            smaller = self.first(tried(candidate), candidate)
            if smaller is candidate:
                return candidate
            candidate = smaller

    def _threats(self, candidate: Candidate) -> Candidate:
        """Without one threat after another; one that the requirement speaks of stays."""
        named = self.experiment.question.formulas[self.aim.requirement].signals

        def without(one: Candidate) -> list[Candidate]:
            free = (t for t in one.space.spec.threats if f"threat.{t.name}" not in named)
            return [one.without_threat(threat) for threat in free]

        return self._until(without, candidate)

    def _time(self, candidate: Candidate) -> Candidate:
        """Only as long as it takes, and until every threat has begun."""
        base, ends = self.experiment.question.plant.spec.scan.base, candidate.duration
        begun = candidate.begun()

        def until(share: float) -> Candidate:
            return replace(candidate, duration=int(-(-(begun + share * (ends - begun)) // base + 1) * base))

        return self._least(candidate, until) if begun + PARTS * base < ends else candidate

    def _pieces(self, candidate: Candidate) -> Candidate:
        """Without the end of a course, then without one piece after another."""
        candidate = self.first(list(candidate.prefixes()), candidate)
        return self._until(lambda one: list(one.gaps()), candidate)

    def _numbers(self, candidate: Candidate) -> Candidate:
        """As many numbers at rest as may be: those that matter least first."""
        rest = at_rest(self.experiment.question, candidate.space)
        off = [int(k) for k in np.flatnonzero(candidate.point != rest)]
        if not off:
            return candidate
        alone = self.seen([candidate.at(k, rest[k]) for k in off])
        able = sorted((s.margin, k) for k, s in zip(off, alone, strict=True) if self.violates(s))
        ways = [candidate]
        for _, k in able:
            ways.append(ways[-1].at(k, rest[k]))
        return self.first(ways[:0:-1], candidate)

    def _sizes(self, candidate: Candidate) -> Candidate:
        """Every number as near to its rest as it may be: all together, then one by one."""
        rest = at_rest(self.experiment.question, candidate.space)
        off = np.flatnonzero(candidate.point != rest)
        for columns in ([off] if len(off) > 1 else []) + [off[k : k + 1] for k in range(len(off))]:
            candidate = self._nearer(candidate, columns, rest[columns])
        return candidate

    def _nearer(self, candidate: Candidate, columns: NDArray[np.intp], rest: Reals) -> Candidate:
        """Some numbers moved towards their rest."""
        away = candidate.point[columns] - rest
        return self._least(candidate, lambda share: candidate.at(columns, rest + share * away))

    def _least(self, candidate: Candidate, make: Callable[[float], Candidate]) -> Candidate:
        """The candidate at the least share of a way at which it violates, by sections of the way."""
        best, low, high = candidate, 0.0, 1.0
        for _ in range(2):
            shares = low + (high - low) * np.arange(1, PARTS) / PARTS
            ways = [make(float(share)) for share in shares]
            found = self.first(ways, candidate)
            k = next((k for k, way in enumerate(ways) if way is found), PARTS - 1)
            best = found if k < PARTS - 1 else best
            edges = (low, *shares, high)
            low, high = edges[k], edges[k + 1]
        return best
