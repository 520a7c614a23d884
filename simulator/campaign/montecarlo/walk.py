"""Sequential tests of a campaign: blocks are walked through in the order of their replicas, and ended early.

Blocks may come in any order and run ahead; a decision falls at the replica at which it would fall alone,
and what was run beyond is not counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.assess.measure import Columns
from simulator.assess.odds import odds
from simulator.assess.sequential import Ended, SequentialTest, decide
from simulator.campaign.montecarlo.parts import Parts
from simulator.campaign.montecarlo.plan import Asked
from simulator.scenario.resolved import ResolvedScenario

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class UnderTest:
    """One requirement of one question under a sequential test."""

    scenario: str
    requirement: str
    test: SequentialTest

    @property
    def data(self) -> dict[str, Any]:
        """For the hashed plan: the test, and what it does to plants at either probability, exactly."""
        test = self.test
        known = {"acceptable": test.acceptable, "unacceptable": test.unacceptable}
        told = {name: asdict(odds(test, p)) for name, p in known.items()}
        head = {"scenario": self.scenario, "requirement": self.requirement}
        return head | {"test": asdict(test), "least": test.least, "odds": told}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> UnderTest:
        """From a hashed plan."""
        return cls(data["scenario"], data["requirement"], SequentialTest(**data["test"]))


@dataclass
class Walk:
    """The walk through one question's replicas, for all tests of its requirements.

    Parameters
    ----------
    question : ResolvedScenario
        What is asked.
    asked : Asked
        How often at most, in which blocks.
    tests : sequence of UnderTest
        Those of this question.
    confidence : float
        Of the bounds.
    """

    question: ResolvedScenario
    asked: Asked
    tests: Sequence[UnderTest]
    confidence: float
    ended: dict[str, Ended] = field(default_factory=dict)
    _waiting: dict[int, Columns] = field(default_factory=dict)
    _seen: dict[str, list[Columns]] = field(default_factory=dict)
    _next: int = 0

    @property
    def over(self) -> bool:
        """Whether every test has ended."""
        return all(one.requirement in self.ended for one in self.tests)

    def add(self, first: int, rows: Columns) -> None:
        """Take a block; it counts as soon as all blocks before it are there."""
        self._waiting[first] = {
            name: rows[name]
            for one in self.tests
            for name in (f"{one.requirement}.truth", f"{one.requirement}.exercised")
        }
        while self._next in self._waiting and not self.over:
            block = self._waiting.pop(self._next)
            self._next += self.asked.block
            for one in self.tests:
                if one.requirement not in self.ended:
                    self._step(one, block)

    def _step(self, one: UnderTest, block: Columns) -> None:
        seen = self._seen.setdefault(one.requirement, [])
        seen.append({key: block[f"{one.requirement}.{key}"] for key in ("truth", "exercised")})
        found = self._decided(one)
        if found.stopped or self._next >= self.asked.runs:
            self.ended[one.requirement] = found

    def _decided(self, one: UnderTest) -> Ended:
        failed, open_, counted = self._flags(one)
        return decide(one.test, failed[counted], open_[counted], self.confidence)

    def _flags(self, one: UnderTest) -> tuple[Flags, Flags, Flags]:
        """Of each replica in order: whether it fails, is undecided, and counts."""
        seen = self._seen[one.requirement]
        truth = np.concatenate([block["truth"] for block in seen])
        exercised = np.concatenate([block["exercised"] for block in seen]) > 0
        lenient = self.question.requirements[one.requirement].if_unexercised == "PASS"
        implies = self.question.formulas[one.requirement].has_implication
        holds = truth > 0
        counted = np.full(len(truth), True) if lenient or not implies else exercised | ~holds
        return truth < 0, ~(truth < 0) & ~holds, counted

    def replicas(self, one: UnderTest) -> int:
        """Replicas up to the decision, those that do not count included."""
        _, _, counted = self._flags(one)
        places = np.flatnonzero(counted)
        ended = self.ended[one.requirement]
        return int(places[ended.n - 1]) + 1 if ended.stopped and ended.n else len(counted)

    @property
    def used(self) -> int:
        """Replicas up to the last decision of all tests."""
        return max(self.replicas(one) for one in self.tests)

    @property
    def data(self) -> Iterator[dict[str, Any]]:
        """What each test has said; plain data."""
        for one in self.tests:
            ended = self.ended[one.requirement]
            told = asdict(ended) | {"verdict": str(ended.verdict)}
            yield one.data | told | {"replicas": self.replicas(one)}


@dataclass(frozen=True)
class Cut(Parts):
    """Rows of a campaign up to where its questions were ended.

    Parameters
    ----------
    whole : mapping of (str, str) to Asked
        What was asked at most, by scenario and variant.
    """

    whole: Mapping[tuple[str, str], Asked] = field(default_factory=dict)

    def of(self, asked: Asked) -> Iterator[Columns]:
        """Rows of the first ``asked.runs`` replicas; the last block is cut."""
        left = asked.runs
        for rows in super().of(self.whole[asked.scenario, asked.variant]):
            some = {name: column[:left] for name, column in rows.items()}
            left -= len(some["replica"])
            yield some
            if left <= 0:
                return
