"""Does the final element do what it is told? Command against measured position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel
from simulator.core.param import pack, param

Reals = NDArray[np.float64]
States = NDArray[np.int8]


@dataclass(frozen=True)
class ReadbackCheck:
    """Tolerance of one valve; twice its stroke time is usual."""

    within: float = param(5.0, "%", above=0)
    lasting: int = param(6000, "ms", above=0)


class ReadbackInputs(NamedTuple):
    """`op` (n_loops, n) commanded, `position` (n_rows, n) measured [%]."""

    op: Reals
    position: Reals


class ReadbackOut(NamedTuple):
    """`mismatch` (n_loops, n)."""

    mismatch: States


class ReadbackState(NamedTuple):
    """How long each valve has been apart (n_loops, n) [ms], set-up values and rows."""

    apart: NDArray[np.int64]
    about: Any
    rows: NDArray[np.int64]


@kernel
def _scan(apart: Any, about: Any, rows: Any, dt: int, op: Any, position: Any, mismatch: Any) -> None:
    for j in range(apart.shape[0]):
        row, within, lasting = rows[j], about[j].within, about[j].lasting
        for i in range(apart.shape[1]):
            follows = abs(op[j, i] - position[row, i]) <= within
            since = 0 if follows else apart[j, i] + dt
            apart[j, i] = since
            mismatch[j, i] = 1 if since > lasting else 0


@dataclass(frozen=True)
class Readback(Stepped):
    """Readback checks of every loop's valve.

    Parameters
    ----------
    checks : tuple of ReadbackCheck
        Tolerances.
    rows : tuple of int
        Row of each position transmitter.
    period : int
        Scan period [ms].
    """

    checks: tuple[ReadbackCheck, ...]
    rows: tuple[int, ...]
    period: int

    def initial(self, n: int) -> ReadbackState:
        """Every valve follows."""
        apart = np.zeros((len(self.checks), n), np.int64)
        return ReadbackState(apart, pack(self.checks), np.array(self.rows, np.int64))

    def calls(self, state: ReadbackState, inputs: ReadbackInputs, out: ReadbackOut) -> Calls:
        """Compare command and position."""
        s = state
        return call(_scan, s.apart, s.about, s.rows, self.period, inputs.op, inputs.position, out.mismatch)
