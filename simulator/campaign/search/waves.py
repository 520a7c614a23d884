"""Courses over time made of two levels: square waves, shifted courses, switches that move."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from simulator.campaign.search.draws import Draws
from simulator.campaign.search.found import Pattern, Reals

PERIODS = 12
"""Most periods that are tried, from two pieces to twice the course."""
PHASES = 4


def square(n: int, period: float, phase: float) -> Reals:
    """A square wave over `n` pieces, high first; `phase` is a share of the period."""
    turns = (np.arange(n) + 0.5) / period + phase
    return np.where(turns - np.floor(turns) < 0.5, 1.0, 0.0)


def periods(n: int) -> Reals:
    """Periods of square waves [pieces], longest last."""
    wanted = np.geomspace(2.0, 2.0 * n, PERIODS)
    return np.unique(np.round(2.0 * wanted) / 2.0)


def family(base: Reals, patterns: Sequence[Pattern]) -> Reals:
    """Square waves of several periods and phases: in each course alone, and in all at the same times.

    Parameters
    ----------
    base : ndarray, shape (d,)
        What the other numbers are.
    patterns : sequence of Pattern
        The courses.
    """
    sets = [*([one] for one in patterns), *([list(patterns)] if len(patterns) > 1 else [])]
    longest = max(len(pattern.columns) for pattern in patterns)
    points = [
        _waved(base, chosen, period / longest, phase / PHASES)
        for chosen in sets
        for period in periods(longest)
        for phase in range(PHASES)
    ]
    return np.unique(np.array(points), axis=0)


def telegraph(base: Reals, patterns: Sequence[Pattern], draws: Draws) -> Reals:
    """A square wave of a random period, phase and swing in each course; period and swing the same in all.

    A third of them swing from end to end.
    """
    point, drawn = base.copy(), draws.uniforms(2 + len(patterns))
    longest = max(len(pattern.columns) for pattern in patterns)
    period = (2.0 / longest) * longest ** drawn[0]
    for pattern, phase in zip(patterns, drawn[2:], strict=True):
        point[list(pattern.columns)] = square(len(pattern.columns), period * len(pattern.columns), phase)
    return scaled(point, patterns, min(0.4 + 0.9 * drawn[1], 1.0))


def scaled(point: Reals, patterns: Sequence[Pattern], share: float) -> Reals:
    """Every course nearer to the middle, or farther from it, but within [0, 1].

    What is beyond a limit of the plant may be refused as a whole, where a little less is let in.
    """
    moved = point.copy()
    for pattern in patterns:
        columns = list(pattern.columns)
        moved[columns] = np.clip(0.5 + share * (point[columns] - 0.5), 0.0, 1.0)
    return moved


def _waved(base: Reals, patterns: Sequence[Pattern], period: float, phase: float) -> Reals:
    point = base.copy()
    for pattern in patterns:
        n = len(pattern.columns)
        point[list(pattern.columns)] = square(n, period * n, phase)
    return point


def shifted(point: Reals, patterns: Sequence[Pattern], share: float) -> Reals:
    """Every course later by a share of its length; what comes in at an end is what stood there."""
    moved = point.copy()
    for pattern in patterns:
        columns = np.array(pattern.columns)
        n = len(columns)
        moved[columns] = point[columns[np.clip(np.arange(n) - round(share * n), 0, n - 1)]]
    return moved


def mirrored(point: Reals, patterns: Sequence[Pattern]) -> Reals:
    """Every course turned upside down."""
    moved = point.copy()
    for pattern in patterns:
        moved[list(pattern.columns)] = 1.0 - point[list(pattern.columns)]
    return moved


def switches(point: Reals, patterns: Sequence[Pattern]) -> Iterator[tuple[int, float]]:
    """Changes of one piece that move a switch by one piece: column and new level."""
    for pattern in patterns:
        for before, after in zip(pattern.columns, pattern.columns[1:], strict=False):
            if point[before] != point[after]:
                yield before, point[after]
                yield after, point[before]


def reworked(point: Reals, patterns: Sequence[Pattern]) -> Reals:
    """Each course a piece longer or shorter before one switch, or with more or less swing."""
    points = []
    for pattern in patterns:
        columns = list(pattern.columns)
        for course in _slipped(point[columns]):
            points.append(point.copy())
            points[-1][columns] = course
        points += [scaled(point, [pattern], share) for share in (0.8, 0.93, 1.07, 1.25)]
    return np.array(points).reshape(-1, len(point))


def _slipped(course: Reals) -> Iterator[Reals]:
    """All that follows a switch comes a piece later, or sooner."""
    for k in np.flatnonzero(course[1:] != course[:-1]):
        yield np.insert(course, k, course[k])[:-1]
        yield np.append(np.delete(course, k), course[-1])


def ends(point: Reals, patterns: Sequence[Pattern]) -> Iterator[tuple[int, float]]:
    """Changes of one number to an end of its range, of a piece to the other end of its course's swing."""
    swings = {
        column: _swing(point[list(pattern.columns)]) for pattern in patterns for column in pattern.columns
    }
    for column, value in enumerate(point):
        for level in swings.get(column, (0.0, 1.0)):
            if value != level:
                yield column, level


def _swing(course: Reals) -> tuple[float, float]:
    low, high = float(course.min()), float(course.max())
    return (low, high) if low < high else (0.0, 1.0)
