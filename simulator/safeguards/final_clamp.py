"""The last limits before the field: range, and a rate that binds the AI in the unsafe direction only.

Nothing here slows the fallback, and nothing slows a move towards the safe side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel, rule
from simulator.core.param import pack, param
from simulator.core.states import ROUT

Reals = NDArray[np.float64]
States = NDArray[np.int8]


@dataclass(frozen=True)
class Clamp:
    """Limits of one loop; rates per second. The range of the setpoint is a matter of the phase."""

    sp_rate: float = param(1e300, "pv/s", above=0, source="setpoint, either way")
    op_low: float = param(0.0, "%")
    op_high: float = param(100.0, "%")
    unsafe_rate: float = param(1e300, "%/s", above=0, source="an AI's output, away from the safe side")
    safe_up: float = param(1.0, "1", source="1: more output is safe; -1: less is")


class ClampInputs(NamedTuple):
    """Shape (n_loops, n): mode, wanted setpoint and its range, selected output."""

    mode: States
    target_sp: Reals
    low: Reals
    high: Reals
    selected: Reals


class ClampOut(NamedTuple):
    """Shape (n_loops, n): working setpoint and final output."""

    sp: Reals
    op: Reals


@rule
def towards(value: float, target: float, most: float) -> float:
    """One scan's move from `value` to `target`."""
    return value + min(max(target - value, -most), most)


@rule
def asymmetric(op: float, wanted: float, most: float, safe_up: float) -> float:
    """Any move to the safe side, at most `most` to the other."""
    move = wanted - op
    return wanted if safe_up * move >= 0.0 else op + min(max(move, -most), most)


@kernel
def _scan(about: Any, dt: float, inputs: Any, out: Any) -> None:
    for j in range(out.op.shape[0]):
        a = about[j]
        for i in range(out.op.shape[1]):
            target, low, high, sp = inputs.target_sp[j, i], inputs.low[j, i], inputs.high[j, i], out.sp[j, i]
            driven = towards(sp, min(max(target, low), high), a.sp_rate * dt)
            out.sp[j, i] = driven if np.isfinite(target) else sp
            selected, op = inputs.selected[j, i], out.op[j, i]
            wanted = min(max(selected if np.isfinite(selected) else op, a.op_low), a.op_high)
            slowed = asymmetric(op, wanted, a.unsafe_rate * dt, a.safe_up)
            out.op[j, i] = slowed if inputs.mode[j, i] == ROUT else wanted


@dataclass(frozen=True)
class FinalClamp(Stepped):
    """The final limits of every loop.

    Parameters
    ----------
    loops : tuple of Clamp
        Limits of each loop.
    period : int
        Scan period [ms].
    """

    loops: tuple[Clamp, ...]
    period: int

    def initial(self, n: int) -> Any:
        """Set-up values; the engine puts SP and OP at rest."""
        return pack(self.loops)

    def calls(self, state: Any, inputs: ClampInputs, out: ClampOut) -> Calls:
        """Limit what goes to the field."""
        return call(_scan, state, self.period / 1000.0, inputs, out)
