"""A textbook stirred-tank reactor under a PID controller whose thermometer is lied to.

Exothermic first-order reaction; the controller sets the coolant temperature every 3 s from a biased
reading. 300 steps, 15 min. What is searched: six pieces of bias and three of feed temperature.

References
----------
.. [1] D. E. Seborg, T. F. Edgar, D. A. Mellichamp, F. J. Doyle, "Process dynamics and control",
   4th ed., 2016, section 2.4.6 (constants of the reactor).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.elementary import exp
from simulator.core.kernel import kernel, rule

Reals = NDArray[np.float64]

STEPS, PERIOD, SUBSTEPS = 300, 0.05, 5
"""Controller steps, their length [min], and steps of integration in each."""
N_BIAS, N_FEED = 6, 3
BIAS, FEED = (-2.5, 2.5), (345.0, 355.0)
"""Ranges of the bias [K] and of the feed temperature [K]."""
COOLANT = (270.0, 330.0)
C, T = 0.499936, 350.0
"""Steady state at a coolant of 300 K: concentration [mol/L], temperature [K]."""


class Loop(NamedTuple):
    """What differs from plant to plant; ours but for the wall.

    Attributes
    ----------
    wall : float
        Heat transfer UA [J/(min K)].
    gain, integral, rate : float
        Of the PID: K of coolant per K, minutes, minutes.
    """

    wall: float = 5e4
    gain: float = 3.0
    integral: float = 1.0
    rate: float = 0.05


@rule
def slopes(c: float, t: float, coolant: float, feed: float, wall: float) -> tuple[float, float]:
    """Rates of concentration [mol/(L min)] and temperature [K/min]."""
    k = 7.2e10 * exp(-8750.0 / t)
    return (
        1.0 - c - k * c,
        feed - t + 5e4 / 239.0 * k * c + wall / (100.0 * 239.0) * (coolant - t),
    )


@rule
def moved(c: float, t: float, coolant: float, feed: float, wall: float) -> tuple[float, float]:
    """Concentration and temperature after one step by Runge and Kutta's method."""
    h = PERIOD / SUBSTEPS
    c1, t1 = slopes(c, t, coolant, feed, wall)
    c2, t2 = slopes(c + 0.5 * h * c1, t + 0.5 * h * t1, coolant, feed, wall)
    c3, t3 = slopes(c + 0.5 * h * c2, t + 0.5 * h * t2, coolant, feed, wall)
    c4, t4 = slopes(c + h * c3, t + h * t3, coolant, feed, wall)
    return c + h / 6.0 * (c1 + 2.0 * (c2 + c3) + c4), t + h / 6.0 * (t1 + 2.0 * (t2 + t3) + t4)


@kernel
def _hottest(bias: Any, feed: Any, loop: Any, out: Any) -> None:
    """Highest temperature of each run [K]; bias (6, n), feed (3, n)."""
    n = out.shape[0]
    c, t, before, coolant = np.full(n, C), np.full(n, T), np.full(n, T), np.empty(n)
    integral = np.zeros(n)
    out[:] = T
    for k in range(STEPS):
        lie, warm = bias[k * bias.shape[0] // STEPS], feed[k * feed.shape[0] // STEPS]
        for i in range(n):
            read = t[i] + lie[i]
            error = T - read
            wanted = 300.0 + loop.gain * (error + integral[i] - loop.rate * (read - before[i]) / PERIOD)
            coolant[i] = min(max(wanted, COOLANT[0]), COOLANT[1])
            integral[i] += PERIOD / loop.integral * error if coolant[i] == wanted else 0.0
            before[i] = read
        for _ in range(SUBSTEPS):
            for i in range(n):
                c[i], t[i] = moved(c[i], t[i], coolant[i], warm[i], loop.wall)
        for i in range(n):
            out[i] = max(out[i], t[i])


def hottest(points: Reals, loop: Loop = Loop(), block: int = 256) -> Reals:  # noqa: B008 - immutable
    """Highest temperature [K] of runs at points (n, 9) of [0, 1], shape (n,)."""
    out = np.empty(len(points))
    for first in range(0, len(points), block):
        part = points[first : first + block].T
        bias = BIAS[0] + (BIAS[1] - BIAS[0]) * part[:N_BIAS]
        feed = FEED[0] + (FEED[1] - FEED[0]) * part[N_BIAS:]
        _hottest(np.ascontiguousarray(bias), np.ascontiguousarray(feed), loop, out[first : first + block])
    return out


def heights_of(parameters: dict[str, float]) -> Callable[[Reals], Reals]:
    """What a search sees of a loop with these parameters: the highest temperature at points (n, 9)."""
    return partial(hottest, loop=Loop(**parameters))
