"""CMA-ES: a normal distribution that learns which numbers must move together, with restarts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulator.campaign.search.draws import Draws
from simulator.campaign.search.found import Reals
from simulator.campaign.search.method import Asking, Lead

SMALL = 1e-4
"""A step, as a share of the range, below which a run has ended."""
WORST = 1e14
"""Greatest ratio of variances along two axes; beyond it a direction is lost."""


def cma_es(d: int, draws: Draws, lead: Lead) -> Asking:
    """Ask for points for ever; each restart has twice the generation of the one before.

    Runs begin at the lead and at a random point in turn. A point outside [0, 1] is repaired to the
    edge before it is asked for, and the distribution learns from the repaired one.

    Parameters
    ----------
    d : int
        Numbers in a point.
    draws : Draws
        Random numbers.
    lead : Lead
        The worst point so far.

    References
    ----------
    .. [1] N. Hansen, "The CMA evolution strategy: a tutorial", 2016, arXiv:1604.00772 (table 1
       and appendix A).
    .. [2] A. Auger, N. Hansen, "A restart CMA evolution strategy with increasing population
       size", CEC 2005, doi:10.1109/CEC.2005.1554902.
    """
    size, turn = max(4 + int(3 * math.log(d)), 16), 0
    while True:
        mean = draws.uniforms(d) if turn % 2 else lead()[0]
        yield from _run(mean, 0.3 if turn % 2 else 0.2, Rates.of(d, size), draws)
        turn += 1
        size = min(2 * size, 256)


@dataclass(frozen=True)
class Rates:
    """Constants of table 1 of [1], of a generation of `size` points."""

    size: int
    weights: Reals
    mass: float
    step: float
    damping: float
    path: float
    one: float
    many: float
    length: float

    @classmethod
    def of(cls, d: int, size: int) -> Rates:
        """The defaults for `d` numbers; only the better half has a weight."""
        raw = np.array([math.log((size + 1) / 2) - math.log(k + 1) for k in range(size // 2)])
        weights = raw / raw.sum()
        mass = float(1.0 / (weights**2).sum())
        step = (mass + 2.0) / (d + mass + 5.0)
        one = 2.0 / ((d + 1.3) ** 2 + mass)
        return cls(
            size, weights, mass, step,
            damping=1.0 + 2.0 * max(0.0, math.sqrt((mass - 1.0) / (d + 1.0)) - 1.0) + step,
            path=(4.0 + mass / d) / (d + 4.0 + 2.0 * mass / d),
            one=one,
            many=min(1.0 - one, 2.0 * (mass - 2.0 + 1.0 / mass) / ((d + 2.0) ** 2 + mass)),
            length=math.sqrt(d) * (1.0 - 1.0 / (4.0 * d) + 1.0 / (21.0 * d * d)),
        )  # fmt: skip


class Distribution:
    """Mean, step and covariance of one run, equations (5), (9), (30) to (34) and (37) of [1].

    Parameters
    ----------
    mean : ndarray, shape (d,)
        Where it begins.
    sigma : float
        Its first step.
    rates : Rates
        Constants.
    """

    def __init__(self, mean: Reals, sigma: float, rates: Rates) -> None:
        d = len(mean)
        self.mean, self.sigma, self.rates = mean, sigma, rates
        self.covariance, self.pull, self.drift = np.eye(d), np.zeros(d), np.zeros(d)
        self.generation = 0
        self._decompose()

    def _decompose(self) -> None:
        values, self.axes = np.linalg.eigh(self.covariance)
        self.sound = bool(0.0 < values[-1] < WORST * values[0])
        self.roots = np.sqrt(values) if self.sound else values

    @property
    def ended(self) -> bool:
        """Whether it draws nothing new, or has lost a direction."""
        return not self.sound or self.sigma * float(self.roots[-1]) < SMALL

    def drawn(self, normals: Reals) -> Reals:
        """Points from standard normal draws (size, d), repaired to [0, 1]."""
        points: Reals = self.mean + self.sigma * (normals * self.roots) @ self.axes.T
        return points.clip(0.0, 1.0)

    def learn(self, points: Reals) -> None:
        """Move to the better half of a generation, `points` in the order of their scores."""
        rates = self.rates
        steps = (points[: len(rates.weights)] - self.mean) / self.sigma
        move = rates.weights @ steps
        self.generation += 1
        self.mean = self.mean + self.sigma * move
        white = self.axes @ ((self.axes.T @ move) / self.roots)
        self.pull = (1.0 - rates.step) * self.pull + _gain(rates.step, rates.mass) * white
        self._spread(steps, move)
        growth = (rates.step / rates.damping) * (self._length / rates.length - 1.0)
        self.sigma *= math.exp(min(growth, 1.0))
        self._decompose()

    @property
    def _length(self) -> float:
        return math.sqrt(float(self.pull @ self.pull))

    def _spread(self, steps: Reals, move: Reals) -> None:
        rates, d = self.rates, len(move)
        begun = math.sqrt(1.0 - (1.0 - rates.step) ** (2 * self.generation))
        calm = self._length / begun < (1.4 + 2.0 / (d + 1.0)) * rates.length
        self.drift = (1.0 - rates.path) * self.drift + calm * _gain(rates.path, rates.mass) * move
        lost = 0.0 if calm else rates.one * rates.path * (2.0 - rates.path)
        self.covariance = (
            (1.0 - rates.one - rates.many + lost) * self.covariance
            + rates.one * np.outer(self.drift, self.drift)
            + rates.many * (steps.T * rates.weights) @ steps
        )


def _gain(rate: float, mass: float) -> float:
    """What keeps a path as long as one standard normal step is."""
    return math.sqrt(rate * (2.0 - rate) * mass)


def _run(mean: Reals, sigma: float, rates: Rates, draws: Draws) -> Asking:
    """One run, until its step is small or its best has stood still."""
    d, best, still = len(mean), np.inf, 0
    distribution = Distribution(mean, sigma, rates)
    while not distribution.ended and still < 10 + math.ceil(30 * d / rates.size):
        points = distribution.drawn(draws.normals(rates.size, d))
        scores = yield points
        order = np.argsort(scores, kind="stable")
        still = 0 if scores[order[0]] < best else still + 1
        best = min(best, float(scores[order[0]]))
        distribution.learn(points[order])
