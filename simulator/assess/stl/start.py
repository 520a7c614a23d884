"""The value of a formula where the record starts, and the tick that decided it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.assess.stl.evaluate import Evaluation
from simulator.assess.stl.tree import Always, And, Eventually, Implies, Not, Or, Proposition, Window
from simulator.assess.stl.wave import Bool, Float, Truth, Wave, negate

Ticks = NDArray[np.int64]


@dataclass(frozen=True)
class Start:
    """A proposition at tick 0; every array has shape (n_replicas,).

    Attributes
    ----------
    truth, low, high : ndarray
        As in `Wave`.
    tick : ndarray of int64
        Where it was decided: the worst moment of an ``always``, the best of an ``eventually``,
        the earliest where several are equal. Meaningless while undecided.
    """

    truth: Truth
    low: Float
    high: Float
    tick: Ticks


def at_start(evaluation: Evaluation, node: Proposition) -> Start:
    """Judge a proposition at tick 0; the outermost operators reduce instead of sliding."""
    match node:
        case Always():
            return _always(evaluation, evaluation.wave(node.of), node.window)
        case Eventually():
            return _not(_always(evaluation, negate(evaluation.wave(node.of)), node.window))
        case Not():
            return _not(at_start(evaluation, node.of))
        case And() | Or() | Implies():
            return _pair(node, at_start(evaluation, node.left), at_start(evaluation, node.right))
        case _:
            wave = evaluation.wave(node)
            tick = np.zeros(wave.truth.shape[0], np.int64)
            return Start(wave.truth[:, 0], wave.low[:, 0], wave.high[:, 0], tick)


def _pair(node: And | Or | Implies, left: Start, right: Start) -> Start:
    """Both sides of a connective, with De Morgan's laws."""
    if isinstance(node, And):
        return _both(left, right)
    return _not(_both(_not(left) if isinstance(node, Or) else left, _not(right)))


def _not(start: Start) -> Start:
    return Start(-start.truth, -start.high, -start.low, start.tick)


def _both(left: Start, right: Start) -> Start:
    """Conjunction; of two deciding sides the one with the smaller margin, then the earlier."""
    worse = _before(right.low, right.tick, left.low, left.tick)
    fails = right.truth < 0
    first = fails & ((left.truth >= 0) | _before(right.high, right.tick, left.high, left.tick))
    truth = np.minimum(left.truth, right.truth)
    tick = np.where(np.where(truth < 0, first, worse), right.tick, left.tick)
    return Start(truth, np.minimum(left.low, right.low), np.minimum(left.high, right.high), tick)


def _before(size: Float, tick: Ticks, other: Float, other_tick: Ticks) -> Bool:
    earlier: Bool = (size == other) & (tick < other_tick)
    return earlier | (size < other)


def _always(evaluation: Evaluation, wave: Wave, window: Window | None) -> Start:
    first, last = evaluation.ticks(window)
    seen = _cut(wave, first, last)
    beyond = evaluation.beyond(window, 1)
    truth = seen.truth.min(axis=1, initial=1)
    low = seen.low.min(axis=1, initial=np.inf)
    high = low if seen.exact else seen.high.min(axis=1, initial=np.inf)
    if last >= evaluation.n_ticks:
        truth, low = np.minimum(truth, beyond.truth[:, 0]), np.minimum(low, beyond.low[:, 0])
    return Start(truth, low, high, first + _worst(seen, truth))


def _cut(wave: Wave, first: int, last: int) -> Wave:
    picked = slice(first, last + 1)
    low = wave.low[:, picked]
    return Wave(wave.truth[:, picked], low, low if wave.exact else wave.high[:, picked])


def _worst(seen: Wave, truth: Truth) -> Ticks:
    """Earliest tick of the smallest margin; among the false ones where there is a false one."""
    if seen.truth.shape[1] == 0:
        return np.zeros(truth.shape, np.int64)
    tick: Ticks = seen.low.argmin(axis=1)
    fails = np.flatnonzero(truth < 0)
    tick[fails] = np.where(seen.truth[fails] < 0, seen.high[fails], np.inf).argmin(axis=1)
    return tick
