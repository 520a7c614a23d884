"""Procedural automation (ISA-106): in which phase the plant is, and what is in force there.

Phases and the events that end them are a table. A phase says whether the AI may have its loops,
which setpoints it drives and how wide they may be, which plant inputs it moves, and for which
safety functions it asks the start-up override.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel, rule
from simulator.core.moment import FIRST
from simulator.core.states import ACTIONS, BYPASSED, PHASE, TRIPPED

Reals = NDArray[np.float64]
States = NDArray[np.int8]

RUN, START, LOAD, SHUTDOWN, AFTER_TRIP = (PHASE[name] for name in PHASE)
NONE, TRIP, DONE = 0, 1, 2
ORDERS = ("start", "run", "load", "shutdown")
EVENTS = ("NONE", "TRIP", "DONE", *(order.upper() for order in ORDERS))
FIRST_ORDER = 3
_ORDER_ROWS = tuple(ACTIONS.index(order) for order in ORDERS)

NEXT: States = np.array(
    [
        # NONE    TRIP        DONE      START     RUN       LOAD      SHUTDOWN
        [RUN, AFTER_TRIP, RUN, RUN, RUN, LOAD, SHUTDOWN],  # RUN
        [START, AFTER_TRIP, RUN, START, START, START, SHUTDOWN],  # START
        [LOAD, AFTER_TRIP, LOAD, LOAD, RUN, LOAD, SHUTDOWN],  # LOAD
        [SHUTDOWN, AFTER_TRIP, SHUTDOWN, START, SHUTDOWN, SHUTDOWN, SHUTDOWN],  # SHUTDOWN
        [AFTER_TRIP, AFTER_TRIP, AFTER_TRIP, START, AFTER_TRIP, AFTER_TRIP, AFTER_TRIP],  # TRIPPED
    ],
    np.int8,
)
"""Next phase by phase and event. Only START leads to RUN by itself; nothing leaves TRIPPED but an order."""


@dataclass(frozen=True)
class LoopProgram:
    """What a phase asks of one loop; a target that is no number leaves the setpoint alone."""

    target: float
    rate: float
    low: float
    high: float


@dataclass(frozen=True)
class InputProgram:
    """What a phase does to one plant input: its offset from rest, and how fast it gets there [1/s]."""

    target: float
    rate: float


@dataclass(frozen=True)
class Phase:
    """One phase.

    Attributes
    ----------
    ai : bool
        Whether the AI may have its loops.
    loops : tuple of LoopProgram
        In loop order.
    inputs : mapping of int to InputProgram
        By row of the plant's inputs; others keep their offset.
    bypass : tuple of int
        Rows of the safety functions for which the start-up override is asked.
    within, lasting : float, int
        The phase is done when every driven PV has been this near its target for this long [ms];
        never when `within` is 0.
    """

    ai: bool
    loops: tuple[LoopProgram, ...]
    inputs: dict[int, InputProgram]
    bypass: tuple[int, ...] = ()
    within: float = 0.0
    lasting: int = 0


class ProcedureInputs(NamedTuple):
    """`status` (n_sifs, n), `actions` (n_actions, n), `pv` (n_loops, n), `received` (n_rows, n)."""

    status: States
    actions: States
    pv: Reals
    received: Reals


class ProcedureOut(NamedTuple):
    """`phase`, `follow`, `forbidden` (n,); `bypass` (n_sifs, n); `preset`, `low`, `high` (n_loops, n);
    `offset` (n_inputs, n).
    """

    phase: States
    follow: States
    forbidden: States
    bypass: States
    preset: Reals
    low: Reals
    high: Reals
    offset: Reals


class ProcedureState(NamedTuple):
    """Time at the target, phase of the scan before, whether it is new and its loops there (n,); tables.

    `moves` (n_inputs,) is 1 where some phase moves the plant input.
    """

    settled: NDArray[np.int64]
    before: States
    new: States
    there: States
    moves: States
    about: Any
    loops: Any
    inputs: Reals
    bypass: States
    ready: Any


_ABOUT = np.dtype([("ai", "i8"), ("within", "f8"), ("lasting", "i8")])
_LOOP = np.dtype([("target", "f8"), ("rate", "f8"), ("low", "f8"), ("high", "f8")])
_READY = np.dtype([("row", "i8"), ("low", "f8"), ("high", "f8")])


@rule
def event_of(tripped: bool, done: bool, ready: bool, order: int) -> int:
    """What ends a phase: a trip above all, then an order, then that it is done."""
    if tripped:
        return TRIP
    if order == FIRST_ORDER and not ready:
        return NONE  # a start-up without its permissives is refused
    if order > 0:
        return order
    return DONE if done else NONE


@rule
def moved(value: float, target: float, most: float) -> float:
    """One scan's move towards a target; no target, no move."""
    return value + min(max(target - value, -most), most) if target == target else value


@rule
def any_in(states: Any, i: int, sought: int) -> bool:
    """Whether any row of a block is in the sought state."""
    found = False
    for k in range(states.shape[0]):
        found = found or states[k, i] == sought
    return found


@rule
def is_ready(ready: Any, received: Any, i: int) -> bool:
    """Whether every permissive stands; a value that is no number is none."""
    found = True
    for k in range(ready.shape[0]):
        found = found and ready[k].low <= received[ready[k].row, i] <= ready[k].high
    return found


@kernel
def _decide(state: Any, following: Any, orders: Any, inputs: Any, out: Any) -> None:
    for i in range(out.phase.shape[0]):
        order = 0
        for k in range(len(orders)):
            order = FIRST_ORDER + k if inputs.actions[orders[k], i] == 1 else order
        about = state.about[out.phase[i]]
        ready = is_ready(state.ready, inputs.received, i)
        done = about.within > 0.0 and state.settled[i] >= about.lasting
        event = event_of(any_in(inputs.status, i, TRIPPED), done, ready, order)
        out.phase[i] = following[out.phase[i], event]
        now = state.about[out.phase[i]]
        overridden = any_in(inputs.status, i, BYPASSED)
        out.forbidden[i] = 0 if now.ai == 1 and ready and not overridden else 1


# Row by row, as the board lies in memory: down the rows of one replica every access misses the cache.


@kernel
def _begin(state: Any, out: Any) -> None:
    for i in range(out.phase.shape[0]):
        state.new[i] = 1 if out.phase[i] != state.before[i] else 0
        state.before[i] = out.phase[i]
        state.there[i] = 1
        out.follow[i] = 0


@kernel
def _drive(state: Any, dt: int, pv: Any, out: Any) -> None:
    for j in range(pv.shape[0]):
        for i in range(out.phase.shape[0]):
            p = state.loops[out.phase[i], j]
            out.low[j, i], out.high[j, i] = p.low, p.high
            driven = p.target == p.target
            if driven:
                out.follow[i] = 1
            if driven and state.new[i] == 1 and pv[j, i] == pv[j, i]:  # a ramp starts where the plant is
                out.preset[j, i] = min(max(pv[j, i], p.low), p.high)
            out.preset[j, i] = moved(out.preset[j, i], p.target, p.rate * dt / 1000.0)
            if driven and not abs(pv[j, i] - p.target) <= state.about[out.phase[i]].within:
                state.there[i] = 0


@kernel
def _move(state: Any, dt: int, out: Any) -> None:
    for row in range(out.offset.shape[0]):
        if state.moves[row] == 1:
            for i in range(out.phase.shape[0]):
                target, rate = state.inputs[out.phase[i], row, 0], state.inputs[out.phase[i], row, 1]
                out.offset[row, i] = moved(out.offset[row, i], target, rate * dt / 1000.0)


@kernel
def _scan(
    state: Any, following: Any, orders: Any, dt: int, first: bool, start: int, inputs: Any, out: Any
) -> None:
    if first:
        out.phase[:] = start
    _decide(state, following, orders, inputs, out)
    _begin(state, out)
    _drive(state, dt, inputs.pv, out)
    _move(state, dt, out)
    for i in range(out.phase.shape[0]):
        state.settled[i] = state.settled[i] + dt if state.there[i] == 1 and state.new[i] == 0 else 0
    for k in range(out.bypass.shape[0]):
        for i in range(out.phase.shape[0]):
            out.bypass[k, i] = state.bypass[out.phase[i], k]


@dataclass(frozen=True)
class Procedure(Stepped):
    """The phases of a plant.

    Parameters
    ----------
    phases : tuple of Phase
        In the order of `PHASE`.
    ready : tuple of (int, float, float)
        Permissives of the AI and of a start-up: row of the measurement, lowest and highest value.
    n_inputs, n_sifs : int
        Sizes of the plant.
    start : int
        Phase at the start.
    period : int
        Scan period [ms].
    """

    phases: tuple[Phase, ...]
    ready: tuple[tuple[int, float, float], ...]
    n_inputs: int
    n_sifs: int
    start: int
    period: int

    def initial(self, n: int) -> ProcedureState:
        """A phase that has just begun."""
        about = np.array([(int(p.ai), p.within, p.lasting) for p in self.phases], _ABOUT)
        loops = [[(one.target, one.rate, one.low, one.high) for one in p.loops] for p in self.phases]
        inputs = np.full((len(self.phases), self.n_inputs, 2), np.nan)
        bypass = np.zeros((len(self.phases), self.n_sifs), np.int8)
        for k, phase in enumerate(self.phases):
            bypass[k, list(phase.bypass)] = 1
            for row, program in phase.inputs.items():
                inputs[k, row] = program.target, program.rate
        moves = (~np.isnan(inputs[:, :, 0])).any(axis=0).astype(np.int8)
        return ProcedureState(
            np.zeros(n, np.int64), np.full(n, -1, np.int8), np.zeros(n, np.int8), np.zeros(n, np.int8), moves,
            about, np.array(loops, _LOOP), inputs, bypass, np.array(list(self.ready), _READY),
        )  # fmt: skip

    def calls(self, state: ProcedureState, inputs: ProcedureInputs, out: ProcedureOut) -> Calls:
        """Decide the phase, then drive what it drives."""
        return call(_scan, state, NEXT, _ORDER_ROWS, self.period, FIRST, self.start, inputs, out)
