"""The operator: notices an alarm, takes a reaction time, then does what the procedure says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.kernel import kernel

States = NDArray[np.int8]
IDLE = -1


class OperatorInputs(NamedTuple):
    """`alarms` (n_alarms, n): ISA-18.2 states of the last scan."""

    alarms: States


class OperatorOut(NamedTuple):
    """`actions` (n_actions, n): one-scan pulses; `acknowledge` (n,)."""

    actions: States
    acknowledge: States


class OperatorState(NamedTuple):
    """When each duty falls due (n_duties, n) [ms], and the duties as arrays."""

    due: NDArray[np.int64]
    alarms: NDArray[np.int64]
    actions: NDArray[np.int64]


@kernel
def _act(
    due: Any, watched: Any, acts: Any, reaction: Any, now: int, alarms: Any, actions: Any, ack: Any
) -> None:
    actions[:] = 0
    ack[:] = 0
    for d in range(due.shape[0]):
        for i in range(due.shape[1]):
            standing = alarms[watched[d], i] == 1
            if due[d, i] == -1 and standing:
                due[d, i] = now + reaction[i]
            if due[d, i] >= 0 and now >= due[d, i]:
                actions[acts[d], i] = 1
                ack[i] = 1
                due[d, i] = -1


@dataclass(frozen=True)
class Operator:
    """One operator at the desk.

    Parameters
    ----------
    duties : tuple of (int, int)
        Alarm row and action row: on this alarm, do that.
    reaction : ndarray of int64, shape (n,)
        Reaction time of each replica's operator [ms].
    """

    duties: tuple[tuple[int, int], ...]
    reaction: NDArray[np.int64]

    def initial(self, n: int) -> OperatorState:
        """Nothing noticed yet."""
        duties = np.array(self.duties, np.int64).reshape(-1, 2)
        due = np.full((len(duties), n), IDLE, np.int64)
        return OperatorState(due, duties[:, 0].copy(), duties[:, 1].copy())

    def step(self, state: OperatorState, inputs: OperatorInputs, out: OperatorOut, now: int) -> None:
        """Act on what was alarmed before."""
        _act(
            state.due,
            state.alarms,
            state.actions,
            self.reaction,
            now,
            inputs.alarms,
            out.actions,
            out.acknowledge,
        )
