"""Physics of the exothermic stirred-tank reactor with jacket, quench and level control.

The textbook reactor [1]_ [2]_ in its own units, made attackable: a coolant valve and a jacket
energy balance stand between the controller and the jacket temperature, feed and coolant can be
lost, and a water quench can save what cooling cannot.

References
----------
.. [1] M. A. Henson, D. E. Seborg, "Nonlinear Process Control", Prentice Hall, 1997.
.. [2] D. E. Seborg, T. F. Edgar, D. A. Mellichamp, "Process Dynamics and Control", Wiley.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from plant_models.cstr.equipment import design
from plant_models.cstr.lanes import COOLANT, FEED, LANES, QUENCH, ROWS, advance_lanes, prepare
from simulator.core.elementary import exp, log
from simulator.core.kernel import kernel
from simulator.core.param import pack, param

TEXTBOOK = "Henson & Seborg 1997; Seborg, Edgar, Mellichamp"
OURS = "design value of this plant"
NOMINAL_TEMPERATURE = 350.0  # K, near the unstable steady state
NOMINAL_JACKET = 300.0  # K
Rows = tuple[tuple[str, str], ...]
N_STATES, N_QUANTITIES, N_INPUTS = 5, 12, 12


@kernel
def load(work: Any, true: Any, inputs: Any, start: int, lanes: int) -> None:
    """Copy states and inputs of replicas from `start` into the lanes."""
    for row in range(5):
        states = true[row, start : start + lanes]
        for i in range(lanes):
            work[LANES * row + i] = states[i]
    for row in range(12):
        held = inputs[row, start : start + lanes]
        for i in range(lanes):
            work[LANES * (5 + row) + i] = held[i]


@kernel
def copy(source: Any, factor: float, target: Any) -> None:
    """Fill the lanes of one quantity."""
    for i in range(target.shape[0]):
        target[i] = factor * source[i]


@kernel
def store(work: Any, true: Any, inputs: Any, start: int, lanes: int, p: Any) -> None:
    """Copy states back and refresh the derived rows, as in ``Cstr.QUANTITIES``."""
    end = start + lanes
    for row in range(5):
        copy(work[LANES * row :], 1.0, true[row, start:end])
    for i in range(start, end):
        true[3, i] = min(true[3, i], p.vessel_volume)
    copy(work[COOLANT:], 60.0, true[5, start:end])
    copy(work[FEED:], 60.0, true[6, start:end])
    copy(inputs[3, start:end], 1.0, true[7, start:end])
    copy(inputs[6, start:end], 1.0, true[8, start:end])
    copy(inputs[7, start:end], p.header_pressure, true[9, start:end])
    copy(inputs[8, start:end], p.agitator_speed, true[10, start:end])
    copy(work[QUENCH:], 60.0, true[11, start:end])


@kernel
def advance(true: Any, inputs: Any, parameters: Any, dt: float) -> None:
    """Integrate every replica over `dt` seconds, in place.

    A lane takes one plain step, or substeps where its own state moves too fast for it. Replica k of
    a block equals replica k alone bit for bit.
    """
    p = parameters[0]
    d = design(p)
    work, fast = np.empty(ROWS * LANES), np.empty(ROWS * LANES)
    where = np.empty(LANES, np.int64)
    for start in range(0, true.shape[1], LANES):
        lanes = min(LANES, true.shape[1] - start)
        load(work, true, inputs, start, lanes)
        prepare(work, lanes, d, dt)
        advance_lanes(work, fast, where, lanes, d)
        store(work, true, inputs, start, lanes, p)


@dataclass(frozen=True)
class Cstr:
    """Exothermic reaction A to B in a stirred tank, cooled by a jacket."""

    time_scale: float = param(1.0, "1", above=0, source=OURS)
    feed_flow: float = param(100.0, "L/min", above=0, source=TEXTBOOK)
    volume: float = param(100.0, "L", above=0, source=TEXTBOOK)
    density: float = param(1000.0, "g/L", above=0, source=TEXTBOOK)
    heat_capacity: float = param(0.239, "J/g/K", above=0, source=TEXTBOOK)
    reaction_heat: float = param(5e4, "J/mol", at_least=0, source=TEXTBOOK)
    activation: float = param(8750.0, "K", above=0, source=TEXTBOOK)
    frequency: float = param(7.2e10, "1/min", at_least=0, source=TEXTBOOK)
    exchange: float = param(5e4, "J/min/K", above=0, source=TEXTBOOK)
    jacket_volume: float = param(5.0, "L", above=0, source=OURS)
    coolant_flow: float = param(200.0, "L/min", above=0, source=OURS)
    rangeability: float = param(50.0, "1", above=1, source=OURS)
    water_capacity: float = param(4186.0, "J/L/K", above=0, source="water near 290 K")
    vessel_volume: float = param(160.0, "L", above=0, source=OURS)
    quench_volume: float = param(40.0, "L", at_least=0, source=OURS)
    quench_flow: float = param(240.0, "L/min", at_least=0, source=OURS)
    quench_temperature: float = param(290.0, "K", above=0, source=OURS)
    unstirred: float = param(0.3, "1", at_least=0, at_most=1, source=OURS)
    agitator_speed: float = param(120.0, "rpm", above=0, source=OURS)
    header_pressure: float = param(4.0, "bar", above=0, source=OURS)

    packed: NDArray[Any] = field(init=False, repr=False, compare=False)

    STATES: ClassVar[Rows] = (
        ("concentration", "mol/L"),
        ("reactor_temperature", "K"),
        ("jacket_temperature", "K"),
        ("volume", "L"),
        ("quench_left", "L"),
    )
    QUANTITIES: ClassVar[Rows] = (
        *STATES,
        ("coolant_flow", "L/min"),
        ("feed_flow", "L/min"),
        ("feed_temperature", "K"),
        ("coolant_temperature", "K"),
        ("header_pressure", "bar"),
        ("agitator_speed", "rpm"),
        ("quench_flow", "L/min"),
    )
    INPUTS: ClassVar[tuple[tuple[str, str, float], ...]] = (
        ("coolant_valve", "%", 51.38989001497454),
        ("feed_valve", "1", 1.0),
        ("quench_valve", "1", 0.0),
        ("feed_temperature", "K", 350.0),
        ("feed_concentration", "mol/L", 1.0),
        ("feed_rate", "%", 100.0),
        ("coolant_temperature", "K", 280.0),
        ("coolant_header", "1", 1.0),
        ("agitator", "1", 1.0),
        ("heat_transfer", "1", 1.0),  # factor on UA: fouling
        ("reactivity", "1", 1.0),  # factor on k0
        ("reaction_heat", "1", 1.0),  # factor on -dHr
    )

    def __post_init__(self) -> None:
        """Pack the parameters once, as the kernel reads them."""
        object.__setattr__(self, "packed", pack([self]))

    def steady_state(self, jacket_temperature: float, near: float) -> tuple[float, float]:
        """Concentration and temperature where the published balances stand still.

        Parameters
        ----------
        jacket_temperature : float
            Held temperature of the jacket [K].
        near : float
            Where Newton's search for the reactor temperature starts [K].

        Raises
        ------
        ValueError
            When no steady state is found from there.
        """
        feed, entering = self.feed_flow, NOMINAL["feed_concentration"]
        capacity, t = self.density * self.heat_capacity, near
        exchange, rise = self.exchange / capacity, self.reaction_heat / capacity
        for _ in range(50):
            k = self.volume * self.frequency * exp(-self.activation / t)
            reacted = feed * entering * k / (feed + k)
            slope = reacted * feed / (feed + k) * self.activation / (t * t)
            warmed = feed * (NOMINAL["feed_temperature"] - t) + exchange * (jacket_temperature - t)
            move = (warmed + rise * reacted) / (feed + exchange - rise * slope)
            t += move
            if abs(move) < 1e-10:
                return entering - reacted / feed, t
        raise ValueError(f"no steady state near {near} K with the jacket at {jacket_temperature} K")

    def nominal_valve(self) -> float:
        """Coolant valve opening that holds the nominal steady state [%]."""
        _, temperature = self.steady_state(NOMINAL_JACKET, NOMINAL_TEMPERATURE)
        warmed = self.water_capacity * (NOMINAL_JACKET - NOMINAL["coolant_temperature"])
        share = self.exchange * (temperature - NOMINAL_JACKET) / warmed / self.coolant_flow
        return 100.0 * (1.0 + log(share) / log(self.rangeability))

    def inputs(self, n: int) -> NDArray[np.float64]:
        """Nominal inputs of `n` replicas, shape (n_inputs, n), the valve in balance."""
        column = np.array([value for _, _, value in self.INPUTS])
        column[0] = self.nominal_valve()
        return np.repeat(column[:, None], n, axis=1)

    def initial(self, n: int) -> NDArray[np.float64]:
        """Quantities of `n` replicas at the nominal, open-loop unstable, steady state.

        Returns
        -------
        ndarray, shape (n_quantities, n)
        """
        concentration, temperature = self.steady_state(NOMINAL_JACKET, NOMINAL_TEMPERATURE)
        state = (concentration, temperature, NOMINAL_JACKET, self.volume, self.quench_volume)
        true = np.zeros((len(self.QUANTITIES), n))
        true[: len(state)] = np.array(state)[:, None]
        self.advance(true, self.inputs(n), 0.0)
        return true

    def advance(self, true: NDArray[np.float64], inputs: NDArray[np.float64], dt: float) -> None:
        """Integrate states over `dt` seconds with inputs held, then refresh derived rows.

        Parameters
        ----------
        true : ndarray, shape (n_quantities, n), float64, C-contiguous
            Rows as in `QUANTITIES`; changed in place.
        inputs : ndarray, shape (n_inputs, n), float64, C-contiguous
            Rows as in `INPUTS`.
        dt : float
            Duration [s].
        """
        step, *arguments = self.compiled(true, inputs, dt)
        step(*arguments)

    def compiled(self, true: NDArray[np.float64], inputs: NDArray[np.float64], dt: float) -> tuple[Any, ...]:
        """The kernel and the arguments with which `advance` calls it."""
        return advance, true, inputs, self.packed, dt


NOMINAL = {name: value for name, _, value in Cstr.INPUTS}
