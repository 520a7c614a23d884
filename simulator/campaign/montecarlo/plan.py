"""What a campaign is going to run: hashed before the first run, and cut into blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from simulator.campaign.experiment import Experiment
from simulator.campaign.jobs import MAIN
from simulator.campaign.work import Workshop
from simulator.core.clock import Tick
from simulator.scenario.resolved import ResolvedScenario
from simulator.threats import AI_TAPS

WITHOUT = "without-ai"
LARGEST = 1024
"""Replicas of a block, at most: more are no faster."""
LEAST = 64
"""Smaller blocks are not made for the sake of `BLOCKS`: they cost more than they even out."""
BLOCKS = 8
"""Blocks into which a question is cut, so that workers end together."""


PROCESS, MEASURING = 300_000_000, 48
"""What a worker takes for itself [bytes], and beside the record for each replica and tick while it measures:
1.56 GB were seen with 992 replicas of 18,000 ticks and 7 channels."""


@dataclass(frozen=True)
class Asked:
    """A question, how often it is put.

    Attributes
    ----------
    scenario, variant : str
        Its id; ``main`` or ``without-ai``.
    runs : int
        Replicas 0 to ``runs - 1``.
    duration : Tick
        Length of one [ms].
    block : int
        Replicas that run together.
    """

    scenario: str
    variant: str
    runs: int
    duration: Tick
    block: int

    @property
    def name(self) -> str:
        """For people."""
        return self.scenario if self.variant == MAIN else f"{self.scenario} {self.variant}"


@dataclass(frozen=True)
class Piece:
    """Replicas `first` to ``first + n - 1`` of a question, which run together."""

    asked: Asked
    first: int
    n: int

    @property
    def weight(self) -> int:
        """Roughly what it costs: replica-ticks and, for every tick, a fixed part."""
        return self.asked.duration * (35 + self.n)


@dataclass(frozen=True)
class Plan:
    """All questions of a campaign.

    Attributes
    ----------
    asked : tuple of Asked
        In the order of the suite.
    confidence : float
        Of every two-sided interval.
    plant_years : float or None
        What the quiet questions come to together; None where no rate per year is asked for.
    """

    asked: tuple[Asked, ...]
    confidence: float
    plant_years: float | None = None

    @property
    def data(self) -> dict[str, Any]:
        """As ``start.json`` has it."""
        found = asdict(self)
        return found | {"asked": [dict(one) for one in found["asked"]]}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Plan:
        """The plan of a ``start.json``."""
        asked = tuple(Asked(**one) for one in data["asked"])
        return cls(asked, data["confidence"], data["plant_years"])

    def pieces(self) -> Iterator[Piece]:
        """Every block, the longest first."""
        for one in sorted(self.asked, key=lambda one: -one.duration):
            for first in range(0, one.runs, one.block):
                yield Piece(one, first, min(one.block, one.runs - first))


def draw_up(
    shop: Workshop, runs: Mapping[str, int], without: bool, block: int | None, plant_years: float | None
) -> Plan:
    """A plan: how often each question is put, with its AI and, where it has a meaning, without.

    Parameters
    ----------
    shop : Workshop
        The suite.
    runs : mapping of str to int
        Replicas by question.
    without : bool
        Whether each is also put to the fallback alone.
    block : int or None
        Most replicas that run together; chosen when None, and fewer where memory is short.
    plant_years : float or None
        See `Plan`.
    """
    asked = []
    for key, n in runs.items():
        named = variants(shop.suite.scenarios[key], without)
        size = min(_most(shop, key, variant) for variant in named)
        size = min(size, n, block or min(max(-(-n // BLOCKS), LEAST), LARGEST))
        length = shop.suite.scenarios[key].duration
        asked += [Asked(key, variant, n, length, size) for variant in named]
    return Plan(tuple(asked), shop.suite.criteria.confidence, plant_years)


def variants(scenario: ResolvedScenario, without: bool) -> Sequence[str]:
    """``main``, and ``without-ai`` where the fallback alone can be put to the question."""
    return (MAIN, WITHOUT) if without and not of_the_ai(scenario) else (MAIN,)


def of_the_ai(scenario: ResolvedScenario) -> bool:
    """Whether the question is what an AI may do: the fallback alone cannot be put to it."""
    return bool(scenario.threats) and all(threat.tap in AI_TAPS for threat in scenario.threats)


def _most(shop: Workshop, key: str, variant: str) -> int:
    """Replicas of a question that memory holds; the same blocks of both variants are counted in pairs."""
    experiment, question = Experiment(shop, key, variant), shop.suite.scenarios[key]
    ticks = question.duration // question.plant.spec.scan.base
    room = max(shop.suite.spec.budget.memory_per_worker - PROCESS, 0)
    return max(room // (ticks * (4 * len(experiment.signals) + MEASURING)), 1)
