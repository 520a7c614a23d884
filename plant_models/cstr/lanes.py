"""Integration of up to 64 replicas side by side, each with its own step.

A work block is one flat array of rows of 64 lanes at constant offsets, so that the loops over
lanes vectorise; a lane never reads another, so a replica's result does not depend on its
neighbours.
"""

from __future__ import annotations

from typing import Any

from plant_models.cstr.equipment import Design, equal_percentage
from plant_models.cstr.kinetics import Held, derivative, fastest, rate_constant
from simulator.core.kernel import kernel, rule

Slope = tuple[float, float, float, float]

LANES = 64
ROUNDS = 4096  # substeps; a state that wants more has left the physics and becomes NaN

# Rows of a work block: the state, ...
CONCENTRATION, TEMPERATURE, JACKET, VOLUME, QUENCH_LEFT = (LANES * row for row in range(5))
# ... the inputs as in Cstr.INPUTS, which `prepare` turns into flows and coefficients, ...
COOLANT, FEED_VALVE, QUENCH, FEED_TEMPERATURE, FEED_CONCENTRATION, FEED = (LANES * r for r in range(5, 11))
COOLANT_TEMPERATURE, HEADER, AGITATOR, EXCHANGE, FREQUENCY, HEAT = (LANES * r for r in range(11, 17))
# ... the time left, the step, and the Runge-Kutta stage with its sum of slopes and its rate constant.
LEFT, STEP, POINT, SLOPE, RATE = (LANES * row for row in (17, 18, 19, 23, 27))
ROWS = 28
APART = 18  # the first rows, which a lane takes along when it goes on in another block
WIDE = 8  # lanes in the widest vector of a processor


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
def react(work: Any, lanes: int, activation: float, moved: bool) -> None:
    """Rate constants that the next stage takes: at the state, or where the stages have moved to.

    In a loop of their own: an exponential is a long chain, and a short loop has more lanes under way.
    """
    temperature = POINT + LANES if moved else TEMPERATURE
    for i in range(lanes):
        work[RATE + i] = rate_constant(work[temperature + i], work[FREQUENCY + i], activation)


@kernel
def begin(work: Any, lanes: int, d: Design) -> None:
    """Choose each lane's next step from its own state, and take the first Runge-Kutta stage.

    The step is all that is left, or what is accurate.
    """
    for i in range(lanes):
        h = held(work, i, d)
        c, t, j, v = work[i], work[TEMPERATURE + i], work[JACKET + i], work[VOLUME + i]
        k, left = work[RATE + i], work[LEFT + i]
        rate = fastest(c, t, v, k, h)
        step = 1.0 / rate if rate * left > 1.0 else left  # NaN takes all and stays NaN
        work[STEP + i] = step
        work[LEFT + i] = left - step
        dc, dt, dj, dv = derivative(c, t, j, v, k, h)
        work[SLOPE + i] = 0.0 + dc  # of the two zeros the positive one
        work[SLOPE + LANES + i] = 0.0 + dt
        work[SLOPE + 2 * LANES + i] = 0.0 + dj
        work[SLOPE + 3 * LANES + i] = 0.0 + dv
        move = 0.5 * step
        work[POINT + i] = c + move * dc
        work[POINT + LANES + i] = t + move * dt
        work[POINT + 2 * LANES + i] = j + move * dj
        work[POINT + 3 * LANES + i] = v + move * dv


@rule
def slope_at_point(work: Any, i: int, d: Design) -> Slope:
    """Rates of change at the point of the stage in lane `i`."""
    c, t = work[POINT + i], work[POINT + LANES + i]
    j, v = work[POINT + 2 * LANES + i], work[POINT + 3 * LANES + i]
    return derivative(c, t, j, v, work[RATE + i], held(work, i, d))


@kernel
def stage(work: Any, lanes: int, d: Design, reach: float) -> None:
    """One of the two middle stages: add the slope at the point twice, then move the point by it."""
    for i in range(lanes):
        dc, dt, dj, dv = slope_at_point(work, i, d)
        work[SLOPE + i] += 2.0 * dc
        work[SLOPE + LANES + i] += 2.0 * dt
        work[SLOPE + 2 * LANES + i] += 2.0 * dj
        work[SLOPE + 3 * LANES + i] += 2.0 * dv
        move = reach * work[STEP + i]
        work[POINT + i] = work[i] + move * dc
        work[POINT + LANES + i] = work[LANES + i] + move * dt
        work[POINT + 2 * LANES + i] = work[2 * LANES + i] + move * dj
        work[POINT + 3 * LANES + i] = work[3 * LANES + i] + move * dv


@kernel
def arrive(work: Any, lanes: int, d: Design) -> None:
    """The last stage, and the step along the mean of the slopes."""
    for i in range(lanes):
        dc, dt, dj, dv = slope_at_point(work, i, d)
        step = work[STEP + i]
        share, goes = step / 6.0, step > 0.0  # a finished lane stays, whatever its slope
        work[i] += share * (work[SLOPE + i] + dc) if goes else 0.0
        work[LANES + i] += share * (work[SLOPE + LANES + i] + dt) if goes else 0.0
        work[2 * LANES + i] += share * (work[SLOPE + 2 * LANES + i] + dj) if goes else 0.0
        work[3 * LANES + i] += share * (work[SLOPE + 3 * LANES + i] + dv) if goes else 0.0


@kernel
def runge_kutta(work: Any, lanes: int, d: Design) -> int:
    """One classical fourth-order step in every lane, each of its own length; how many want another."""
    react(work, lanes, d.activation, False)
    begin(work, lanes, d)
    for reach in (0.5, 1.0):
        react(work, lanes, d.activation, True)
        stage(work, lanes, d, reach)
    react(work, lanes, d.activation, True)
    arrive(work, lanes, d)
    more = 0
    for i in range(lanes):
        more += (work[LEFT + i] > 0.0) & (work[STEP + i] > 0.0)
    return more


@kernel
def integrate(work: Any, lanes: int, d: Design, rounds: int, few: int) -> int:
    """Steps in all lanes for as long as more than `few` want one; return the rounds that are left."""
    while rounds > 0:
        rounds -= 1
        if runge_kutta(work, lanes, d) <= few:
            break
    return rounds


@kernel
def whole(lanes: int) -> int:
    """Lanes that fill whole vectors: what is left over would be computed one by one."""
    return (lanes + WIDE - 1) // WIDE * WIDE


@kernel
def set_apart(work: Any, fast: Any, where: Any, lanes: int) -> int:
    """Copy the lanes that want another step to the front of a second block; return their number.

    What fills the last vector is computed and forgotten.
    """
    m = 0
    for i in range(lanes):
        where[m] = i
        m += (work[LEFT + i] > 0.0) & (work[STEP + i] > 0.0)
    for j in range(m, whole(m)):
        where[j] = where[0]
    for row in range(APART):
        for j in range(whole(m)):
            fast[LANES * row + j] = work[LANES * row + where[j]]
    return m


@kernel
def put_back(work: Any, fast: Any, where: Any, m: int) -> None:
    """Copy the states that were integrated apart back, and the time that they have left."""
    for j in range(m):
        for row in range(4):
            work[LANES * row + where[j]] = fast[LANES * row + j]
        work[LEFT + where[j]] = fast[LEFT + j]


@kernel
def give_up(work: Any, lanes: int) -> None:
    """What has time left has left the physics, however it came to that: it becomes NaN."""
    for i in range(lanes):
        work[TEMPERATURE + i] = float("nan") if work[LEFT + i] > 0.0 else work[TEMPERATURE + i]


@kernel
def advance_lanes(work: Any, fast: Any, where: Any, lanes: int, d: Design) -> None:
    """Steps until no lane has time left.

    While most lanes want another step all take part, and one that has finished stays; the few that are
    left then go on apart. Copying fewer costs less than computing all.
    """
    rounds = integrate(work, lanes, d, ROUNDS, lanes // 2)
    m = set_apart(work, fast, where, lanes)
    if m > 0:
        integrate(fast, whole(m), d, rounds, 0)
        put_back(work, fast, where, m)
    give_up(work, lanes)
