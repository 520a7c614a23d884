"""The operator: notices an alarm, takes a reaction time, then does what the procedure says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel
from simulator.core.moment import NOW

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
    """When each duty and each order falls due (n_duties or n_orders, n) [ms], and both as arrays."""

    due: NDArray[np.int64]
    alarms: NDArray[np.int64]
    actions: NDArray[np.int64]
    orders: NDArray[np.int64]
    ordered: NDArray[np.int64]
    every: NDArray[np.int64]


@dataclass(frozen=True)
class Order:
    """Something done at a time, whatever the alarms say.

    Attributes
    ----------
    action : int
        Row of the action.
    at : ndarray of int64, shape (n,)
        When [ms].
    every : int
        How long until it is tried again [ms]; 0: once.
    """

    action: int
    at: NDArray[np.int64]
    every: int = 0


@kernel
def _act(state: Any, reaction: Any, now: int, alarms: Any, actions: Any, ack: Any) -> None:
    due = state.due
    for d in range(due.shape[0]):
        for i in range(due.shape[1]):
            standing = alarms[state.alarms[d], i] == 1
            if due[d, i] == -1 and standing:
                due[d, i] = now + reaction[i]
            if due[d, i] >= 0 and now >= due[d, i]:
                actions[state.actions[d], i] = 1
                ack[i] = 1
                due[d, i] = -1


@kernel
def _obey(state: Any, now: int, actions: Any) -> None:
    due = state.orders
    for k in range(due.shape[0]):
        for i in range(due.shape[1]):
            if due[k, i] >= 0 and now >= due[k, i]:
                actions[state.ordered[k], i] = 1
                due[k, i] = now + state.every[k] if state.every[k] > 0 else -1


@kernel
def _scan(state: Any, reaction: Any, now: int, alarms: Any, actions: Any, ack: Any) -> None:
    actions[:] = 0
    ack[:] = 0
    _act(state, reaction, now, alarms, actions, ack)
    _obey(state, now, actions)


@dataclass(frozen=True)
class Operator(Stepped):
    """One operator at the desk.

    Parameters
    ----------
    duties : tuple of (int, int)
        Alarm row and action row: on this alarm, do that.
    reaction : ndarray of int64, shape (n,)
        Reaction time of each replica's operator [ms].
    orders : tuple of Order
        What is done at a time.
    """

    duties: tuple[tuple[int, int], ...]
    reaction: NDArray[np.int64]
    orders: tuple[Order, ...] = ()

    def initial(self, n: int) -> OperatorState:
        """Nothing noticed yet."""
        duties = np.array(self.duties, np.int64).reshape(-1, 2)
        due = np.full((len(duties), n), IDLE, np.int64)
        orders = np.array([order.at for order in self.orders], np.int64).reshape(-1, n)
        ordered = np.array([order.action for order in self.orders], np.int64)
        every = np.array([order.every for order in self.orders], np.int64)
        return OperatorState(due, duties[:, 0].copy(), duties[:, 1].copy(), orders, ordered, every)

    def calls(self, state: OperatorState, inputs: OperatorInputs, out: OperatorOut) -> Calls:
        """Act on what was alarmed before, and on what is planned for now."""
        return call(_scan, state, self.reaction, NOW, inputs.alarms, out.actions, out.acknowledge)
