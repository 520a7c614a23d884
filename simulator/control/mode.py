"""Who has the loop: MAN, AUTO, RCAS or ROUT, shed without return, last-good start after a bad output.

An AI has its loops together: what takes one from it takes them all, and all are given back at once.

The transitions are a table, so that a reviewer reads them all and a mutant replaces them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel, rule
from simulator.core.states import (
    AUTO,
    BAD,
    GROUNDS,
    MAN,
    MODE_REASON,
    RCAS,
    ROUT,
    START_BUMPLESS,
    START_LAST_GOOD,
    TRIPPED,
)

Reals = NDArray[np.float64]
States = NDArray[np.int8]

AI_HOME = 9  # stands for the mode in which this loop's AI acts
EVENTS = MODE_REASON  # the reason of a transition is the event that caused it
REARM = len(EVENTS)
GROUND_EVENTS = tuple(EVENTS[ground] for ground in GROUNDS)

_KEEP = {MAN: MAN, AUTO: AUTO, RCAS: RCAS, ROUT: ROUT}
_SHED = {MAN: MAN, AUTO: AUTO, RCAS: AUTO, ROUT: AUTO}
TRANSITIONS: dict[str, tuple[dict[int, int], int]] = {
    # event: (mode -> mode, start of the new mode)
    "NONE": (_KEEP, START_BUMPLESS),
    "STALE": (_SHED, START_BUMPLESS),
    "OUTPUT": (_SHED, START_LAST_GOOD),
    "INPUT": (_SHED, START_LAST_GOOD),
    "READBACK": (_SHED, START_BUMPLESS),
    "SIF": (_SHED, START_LAST_GOOD),
    "OPERATOR": (dict.fromkeys(_KEEP, MAN), START_BUMPLESS),
    "PHASE": (_SHED, START_BUMPLESS),
    "LATE": (_SHED, START_BUMPLESS),
    "CONFIG": (_SHED, START_LAST_GOOD),
    "NOVELTY": (_SHED, START_LAST_GOOD),  # what was written beyond the envelope may be bad
    "GUARD": (_SHED, START_LAST_GOOD),  # what a guard that has stopped admitted last may be bad
    "REARM": ({MAN: MAN, AUTO: AI_HOME, RCAS: RCAS, ROUT: ROUT}, START_BUMPLESS),
}


def table() -> tuple[States, States]:
    """Next mode (4, n_events) and start (n_events,) as arrays."""
    after = np.zeros((4, len(TRANSITIONS)), np.int8)
    starts = np.zeros(len(TRANSITIONS), np.int8)
    for k, (moves, start) in enumerate(TRANSITIONS.values()):
        after[:, k] = [moves[mode] for mode in range(4)]
        starts[k] = start
    return after, starts


class ModeInputs(NamedTuple):
    """What may take the loop from the AI, and the values to choose from.

    `grounds` (n_grounds, n) in the order of `GROUNDS`, `override`, `rearm` and `follow` (n,),
    `quality` (n_rows, n), `status` (n_sifs, n), the others (n_loops, n). `preset` is the setpoint of
    the procedure; with `follow` the loop keeps to it.
    """

    grounds: States
    shed: States
    quality: States
    mismatch: States
    status: States
    override: States
    rearm: States
    follow: States
    preset: Reals
    admitted: Reals
    pv: Reals
    proposed: Reals
    restart: Reals
    sp: Reals
    op: Reals


class ModeOut(NamedTuple):
    """Shape (n_loops, n): mode, its reason and start, PID in charge, chosen SP and OP, changes."""

    mode: States
    reason: States
    start: States
    in_charge: States
    ai_active: States
    target_sp: Reals
    selected: Reals
    changed: States


class ModeState(NamedTuple):
    """The table, set-up values of each loop, and the rows of the loops that the AI has.

    `found` (5, n): in this scan, whether a function has tripped, an input of a loop is BAD, a valve does
    not follow or the guard sheds, and the event of the gravest ground.
    """

    after: States
    starts: States
    about: Any
    watched: NDArray[np.int64]
    team: NDArray[np.int64]
    found: States


_ABOUT = np.dtype([("home", "i8"), ("safe", "f8"), ("near", "f8")])


@rule
def event_of(
    ai: bool,
    override: bool,
    tripped: bool,
    bad_input: bool,
    shed: bool,
    mismatch: bool,
    ground: int,
) -> int:
    """The gravest event of this scan; only the operator moves a loop that the AI does not have."""
    found = 4 if mismatch else 0
    found = ground if ground > 0 else found
    found = 2 if shed else found
    found = 3 if bad_input else found
    found = 5 if tripped else found
    found = found if ai else 0
    return 6 if override else found


@kernel
def _any_of(states: Any, rows: Any, sought: int, found: Any) -> None:
    """Whether any of the rows is in the sought state, in each replica; a row below 0 is none."""
    found[:] = 0
    for row in rows:
        if row >= 0:
            for i in range(found.shape[0]):
                found[i] |= 1 if states[row, i] == sought else 0


@kernel
def _gravest(grounds: Any, found: Any) -> None:
    """The event of the gravest ground that stands in each replica, or none."""
    found[:] = 0
    for k, event in enumerate(GROUND_EVENTS):
        for i in range(found.shape[0]):
            found[i] = event if grounds[k, i] == 1 else found[i]


@rule
def all_near(pv: Any, preset: Any, about: Any, rows: Any, i: int) -> bool:
    """Whether every PV is near its preset setpoint."""
    near = True
    for row in rows:
        near = near and abs(pv[row, i] - preset[row, i]) <= about[row].near
    return near


@rule
def output_of(mode: int, manual: float, remote: float, automatic: float) -> float:
    """The output that a mode chooses."""
    if mode == MAN:
        return manual
    return remote if mode == ROUT else automatic


@kernel
def _scan(state: Any, inputs: Any, out: Any) -> None:
    after, starts, about, team, found = state.after, state.starts, state.about, state.team, state.found
    _any_of(inputs.status, np.arange(inputs.status.shape[0]), TRIPPED, found[0])
    _any_of(inputs.mismatch, team, 1, found[2])
    _any_of(inputs.shed, team, 1, found[3])
    _gravest(inputs.grounds, found[4])
    for j in range(out.mode.shape[0]):
        a = about[j]
        _any_of(inputs.quality, state.watched[j], BAD, found[1])
        for i in range(out.mode.shape[1]):
            mode = out.mode[j, i]
            ai = mode >= RCAS
            tripped, bad = found[0, i] == 1, found[1, i] == 1
            apart, shed = found[2, i] == 1, found[3, i] == 1
            ground = int(found[4, i])
            event = event_of(ai, inputs.override[i] == 1, tripped, bad, shed, apart, ground)
            troubled = tripped or bad or apart or ground > 0
            if event == 0 and inputs.rearm[i] == 1 and not ai:
                fit = a.home > 0 and not troubled and all_near(inputs.pv, inputs.preset, about, team, i)
                event = REARM if fit else 0
            new = after[mode, event]
            new = a.home if new == 9 else new
            changed = new != mode
            out.start[j, i] = starts[event] if changed else 0
            if changed:
                out.reason[j, i] = event if event < REARM else 0
            out.mode[j, i] = new
            out.ai_active[j, i] = 1 if new >= RCAS else 0
            out.in_charge[j, i] = 1 if new in (AUTO, RCAS) else 0
            restart = changed and starts[event] == START_LAST_GOOD
            # a setpoint left by a failed AI is not kept; a healthy hand-over keeps it
            if new == RCAS:
                out.target_sp[j, i] = inputs.admitted[j, i]
            elif restart or new == ROUT or inputs.follow[i] == 1:
                out.target_sp[j, i] = inputs.preset[j, i]
            automatic = inputs.restart[j, i] if restart else inputs.proposed[j, i]
            manual = a.safe if changed else inputs.op[j, i]
            chosen = output_of(new, manual, inputs.admitted[j, i], automatic)
            out.selected[j, i] = chosen
            out.changed[j, i] = 1 if changed else 0


@dataclass(frozen=True)
class LoopModes:
    """Set-up of one loop's mode logic.

    Attributes
    ----------
    home : int
        Mode in which the AI acts, RCAS or ROUT; 0 when there is no AI.
    safe : float
        Output [%] an overriding operator orders.
    near : float
        How near PV must be to the preset setpoint before the AI may be re-armed.
    watched : tuple of int
        Rows of the measurements without which the AI may not act.
    """

    home: int
    safe: float
    near: float
    watched: tuple[int, ...]


@dataclass(frozen=True)
class Modes(Stepped):
    """Mode logic of every loop.

    Parameters
    ----------
    loops : tuple of LoopModes
        Set-up of each loop.
    after, starts : ndarray
        The transition table, as `table` gives it.
    """

    loops: tuple[LoopModes, ...]
    after: States
    starts: States

    def initial(self, n: int) -> ModeState:
        """The table and the set-up values; the engine puts the modes at their start."""
        about = np.array([(one.home, one.safe, one.near) for one in self.loops], _ABOUT)
        width = max(len(one.watched) for one in self.loops)
        watched = np.full((len(self.loops), max(width, 1)), -1, np.int64)
        for j, one in enumerate(self.loops):
            watched[j, : len(one.watched)] = one.watched
        team = np.array([j for j, one in enumerate(self.loops) if one.home], np.int64)
        return ModeState(self.after, self.starts, about, watched, team, np.zeros((5, n), np.int8))

    def calls(self, state: ModeState, inputs: ModeInputs, out: ModeOut) -> Calls:
        """Decide who has each loop and choose its setpoint and output."""
        return call(_scan, state, inputs, out)
