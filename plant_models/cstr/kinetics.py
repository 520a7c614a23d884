"""Balances of the stirred-tank reactor and their integration, for one replica.

Rates are per second, volumes in litres, energies in joules, temperatures in kelvin.
"""

from __future__ import annotations

from typing import NamedTuple

from simulator.core.elementary import exp
from simulator.core.kernel import kernel


class Held(NamedTuple):
    """What one replica's balances see during a step, inputs held constant."""

    feed: float  # L/s
    feed_concentration: float  # mol/L
    feed_temperature: float  # K
    quench: float  # L/s
    quench_temperature: float  # K
    coolant: float  # L/s
    coolant_temperature: float  # K
    exchange: float  # J/(s K), UA
    frequency: float  # 1/s, k0
    activation: float  # K, E/R
    heat: float  # J/mol released, -dHr
    fluid_capacity: float  # J/(L K)
    water_capacity: float  # J/(L K)
    volume: float  # L, held by the level control while the feed runs
    jacket_volume: float  # L


@kernel
def rate_constant(temperature: float, frequency: float, activation: float) -> float:
    """Arrhenius' rate constant of A -> B [1/s]; frequency k0 [1/s], activation E/R [K]."""
    return frequency * exp(-activation / temperature)


@kernel
def derivative(
    concentration: float, temperature: float, jacket: float, volume: float, k: float, held: Held
) -> tuple[float, float, float, float]:
    """Rates of change of concentration, temperature, jacket temperature and volume [1]_ [2]_.

    At the nominal volume the first two are the published equations; jacket balance, quench and
    level are ours. The outlet passes feed * volume / nominal volume: the level control holds the
    nominal volume, shuts with the feed, and what stands above the nominal volume is quench water.

    Parameters
    ----------
    concentration, temperature, jacket, volume : float
        State [mol/L, K, K, L].
    k : float
        Rate constant at this temperature [1/s].
    held : Held
        Inputs and constants.

    Returns
    -------
    tuple of float
        mol/(L s), K/s, K/s, L/s.

    References
    ----------
    .. [1] M. A. Henson, D. E. Seborg, "Nonlinear Process Control", Prentice Hall, 1997.
    .. [2] D. E. Seborg, T. F. Edgar, D. A. Mellichamp, "Process Dynamics and Control", Wiley.
    """
    reaction = k * concentration
    exchanged = held.exchange * (temperature - jacket)
    capacity = held.fluid_capacity * held.volume + held.water_capacity * (volume - held.volume)
    heating = (
        held.feed * held.fluid_capacity * (held.feed_temperature - temperature)
        + held.quench * held.water_capacity * (held.quench_temperature - temperature)
        + held.heat * reaction * volume
        - exchanged
    )
    diluted = held.feed * (held.feed_concentration - concentration) - held.quench * concentration
    renewed = held.coolant * (held.coolant_temperature - jacket)
    return (
        diluted / volume - reaction,
        heating / capacity,
        (renewed + exchanged / held.water_capacity) / held.jacket_volume,
        held.feed * (1.0 - volume / held.volume) + held.quench,
    )


@kernel
def fastest(concentration: float, temperature: float, volume: float, k: float, held: Held) -> float:
    """Bound on the rates of the balances at a state, weighted for Runge-Kutta [1/s].

    A step of 1 / `fastest` keeps decay of the reactant inside the stability limit (2.78) and
    everything that grows, or that an input can jump, inside the accuracy limit (0.25).
    """
    growth = held.heat * k * concentration * held.activation / (temperature * temperature)
    stirred = held.feed + (growth * volume + held.exchange) / held.fluid_capacity
    quench = held.quench * held.water_capacity / held.fluid_capacity
    jacket = (held.coolant + held.exchange / held.water_capacity) / held.jacket_volume
    return k + 4.0 * ((stirred + quench) / volume + jacket)
