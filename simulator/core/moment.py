"""Numbers that a layer's calls take from the time of the tick."""

from __future__ import annotations

from typing import NamedTuple

BEGUN, SCAN, _START = range(3)


class Moment(NamedTuple):
    """A number that stands for the time of a tick, or is worked out from it.

    Attributes
    ----------
    what : int
        When the scan of `period` began [ms]; the number of that scan; whether it is the first tick.
    period : int
        [ms]
    """

    what: int
    period: int = 1

    def at(self, now: int) -> int | bool:
        """Its value at a time [ms]."""
        if self.what == _START:
            return now == 0
        return now // self.period if self.what == SCAN else now - now % self.period


NOW = Moment(BEGUN)
"""Time of the tick [ms]."""
FIRST = Moment(_START)
"""Whether it is the first tick."""


def scan_of(period: int) -> Moment:
    """Number of the scan that the tick belongs to, from 0."""
    return Moment(SCAN, period)


def begun(period: int) -> Moment:
    """When the scan that the tick belongs to began [ms]."""
    return Moment(BEGUN, period)
