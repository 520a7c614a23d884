"""A counterexample with numbers that people would write: as few digits as still violate."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from simulator.campaign.falsify.candidate import Candidate
from simulator.core.clock import on_grid
from simulator.core.quantity import Distribution, Fixed
from simulator.scenario.schema.scenario import Scenario
from simulator.scenario.space import Space, replaced

DIGITS = (2, 3, 4, 6)
"""Significant digits of a value's distance from zero, or of its place in its range; the fewest first."""
First = Callable[[Sequence[Candidate], Candidate], Candidate]


def fixed(candidate: Candidate, digits: int | None = None) -> Candidate:
    """The candidate without anything left to choose; its values with so many digits, or as they are."""
    values = candidate.space.values(candidate.point[None])
    spec = candidate.space.spec
    sources: dict[str, Distribution] = {}
    for axis in candidate.space.axes:
        value = float(values[axis.name][0])
        if digits is not None:
            value = _short(value, axis.source.bounds, digits)
            value = float(on_grid(round(value), axis.grid)) if axis.grid else value
        sources[axis.draw] = Fixed(value, axis.source.unit)
    told = replaced(spec, sources).model_copy(update={"duration": candidate.duration})
    return Candidate(Space(told, ()), np.empty(0), candidate.duration)


def rounded(candidate: Candidate, first: First) -> Candidate:
    """The same scenario, fixed, with the fewest digits with which it still violates."""
    return first([fixed(candidate, n) for n in DIGITS], fixed(candidate))


def _short(value: float, bounds: tuple[float, float], digits: int) -> float:
    """A value in its range, so that the range is divided into about ``10**digits`` places."""
    low, high = bounds
    places = digits - 1 - math.floor(math.log10(high - low)) if high > low else digits
    return float(min(max(round(value, places), low), high))


def spec_of(candidate: Candidate) -> Scenario:
    """The scenario of a fixed candidate."""
    return candidate.space.spec
