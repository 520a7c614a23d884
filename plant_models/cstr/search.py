"""Direct policy search: many candidate networks in one block, and an evolution strategy over them.

Replica i of a block runs candidate ``i // seeds`` on draws ``i % seeds``: candidates are compared
on the same noise and the same disturbances. All arithmetic is elementwise, in a fixed order.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plant_models.cstr.onnx_file import Network
from simulator.core.elementary import exp, log
from simulator.core.kernel import kernel
from simulator.core.seeds import normal, normals
from simulator.engine.layer import Bound
from simulator.field.disturbance import DisturbanceOut, Disturbances, DisturbanceState
from simulator.field.sensor import SensorInputs, SensorOut, Sensors, SensorState

Reals = NDArray[np.float64]
Bind = Callable[[Any], Callable[[], Any]]


@kernel
def answer(weights: Any, seeds: int, features: Any, answers: Any) -> None:
    """Answers of every replica's own network: per unit bias, output weight and k input weights."""
    n, k = features.shape
    for i in range(n):
        w = weights[i // seeds]
        total = w[0]
        for start in range(1, w.shape[0], k + 2):
            unit = w[start]
            for j in range(k):
                unit += w[start + 2 + j] * features[i, j]
            total += w[start + 1] * min(max(unit, -1.0), 1.0)
        answers[i, 0] = total


def candidates(weights: Reals, seeds: int) -> Bind:
    """Stand-in for the session of a block: the candidates' networks, each for `seeds` replicas."""

    def bind(features: Any) -> Callable[[], Any]:
        answers = np.zeros((features.shape[0], 1), np.float32)

        def call() -> Any:
            answer(weights, seeds, features, answers)
            return answers

        return call

    return bind


@kernel
def _wander(deviation: Any, about: Any, tick: int, seeds: int, drive: Any) -> None:
    for j in range(deviation.shape[0]):
        unit = about[j]
        row, rest, keep, kick, key = unit.row, unit.rest, unit.keep, unit.kick, np.uint64(unit.key)
        for i in range(seeds):
            deviation[j, i] = keep * deviation[j, i] + kick * normal(key, i, tick)
        for i in range(deviation.shape[1]):
            drive[row, i] = rest + deviation[j, i % seeds]


@kernel
def _sense(lagged: Any, about: Any, tick: int, noise: Any, true: Any, sensed: Any) -> None:
    seeds = noise.shape[0]
    for j in range(lagged.shape[0]):
        unit = about[j]
        row, gain, key = unit.row, unit.gain, np.uint64(unit.key)
        for i in range(seeds):
            noise[i] = unit.noise * normal(key, i, tick)
        for i in range(lagged.shape[1]):
            lagged[j, i] += gain * (true[row, i] - lagged[j, i])
            sensed[j, i] = min(max(lagged[j, i] + noise[i % seeds], unit.low), unit.high)


@dataclass(frozen=True)
class SharedWander:
    """Disturbances of which every candidate gets the same."""

    inner: Disturbances
    seeds: int

    def initial(self, n: int) -> DisturbanceState:
        """As those of the inner layer."""
        return self.inner.initial(n)

    def step(self, state: DisturbanceState, inputs: None, out: DisturbanceOut, now: int) -> None:  # noqa: ARG002
        """Move every wandering input by one scan."""
        _wander(state.deviation, state.about, now // self.inner.period, self.seeds, out.drive)


@dataclass(frozen=True)
class SharedNoise:
    """Transmitters whose noise is the same for every candidate."""

    inner: Sensors
    noise: Reals

    def initial(self, n: int) -> SensorState:
        """As those of the inner layer."""
        return self.inner.initial(n)

    def step(self, state: SensorState, inputs: SensorInputs, out: SensorOut, now: int) -> None:
        """Read the plant once."""
        _sense(state.lagged, state.about, now // self.inner.period, self.noise, inputs.true, out.sensed)


def sharing(bound: Bound, seeds: int) -> Bound:
    """The layer of a bound one replaced by one that shares draws, where it draws."""
    if isinstance(bound.layer, Disturbances):
        return replace(bound, layer=SharedWander(bound.layer, seeds))
    if isinstance(bound.layer, Sensors):
        return replace(bound, layer=SharedNoise(bound.layer, np.zeros(seeds)))
    return bound


@kernel
def factor(matrix: Any) -> Any:
    """Lower triangular factor of a positive definite matrix (Cholesky)."""
    n = matrix.shape[0]
    lower = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            rest = matrix[i, j]
            for k in range(j):
                rest -= lower[i, k] * lower[j, k]
            lower[i, j] = math.sqrt(max(rest, 1e-18)) if i == j else rest / lower[j, j]
    return lower


@kernel
def spread(lower: Any, draws: Any, out: Any) -> None:
    """Rows of `draws` given the covariance whose factor is `lower`."""
    for c in range(draws.shape[0]):
        for i in range(draws.shape[1]):
            out[c, i] = 0.0
            for j in range(i + 1):
                out[c, i] += lower[i, j] * draws[c, j]


@kernel
def learn(covariance: Any, path: Any, steps: Any, share: Any, one: float, many: float) -> None:
    """Blend the search path (rank one) and the best steps (rank mu) into the covariance."""
    for i in range(path.shape[0]):
        for j in range(path.shape[0]):
            best = 0.0
            for c in range(share.shape[0]):
                best += share[c] * steps[c, i] * steps[c, j]
            old = (1.0 - one - many) * covariance[i, j]
            covariance[i, j] = old + one * path[i] * path[j] + many * best


@kernel
def blend(share: Any, rows: Any) -> Any:
    """Weighted sum of the first rows, added up in order."""
    out = np.zeros(rows.shape[1])
    for c in range(share.shape[0]):
        for i in range(rows.shape[1]):
            out[i] += share[c] * rows[c, i]
    return out


@kernel
def length(vector: Any) -> float:
    """Euclidean length."""
    total = 0.0
    for i in range(vector.shape[0]):
        total += vector[i] * vector[i]
    return math.sqrt(total)


@dataclass(frozen=True)
class Strategy:
    """Evolution strategy with covariance matrix adaptation [1]_, paths kept in factor coordinates.

    Parameters
    ----------
    population, generations : int
        Candidates a generation, and how many generations.
    seed : int
        Seed of its draws.

    References
    ----------
    .. [1] N. Hansen, "The CMA Evolution Strategy: A Tutorial", 2016, arXiv:1604.00772.
    """

    population: int
    generations: int
    seed: int

    def improve(self, start: Reals, step: float, cost: Callable[[Reals, int], Reals]) -> Reals:
        """Mean of the search distribution after the last generation.

        Parameters
        ----------
        start : ndarray, shape (n,)
            Where the mean starts.
        step : float
            Standard deviation of the first candidates.
        cost : callable
            Costs (population,) of candidates (population, n) in a generation.
        """
        search = _Search(start, step, self._shares())
        for generation in range(self.generations):
            draws = normals(self.seed, f"generation/{generation}", 0, self.population * start.size)
            candidates = search.ask(draws.reshape(self.population, start.size))
            search.tell(np.argsort(cost(candidates, generation), kind="stable"))
        return search.mean

    def _shares(self) -> Reals:
        best = self.population // 2
        shares = np.array([log(best + 0.5) - log(float(rank)) for rank in range(1, best + 1)])
        return np.array([share / math.fsum(shares) for share in shares])


class _Search:
    """The search distribution and its two paths; names as in the tutorial."""

    def __init__(self, mean: Reals, sigma: float, share: Reals) -> None:
        n, mu = mean.size, 1.0 / math.fsum(share * share)
        self.mean, self.sigma, self.share, self.mu = mean.copy(), sigma, share, mu
        self.keep_path = (4.0 + mu / n) / (n + 4.0 + 2.0 * mu / n)
        self.keep_step = (mu + 2.0) / (n + mu + 5.0)
        self.one = 2.0 / ((n + 1.3) * (n + 1.3) + mu)
        self.many = min(1.0 - self.one, 2.0 * (mu - 2.0 + 1.0 / mu) / ((n + 2.0) * (n + 2.0) + mu))
        self.damp = 1.0 + 2.0 * max(0.0, math.sqrt((mu - 1.0) / (n + 1.0)) - 1.0) + self.keep_step
        self.usual = math.sqrt(n) * (1.0 - 1.0 / (4.0 * n) + 1.0 / (21.0 * n * n))
        self.covariance, self.path, self.steps = np.eye(n), np.zeros(n), np.zeros(n)

    def ask(self, draws: Reals) -> Reals:
        """Candidates of the next generation, one a row."""
        self.draws, self.moves = draws, np.empty_like(draws)
        spread(factor(self.covariance), draws, self.moves)
        return np.asarray(self.mean + self.sigma * self.moves)

    def tell(self, order: NDArray[np.int64]) -> None:
        """Learn from the candidates' order, cheapest first."""
        best = order[: self.share.size]
        moves = self.moves[best]
        move = blend(self.share, moves)
        self.mean = self.mean + self.sigma * move
        a, b = self.keep_step, self.keep_path
        step = blend(self.share, self.draws[best])
        self.steps = (1.0 - a) * self.steps + math.sqrt(a * (2.0 - a) * self.mu) * step
        ratio = length(self.steps) / self.usual
        held = 1.0 if ratio < 1.6 else 0.0
        self.path = (1.0 - b) * self.path + held * math.sqrt(b * (2.0 - b) * self.mu) * move
        learn(self.covariance, self.path, moves, self.share, self.one, self.many)
        self.sigma *= exp(a / self.damp * (ratio - 1.0))


def embed(gains: Reals, n_units: int, reach: float) -> Reals:
    """Weights of a network that equals a linear law within `reach`, each unit a share of the range.

    Parameters
    ----------
    gains : ndarray, shape (k + 1,)
        Bias and gains of the law.
    n_units : int
        Hidden units.
    reach : float
        Largest answer, either way.

    Returns
    -------
    ndarray, shape (1 + n_units * (k + 2),)
    """
    half = reach / n_units
    weights = [0.0]
    for unit in range(n_units):
        middle = half * (2 * unit + 1 - n_units)
        weights += [(gains[0] - middle) / half, half, *(gain / half for gain in gains[1:])]
    return np.array(weights)


def network(weights: Reals, k: int) -> Network:
    """The weights of `answer` as the matrices of a network, float32."""
    units = weights[1:].reshape(-1, k + 2)
    hidden = np.ascontiguousarray(units[:, 2:].T, np.float32)
    bias, output = units[:, 0].astype(np.float32), units[:, 1:2].astype(np.float32)
    return Network(hidden, bias, output, weights[:1].astype(np.float32))
