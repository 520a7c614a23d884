"""Greedy refinement of a point: changes of one number each, asked for in one block, then taken together."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence

import numpy as np

from simulator.campaign.search import waves
from simulator.campaign.search.found import Pattern, Reals

Descent = Generator[Reals, Reals, tuple[Reals, float]]

Changes = Iterable[tuple[int, float]]
"""Columns and new levels."""


def descend(point: Reals, score: float, patterns: Sequence[Pattern]) -> Descent:
    """Any number to an end of its range, then switches in time, again and again while that lowers the score.

    Parameters
    ----------
    point : ndarray, shape (d,)
        Where it begins.
    score : float
        Its score.
    patterns : sequence of Pattern
        Courses whose switches are moved.

    Returns
    -------
    tuple of ndarray and float
        A point that no change of one number to an end and no moved switch makes lower, and its score.
    """
    while True:
        before = score
        point, score = yield from improve(point, score, waves.ends(point, patterns))
        point, score = yield from settle(point, score, patterns)
        if score >= before:
            return point, score


def settle(point: Reals, score: float, patterns: Sequence[Pattern]) -> Descent:
    """Move switches by a piece; where that no longer helps, rework whole courses."""
    while True:
        before = score
        point, score = yield from improve(point, score, waves.switches(point, patterns))
        if score >= before and patterns:
            others = waves.reworked(point, patterns)
            scores = yield others
            k = int(scores.argmin())
            point, score = (others[k], float(scores[k])) if scores[k] < score else (point, score)
        if score >= before:
            return point, score


def improve(point: Reals, score: float, changes: Changes) -> Descent:
    """The best of all single changes, and of the first 2, 3, 4, 6, 8, ... of those that help."""
    wanted = list(dict.fromkeys(changes))
    if not wanted:
        return point, score
    singles = np.array([changed(point, [one]) for one in wanted])
    scores = yield singles
    order = [int(k) for k in np.argsort(scores, kind="stable") if scores[k] < score]
    if not order:
        return point, score
    helping = [wanted[k] for k in order]
    groups = np.array([changed(point, helping[:n]) for n in _counts(len(helping))])
    together = (yield groups) if len(groups) else np.empty(0)
    every = np.vstack([singles[order[:1]], groups.reshape(-1, len(point))])
    found = np.concatenate([scores[order[:1]], together])
    return every[int(found.argmin())], float(found.min())


def changed(point: Reals, changes: Changes) -> Reals:
    """A point with some numbers replaced; of two levels for one number the first counts."""
    moved = point.copy()
    for column, level in reversed(list(changes)):
        moved[column] = level
    return moved


def _counts(n: int) -> list[int]:
    """2, 3, 4, 6, 8, 12, ... up to `n`, and `n`."""
    steps = {k for e in range(n.bit_length()) for k in (2**e, 3 * 2**e) if 2 <= k <= n}
    return sorted(steps | ({n} if n >= 2 else set()))
