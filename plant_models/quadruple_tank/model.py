"""Physics of the quadruple tank: two pumps, two splitting valves, four tanks with a hole each.

The laboratory process of [1]_ with its published constants, made attackable: pumps have a drive
signal and a contactor, holes can be blocked, valves turned, and a tank that is full spills.

References
----------
.. [1] K. H. Johansson, "The quadruple-tank process: a multivariable laboratory process with an
   adjustable zero", IEEE Trans. Control Syst. Technol. 8(3), 2000, doi:10.1109/87.845876.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from plant_models.quadruple_tank.hydraulics import rig
from plant_models.quadruple_tank.lanes import LANES, ROWS, integrate, load, prepare, store
from simulator.core.kernel import kernel
from simulator.core.param import pack, param

PAPER = "Johansson 2000"
OURS = "design value of this plant"
STEP = 0.2  # s, longest step of the integration; the fastest time constant is 23 s
Rows = tuple[tuple[str, str], ...]
Inputs = tuple[tuple[str, str, float], ...]


@kernel
def advance(true: Any, inputs: Any, parameters: Any, dt: float) -> None:
    """Integrate every replica over `dt` seconds, in place, in equal steps of at most 0.2 s.

    Replica k of a block equals replica k alone bit for bit.
    """
    p = parameters[0]
    r = rig(p)
    work = np.empty(ROWS * LANES)
    steps = max(1, ceil(dt / STEP))
    for start in range(0, true.shape[1], LANES):
        lanes = min(LANES, true.shape[1] - start)
        load(work, true, inputs, start, lanes)
        prepare(work, lanes, p, r)
        for _ in range(steps):
            integrate(work, lanes, r, dt / steps)
        store(work, true, start, lanes, r)


def nominal(drive: float, gamma_1: float, gamma_2: float) -> Inputs:
    """Inputs of an operating point: both pumps at `drive` [%], valves at `gamma` [1]."""
    return (
        ("pump_1", "%", drive),
        ("pump_2", "%", drive),
        ("contactor_1", "1", 1.0),
        ("contactor_2", "1", 1.0),
        ("gamma_1", "1", gamma_1),  # share of pump 1 into tank 1, the rest into tank 4
        ("gamma_2", "1", gamma_2),  # share of pump 2 into tank 2, the rest into tank 3
        ("drain_1", "1", 1.0),  # factor on the hole: blocked drain
        ("drain_2", "1", 1.0),
        ("drain_3", "1", 1.0),
        ("drain_4", "1", 1.0),
        ("pump_1_gain", "1", 1.0),  # factor on the pump's flow
        ("pump_2_gain", "1", 1.0),
    )


@dataclass(frozen=True)
class QuadrupleTank:
    """Four tanks at the minimum-phase operating point P-: most water goes to the lower tanks."""

    area_1: float = param(28.0, "cm2", above=0, source=PAPER)
    area_2: float = param(32.0, "cm2", above=0, source=PAPER)
    area_3: float = param(28.0, "cm2", above=0, source=PAPER)
    area_4: float = param(32.0, "cm2", above=0, source=PAPER)
    hole_1: float = param(0.071, "cm2", above=0, source=PAPER)
    hole_2: float = param(0.057, "cm2", above=0, source=PAPER)
    hole_3: float = param(0.071, "cm2", above=0, source=PAPER)
    hole_4: float = param(0.057, "cm2", above=0, source=PAPER)
    gravity: float = param(981.0, "cm/s^2", above=0, source=PAPER)
    pump_1_constant: float = param(3.33, "cm3/V/s", at_least=0, source=PAPER)
    pump_2_constant: float = param(3.35, "cm3/V/s", at_least=0, source=PAPER)
    height: float = param(20.0, "cm", above=0, source=PAPER)
    full_drive: float = param(10.0, "V", above=0, source=OURS)

    packed: NDArray[Any] = field(init=False, repr=False, compare=False)

    STATES: ClassVar[Rows] = (
        ("level_1", "cm"),
        ("level_2", "cm"),
        ("level_3", "cm"),
        ("level_4", "cm"),
        ("spilled", "cm3"),
    )
    QUANTITIES: ClassVar[Rows] = (
        *STATES,
        ("pump_1_flow", "cm3/s"),
        ("pump_2_flow", "cm3/s"),
        ("outflow_1", "cm3/s"),
        ("outflow_2", "cm3/s"),
        ("gamma_1", "1"),
        ("gamma_2", "1"),
    )
    INPUTS: ClassVar[Inputs] = nominal(30.0, 0.70, 0.60)

    def __post_init__(self) -> None:
        """Pack the parameters once, as the kernel reads them."""
        object.__setattr__(self, "packed", pack([self]))

    def levels_at_rest(
        self, pump_1: float, pump_2: float, gamma_1: float, gamma_2: float
    ) -> tuple[float, float, float, float]:
        """Levels at which every hole passes what flows in; a tank that cannot stands at its rim.

        Parameters
        ----------
        pump_1, pump_2 : float
            Drive signals [%].
        gamma_1, gamma_2 : float
            Valve positions [1].

        Returns
        -------
        tuple of float
            Levels 1 to 4 [cm].

        Examples
        --------
        >>> [round(level, 2) for level in QuadrupleTank().levels_at_rest(30.0, 30.0, 0.70, 0.60)]
        [12.26, 12.78, 1.63, 1.41]
        """
        flow_1 = self.pump_1_constant * self.full_drive * pump_1 / 100.0
        flow_2 = self.pump_2_constant * self.full_drive * pump_2 / 100.0
        level_3, out_3 = self._at_rest((1.0 - gamma_2) * flow_2, self.hole_3)
        level_4, out_4 = self._at_rest((1.0 - gamma_1) * flow_1, self.hole_4)
        level_1, _ = self._at_rest(gamma_1 * flow_1 + out_3, self.hole_1)
        level_2, _ = self._at_rest(gamma_2 * flow_2 + out_4, self.hole_2)
        return level_1, level_2, level_3, level_4

    def _at_rest(self, inflow: float, hole: float) -> tuple[float, float]:
        level = min(self.height, (inflow / hole) ** 2 / (2.0 * self.gravity))
        return level, hole * float(np.sqrt(2.0 * self.gravity * level))

    def inputs(self, n: int) -> NDArray[np.float64]:
        """Nominal inputs of `n` replicas, shape (n_inputs, n)."""
        column = np.array([value for _, _, value in self.INPUTS])
        return np.repeat(column[:, None], n, axis=1)

    def initial(self, n: int) -> NDArray[np.float64]:
        """Quantities of `n` replicas at the equilibrium of the nominal inputs, nothing spilled.

        Returns
        -------
        ndarray, shape (n_quantities, n)
        """
        value = {name: value for name, _, value in self.INPUTS}
        levels = self.levels_at_rest(value["pump_1"], value["pump_2"], value["gamma_1"], value["gamma_2"])
        true = np.zeros((len(self.QUANTITIES), n))
        true[:4] = np.array(levels)[:, None]
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


@dataclass(frozen=True)
class NonMinimumPhase(QuadrupleTank):
    """The same rig at the operating point P+: most water goes to the upper tanks."""

    pump_1_constant: float = param(3.14, "cm3/V/s", at_least=0, source=PAPER)
    pump_2_constant: float = param(3.29, "cm3/V/s", at_least=0, source=PAPER)

    INPUTS: ClassVar[Inputs] = nominal(31.5, 0.43, 0.34)
