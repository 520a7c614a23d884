"""Time: whole milliseconds, never floating seconds; event times round to the base tick."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Tick = int
"""A time or a duration [ms]."""
T = TypeVar("T", int, NDArray[np.int64])

SECOND: Tick = 1000
_LATEST = 2.0**62  # ms


def to_tick(seconds: float) -> Tick:
    """Seconds as whole milliseconds, halves away from zero downwards to even."""
    return round(seconds * SECOND)


def on_grid(time: T, base: Tick) -> T:
    """The tick of the base grid nearest to `time`; a tie goes to the later one."""
    return (time + base // 2) // base * base


def nearest(times: NDArray[np.float64], base: Tick) -> NDArray[np.int64]:
    """Ticks of the base grid nearest to times [ms], shape (n,).

    Raises
    ------
    ValueError
        When one is no number, or too large for a tick.
    """
    if not (np.abs(times) < _LATEST).all():
        raise ValueError(f"{times[~(np.abs(times) < _LATEST)][0]} ms is no time")
    return on_grid(np.rint(times).astype(np.int64), base)


def show(time: Tick) -> str:
    """A duration for people: ``"3.4 s"``, ``"5 min"``, ``"24 h"``."""
    for size, name in ((3_600_000, "h"), (60_000, "min")):
        if time and time % size == 0:
            return f"{time // size} {name}"
    return f"{time / SECOND:g} s"
