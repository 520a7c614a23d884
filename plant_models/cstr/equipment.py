"""Valves, pumps and agitator: what the inputs mean as flows and coefficients, for one replica."""

from __future__ import annotations

from typing import Any, NamedTuple

from simulator.core.elementary import exp, log
from simulator.core.kernel import kernel


class Design(NamedTuple):
    """Constants of one plant per second, slowed by its time scale; units as in `Held`."""

    feed: float
    quench: float
    quench_temperature: float
    coolant: float
    log_rangeability: float
    exchange: float
    unstirred: float
    frequency: float
    activation: float
    heat: float
    fluid_capacity: float
    water_capacity: float
    volume: float
    jacket_volume: float


@kernel
def design(p: Any) -> Design:
    """Constants per second from one record of parameters (fields as in ``Cstr``)."""
    minute = 60.0 * p.time_scale
    return Design(
        p.feed_flow / minute,
        p.quench_flow / 60.0,
        p.quench_temperature,
        p.coolant_flow / minute,
        log(p.rangeability),
        p.exchange / minute,
        p.unstirred,
        p.frequency / minute,
        p.activation,
        p.reaction_heat,
        p.density * p.heat_capacity,
        p.water_capacity,
        p.volume,
        p.jacket_volume,
    )


@kernel
def equal_percentage(opening: float, log_rangeability: float) -> float:
    """Share of the full flow through an equal-percentage valve; fully shut is tight.

    Parameters
    ----------
    opening : float
        Stem position, 0 shut to 1 open; beyond 1 counts as open.
    log_rangeability : float
        Logarithm of the flow when open over the flow just off the seat.
    """
    stem = 1.0 if opening > 1.0 else opening
    share = exp(log_rangeability * (stem - 1.0))
    return 0.0 if opening <= 0.0 else share
