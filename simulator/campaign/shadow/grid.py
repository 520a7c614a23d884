"""Samples on the grid of the scans: held with their age, never interpolated, unknown when too old."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.shadow.history import History, Series
from simulator.core.clock import Tick

Reals = NDArray[np.float64]
HELD = 3
"""A sample is good for so many of its signal's usual intervals, unless a limit is given."""


@dataclass(frozen=True)
class Grid:
    """Recorded values at every scan.

    Attributes
    ----------
    period : Tick
        Scan period [ms].
    values : mapping of str to ndarray, shape (n_ticks,)
        The sample that stands; NaN where there is none, or it is too old.
    limits : mapping of str to Tick
        Age beyond which a sample is not held [ms].
    """

    period: Tick
    values: Mapping[str, Reals]
    limits: Mapping[str, Tick]

    @property
    def n_ticks(self) -> int:
        """Scans."""
        return len(next(iter(self.values.values())))

    def known(self, names: Iterable[str]) -> NDArray[np.bool_]:
        """Where all of these are known, shape (n_ticks,)."""
        found = np.ones(self.n_ticks, bool)
        for name in names:
            found &= np.isfinite(self.values[name])
        return found


def gridded(found: History, period: Tick, gap: Tick | None) -> Grid:
    """Put a history on a grid.

    Parameters
    ----------
    found : History
        The samples.
    period : Tick
        Scan period [ms].
    gap : Tick or None
        Age beyond which no sample is held [ms]; three usual intervals of each signal when None.
    """
    at = np.arange(found.length // period + 1, dtype=np.int64) * period
    limits = {n: gap or max(HELD * s.interval, period) for n, s in found.series.items()}
    values = {name: _held(series, at, limits[name]) for name, series in found.series.items()}
    return Grid(period, values, limits)


def _held(series: Series, at: NDArray[np.int64], limit: Tick) -> Reals:
    place = np.searchsorted(series.times, at, side="right") - 1
    there = place >= 0
    held = np.full(len(at), np.nan)
    held[there] = series.values[place[there]]
    age = at - np.where(there, series.times[np.maximum(place, 0)] if len(series.times) else 0, 0)
    held[there & (age > limit)] = np.nan
    return held


def pace(intervals: Iterable[int], scan: Tick) -> Tick:
    """Scan period that the data can show: that of the PLC, or the slowest needed signal's interval [ms]."""
    return max(scan, max((-(-one // scan) * scan for one in intervals), default=scan))


def stretches(known: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First tick and end of every unbroken stretch."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
