"""The cross-entropy method: a normal distribution that moves to the worst of what it has drawn."""

from __future__ import annotations

import numpy as np

from simulator.campaign.search.draws import Draws
from simulator.campaign.search.found import Reals
from simulator.campaign.search.method import Asking, Lead

ELITE = 0.2
KEPT = 0.3
"""How much of the old mean and spread stays in the new."""
NARROW = 0.01
"""A spread below which nothing new is drawn."""


def cross_entropy(d: int, draws: Draws, lead: Lead, size: int = 32) -> Asking:
    """Ask for points for ever: from the middle first, then from the lead and from anywhere in turn.

    What falls outside [0, 1] is drawn to the edge, so that corners have a probability. The elite of a
    generation is chosen among it and the elite before.

    Parameters
    ----------
    d : int
        Numbers in a point.
    draws : Draws
        Random numbers.
    lead : Lead
        Where half of the restarts begin.
    size : int
        Points of a generation.

    References
    ----------
    .. [1] R. Y. Rubinstein, "The cross-entropy method for combinatorial and continuous
       optimization", Methodol. Comput. Appl. Probab. 1, 1999, doi:10.1023/A:1010091220143.
    .. [2] S. Sankaranarayanan, G. Fainekos, "Falsification of temporal properties of hybrid
       systems using the cross-entropy method", HSCC 2012, doi:10.1145/2185632.2185653.
    """
    mean, spread = np.full(d, 0.5), np.full(d, 0.4)
    turn = 0
    while True:
        yield from _run(mean, spread, draws, size)
        turn += 1
        mean = lead()[0] if turn % 2 else draws.uniforms(d)
        spread = np.full(d, 0.25 if turn % 2 else 0.4)


def _run(mean: Reals, spread: Reals, draws: Draws, size: int) -> Asking:
    """One run, until it draws nothing new or its elite stays as it is for five generations."""
    d, n_elite = len(mean), max(int(ELITE * size), 4)
    elite, scores, still = np.empty((0, d)), np.empty(0), 0
    while spread.max() > NARROW and still < 5:
        drawn = np.clip(mean + spread * draws.normals(size, d), 0.0, 1.0)
        points = np.vstack([elite, drawn])
        every = np.concatenate([scores, (yield drawn)])
        chosen = np.argsort(every, kind="stable")[:n_elite]
        still = 0 if np.any(chosen >= len(elite)) else still + 1
        elite, scores = points[chosen], every[chosen]
        if not np.isfinite(scores[0]):
            return
        mean = KEPT * mean + (1.0 - KEPT) * elite.mean(axis=0)
        spread = KEPT * spread + (1.0 - KEPT) * elite.std(axis=0)
