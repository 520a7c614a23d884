"""What a sequential test does to plants of a given failure probability, exactly: no simulation, all paths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.assess.sequential import SequentialTest


@dataclass(frozen=True)
class Odds:
    """What a test does to plants of one failure probability, exactly; `replicas` is the mean it takes."""

    passes: float
    fails: float
    undecided: float
    replicas: float


def odds(test: SequentialTest, probability: float) -> Odds:
    """Probabilities of each end, and the expected number of replicas, by adding up all paths.

    Parameters
    ----------
    test : SequentialTest
        The plan.
    probability : float
        With which each replica fails.
    """
    alive, passes, fails, mean = np.ones(1), 0.0, 0.0, 0.0
    first = 0  # failures of the first path that is still open
    for n in range(1, test.most + 1):
        mean += float(alive.sum())
        moved = np.zeros(len(alive) + 1)
        moved[:-1] += alive * (1.0 - probability)
        moved[1:] += alive * probability
        low = min(max(test.passes_at(n) + 1 - first, 0), len(moved))
        high = min(max(test.fails_at(n) - first, low), len(moved))
        passes, fails = passes + float(moved[:low].sum()), fails + float(moved[high:].sum())
        alive, first = moved[low:high], first + low
        if not len(alive):
            break
    return Odds(passes, fails, float(alive.sum()), mean)
