"""Courses over time from the loop's own response: probe it, then push always the way that hurts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.campaign.search import waves
from simulator.campaign.search.descent import Descent, descend
from simulator.campaign.search.draws import Draws
from simulator.campaign.search.found import Pattern, Reals
from simulator.campaign.search.method import Asking, Lead

SHIFT = 0.25
"""A bang-bang course is shifted by at most this share of its length, either way."""
PUSH = 0.75
"""Level to which a piece is pushed by a probe: what is at the end of a range may be refused."""
SWINGS = (1.0, 0.8, 0.6, 0.4)
"""How much of the range a bang-bang course uses."""


def respond(patterns: Sequence[Pattern], lead: Lead) -> Asking:
    """Probe, build the bang-bang course, shift it, refine the best; ends at a local optimum.

    From the middle, one piece at a time is pushed upwards. How the margin answers is the loop's
    impulse response, read backwards from the moment at which the margin is attained; for a linear
    loop the input within bounds that moves that moment most has everywhere the sign of that response
    [1]_. The loop does not change with time, so the same course, shifted, is the worst for another
    moment, and upside down for a limit on the other side. Then every piece is turned over alone, which
    is the response where the course has brought the loop, and all that help together; and so on.

    Parameters
    ----------
    patterns : sequence of Pattern
        The courses; all other numbers are as in the lead.
    lead : Lead
        The worst point so far.

    References
    ----------
    .. [1] L. S. Pontryagin et al., "The mathematical theory of optimal processes", 1962, chapter 3:
       a linear system under bounded control is extreme under a bang-bang one.
    """
    columns = [column for pattern in patterns for column in pattern.columns]
    base = lead()[0]
    base[columns] = 0.5
    probes = np.tile(base, (len(columns) + 1, 1))
    probes[np.arange(len(columns)) + 1, columns] = PUSH
    scores = yield probes
    with np.errstate(invalid="ignore"):
        slopes = np.nan_to_num(scores[1:] - scores[0], nan=0.0, posinf=1.0, neginf=-1.0)
    course = bang_bang(base, dict(zip(columns, slopes, strict=True)), patterns)
    both = (course, waves.mirrored(course, patterns))
    swings = [waves.scaled(one, patterns, swing) for swing in SWINGS for one in both]
    course, _ = yield from worst(swings)
    course, score = yield from worst(candidates(course, patterns))
    yield from descend(course, score, patterns)


def worst(points: Sequence[Reals]) -> Descent:
    """The point of these that has the least score."""
    asked = np.array(points)
    scores = yield asked
    k = int(scores.argmin())
    return asked[k], float(scores[k])


def bang_bang(base: Reals, slopes: dict[int, float], patterns: Sequence[Pattern]) -> Reals:
    """Every piece at the end at which its slope lowers the score; without a slope, as its neighbour."""
    point = base.copy()
    for pattern in patterns:
        columns, level = list(pattern.columns), 0.5
        felt = [column for column in columns if slopes[column] != 0.0]
        level = _worse(slopes[felt[0]]) if felt else 0.5
        for column in columns:
            level = _worse(slopes[column]) if slopes[column] != 0.0 else level
            point[column] = level
    return point


def _worse(slope: float) -> float:
    return 1.0 if slope < 0.0 else 0.0


def candidates(course: Reals, patterns: Sequence[Pattern]) -> list[Reals]:
    """A course and its mirror image, each shifted in time."""
    longest = max(len(pattern.columns) for pattern in patterns)
    later = [2**k for k in range(longest.bit_length()) if 2**k <= max(SHIFT * longest, 1)]
    shares = [0.0, *(sign * k / longest for k in later for sign in (-1, 1))]
    both = (course, waves.mirrored(course, patterns))
    points = [waves.shifted(one, patterns, share) for one in both for share in shares]
    return list({point.tobytes(): point for point in points}.values())


def resonate(patterns: Sequence[Pattern], draws: Draws, lead: Lead) -> Asking:
    """Square waves of several periods and phases; the best is refined, then random ones, for ever."""
    full = waves.family(lead()[0], patterns)
    first, least = yield from worst(list(full))
    less, score = yield from worst([waves.scaled(point, patterns, SWINGS[1]) for point in full])
    point, score = (less, score) if score < least else (first, least)
    while True:
        yield from descend(point, score, patterns)
        some = [waves.telegraph(lead()[0], patterns, draws) for _ in range(16)]
        point, score = yield from worst(some)


def refine(patterns: Sequence[Pattern], draws: Draws, lead: Lead) -> Asking:
    """The lead, refined until no single change helps; then random corners in its place, for ever."""
    point, score = lead()
    while True:
        yield from descend(point, score, patterns)
        point, score = yield from worst(list(np.round(draws.uniforms(16, len(point)))))
