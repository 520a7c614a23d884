"""Demands upon the safety functions per plant-year, from counts: never a SIL, never a PFD."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from math import inf, isfinite, nan
from typing import Any

from simulator.assess.rates import NOTHING, Bounded, proportion, rate

ANY = "any"
"""A run counts once, whichever safety functions were called upon in it."""


@dataclass(frozen=True)
class Quiet:
    """What was seen of a kind of quiet time.

    Attributes
    ----------
    share : float
        Of a year that it stands for.
    phase : str
        Phase in which it begins.
    exposure : float
        Time until the first demand or the end of each run, together [years].
    doubtful : float
        Time of runs of which it is not known whether they would have become a demand [years].
    demands : mapping of str to int
        Runs with a demand, by safety function and as `ANY`.
    """

    share: float
    phase: str
    exposure: float
    doubtful: float
    demands: Mapping[str, int]


@dataclass(frozen=True)
class Event:
    """What was seen of an initiating event.

    Attributes
    ----------
    frequency : float
        How often it comes [1/yr].
    phase : str
        Phase in which its runs begin.
    runs, doubtful : int
        Runs on condition that it has come; of how many it is not known whether they became a demand.
    demands : mapping of str to int
        As `Quiet.demands`.
    """

    frequency: float
    phase: str
    runs: int
    doubtful: int
    demands: Mapping[str, int]

    def probability(self, confidence: float, of: str = ANY) -> Bounded:
        """Probability that the event becomes a demand."""
        return proportion(self.demands.get(of, 0), self.runs, confidence, self.doubtful)

    def rate(self, confidence: float, of: str = ANY) -> Bounded:
        """Demands that come from it [1/yr]."""
        return self.probability(confidence, of) * self.frequency


def of_quiet(quiet: Iterable[Quiet], confidence: float, of: str = ANY) -> Bounded:
    """Demands per year of quiet time, from all of its kinds together [1/yr].

    Each kind was simulated about in proportion to its share. If it is exactly so, the demands of all
    are one Poisson count over the whole time, whatever the rate of each; else the upper end takes the
    shortest year that any kind was simulated for, and the lower end the longest: both err outwards.
    """
    kinds = list(quiet)
    if not kinds:
        return NOTHING
    events = sum(kind.demands.get(of, 0) for kind in kinds)
    shortest = min(max(kind.exposure - kind.doubtful, 0.0) / kind.share for kind in kinds)
    longest = max(kind.exposure / kind.share for kind in kinds)
    whole = sum(kind.exposure for kind in kinds) / sum(kind.share for kind in kinds)
    ends = rate(events, longest, confidence, surely=shortest)
    return Bounded(events / whole if whole else 0.0, ends.low, ends.high)


def of_year(quiet: Sequence[Quiet], events: Sequence[Event], confidence: float, of: str = ANY) -> Bounded:
    """Demands of a whole year, quiet time and events together [1/yr].

    Half of the permitted error goes to the quiet time and half to the events, in equal parts; the ends
    of all parts are added (Bonferroni), so that the interval covers at least as often as it says.
    """
    error = 1.0 - confidence
    parts = [of_quiet(quiet, 1.0 - (0.5 * error if events else error), of)]
    each = error * (0.5 if quiet else 1.0) / max(len(events), 1)
    parts += [event.rate(1.0 - each, of) for event in events]
    return reduce(Bounded.__add__, parts, NOTHING)


def against(first: Bounded, second: Bounded) -> Bounded:
    """Ratio of two rates by the ends of their intervals, which cover together with the sum of both errors."""
    low = _over(first.low, second.high) if first.low else 0.0
    return Bounded(_over(first.estimate, second.estimate), low, _over(first.high, second.low))


def _over(a: float, b: float) -> float:
    if b > 0.0:
        return a / b
    return inf if a else nan


def plain(value: Bounded) -> dict[str, Any]:
    """As JSON has it: an end that nothing bounds is null, as is an estimate from nothing."""
    return {key: x if isfinite(x) else None for key, x in vars(value).items()}
