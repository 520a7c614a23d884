"""What a repeat of a subset simulation is asked for, and what its levels have come to."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.rare.draws import Whole
from simulator.campaign.rare.population import Population

Flags = NDArray[np.bool_]
REACHED, BUDGET, STANDSTILL = "reached", "budget", "standstill"


@dataclass(frozen=True)
class Plan:
    """How a repeat is run.

    Attributes
    ----------
    per_level : int
        States of a level.
    most : int
        Simulations that one repeat may take.
    share : float
        Of the states of a level, how many survive it.
    """

    per_level: int
    most: int
    share: float = 0.1

    @property
    def survivors(self) -> int:
        """States that survive a level, where no two have the same margin."""
        return round(self.per_level * self.share)

    @property
    def levels(self) -> int:
        """Levels that the budget allows, the first included."""
        return 1 + max(self.most - self.per_level, 0) // (self.per_level - self.survivors)

    @property
    def reach(self) -> float:
        """Probability down to which the last level sees some `survivors` failures."""
        return float(self.share**self.levels)


@dataclass(frozen=True)
class Level:
    """One level.

    Attributes
    ----------
    threshold : float
        Margin that its survivors are at or below; 0 at the last level, which counts failures.
    share : float
        How many of its states are.
    n : int
        States.
    variation : float
        Coefficient of variation of `share` from the correlation along the chains (Au and Beck, eq. 28).
    acceptance, renewal : float
        Share of accepted candidates, of all and of those with a new noise; 1 at the first level.
    scale : float
        Factor of the steps that the walk ended with; 0 at the first level.
    """

    threshold: float
    share: float
    n: int
    variation: float
    acceptance: float
    renewal: float
    scale: float


@dataclass
class Climb:
    """What one repeat has found.

    Attributes
    ----------
    levels : list of Level
        In the order in which they were climbed.
    population : Population
        States of the last level.
    failed_first : int
        Failures among the first level, which is direct Monte-Carlo.
    undecided_first, undecided : int
        Runs that decided nothing: in the first level, and in all.
    simulations : int
        Runs in all.
    ended : str
        ``reached``; ``budget`` where it ended before enough states failed; ``standstill`` where
        margins gave nothing to climb.
    """

    population: Population
    levels: list[Level] = field(default_factory=list)
    failed_first: int = 0
    undecided_first: int = 0
    undecided: int = 0
    simulations: int = 0
    ended: str = REACHED

    @property
    def probability(self) -> float:
        """The estimate: the product of the shares."""
        return float(np.prod([level.share for level in self.levels]))

    @property
    def ceiling(self) -> float:
        """Probability of the last level that was reached, which the estimate cannot exceed."""
        return float(np.prod([level.share for level in self.levels[:-1]]))

    @property
    def variation(self) -> float:
        """Coefficient of variation by the formula within the run, which is blind to what it never saw."""
        return sqrt(sum(level.variation**2 for level in self.levels))

    @property
    def failures(self) -> Population:
        """States of the last level that fail."""
        return self.population.at(self.population.margin < 0.0)


def correlation(inside: Flags, chain: Whole) -> float:
    """How much the variance of a share grows by the correlation along the chains (Au and Beck, eq. 29).

    Parameters
    ----------
    inside : ndarray of bool, shape (n,)
        Of each state.
    chain : ndarray of int, shape (n,)
        Its chain; states of a chain stand in the order of the walk.
    """
    n, share = len(inside), float(inside.mean())
    if share in (0.0, 1.0):
        return 0.0
    order = np.argsort(chain, kind="stable")
    value, owner = inside[order] - share, chain[order]
    total = 0.0
    for lag in range(1, int(np.bincount(chain).max())):
        same = owner[lag:] == owner[:-lag]
        total += float((value[lag:] * value[:-lag])[same].sum())
    return max(2.0 * total / (n * share * (1.0 - share)), 0.0)
