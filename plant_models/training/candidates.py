"""Many candidate networks in one block of the product's own closed loop.

Replica i of a block runs candidate ``i // seeds`` on draws ``i % seeds``: candidates are compared
on the same noise and the same disturbances. All arithmetic is elementwise, in a fixed order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plant_models.training.onnx_file import Network
from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel
from simulator.core.moment import scan_of
from simulator.core.seeds import normal
from simulator.engine.layer import Bound
from simulator.field.disturbance import DisturbanceOut, Disturbances, DisturbanceState
from simulator.field.sensor import SensorInputs, SensorOut, Sensors, SensorState

Reals = NDArray[np.float64]
Bind = Callable[[Any], Callable[[], Any]]


@kernel
def answer(weights: Any, seeds: int, features: Any, answers: Any) -> None:
    """Answers of every replica's own networks, one an output.

    A network's weights: bias; per unit bias, output weight and k input weights.
    """
    n, k = features.shape
    size = weights.shape[1] // answers.shape[1]
    for i in range(n):
        for output in range(answers.shape[1]):
            w = weights[i // seeds, output * size : (output + 1) * size]
            total = w[0]
            for start in range(1, size, k + 2):
                unit = w[start]
                for j in range(k):
                    unit += w[start + 2 + j] * features[i, j]
                total += w[start + 1] * min(max(unit, -1.0), 1.0)
            answers[i, output] = total


def candidates(weights: Reals, seeds: int, outputs: int) -> Bind:
    """Stand-in for the session of a block: the candidates' networks, each for `seeds` replicas."""

    def bind(features: Any) -> Callable[[], Any]:
        answers = np.zeros((features.shape[0], outputs), np.float32)

        def call() -> Any:
            answer(weights, seeds, features, answers)
            return answers

        return call

    return bind


@kernel
def _wander(deviation: Any, about: Any, tick: int, seeds: int, drive: Any) -> None:
    for j in range(deviation.shape[0]):
        unit = about[j]
        row, rest, keep, kick, key = unit.row, unit.rest, unit.keep, unit.kick, np.uint64(unit.key)
        for i in range(seeds):
            deviation[j, i] = keep * deviation[j, i] + kick * normal(key, i, tick)
        for i in range(deviation.shape[1]):
            drive[row, i] = rest + deviation[j, i % seeds]


@kernel
def _sense(lagged: Any, about: Any, tick: int, noise: Any, true: Any, sensed: Any) -> None:
    seeds = noise.shape[0]
    for j in range(lagged.shape[0]):
        unit = about[j]
        row, gain, key = unit.row, unit.gain, np.uint64(unit.key)
        for i in range(seeds):
            noise[i] = unit.noise * normal(key, i, tick)
        for i in range(lagged.shape[1]):
            lagged[j, i] += gain * (true[row, i] - lagged[j, i])
            sensed[j, i] = min(max(lagged[j, i] + noise[i % seeds], unit.low), unit.high)


@dataclass(frozen=True)
class SharedWander(Stepped):
    """Disturbances of which every candidate gets the same."""

    inner: Disturbances
    seeds: int

    def initial(self, n: int) -> DisturbanceState:
        """As those of the inner layer."""
        return self.inner.initial(n)

    def calls(self, state: DisturbanceState, inputs: None, out: DisturbanceOut) -> Calls:  # noqa: ARG002
        """Move every wandering input by one scan."""
        return call(_wander, state.deviation, state.about, scan_of(self.inner.period), self.seeds, out.drive)


@dataclass(frozen=True)
class SharedNoise(Stepped):
    """Transmitters whose noise is the same for every candidate."""

    inner: Sensors
    noise: Reals

    def initial(self, n: int) -> SensorState:
        """As those of the inner layer."""
        return self.inner.initial(n)

    def calls(self, state: SensorState, inputs: SensorInputs, out: SensorOut) -> Calls:
        """Read the plant once."""
        now = scan_of(self.inner.period)
        return call(_sense, state.lagged, state.about, now, self.noise, inputs.true, out.sensed)


def sharing(bound: Bound, seeds: int) -> Bound:
    """The layer of a bound one replaced by one that shares draws, where it draws."""
    if isinstance(bound.layer, Disturbances):
        return replace(bound, layer=SharedWander(bound.layer, seeds))
    if isinstance(bound.layer, Sensors):
        return replace(bound, layer=SharedNoise(bound.layer, np.zeros(seeds)))
    return bound


def embed(gains: Reals, n_units: int, reach: float) -> Reals:
    """Weights of a network that equals a linear law within `reach`, each unit a share of the range.

    Parameters
    ----------
    gains : ndarray, shape (k + 1,)
        Bias and gains of the law.
    n_units : int
        Hidden units.
    reach : float
        Largest answer, either way.

    Returns
    -------
    ndarray, shape (1 + n_units * (k + 2),)
    """
    half = reach / n_units
    weights = [0.0]
    for unit in range(n_units):
        middle = half * (2 * unit + 1 - n_units)
        weights += [(gains[0] - middle) / half, half, *(gain / half for gain in gains[1:])]
    return np.array(weights)


def network(weights: Reals, k: int, outputs: int = 1) -> Network:
    """The weights of `answer` as the matrices of one network, float32; each output has its own units."""
    by_output = weights.reshape(outputs, -1)
    units = by_output[:, 1:].reshape(-1, k + 2)
    each = len(units) // outputs
    output = np.zeros((len(units), outputs), np.float32)
    for j in range(outputs):
        output[j * each : (j + 1) * each, j] = units[j * each : (j + 1) * each, 1]
    hidden = np.ascontiguousarray(units[:, 2:].T, np.float32)
    return Network(hidden, units[:, 0].astype(np.float32), output, by_output[:, 0].astype(np.float32))
