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

from simulator.control.phase import DONE, FIRST_ORDER, NEXT, NONE, ORDER_ROWS, TRIP, Phase
from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel, part, rule
from simulator.core.moment import FIRST
from simulator.core.states import BYPASSED, TRIPPED

Reals = NDArray[np.float64]
States = NDArray[np.int8]


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
    """Time at the target and phase of the scan before (n,), what is heard in this scan, and the tables.

    `heard` (7, n) has the rows below.
    """

    settled: NDArray[np.int64]
    before: States
    heard: States
    about: Any
    loops: Any
    inputs: Reals
    bypass: States
    ready: Any


_ORDER, _TRIPPED, _OVERRIDDEN, _FIT, _DUE, _NEW, _THERE = range(7)
_ABOUT = np.dtype([("ai", "i8"), ("within", "f8"), ("lasting", "i8")])
_LOOP = np.dtype([("target", "f8"), ("rate", "f8"), ("low", "f8"), ("high", "f8")])
_READY = np.dtype([("row", "i8"), ("low", "f8"), ("high", "f8")])


@rule
def event_of(tripped: bool, done: bool, ready: bool, order: int) -> int:
    """What ends a phase: a trip above all, then an order, then that it is done."""
    found = DONE if done else NONE
    found = order if order > 0 else found
    found = NONE if (order == FIRST_ORDER) & (not ready) else found  # a start-up needs its permissives
    return TRIP if tripped else found


@rule
def moved(value: float, target: float, most: float) -> float:
    """One scan's move towards a target."""
    return value + min(max(target - value, -most), most)


# Row by row and phase by phase, as the board lies in memory: what is the same for all replicas of a phase is
# looked up once, and a phase that drives nothing costs nothing.


@part
def _any_in(states: Any, sought: int, heard: Any, row: int) -> None:
    """Whether any row of a block is in the sought state, in each replica."""
    heard[row, :] = 0
    for k in range(states.shape[0]):
        for i in range(heard.shape[1]):
            heard[row, i] |= 1 if states[k, i] == sought else 0


@part
def _is_fit(ready: Any, received: Any, heard: Any) -> None:
    """Whether every permissive stands; a value that is no number is none."""
    heard[_FIT, :] = 1
    for k in range(ready.shape[0]):
        row, low, high = ready[k].row, ready[k].low, ready[k].high
        for i in range(heard.shape[1]):
            value = received[row, i]
            heard[_FIT, i] = heard[_FIT, i] if (low <= value) & (value <= high) else 0


@part
def _hear(state: Any, orders: Any, inputs: Any) -> None:
    heard = state.heard
    heard[_ORDER, :] = 0
    for k in range(len(orders)):
        for i in range(heard.shape[1]):
            heard[_ORDER, i] = FIRST_ORDER + k if inputs.actions[orders[k], i] == 1 else heard[_ORDER, i]
    _any_in(inputs.status, TRIPPED, heard, _TRIPPED)
    _any_in(inputs.status, BYPASSED, heard, _OVERRIDDEN)
    _is_fit(state.ready, inputs.received, heard)


@part
def _turn(state: Any, following: Any, phase: Any) -> None:
    """Where the events of this scan lead."""
    heard, any_event = state.heard, np.int8(0)
    heard[_DUE, :] = 0
    for p in range(state.about.shape[0]):
        within, lasting = state.about[p].within, state.about[p].lasting
        if within > 0.0:
            for i in range(phase.shape[0]):
                due = 1 if state.settled[i] >= lasting else 0
                heard[_DUE, i] = due if phase[i] == p else heard[_DUE, i]
    for i in range(phase.shape[0]):
        any_event = np.int8(any_event | heard[_ORDER, i] | heard[_TRIPPED, i] | heard[_DUE, i])
    if any_event != 0:
        for i in range(phase.shape[0]):
            tripped, due, fit = heard[_TRIPPED, i] == 1, heard[_DUE, i] == 1, heard[_FIT, i] == 1
            phase[i] = following[phase[i], event_of(tripped, due, fit, heard[_ORDER, i])]


@part
def _begin(state: Any, out: Any) -> None:
    """What a phase sets once, where it is new."""
    any_new = np.int8(0)
    for i in range(out.phase.shape[0]):
        new = 1 if out.phase[i] != state.before[i] else 0
        state.heard[_NEW, i], state.before[i] = new, out.phase[i]
        any_new = np.int8(any_new | new)
    if any_new != 0:
        for i in range(out.phase.shape[0]):
            if state.heard[_NEW, i] == 1:
                state.settled[i] = 0
                for j in range(out.low.shape[0]):
                    p = state.loops[out.phase[i], j]
                    out.low[j, i], out.high[j, i] = p.low, p.high


@part
def _has(phases: Any, phase: int) -> bool:
    """Whether any replica is in a phase."""
    found = np.int8(0)
    for i in range(phases.shape[0]):
        found = np.int8(found | (1 if phases[i] == phase else 0))
    return bool(found != 0)


@part
def _permit(state: Any, phase: int, out: Any) -> None:
    """Whether the AI may have its loops, whether the phase leads them, and the overrides it asks for."""
    heard, allowed, leads = state.heard, state.about[phase].ai == 1, 0
    for j in range(out.low.shape[0]):
        leads = 1 if state.loops[phase, j].target == state.loops[phase, j].target else leads
    for i in range(out.phase.shape[0]):
        permitted = allowed & (heard[_FIT, i] == 1) & (heard[_OVERRIDDEN, i] == 0)
        out.forbidden[i] = (0 if permitted else 1) if out.phase[i] == phase else out.forbidden[i]
        out.follow[i] = leads if out.phase[i] == phase else out.follow[i]
    for k in range(out.bypass.shape[0]):
        asked = state.bypass[phase, k]
        for i in range(out.phase.shape[0]):
            out.bypass[k, i] = asked if out.phase[i] == phase else out.bypass[k, i]


@part
def _drive(state: Any, phase: int, dt: int, pv: Any, out: Any) -> None:
    for j in range(pv.shape[0]):
        p = state.loops[phase, j]
        low, high, target, most = p.low, p.high, p.target, p.rate * dt / 1000.0
        if target == target:
            for i in range(out.phase.shape[0]):
                preset, now = out.preset[j, i], pv[j, i]
                # a ramp starts where the plant is
                begins = (state.heard[_NEW, i] == 1) & (now == now)
                start = min(max(now, low), high) if begins else preset
                out.preset[j, i] = moved(start, target, most) if out.phase[i] == phase else preset


@part
def _settle(state: Any, phase: int, dt: int, pv: Any, out: Any) -> None:
    """For how long every driven loop has been at its target."""
    heard, within = state.heard, state.about[phase].within
    heard[_THERE, :] = 1
    for j in range(pv.shape[0]):
        target = state.loops[phase, j].target
        if target == target:
            for i in range(out.phase.shape[0]):
                heard[_THERE, i] = heard[_THERE, i] if abs(pv[j, i] - target) <= within else 0
    for i in range(out.phase.shape[0]):
        since = state.settled[i] + dt if (heard[_THERE, i] == 1) & (heard[_NEW, i] == 0) else 0
        state.settled[i] = since if out.phase[i] == phase else state.settled[i]


@part
def _move(state: Any, phase: int, dt: int, out: Any) -> None:
    for row in range(out.offset.shape[0]):
        target, most = state.inputs[phase, row, 0], state.inputs[phase, row, 1] * dt / 1000.0
        if target == target:
            for i in range(out.phase.shape[0]):
                offset = out.offset[row, i]
                out.offset[row, i] = moved(offset, target, most) if out.phase[i] == phase else offset


@kernel
def _scan(
    state: Any, following: Any, orders: Any, dt: int, first: bool, start: int, inputs: Any, out: Any
) -> None:
    if first:
        out.phase[:] = start
    _hear(state, orders, inputs)
    _turn(state, following, out.phase)
    _begin(state, out)
    for phase in range(state.about.shape[0]):
        if _has(out.phase, phase):
            _permit(state, phase, out)
            _drive(state, phase, dt, inputs.pv, out)
            _move(state, phase, dt, out)
            if state.about[phase].within > 0.0:
                _settle(state, phase, dt, inputs.pv, out)


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
        return ProcedureState(
            np.zeros(n, np.int64), np.full(n, -1, np.int8), np.zeros((7, n), np.int8), about,
            np.array(loops, _LOOP), inputs, bypass, np.array(list(self.ready), _READY),
        )  # fmt: skip

    def calls(self, state: ProcedureState, inputs: ProcedureInputs, out: ProcedureOut) -> Calls:
        """Decide the phase, then drive what it drives."""
        return call(_scan, state, NEXT, ORDER_ROWS, self.period, FIRST, self.start, inputs, out)
