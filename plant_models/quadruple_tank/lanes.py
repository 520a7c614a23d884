"""Integration of up to 64 replicas side by side.

A work block is one flat array of rows of 64 lanes at constant offsets, so that the loops over
lanes vectorise; a lane never reads another, so a replica's result does not depend on its
neighbours.
"""

from __future__ import annotations

from typing import Any

from plant_models.quadruple_tank.hydraulics import (
    Held,
    Rig,
    bounded,
    outflow,
    over,
    passing,
    pumped,
    returned,
    runge_kutta,
)
from simulator.core.kernel import kernel

LANES = 64
# Rows of a work block: the quantities, states first, ...
LEVEL_1, LEVEL_2, LEVEL_3, LEVEL_4, SPILLED = (LANES * row for row in range(5))
FLOW_1, FLOW_2, OUTFLOW_1, OUTFLOW_2, GAMMA_1, GAMMA_2 = (LANES * row for row in range(5, 11))
# ... what the balances see, ...
HOLE_1, HOLE_2, HOLE_3, HOLE_4 = (LANES * row for row in range(11, 15))
FEED_1, FEED_2, FEED_3, FEED_4 = (LANES * row for row in range(17, 21))
# ... and where the inputs stand, as in QuadrupleTank.INPUTS, until `prepare` has read them.
PUMP_1, PUMP_2, CONTACTOR_1, CONTACTOR_2, VALVE_1, VALVE_2 = (LANES * row for row in range(5, 11))
DRAIN_1, DRAIN_2, DRAIN_3, DRAIN_4, GAIN_1, GAIN_2 = (LANES * row for row in range(11, 17))
ROWS = 21


@kernel
def copy(to: Any, source: Any, lanes: int) -> None:
    """Copy the first `lanes` entries of a row; with no offset inside, the loop vectorises."""
    for i in range(lanes):
        to[i] = source[i]


@kernel
def load(work: Any, true: Any, inputs: Any, start: int, lanes: int) -> None:
    """Copy states and inputs of replicas from `start` into the lanes."""
    for row in range(5):
        copy(work[LANES * row :], true[row, start:], lanes)
    for row in range(12):
        copy(work[LANES * (5 + row) :], inputs[row, start:], lanes)


@kernel
def prepare(work: Any, lanes: int, p: Any, r: Rig) -> None:
    """Turn inputs into flows and holes, held over the tick."""
    for i in range(lanes):
        flow_1 = pumped(work[PUMP_1 + i], work[CONTACTOR_1 + i], work[GAIN_1 + i], r.pump_1)
        flow_2 = pumped(work[PUMP_2 + i], work[CONTACTOR_2 + i], work[GAIN_2 + i], r.pump_2)
        gamma_1, gamma_2 = bounded(work[VALVE_1 + i], 1.0), bounded(work[VALVE_2 + i], 1.0)
        work[FLOW_1 + i], work[FLOW_2 + i] = flow_1, flow_2
        work[GAMMA_1 + i], work[GAMMA_2 + i] = gamma_1, gamma_2
        work[FEED_1 + i], work[FEED_4 + i] = gamma_1 * flow_1, (1.0 - gamma_1) * flow_1
        work[FEED_2 + i], work[FEED_3 + i] = gamma_2 * flow_2, (1.0 - gamma_2) * flow_2
        work[HOLE_1 + i] = passing(p.hole_1, work[DRAIN_1 + i], r.fall)
        work[HOLE_2 + i] = passing(p.hole_2, work[DRAIN_2 + i], r.fall)
        work[HOLE_3 + i] = passing(p.hole_3, work[DRAIN_3 + i], r.fall)
        work[HOLE_4 + i] = passing(p.hole_4, work[DRAIN_4 + i], r.fall)


@kernel
def held(work: Any, i: int) -> Held:
    """What the balances of lane `i` see."""
    return Held(
        work[FEED_1 + i],
        work[FEED_2 + i],
        work[FEED_3 + i],
        work[FEED_4 + i],
        work[HOLE_1 + i],
        work[HOLE_2 + i],
        work[HOLE_3 + i],
        work[HOLE_4 + i],
    )


@kernel
def integrate(work: Any, lanes: int, r: Rig, step: float) -> None:
    """One step in every lane; then no tank holds less than nothing or more than its height."""
    for i in range(lanes):
        a, b = work[LEVEL_1 + i], work[LEVEL_2 + i]
        c, d = work[LEVEL_3 + i], work[LEVEL_4 + i]
        a, b, c, d = runge_kutta(a, b, c, d, held(work, i), r, step)
        a += returned(c, r.area_3, r.per_area_1)
        b += returned(d, r.area_4, r.per_area_2)
        work[SPILLED + i] += (
            over(a, r.area_1, r.rim)
            + over(b, r.area_2, r.rim)
            + over(c, r.area_3, r.rim)
            + over(d, r.area_4, r.rim)
        )
        work[LEVEL_1 + i], work[LEVEL_2 + i] = bounded(a, r.rim), bounded(b, r.rim)
        work[LEVEL_3 + i], work[LEVEL_4 + i] = bounded(c, r.rim), bounded(d, r.rim)


@kernel
def store(work: Any, true: Any, start: int, lanes: int, r: Rig) -> None:
    """Refresh the outflows and copy every quantity back."""
    for i in range(lanes):
        work[OUTFLOW_1 + i] = outflow(work[LEVEL_1 + i], work[HOLE_1 + i], r.rim)
        work[OUTFLOW_2 + i] = outflow(work[LEVEL_2 + i], work[HOLE_2 + i], r.rim)
    for row in range(11):
        copy(true[row, start:], work[LANES * row :], lanes)
