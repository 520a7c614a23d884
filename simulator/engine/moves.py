"""How far setpoint and output of each loop move in a scan: measured beside the path, never on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel

Reals = NDArray[np.float64]
States = NDArray[np.int8]


class MoveInputs(NamedTuple):
    """Shape (n_loops, n): working setpoint, final output, whether the mode changed in this scan."""

    sp: Reals
    op: Reals
    changed: States


class MoveOut(NamedTuple):
    """Shape (n_loops, n): moves of setpoint and output; `bump` is the latter where the mode changed."""

    slew: Reals
    move: Reals
    bump: Reals


class MoveState(NamedTuple):
    """What both were a scan before (n_loops, n)."""

    sp: Reals
    op: Reals


@kernel
def _scan(sp: Any, op: Any, inputs: Any, out: Any) -> None:
    for j in range(sp.shape[0]):
        for i in range(sp.shape[1]):
            out.slew[j, i] = abs(inputs.sp[j, i] - sp[j, i])
            out.move[j, i] = abs(inputs.op[j, i] - op[j, i])
            out.bump[j, i] = out.move[j, i] if inputs.changed[j, i] == 1 else 0.0
            sp[j, i] = inputs.sp[j, i]
            op[j, i] = inputs.op[j, i]


@dataclass(frozen=True)
class Moves(Stepped):
    """Measures the moves of every loop.

    Parameters
    ----------
    sp, op : ndarray, shape (n_loops, n)
        Setpoint and output at the start.
    """

    sp: Reals
    op: Reals

    def initial(self, n: int) -> MoveState:
        """At the start."""
        return MoveState(self.sp.copy(), self.op.copy())

    def calls(self, state: MoveState, inputs: MoveInputs, out: MoveOut) -> Calls:
        """Measure one scan."""
        return call(_scan, state.sp, state.op, inputs, out)
