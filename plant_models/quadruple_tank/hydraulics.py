"""Pumps, valves, holes and the balances of the four tanks, for one replica.

References
----------
.. [1] K. H. Johansson, "The quadruple-tank process: a multivariable laboratory process with an
   adjustable zero", IEEE Trans. Control Syst. Technol. 8(3), 2000, doi:10.1109/87.845876.
.. [2] C.-W. Shu, S. Osher, "Efficient implementation of essentially non-oscillatory shock-capturing
   schemes", J. Comput. Phys. 77(2), 1988, doi:10.1016/0021-9991(88)90177-5.
"""

from __future__ import annotations

from math import sqrt
from typing import Any, NamedTuple

from simulator.core.kernel import kernel, rule

Levels = tuple[float, float, float, float]


class Rig(NamedTuple):
    """Constants of one rig: areas and their inverses [cm2, 1/cm2], rim [cm], pumps [cm3/s per %]."""

    area_1: float
    area_2: float
    area_3: float
    area_4: float
    per_area_1: float
    per_area_2: float
    per_area_3: float
    per_area_4: float
    rim: float
    pump_1: float
    pump_2: float
    fall: float  # sqrt(2 g): outflow of a hole of 1 cm2 under 1 cm of water [cm^0.5/s]


class Held(NamedTuple):
    """What the balances see of the inputs: pump water into each tank [cm3/s], hole [cm2.5/s]."""

    feed_1: float
    feed_2: float
    feed_3: float
    feed_4: float
    hole_1: float
    hole_2: float
    hole_3: float
    hole_4: float


@kernel
def rig(p: Any) -> Rig:
    """Constants from one record of parameters (fields as in ``QuadrupleTank``)."""
    per_percent = 0.01 * p.full_drive
    return Rig(
        p.area_1,
        p.area_2,
        p.area_3,
        p.area_4,
        1.0 / p.area_1,
        1.0 / p.area_2,
        1.0 / p.area_3,
        1.0 / p.area_4,
        p.height,
        p.pump_1_constant * per_percent,
        p.pump_2_constant * per_percent,
        sqrt(2.0 * p.gravity),
    )


@rule
def bounded(x: float, high: float) -> float:
    """`x` between 0 and `high`; NaN stays NaN."""
    low = 0.0 if x < 0.0 else x
    return high if low > high else low


@rule
def pumped(drive: float, contactor: float, gain: float, per_percent: float) -> float:
    """Flow of a pump [cm3/s] at a drive signal of 0 to 100 %, never backwards."""
    flow = per_percent * bounded(drive, 100.0) * contactor * gain
    return 0.0 if flow < 0.0 else flow


@rule
def passing(hole: float, drain: float, fall: float) -> float:
    """Outflow [cm2.5/s] of a hole [cm2] of which the share `drain` is free, per root of head."""
    return 0.0 if drain < 0.0 else hole * drain * fall


@rule
def outflow(level: float, hole: float, rim: float) -> float:
    """Flow out of a hole by Torricelli's law [1]_ [cm3/s]; the head ends at the rim, and at 0."""
    return hole * sqrt(bounded(level, rim))


@rule
def slopes(level_1: float, level_2: float, level_3: float, level_4: float, held: Held, r: Rig) -> Levels:
    """Rates of the four levels [cm/s], [1]_ eq. (1): tank 3 drains into 1, tank 4 into 2."""
    out_3 = outflow(level_3, held.hole_3, r.rim)
    out_4 = outflow(level_4, held.hole_4, r.rim)
    return (
        (held.feed_1 + out_3 - outflow(level_1, held.hole_1, r.rim)) * r.per_area_1,
        (held.feed_2 + out_4 - outflow(level_2, held.hole_2, r.rim)) * r.per_area_2,
        (held.feed_3 - out_3) * r.per_area_3,
        (held.feed_4 - out_4) * r.per_area_4,
    )


@rule
def runge_kutta(a: float, b: float, c: float, d: float, held: Held, r: Rig, step: float) -> Levels:
    """One third-order step of `step` seconds [2]_ from levels `a` to `d`, not yet bounded."""
    quarter, sixth = 0.25 * step, step / 6.0
    a1, b1, c1, d1 = slopes(a, b, c, d, held, r)
    a2, b2, c2, d2 = slopes(a + step * a1, b + step * b1, c + step * c1, d + step * d1, held, r)
    a1, b1, c1, d1 = a1 + a2, b1 + b2, c1 + c2, d1 + d2
    a3, b3, c3, d3 = slopes(a + quarter * a1, b + quarter * b1, c + quarter * c1, d + quarter * d1, held, r)
    return (
        a + sixth * (a1 + 4.0 * a3),
        b + sixth * (b1 + 4.0 * b3),
        c + sixth * (c1 + 4.0 * c3),
        d + sixth * (d1 + 4.0 * d3),
    )


@rule
def returned(level: float, area: float, per_area_below: float) -> float:
    """Correction of the tank below [cm], at most 0: an empty tank gave it water it did not have."""
    return level * area * per_area_below if level < 0.0 else 0.0


@rule
def over(level: float, area: float, rim: float) -> float:
    """Water above the rim [cm3]."""
    return (level - rim) * area if level > rim else 0.0
