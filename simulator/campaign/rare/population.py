"""The states that a level of a subset simulation holds, and the walk that grows it from its survivors."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.rare.draws import Draws, Reals, Whole

Ask = tuple[Reals, Whole]
"""Normal variables (n, d) and noise numbers (n,) whose margins are wanted."""
RENEWED = 0.5
"""Share of the candidates that get a new noise: half of them climb, half of them forget."""
AIM = 0.44
"""Share of the candidates to be accepted, from Papaioannou et al. 2015."""


@dataclass(frozen=True)
class Population:
    """States and their margins.

    Attributes
    ----------
    z : ndarray, shape (n, d)
        Standard normal variables, one an axis.
    noise : ndarray of int, shape (n,)
        Number of the replica in whose noise each was run.
    margin : ndarray, shape (n,)
        Below 0 where it fails; NaN where nothing was decided.
    chain : ndarray of int, shape (n,)
        Which states follow each other; in the order of the walk.
    """

    z: Reals
    noise: Whole
    margin: Reals
    chain: Whole

    def __len__(self) -> int:
        return len(self.margin)

    def at(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> Population:
        """Some of the states."""
        return Population(self.z[chosen], self.noise[chosen], self.margin[chosen], self.chain[chosen])


@dataclass
class Moves:
    """How the candidates of a level fared: those that kept their noise, and those that got a new one."""

    kept: int = 0
    kept_in: int = 0
    fresh: int = 0
    fresh_in: int = 0
    undecided: int = 0

    @property
    def acceptance(self) -> float:
        """Share of all candidates that were accepted."""
        return (self.kept_in + self.fresh_in) / max(self.kept + self.fresh, 1)

    @property
    def renewal(self) -> float:
        """Share of the candidates with a new noise that were accepted."""
        return self.fresh_in / max(self.fresh, 1)


def walk(
    seeds: Population, n: int, level: float, scale: float, draws: Draws, label: str, first: int
) -> Generator[Ask, Reals, tuple[Population, Moves, float]]:
    """Grow survivors to a population whose margins are at most `level`, by conditional sampling [1]_.

    A candidate is ``sqrt(1 - s^2) z + s e`` with e standard normal, which leaves the distribution of
    the axes as it is; half of the candidates also have a new noise, drawn as replicas are. It is
    accepted where its margin is at most `level`. So axes and noise together are the state, and what
    is estimated is the probability over both. The step `s` of each axis follows the spread of the
    survivors and the share that was accepted among the candidates that kept their noise.

    Parameters
    ----------
    seeds : Population
        Survivors; each begins a chain and stays in the population.
    n : int
        Size of the new population.
    level : float
        Margin that no state exceeds.
    scale : float
        Factor of the steps to begin with.
    draws : Draws
        Streams of the repeat.
    label : str
        What the draws of this level are called.
    first : int
        Number of the first noise that is still unused.

    Yields
    ------
    Ask
        Candidates; wants their margins sent back.

    References
    ----------
    .. [1] I. Papaioannou, W. Betz, K. Zwirglmaier, D. Straub, "MCMC algorithms for subset simulation",
       Prob. Eng. Mech. 41, 2015, pp. 89-103, doi:10.1016/j.probengmech.2015.06.006.
    """
    many, moves = len(seeds), Moves()
    lengths = n // many + (np.arange(many) < n % many)
    state = replace(seeds, chain=np.arange(many))
    parts, spread = [state], np.minimum(seeds.z.std(axis=0), 1.0)
    for step in range(1, int(lengths.max())):
        open_ = state.at(lengths[state.chain] > step)
        name = f"{label}/{step}"
        asked = _candidates(open_, np.minimum(scale * spread, 1.0), draws, name, first)
        first += len(open_)
        margin = yield asked.z, asked.noise
        accepted = margin <= level
        share = _count(moves, asked.noise == open_.noise, accepted, margin)
        if share is not None:
            scale = min(exp(log(scale) + (share - AIM) / sqrt(step)), 1.0 / max(float(spread.max()), 1e-12))
        state = _moved(open_, replace(asked, margin=margin), accepted)
        parts.append(state)
    grown = Population(
        np.concatenate([one.z for one in parts]),
        np.concatenate([one.noise for one in parts]),
        np.concatenate([one.margin for one in parts]),
        np.concatenate([one.chain for one in parts]),
    )
    return grown, moves, scale


def _candidates(state: Population, step: Reals, draws: Draws, name: str, first: int) -> Population:
    n, d = state.z.shape
    z = np.sqrt(1.0 - step**2) * state.z + step * draws.normal(name, n, d)
    fresh = draws.uniform(f"{name}/renew", n) < RENEWED
    return replace(state, z=z, noise=np.where(fresh, draws.noises(first, n), state.noise))


def _count(moves: Moves, kept: NDArray[np.bool_], accepted: NDArray[np.bool_], margin: Reals) -> float | None:
    """Add a step to the count; the share accepted of those that kept their noise."""
    moves.kept += int(kept.sum())
    moves.kept_in += int((kept & accepted).sum())
    moves.fresh += int((~kept).sum())
    moves.fresh_in += int((~kept & accepted).sum())
    moves.undecided += int(np.isnan(margin).sum())
    return float(accepted[kept].mean()) if kept.any() else None


def _moved(old: Population, new: Population, accepted: NDArray[np.bool_]) -> Population:
    return Population(
        np.where(accepted[:, None], new.z, old.z),
        np.where(accepted, new.noise, old.noise),
        np.where(accepted, new.margin, old.margin),
        old.chain,
    )
