"""Which joint states of mode, phase and safety functions the rules allow: a breadth-first search."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.handover.free import Stage
from simulator.campaign.handover.rules import Rules
from simulator.core.states import BYPASSED, NORMAL, TRIPPED

States = NDArray[np.int8]
Seen = tuple[int, int, int]
MOST = 10**8
"""Steps after which a search is given up: some minutes, and more functions than one plant has had so far."""


@dataclass
class Walk:
    """What a search has found.

    Attributes
    ----------
    events : int
        Combinations of all that is free, in a tick in which every layer steps.
    joint : int
        Joint states that were found, each with every combination tried.
    steps : int
        Steps of a layer, each from one state with one combination.
    free : tuple of str
        What was free.
    complete : bool
        Whether the search has come to its end; one that was given up shows nothing unreachable.
    seen : set of (int, int, int)
        Mode, phase and state of all safety functions, of every joint state after a tick.
    """

    events: int
    free: tuple[str, ...]
    joint: int = 0
    steps: int = 0
    complete: bool = True
    seen: set[Seen] = field(default_factory=set)


def reach(rules: Rules, starts: States, loop: int) -> Walk:
    """Every joint state to which some combination of inputs leads from `starts`, unless they are too many.

    A layer's free inputs are read by no other layer, so that all combinations of a tick are tried when each
    layer has tried its own from every state that the layers before it may leave.

    Parameters
    ----------
    rules : Rules
        The layers.
    starts : ndarray of int8, shape (n_kept, n_starts)
        Joint states before the first tick.
    loop : int
        Row of the loop whose mode is told.
    """
    free = [(stage.bound.name, one.name) for stage in rules.stages for one in stage.free]
    walk = Walk(1 << len(free), tuple(f"{layer}: {name}" for layer, name in free))
    frontier, found = _distinct([starts]), {_key(one) for one in starts.T}
    most = max(stage.combinations for stage in rules.stages)
    while frontier.shape[1]:
        if walk.steps + frontier.shape[1] * most > MOST:
            walk.complete = False
            break
        after = _distinct([_after(rules, due, frontier, walk) for due in rules.ticks])
        fresh = [k for k, one in enumerate(after.T) if _key(one) not in found]
        walk.seen |= {_seen(rules, one, loop) for one in after.T}
        frontier = after[:, fresh]
        found |= {_key(one) for one in frontier.T}
    walk.joint = len(found)
    return walk


def _after(rules: Rules, due: Iterable[Stage], joint: States, walk: Walk) -> States:
    """Joint states after a tick in which some layers step, one after another."""
    for stage in due:
        left = []
        for _, new in rules.every(stage, joint):
            stage.step()
            left.append(_distinct([rules.kept[:, new]]))
        walk.steps += joint.shape[1] * stage.combinations
        joint = _distinct(left)
    return joint


def _distinct(states: list[States]) -> States:
    return np.unique(np.concatenate(states, axis=1), axis=1)


def _key(one: States) -> bytes:
    return one.tobytes()


def _seen(rules: Rules, one: States, loop: int) -> Seen:
    """Mode of a loop, phase, and the state of all safety functions together, of one joint state."""
    status = one[rules.rows("status")]
    mode, phase = one[rules.rows("mode")][loop], one[rules.rows("phase")][0]
    return int(mode), int(phase), int(together(status[:, None])[0])


def together(status: NDArray[np.int8]) -> NDArray[np.int64]:
    """State of all safety functions, shape (n,), from that of each, shape (n_sifs, n).

    One that has tripped says so for all, then one that is bypassed.
    """
    tripped, bypassed = (status == TRIPPED).any(axis=0), (status == BYPASSED).any(axis=0)
    return np.where(tripped, TRIPPED, np.where(bypassed, BYPASSED, NORMAL)).astype(np.int64)
