"""The AI controller as a layer: scales what it is shown, asks the policy, writes value and counters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Call, Calls, Stepped
from simulator.core.kernel import kernel
from simulator.core.moment import FIRST

Reals = NDArray[np.float64]
Floats = NDArray[np.float32]
States = NDArray[np.int8]


class Answerer(Protocol):
    """What answers: the bound ONNX session, or a stand-in that trains one."""

    def __call__(self) -> Floats:
        """Answers, shape (n, n_outputs)."""


class Fallible(Protocol):
    """What answers, and fails in the replicas that are flagged."""

    failing: States | None


class PolicyInputs(NamedTuple):
    """`shown` (n_points, n): what the AI host received; `cycle` and `failing` (n,).

    `cycle` is the number that the PLC gave its question; `failing` tells where the runtime raises.
    """

    shown: Reals
    cycle: Reals
    failing: States


class PolicyOut(NamedTuple):
    """`written` (n_loops + 3, n): value per loop, number of the question, heartbeat, sequence."""

    written: Reals


class PolicyState(NamedTuple):
    """Features (n, k), scaling per point, the bound call, its answers (n, m), and per output its row,
    centre and scale.
    """

    features: Floats
    rows: NDArray[np.int64]
    centre: Reals
    scale: Reals
    call: Answerer
    answers: Floats
    writes: NDArray[np.int64]
    origin: Reals
    reach: Reals


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
def _write(answers: Any, writes: Any, origin: Any, reach: Any, cycle: Any, written: Any) -> None:
    for i in range(answers.shape[0]):
        for j in range(writes.shape[0]):
            written[writes[j], i] = origin[j] + reach[j] * float(answers[i, j])
        written[-3, i] = cycle[i]
        for counter in (-2, -1):
            written[counter, i] = (written[counter, i] + 1.0) % 65536.0


@dataclass(frozen=True)
class Policy(Stepped):
    """An AI controller of one loop or several.

    Parameters
    ----------
    rows, centre, scale : tuple
        Which point each feature reads, and its scaling.
    history : int
        How many cycles back the features reach, this one included; newest first.
    writes : tuple of int
        Row of the loop that each output is written to.
    outputs : tuple of (float, float)
        Centre and scale of each written value.
    bind : callable
        Given the feature array (n, k), returns what answers it.
    fallible : bool
        Whether what answers is told where it must fail.
    """

    rows: tuple[int, ...]
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    history: int
    writes: tuple[int, ...]
    outputs: tuple[tuple[float, float], ...]
    bind: Callable[[Floats], Answerer]
    fallible: bool = False

    def initial(self, n: int) -> PolicyState:
        """Empty history; it fills on the first cycle."""
        features = np.zeros((n, len(self.rows) * self.history), np.float32)
        origin, reach = np.ascontiguousarray(np.array(self.outputs, float).T)
        return PolicyState(
            features, np.array(self.rows, np.int64), np.array(self.centre), np.array(self.scale),
            self.bind(features), np.full((n, len(self.writes)), np.nan, np.float32),
            np.array(self.writes, np.int64), origin, reach,
        )  # fmt: skip

    def calls(self, state: PolicyState, inputs: PolicyInputs, out: PolicyOut) -> Calls:
        """One cycle of the AI: it is shown its features, asked, and its answer written."""
        s = state
        if self.fallible:
            cast(Fallible, s.call).failing = inputs.failing
        return (
            Call(_show, (s.rows, s.centre, s.scale, inputs.shown, s.features, FIRST)),
            lambda _: np.copyto(s.answers, s.call()),
            Call(_write, (s.answers, s.writes, s.origin, s.reach, inputs.cycle, out.written)),
        )
