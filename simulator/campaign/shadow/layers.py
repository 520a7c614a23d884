"""What stands for the plant when its past is shown: recorded values, and a hand that gives the loops back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped
from simulator.core.clock import Tick

Reals = NDArray[np.float64]
States = NDArray[np.int8]


class ShownOut(NamedTuple):
    """Rows that are overwritten at every scan: places in the board's two matrices, shape (n_rows,)."""

    reals: Reals
    states: States
    of_reals: NDArray[np.int64]
    of_states: NDArray[np.int64]


@dataclass(frozen=True)
class Shown(Stepped):
    """Puts the recorded values of a scan on the board.

    Parameters
    ----------
    values : ndarray, shape (n_ticks, n_reals)
        Quantities.
    states : ndarray of int8, shape (n_ticks, n_states)
        States.
    period : Tick
        Scan period [ms].
    """

    values: Reals
    states: States
    period: Tick

    def initial(self, n: int) -> None:
        """The past has no state."""

    def calls(self, state: None, inputs: None, out: ShownOut) -> Calls:
        """Show one scan."""
        return (lambda now: self._show(now // self.period, out),)

    def _show(self, tick: int, out: ShownOut) -> None:
        out.reals[out.of_reals] = self.values[tick][:, None]
        out.states[out.of_states] = self.states[tick][:, None]


class HandInputs(NamedTuple):
    """`active` (n_loops, n): whether the AI has the loop."""

    active: States


class HandOut(NamedTuple):
    """`rearm` (n,): whether the operator gives the loops back."""

    rearm: States


@dataclass(frozen=True)
class Hand(Stepped):
    """Gives the loops back to the AI some time after it lost them, as an operator would.

    Parameters
    ----------
    loops : tuple of int
        Rows of the AI's loops.
    after : Tick or None
        How long they stay with the PID [ms]; None never gives them back.
    period : Tick
        Scan period [ms].
    """

    loops: tuple[int, ...]
    after: Tick | None
    period: Tick

    def initial(self, n: int) -> Any:
        """How long the AI has been without, shape (n,) [ms]."""
        return np.zeros(n, np.int64)

    def calls(self, state: Any, inputs: HandInputs, out: HandOut) -> Calls:
        """Press, or not; what is pressed too early or in trouble is refused by the mode logic."""
        return (lambda _: self._press(state, inputs, out),)

    def _press(self, state: Any, inputs: HandInputs, out: HandOut) -> None:
        lost = (inputs.active[list(self.loops)] == 0).any(axis=0)
        state[:] = np.where(lost, state + self.period, 0)
        out.rearm[:] = 0 if self.after is None else state > self.after
