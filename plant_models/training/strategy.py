"""An evolution strategy whose every operation is elementwise and in a fixed order."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.core.elementary import exp, log
from simulator.core.kernel import kernel
from simulator.core.seeds import normals

Reals = NDArray[np.float64]


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
