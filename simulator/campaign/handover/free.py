"""What procedure, modes and safety functions read from elsewhere, and the values that make a difference."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.control.phase import ORDERS
from simulator.core.calls import Calls
from simulator.core.states import ACTIONS, BAD, GOOD
from simulator.engine.board import Board
from simulator.engine.layer import Bound
from simulator.sis.sif import SafetyFunctions, Trip

Bits = NDArray[np.bool_]
LATER = 3_600_000
"""A time [ms] at which no layer takes a scan for its first."""
_AGES = np.iinfo(np.int64).max // 2


@dataclass(frozen=True)
class Free:
    """Something that a layer reads from elsewhere, with two values that make a difference.

    Attributes
    ----------
    name : str
        What it is.
    put : callable
        Sets it in every replica of the block, given a bool array of shape (n,).
    """

    name: str
    put: Callable[[Bits], None]


@dataclass(frozen=True, eq=False)
class Stage:
    """One layer with all that it may meet.

    Attributes
    ----------
    bound : Bound
        The layer as the engine has it.
    free : tuple of Free
        What it reads from elsewhere.
    """

    bound: Bound
    free: tuple[Free, ...]

    @property
    def combinations(self) -> int:
        """Of the values of what is free."""
        return 1 << len(self.free)

    @cached_property
    def calls(self) -> Calls:
        """The kernels that the engine would call."""
        return self.bound.layer.calls(self.bound.state, self.bound.inputs, self.bound.out)

    def step(self) -> None:
        """One scan."""
        for one in self.calls:
            one(LATER)


def _flag(name: str, row: Any, off: float = 0, on: float = 1) -> Free:
    def put(bits: Bits) -> None:
        row[...] = np.where(bits, on, off)

    return Free(name, put)


def _flags(name: str, block: Any, rows: Iterable[int], off: float = 0, on: float = 1) -> Free:
    chosen = list(rows)

    def put(bits: Bits) -> None:
        block[chosen] = np.where(bits, on, off)

    return Free(name, put)


def procedure(bound: Bound, _: Board) -> Stage:
    """Orders, the permissives, and whether the phase is done."""
    actions, received, ready = bound.inputs.actions, bound.inputs.received, bound.state.ready
    free = [_flag(f"order {order}", actions[ACTIONS.index(order)]) for order in ORDERS]
    free.append(_flag("the phase is done", bound.state.settled, 0, _AGES))
    for row in dict.fromkeys(ready["row"].tolist()):
        own = ready[ready["row"] == row]
        low, high = own["low"].max(), own["high"].min()
        within = low if np.isfinite(low) else high if np.isfinite(high) else 0.0
        free.append(_flag(f"permissive of row {row}", received[row], np.nan, within))
    return Stage(bound, tuple(free))


def modes(bound: Bound, board: Board) -> Stage:
    """Grounds but that of the phase, the operator, and what takes or refuses a loop by itself."""
    state, inputs = bound.state, bound.inputs
    about = state.about.copy()
    about["near"] = np.inf  # near or not is asked with a PV that is, and with one that is no number
    bound = replace(bound, state=state._replace(about=about))
    names = board.names("grounds")
    free = [_flag(f"ground {name}", inputs.grounds[k]) for k, name in enumerate(names) if name != "PHASE"]
    free += [_flag("override", inputs.override), _flag("re-arm", inputs.rearm)]
    free.append(_flag("the phase leads", inputs.follow))
    free += [
        _flags(f"bad input {k}", inputs.quality, rows, GOOD, BAD)
        for k, rows in enumerate(_alike(state.watched))
    ]
    if len(state.team):
        free.append(_flags("valve does not follow", inputs.mismatch, state.team))
        free.append(_flags("guard sheds", inputs.shed, state.team))
        free.append(_nearness(inputs.pv, inputs.preset, state.team))
    return Stage(bound, tuple(free))


def _alike(watched: NDArray[np.int64]) -> list[list[int]]:
    """Measurements that the same loops watch: any one of them does what all of them do."""
    rows = sorted({int(row) for row in watched.ravel() if row >= 0})
    groups: dict[tuple[bool, ...], list[int]] = {}
    for row in rows:
        groups.setdefault(tuple((watched == row).any(axis=1).tolist()), []).append(row)
    return list(groups.values())


def _nearness(pv: Any, preset: Any, team: NDArray[np.int64]) -> Free:
    def put(bits: Bits) -> None:
        preset[team] = 0.0
        pv[team] = np.where(bits, 0.0, np.nan)

    return Free("every PV near its preset", put)


def sifs(bound: Bound, board: Board) -> Stage:
    """Reset, keys, and in each function one condition of its own that may stand at any time."""
    state, n = bound.state, board.n
    many = len(state.longest)
    called = tuple(Trip(k, (k,), 1, 1.0, True, 1, -1, ((0.0, 2.0),)) for k in range(many))
    own = SafetyFunctions(called, (0,) * many, ((),) * many, 0, bound.period).initial(n)
    names = ("counts", "calls", "trips", "sensors", "limits")
    state = state._replace(**{name: getattr(own, name) for name in names})
    read = np.zeros((many, n))
    free = [_flag("reset", bound.inputs.reset)]
    for k, tag in enumerate(board.names("status")):
        free.append(_flag(f"{tag} called", read[k], 0.5, 1.5))
        if state.longest[k] > 0:
            free.append(_flag(f"start-up override of {tag} over", state.overridden[k], 0, _AGES))
    inputs = bound.inputs._replace(read=read)
    return Stage(replace(bound, state=state, inputs=inputs), tuple(free))
