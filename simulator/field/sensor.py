"""Transmitters: first-order lag, noise, and the instrument's range (Purdue level 0)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel, rule
from simulator.core.moment import scan_of
from simulator.core.param import param
from simulator.core.seeds import Numbers, normal_from, origins, stream

Reals = NDArray[np.float64]


@dataclass(frozen=True)
class Transmitter:
    """Parameters of one transmitter, in the unit of its quantity; durations in ms."""

    low: float = param(None, "quantity", source="instrument list: lower range value")
    high: float = param(None, "quantity", source="instrument list: upper range value")
    noise: float = param(0.0, "quantity", at_least=0, source="standard deviation of one sample")
    lag: int = param(0, "ms", at_least=0)


class SensorInputs(NamedTuple):
    """`true` has shape (n_quantities, n)."""

    true: Reals


class SensorOut(NamedTuple):
    """`sensed` has shape (n_rows, n); the first rows belong to the transmitters."""

    sensed: Reals


class SensorState(NamedTuple):
    """Lagged values, shares of a step taken, origins of the noise (n_transmitters, n); set-up values."""

    lagged: Reals
    gains: Reals
    begun: NDArray[np.uint64]
    about: Any


_ABOUT = np.dtype(
    [("row", "i8"), ("low", "f8"), ("high", "f8"), ("noise", "f8"), ("gain", "f8"), ("key", "u8")]
)


@rule
def saturate(value: float, low: float, high: float) -> float:
    """A transmitter drives its signal at most 5 % of span past its range; NaN stays NaN."""
    margin = 0.05 * (high - low)
    held = min(max(value, low - margin), high + margin)
    return held if value == value else value


@kernel
def _scan(lagged: Any, gains: Any, about: Any, begun: Any, tick: int, true: Any, sensed: Any) -> None:
    for j in range(lagged.shape[0]):
        unit = about[j]
        row, low, high, noise = unit.row, unit.low, unit.high, unit.noise
        for i in range(lagged.shape[1]):
            lagged[j, i] += gains[j, i] * (true[row, i] - lagged[j, i])
            drawn = noise * normal_from(begun[j, i], tick)
            sensed[j, i] = saturate(lagged[j, i] + drawn, low, high)


@dataclass(frozen=True)
class Sensors(Stepped):
    """A rack of transmitters read at one period.

    Parameters
    ----------
    transmitters : mapping of str to Transmitter
        Parameters by tag; the tag names the noise stream.
    rows : mapping of str to int
        Row of the plant's quantities that each one measures.
    start : ndarray, shape (n_quantities, n)
        The plant's quantities at the start, where lags begin.
    period : int
        Scan period [ms].
    seed : int
        Seed of the run.
    replicas : ndarray of int, shape (n,)
        Numbers of the block's replicas.
    slower : ndarray, shape (n_transmitters, n), optional
        Factors on the lags; 1 when absent.
    """

    transmitters: dict[str, Transmitter]
    rows: dict[str, int]
    start: Reals
    period: int
    seed: int
    replicas: Numbers
    slower: Reals | None = None

    def initial(self, n: int) -> SensorState:
        """Settled on the plant's start."""
        about = np.array([self._about(tag) for tag in self.transmitters], _ABOUT)
        gains = np.repeat(about["gain"][:, None], n, axis=1)
        if self.slower is not None:
            for j, unit in enumerate(self.transmitters.values()):
                gains[j] = [self._gain(unit.lag * factor) for factor in self.slower[j]]
        begun = origins(about["key"], self.replicas)
        return SensorState(self.start[about["row"]].copy(), gains, begun, about)

    def _about(self, tag: str) -> tuple[Any, ...]:
        unit = self.transmitters[tag]
        key = stream(self.seed, f"noise/{tag}")
        return (self.rows[tag], unit.low, unit.high, unit.noise, self._gain(unit.lag), key)

    def _gain(self, lag: float) -> float:
        """Share of a step taken in one scan: the exact discretisation for an input held over it."""
        return float(1.0 - np.exp(-self.period / lag)) if lag else 1.0

    def calls(self, state: SensorState, inputs: SensorInputs, out: SensorOut) -> Calls:
        """Read the plant once."""
        s, scan = state, scan_of(self.period)
        return call(_scan, s.lagged, s.gains, s.about, s.begun, scan, inputs.true, out.sensed)
