"""Subset simulation: a rare failure as a chain of failures to keep ever smaller margins.

Pure: it asks for margins and knows nothing of plants. A repeat is a generator, so that the repeats of a
study may be run side by side and their questions put in one block.
"""

from __future__ import annotations

from collections.abc import Generator
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.rare.draws import Draws, Reals
from simulator.campaign.rare.levels import BUDGET, REACHED, STANDSTILL, Climb, Level, Plan, correlation
from simulator.campaign.rare.population import Ask, Moves, Population, walk

Flags = NDArray[np.bool_]
BEGIN = 0.6
"""Factor of the first steps, as in Papaioannou et al. 2015."""


def climb(axes: int, plan: Plan, draws: Draws) -> Generator[Ask, Reals, Climb]:
    """One repeat of subset simulation [1]_.

    Parameters
    ----------
    axes : int
        Number of axes.
    plan : Plan
        Sizes.
    draws : Draws
        Streams of the repeat.

    Yields
    ------
    Ask
        Normal variables (n, axes) and noise numbers (n,); wants margins (n,) sent back: below 0 where
        it fails, NaN where nothing is decided, which never counts as a failure.

    References
    ----------
    .. [1] S.-K. Au, J. L. Beck, "Estimation of small failure probabilities in high dimensions by subset
       simulation", Prob. Eng. Mech. 16(4), 2001, pp. 263-277, doi:10.1016/S0266-8920(01)00019-4.
    """
    n = plan.per_level
    z, noise = draws.normal("first", n, axes), draws.noises(0, n)
    margin = yield z, noise
    found = Climb(Population(z, noise, margin, np.arange(n)), simulations=n)
    found.failed_first, found.undecided_first = int((margin < 0).sum()), int(np.isnan(margin).sum())
    found.undecided = found.undecided_first
    moves, scale = Moves(kept=1, kept_in=1, fresh=1, fresh_in=1), 0.0
    while True:
        level, survivors = _level(found.population, plan, moves, scale)
        if not level.threshold > 0.0 or found.simulations + n - len(survivors) > plan.most:
            found.ended = REACHED if not level.threshold > 0.0 else BUDGET
            break
        if len(survivors) == n or not np.isfinite(level.threshold):
            found.ended = STANDSTILL
            break
        found.levels.append(level)
        name = f"level {len(found.levels)}"
        found.population, moves, scale = yield from walk(
            survivors, n, level.threshold, scale or BEGIN, draws, name, found.simulations
        )
        found.simulations += n - len(survivors)
        found.undecided += moves.undecided
    found.levels.append(_counted(found.population, moves, scale))
    return found


def _level(states: Population, plan: Plan, moves: Moves, scale: float) -> tuple[Level, Population]:
    """The next threshold and who survives it: all states that tie with the last survivor."""
    ordered = np.sort(np.where(np.isnan(states.margin), np.inf, states.margin), kind="stable")
    threshold = float(ordered[plan.survivors - 1])
    inside = states.margin <= threshold
    return _told(threshold, inside, states, moves, scale), states.at(inside)


def _counted(states: Population, moves: Moves, scale: float) -> Level:
    """The last level: how many of its states fail."""
    return _told(0.0, states.margin < 0.0, states, moves, scale)


def _told(threshold: float, inside: Flags, states: Population, moves: Moves, scale: float) -> Level:
    n, share = len(states), float(inside.mean())
    spread = 0.0
    if share > 0.0:
        spread = sqrt((1.0 - share) / (share * n) * (1.0 + correlation(inside, states.chain)))
    return Level(threshold, share, n, spread, moves.acceptance, moves.renewal, scale)


def together(climbs: list[Generator[Ask, Reals, Climb]]) -> Generator[Ask, Reals, list[Climb]]:
    """Run repeats side by side: what all of them ask next is asked at once.

    Yields
    ------
    Ask
        As of one repeat; its rows are those of all repeats, one after another.
    """
    done: dict[int, Climb] = {}
    asks = {k: next(one) for k, one in enumerate(climbs)}
    while asks:
        margin = yield (
            np.concatenate([z for z, _ in asks.values()]),
            np.concatenate([noise for _, noise in asks.values()]),
        )
        ends = np.cumsum([len(noise) for _, noise in asks.values()])
        answers = dict(zip(asks, np.split(margin, ends[:-1]), strict=True))
        asks = {}
        for k, answer in answers.items():
            try:
                asks[k] = climbs[k].send(answer)
            except StopIteration as stop:
                done[k] = stop.value
    return [done[k] for k in range(len(climbs))]
