"""Corners of a space: most of what goes wrong goes wrong at the end of a range."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from simulator.campaign.search.draws import Draws
from simulator.campaign.search.found import Pattern, Reals
from simulator.campaign.search.method import Asking

FEW = 6
"""Of so many groups all corners are asked for at once."""


def groups(d: int, patterns: Sequence[Pattern]) -> list[list[int]]:
    """Columns that a plain corner moves together: a whole course, or what belongs to none."""
    courses = [list(pattern.columns) for pattern in patterns]
    taken = {column for course in courses for column in course}
    return courses + [[k] for k in range(d) if k not in taken]


def plain(d: int, patterns: Sequence[Pattern]) -> Reals:
    """Corners at which every course is constant, and each group alone at its ends; no random choice."""
    parts = groups(d, patterns)
    few = len(parts) <= FEW
    signs = np.array(list(itertools.product((0.0, 1.0), repeat=len(parts)))) if few else design(len(parts))
    alone = np.full((2 * len(parts), len(parts)), 0.5)
    for k in range(len(parts)):
        alone[2 * k, k], alone[2 * k + 1, k] = 0.0, 1.0
    ends = np.array([[0.0] * len(parts), [1.0] * len(parts)])
    return spread(np.vstack([ends, alone, signs]), parts, d)


def spread(values: Reals, parts: Sequence[Sequence[int]], d: int) -> Reals:
    """Points (n, d) from one value a group (n, n_groups)."""
    points = np.full((len(values), d), 0.5)
    for k, part in enumerate(parts):
        points[:, list(part)] = values[:, k, None]
    return points


def design(d: int) -> Reals:
    """Space-filling corners: a folded-over two-level design of Hadamard's matrix.

    Any three columns hold all their eight combinations equally often, so that no effect of one
    number is mistaken for that of two others; rows of low sequency are slow square waves.

    Parameters
    ----------
    d : int
        Numbers in a point.

    Returns
    -------
    ndarray, shape (2 * r, d)
        Zeros and ones; `r` is the least power of two that is not below `d`.

    References
    ----------
    .. [1] R. L. Plackett, J. P. Burman, "The design of optimum multifactorial experiments",
       Biometrika 33(4), 1946, doi:10.1093/biomet/33.4.305.
    .. [2] G. E. P. Box, K. B. Wilson, "On the experimental attainment of optimum conditions",
       J. R. Stat. Soc. B 13(1), 1951, doi:10.1111/j.2517-6161.1951.tb00067.x (fold-over).
    """
    matrix = np.ones((1, 1))
    while len(matrix) < d:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    rows = np.vstack([matrix, -matrix])[:, :d]
    return (rows + 1.0) / 2.0


def corners(d: int, draws: Draws, most: int, batch: int = 32) -> Asking:
    """A design of corners in a random order, then all others where that is no more than `most`.

    Parameters
    ----------
    d : int
        Numbers in a point.
    draws : Draws
        The order of the columns and of the corners.
    most : int
        How many corners are worth asking for; of more, the others are random ones.
    batch : int
        How many at once.
    """
    chosen = design(d)[:, draws.order(d)]
    chosen = chosen[draws.order(len(chosen))]
    if 2**d <= most:
        every = np.array(list(itertools.product((0.0, 1.0), repeat=d)))
        points = np.vstack([chosen, every[draws.order(len(every))]])
    else:
        others = np.round(draws.uniforms(max(most - len(chosen), 0), d))
        points = np.vstack([chosen, others])[: max(most, 1)]
    for first in range(0, len(points), batch):
        yield points[first : first + batch]
