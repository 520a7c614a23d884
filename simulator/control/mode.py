"""Who has the loop: MAN, AUTO, RCAS or ROUT, shed without return, last-good start after a bad output.

An AI has its loops together: what takes one from it takes them all, and all are given back at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.control.transitions import AI_HOME, GROUND_EVENTS, REARM, checked, entry, in_a_word
from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel, part, rule
from simulator.core.states import AUTO, BAD, MAN, RCAS, ROUT, START_LAST_GOOD, TRIPPED

Reals = NDArray[np.float64]
States = NDArray[np.int8]


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

    `found` (6, n): in this scan, whether a function has tripped, an input of a loop is BAD, a valve does
    not follow or the guard sheds, the event of the gravest ground, and whether every PV is near its preset.
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


@part
def _any_of(states: Any, rows: Any, sought: int, found: Any, k: int) -> None:
    """Whether any of the rows is in the sought state, in each replica; a row below 0 is none."""
    found[k, :] = 0
    for row in rows:
        if row >= 0:
            for i in range(found.shape[1]):
                found[k, i] |= 1 if states[row, i] == sought else 0


@part
def _gravest(grounds: Any, found: Any) -> None:
    """The event of the gravest ground that stands in each replica, or none."""
    found[4, :] = 0
    for k, event in enumerate(GROUND_EVENTS):
        for i in range(found.shape[1]):
            found[4, i] = event if grounds[k, i] == 1 else found[4, i]


@part
def _all_near(inputs: Any, about: Any, rows: Any, found: Any) -> None:
    """Whether every PV is near its preset setpoint, where the operator gives a loop back."""
    asked = np.int8(0)
    for i in range(found.shape[1]):
        asked = np.int8(asked | inputs.rearm[i])
        found[5, i] = inputs.rearm[i] == 1
    if asked != 0:
        for row in rows:
            near = about[row].near
            for i in range(found.shape[1]):
                found[5, i] &= abs(inputs.pv[row, i] - inputs.preset[row, i]) <= near


@rule
def output_of(mode: int, manual: float, remote: float, automatic: float) -> float:
    """The output that a mode chooses."""
    chosen = remote if mode == ROUT else automatic
    return manual if mode == MAN else chosen


@part
def _transit(state: Any, j: int, override: Any, out: Any) -> None:
    """The event of this scan in each replica, and where it leads."""
    found, a, after = state.found, state.about[j], state.after
    man, auto, rcas, rout = (
        in_a_word(after[MAN]),
        in_a_word(after[AUTO]),
        in_a_word(after[RCAS]),
        in_a_word(after[ROUT]),
    )
    starts = in_a_word(state.starts)
    for i in range(out.mode.shape[1]):
        mode, ground = int(out.mode[j, i]), int(found[4, i])
        ai, tripped, bad = mode >= RCAS, found[0, i] == 1, found[1, i] == 1
        apart, shed = found[2, i] == 1, found[3, i] == 1
        event = event_of(ai, override[i] == 1, tripped, bad, shed, apart, ground)
        sound = not (tripped | bad | apart | (ground > 0))
        rearmed = (event == 0) & (not ai) & (a.home > 0) & sound & (found[5, i] == 1)
        event = REARM if rearmed else event
        row = auto if mode == AUTO else man
        row = rcas if mode == RCAS else row
        row = rout if mode == ROUT else row
        new = entry(row, event)
        new = a.home if new == AI_HOME else new
        changed = new != mode
        out.start[j, i] = entry(starts, event) if changed else 0
        out.reason[j, i] = (event if event < REARM else 0) if changed else out.reason[j, i]
        out.mode[j, i] = new
        out.ai_active[j, i] = 1 if new >= RCAS else 0
        out.in_charge[j, i] = 1 if (new == AUTO) | (new == RCAS) else 0
        out.changed[j, i] = 1 if changed else 0


@part
def _choose(safe: float, j: int, inputs: Any, out: Any) -> None:
    """Setpoint and output of the mode, in each replica."""
    for i in range(out.mode.shape[1]):
        mode, changed = out.mode[j, i], out.changed[j, i] == 1
        admitted, preset, kept = inputs.admitted[j, i], inputs.preset[j, i], out.target_sp[j, i]
        proposed, last_good, op = inputs.proposed[j, i], inputs.restart[j, i], inputs.op[j, i]
        restart = changed & (out.start[j, i] == START_LAST_GOOD)
        # a setpoint left by a failed AI is not kept; a healthy hand-over keeps it
        back = preset if restart | (mode == ROUT) | (inputs.follow[i] == 1) else kept
        out.target_sp[j, i] = admitted if mode == RCAS else back
        automatic, manual = (last_good if restart else proposed), (safe if changed else op)
        out.selected[j, i] = output_of(mode, manual, admitted, automatic)


@kernel
def _scan(state: Any, inputs: Any, out: Any) -> None:
    about, team, found = state.about, state.team, state.found
    _any_of(inputs.status, range(inputs.status.shape[0]), TRIPPED, found, 0)
    _any_of(inputs.mismatch, team, 1, found, 2)
    _any_of(inputs.shed, team, 1, found, 3)
    _gravest(inputs.grounds, found)
    _all_near(inputs, about, team, found)
    for j in range(out.mode.shape[0]):
        _any_of(inputs.quality, state.watched[j], BAD, found, 1)
        _transit(state, j, inputs.override, out)
        _choose(about[j].safe, j, inputs, out)


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
        checked(self.after, self.starts)
        about = np.array([(one.home, one.safe, one.near) for one in self.loops], _ABOUT)
        width = max(len(one.watched) for one in self.loops)
        watched = np.full((len(self.loops), max(width, 1)), -1, np.int64)
        for j, one in enumerate(self.loops):
            watched[j, : len(one.watched)] = one.watched
        team = np.array([j for j, one in enumerate(self.loops) if one.home], np.int64)
        return ModeState(self.after, self.starts, about, watched, team, np.zeros((6, n), np.int8))

    def calls(self, state: ModeState, inputs: ModeInputs, out: ModeOut) -> Calls:
        """Decide who has each loop and choose its setpoint and output."""
        return call(_scan, state, inputs, out)
