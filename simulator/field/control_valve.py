"""Control valves: stroke speed, dead band, and where they go when the signal is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel, rule
from simulator.core.param import pack, param

Reals = NDArray[np.float64]


@dataclass(frozen=True)
class ControlValve:
    """One analogue final element; positions in percent open."""

    stroke: int = param(3000, "ms", above=0, source="full travel")
    dead_band: float = param(0.3, "%", at_least=0)
    fail_position: float = param(100.0, "%", at_least=0, at_most=100, source="fails open 100, closed 0")
    rest: float = param(50.0, "%", at_least=0, at_most=100)


class ValveInputs(NamedTuple):
    """`demand` has shape (n_valves, n) [%]."""

    demand: Reals


class ValveOut(NamedTuple):
    """`position` (n_valves, n) [%]; `drive` (n_inputs, n) takes it into the plant.

    `sensed` (n_rows, n) receives the position transmitter's reading, for the next scan.
    """

    position: Reals
    drive: Reals
    sensed: Reals


class ValveState(NamedTuple):
    """Set-up values, travel a scan (n_valves, n) [%], and rows of each valve's plant input and readback."""

    about: Any
    most: Reals
    rows: NDArray[np.int64]
    readbacks: NDArray[np.int64]


@rule
def travel(position: float, demand: float, most: float, dead_band: float, fail: float) -> float:
    """Position after one scan: towards the demand by at most `most`; a lost signal means `fail`."""
    target = demand if np.isfinite(demand) else fail
    target = min(max(target, 0.0), 100.0)
    gap = target - position
    moved = position + min(max(gap, -most), most)
    stays = (abs(gap) <= dead_band) & (target > 0.0) & (target < 100.0)
    return position if stays else moved


@kernel
def _scan(about: Any, most: Any, rows: Any, readbacks: Any, demand: Any, out: Any) -> None:
    position = out.position
    for j in range(position.shape[0]):
        dead, fail, row, readback = about[j].dead_band, about[j].fail_position, rows[j], readbacks[j]
        for i in range(position.shape[1]):
            moved = travel(position[j, i], demand[j, i], most[j, i], dead, fail)
            position[j, i] = moved
            out.drive[row, i] = moved
            out.sensed[readback, i] = moved


@dataclass(frozen=True)
class ControlValves(Stepped):
    """The control valves of a plant.

    Parameters
    ----------
    valves : tuple of ControlValve
        Parameters, in the order of the loops that move them.
    rows, readbacks : tuple of int
        Plant input that each one drives, and measured row that shows its position.
    period : int
        Scan period [ms].
    slower : ndarray, shape (n_valves, n), optional
        Factors on the stroke times; 1 when absent.
    """

    valves: tuple[ControlValve, ...]
    rows: tuple[int, ...]
    readbacks: tuple[int, ...]
    period: int
    slower: Reals | None = None

    def initial(self, n: int) -> ValveState:
        """Set-up values; the engine puts the positions at rest."""
        rows, readbacks = np.array(self.rows, np.int64), np.array(self.readbacks, np.int64)
        strokes = np.array([valve.stroke for valve in self.valves], float)[:, None] * np.ones(n)
        most = 100.0 * self.period / (strokes if self.slower is None else strokes * self.slower)
        return ValveState(pack(self.valves), most, rows, readbacks)

    def calls(self, state: ValveState, inputs: ValveInputs, out: ValveOut) -> Calls:
        """Stroke for one scan."""
        return call(_scan, state.about, state.most, state.rows, state.readbacks, inputs.demand, out)
