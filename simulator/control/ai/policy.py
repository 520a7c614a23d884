"""The AI controller as a layer: scales what it is shown, asks the policy, writes value and counters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Call, Calls, Stepped
from simulator.core.kernel import kernel, rule
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
    """Features (n, k), and side by side (k, n); scaling per point; the bound call, its answers (n, m).

    `writes`, `origin` and `reach`: per output its row, centre and scale.
    """

    features: Floats
    seen: Floats
    rows: NDArray[np.int64]
    centre: Reals
    scale: Reals
    call: Answerer
    answers: Floats
    writes: NDArray[np.int64]
    origin: Reals
    reach: Reals


@kernel
def _look(rows: Any, centre: Any, scale: Any, shown: Any, seen: Any, fresh: bool) -> None:
    points, n = rows.shape[0], seen.shape[1]
    for k in range(seen.shape[0] - 1, points - 1, -1):
        for i in range(n):
            seen[k, i] = seen[k - points, i]
    for k in range(points):
        row, middle, span = rows[k], centre[k], scale[k]
        for i in range(n):
            seen[k, i] = np.float32((shown[row, i] - middle) / span)
    for k in range(points, seen.shape[0] if fresh else 0):
        for i in range(n):
            seen[k, i] = seen[k - points, i]


@kernel
def _lay_out(seen: Any, features: Any) -> None:
    for i in range(features.shape[0]):
        row = features[i]
        for k in range(row.shape[0]):
            row[k] = seen[k, i]


@kernel
def _show(rows: Any, centre: Any, scale: Any, shown: Any, seen: Any, features: Any, fresh: bool) -> None:
    # scaled side by side, then laid out as the policy takes them: a replica's own in a row
    _look(rows, centre, scale, shown, seen, fresh)
    _lay_out(seen, features)


@rule
def next_count(count: float) -> float:
    """A counter's next word: it wraps past 65535."""
    return count + 1.0 if count < 65535.0 else 0.0


@kernel
def _write(answers: Any, writes: Any, origin: Any, reach: Any, cycle: Any, written: Any) -> None:
    n = answers.shape[0]
    for j in range(writes.shape[0]):
        row, middle, span = writes[j], origin[j], reach[j]
        for i in range(n):
            written[row, i] = middle + span * float(answers[i, j])
    for i in range(n):
        written[-3, i] = cycle[i]
        written[-2, i] = next_count(written[-2, i])
        written[-1, i] = next_count(written[-1, i])


def _take(answers: Floats, kept: Floats) -> None:
    if answers.shape != kept.shape:  # one answer must not become everybody's
        raise ValueError(f"answers of shape {answers.shape} to questions of shape {kept.shape}")
    np.copyto(kept, answers)


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
            features, np.zeros(features.shape[::-1], np.float32),
            np.array(self.rows, np.int64), np.array(self.centre), np.array(self.scale),
            self.bind(features), np.full((n, len(self.writes)), np.nan, np.float32),
            np.array(self.writes, np.int64), origin, reach,
        )  # fmt: skip

    def calls(self, state: PolicyState, inputs: PolicyInputs, out: PolicyOut) -> Calls:
        """One cycle of the AI: it is shown its features, asked, and its answer written."""
        s = state
        if self.fallible:
            cast(Fallible, s.call).failing = inputs.failing
        return (
            Call(_show, (s.rows, s.centre, s.scale, inputs.shown, s.seen, s.features, FIRST)),
            lambda _: _take(s.call(), s.answers),
            Call(_write, (s.answers, s.writes, s.origin, s.reach, inputs.cycle, out.written)),
        )
