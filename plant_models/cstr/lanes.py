"""Integration of up to 64 replicas side by side, each with its own step.

A work block is one flat array of rows of 64 lanes at constant offsets, so that the loops over
lanes vectorise; a lane never reads another, so a replica's result does not depend on its
neighbours.
"""

from __future__ import annotations

from typing import Any

from plant_models.cstr.equipment import Design, equal_percentage
from plant_models.cstr.kinetics import Held, derivative, fastest, rate_constant
from simulator.core.kernel import kernel

LANES = 64
ROUNDS = 4096  # substeps; a state that wants more has left the physics and becomes NaN

# Rows of a work block: the state, ...
CONCENTRATION, TEMPERATURE, JACKET, VOLUME, QUENCH_LEFT = (LANES * row for row in range(5))
# ... the inputs as in Cstr.INPUTS, which `prepare` turns into flows and coefficients, ...
COOLANT, FEED_VALVE, QUENCH, FEED_TEMPERATURE, FEED_CONCENTRATION, FEED = (LANES * r for r in range(5, 11))
COOLANT_TEMPERATURE, HEADER, AGITATOR, EXCHANGE, FREQUENCY, HEAT = (LANES * r for r in range(11, 17))
# ... the time left, the step, and the Runge-Kutta stage with its sum of slopes.
LEFT, STEP, POINT, SLOPE = (LANES * row for row in (17, 18, 19, 23))
ROWS = 27


@kernel
def prepare(work: Any, lanes: int, d: Design, dt: float) -> None:
    """Turn inputs into flows and coefficients per second, held over `dt` seconds."""
    for i in range(lanes):
        left = work[QUENCH_LEFT + i]
        demand = d.quench * work[QUENCH + i]
        quench = left / dt if demand * dt > left else demand
        share = equal_percentage(work[COOLANT + i] * 0.01, d.log_rangeability)
        stirred = d.unstirred + (1.0 - d.unstirred) * work[AGITATOR + i]
        work[QUENCH + i] = quench
        work[QUENCH_LEFT + i] = left - quench * dt
        work[COOLANT + i] = d.coolant * share * work[HEADER + i]
        work[FEED + i] = d.feed * max(work[FEED + i] * 0.01, 0.0) * work[FEED_VALVE + i]  # no backflow
        work[EXCHANGE + i] = d.exchange * stirred * work[EXCHANGE + i]
        work[FREQUENCY + i] = d.frequency * work[FREQUENCY + i]
        work[HEAT + i] = d.heat * work[HEAT + i]
        work[LEFT + i] = dt


@kernel
def held(work: Any, i: int, d: Design) -> Held:
    """What the balances of lane `i` see."""
    return Held(
        work[FEED + i],
        work[FEED_CONCENTRATION + i],
        work[FEED_TEMPERATURE + i],
        work[QUENCH + i],
        d.quench_temperature,
        work[COOLANT + i],
        work[COOLANT_TEMPERATURE + i],
        work[EXCHANGE + i],
        work[FREQUENCY + i],
        d.activation,
        work[HEAT + i],
        d.fluid_capacity,
        d.water_capacity,
        d.volume,
        d.jacket_volume,
    )


@kernel
def choose(work: Any, lanes: int, d: Design) -> None:
    """Choose each lane's next step from its own state: all that is left, or what is accurate."""
    for i in range(lanes):
        h = held(work, i, d)
        t = work[TEMPERATURE + i]
        rate = fastest(work[CONCENTRATION + i], t, work[VOLUME + i], rate_constant(t, h), h)
        left = work[LEFT + i]
        step = 1.0 / rate if rate * left > 1.0 else left  # NaN takes all and stays NaN
        work[STEP + i] = step
        work[LEFT + i] = left - step


@kernel
def stage(work: Any, lanes: int, d: Design, weight: float, reach: float) -> None:
    """One Runge-Kutta stage: add the slope at the point, then move the point by it."""
    for i in range(lanes):
        h = held(work, i, d)
        t = work[POINT + LANES + i]
        k = rate_constant(t, h)
        dc, dt, dj, dv = derivative(
            work[POINT + i], t, work[POINT + 2 * LANES + i], work[POINT + 3 * LANES + i], k, h
        )
        work[SLOPE + i] += weight * dc
        work[SLOPE + LANES + i] += weight * dt
        work[SLOPE + 2 * LANES + i] += weight * dj
        work[SLOPE + 3 * LANES + i] += weight * dv
        move = reach * work[STEP + i]
        work[POINT + i] = work[i] + move * dc
        work[POINT + LANES + i] = work[LANES + i] + move * dt
        work[POINT + 2 * LANES + i] = work[2 * LANES + i] + move * dj
        work[POINT + 3 * LANES + i] = work[3 * LANES + i] + move * dv


@kernel
def runge_kutta(work: Any, lanes: int, d: Design) -> None:
    """One classical fourth-order step in every lane, each of its own length."""
    for i in range(4 * LANES):
        work[POINT + i] = work[i]
        work[SLOPE + i] = 0.0
    stage(work, lanes, d, 1.0, 0.5)
    stage(work, lanes, d, 2.0, 0.5)
    stage(work, lanes, d, 2.0, 1.0)
    stage(work, lanes, d, 1.0, 0.0)
    for i in range(lanes):
        step = work[STEP + i]
        share, goes = step / 6.0, step > 0.0  # a finished lane stays, whatever its slope
        work[i] += share * work[SLOPE + i] if goes else 0.0
        work[LANES + i] += share * work[SLOPE + LANES + i] if goes else 0.0
        work[2 * LANES + i] += share * work[SLOPE + 2 * LANES + i] if goes else 0.0
        work[3 * LANES + i] += share * work[SLOPE + 3 * LANES + i] if goes else 0.0


@kernel
def finish(work: Any, lanes: int, d: Design) -> None:
    """Substeps until no lane has time left; lanes that never get there become NaN."""
    for _ in range(ROUNDS):
        runge_kutta(work, lanes, d)
        choose(work, lanes, d)
        longest = 0.0
        for i in range(lanes):
            longest = max(longest, work[STEP + i])
        if longest == 0.0:
            return
    for i in range(lanes):
        if work[STEP + i] > 0.0:
            work[TEMPERATURE + i] = float("nan")
