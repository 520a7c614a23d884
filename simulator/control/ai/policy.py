"""The AI controller as a layer: scales what it is shown, asks the policy, writes value and counters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.core.kernel import kernel

Reals = NDArray[np.float64]
Floats = NDArray[np.float32]


class Call(Protocol):
    """What answers: the bound ONNX session, or a stand-in that trains one."""

    def __call__(self) -> Floats:
        """Answers, shape (n, 1)."""


class PolicyInputs(NamedTuple):
    """`shown` (n_points, n): what the AI host received."""

    shown: Reals


class PolicyOut(NamedTuple):
    """`written` (n_loops + 2, n): value per loop, heartbeat, sequence."""

    written: Reals


class PolicyState(NamedTuple):
    """Features (n, k), scaling per point, the bound call, and how to scale its answer."""

    features: Floats
    rows: NDArray[np.int64]
    centre: Reals
    scale: Reals
    call: Call
    answer: Reals


@kernel
def _show(rows: Any, centre: Any, scale: Any, shown: Any, features: Any, fresh: bool) -> None:
    points = rows.shape[0]
    for i in range(features.shape[0]):
        for k in range(features.shape[1] - 1, points - 1, -1):
            features[i, k] = features[i, k - points]
        for k in range(points):
            features[i, k] = np.float32((shown[rows[k], i] - centre[k]) / scale[k])
        if fresh:
            for k in range(points, features.shape[1]):
                features[i, k] = features[i, k - points]


@kernel
def _write(answers: Any, scaling: Any, row: int, written: Any) -> None:
    for i in range(answers.shape[0]):
        written[row, i] = scaling[0] + scaling[1] * float(answers[i, 0])
        for counter in (-2, -1):
            written[counter, i] = (written[counter, i] + 1.0) % 65536.0


@dataclass(frozen=True)
class Policy:
    """An AI controller of one loop.

    Parameters
    ----------
    rows, centre, scale : tuple
        Which point each feature reads, and its scaling.
    history : int
        How many cycles back the features reach, this one included; newest first.
    answer : tuple of (float, float)
        Centre and scale of the written value.
    writes : int
        Row of the loop it writes to.
    bind : callable
        Given the feature array (n, k), returns what answers it.
    """

    rows: tuple[int, ...]
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    history: int
    answer: tuple[float, float]
    writes: int
    bind: Callable[[Floats], Call]

    def initial(self, n: int) -> PolicyState:
        """Empty history; it fills on the first cycle."""
        features = np.zeros((n, len(self.rows) * self.history), np.float32)
        return PolicyState(
            features, np.array(self.rows, np.int64), np.array(self.centre), np.array(self.scale),
            self.bind(features), np.array(self.answer),
        )  # fmt: skip

    def step(self, state: PolicyState, inputs: PolicyInputs, out: PolicyOut, now: int) -> None:
        """One cycle of the AI."""
        s = state
        _show(s.rows, s.centre, s.scale, inputs.shown, s.features, now == 0)
        _write(s.call(), s.answer, self.writes, out.written)
