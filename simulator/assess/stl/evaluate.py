"""A formula's waves over one block of replicas."""

from __future__ import annotations

import numpy as np

from simulator.assess.stl import windows
from simulator.assess.stl.block import Block
from simulator.assess.stl.tree import (
    Absolute,
    Always,
    And,
    Compare,
    Constant,
    Eventually,
    Implies,
    Not,
    Or,
    Product,
    Proposition,
    Quantity,
    Rise,
    Sample,
    Scaled,
    StateIs,
    Sum,
    Until,
    Window,
)
from simulator.assess.stl.wave import Array, Bool, Float, Wave, both, constant, either, lift, negate, rise


class Evaluation:
    """Waves of the propositions of one formula, each computed once.

    Parameters
    ----------
    block : Block
        The replicas.
    measured : bool
        Whether comparisons have a robustness in one unit; without it, truth alone counts and
        the robustness of every atom is infinite.
    """

    def __init__(self, block: Block, measured: bool) -> None:
        self.block, self.measured = block, measured
        self.n_ticks = block.known.shape[1]
        self._seen: dict[Proposition, Wave] = {}

    def wave(self, node: Proposition) -> Wave:
        """Truth and robustness of a proposition, shape (n_replicas, n_ticks)."""
        if node not in self._seen:
            self._seen[node] = self._temporal(node)
        return self._seen[node]

    def ticks(self, window: Window | None) -> tuple[int, int]:
        """A window in ticks; without one it reaches the tick after the record."""
        return (0, self.n_ticks) if window is None else window.ticks(self.block.period)

    def beyond(self, window: Window | None, neutral: int) -> Wave:
        """What lies after the record.

        An operator without a window speaks of the record only, so nothing (`neutral`) lies
        beyond a complete one; a window does reach beyond, and there nothing is known.
        """
        bounded = np.full(self.block.complete.shape, window is not None)
        return constant(np.where(bounded | ~self.block.complete, 0, neutral).astype(np.int8))

    def _temporal(self, node: Proposition) -> Wave:
        match node:
            case Always():
                return self._always(self.wave(node.of), node.window)
            case Eventually():
                return negate(self._always(negate(self.wave(node.of)), node.window))
            case Until():
                first, last = self.ticks(node.window)
                sides = self.wave(node.left), self.wave(node.right), self.beyond(node.window, -1)
                return lift(lambda a, b, end: windows.until(a, b, end, first, last), *sides)
            case Rise():
                return rise(self.wave(node.of))
            case _:
                return self._logical(node)

    def _always(self, wave: Wave, window: Window | None) -> Wave:
        beyond = self.beyond(window, 1)
        if window is None:
            return lift(windows.min_to_end, wave, beyond)
        first, last = self.ticks(window)
        return lift(lambda values, end: windows.sliding_min(values, end, first, last), wave, beyond)

    def _logical(self, node: Proposition) -> Wave:
        match node:
            case Not():
                return negate(self.wave(node.of))
            case And():
                return both(self.wave(node.left), self.wave(node.right))
            case Or():
                return either(self.wave(node.left), self.wave(node.right))
            case Implies():
                return either(negate(self.wave(node.left)), self.wave(node.right))
            case StateIs():
                return self._state(node)
            case Compare():
                return self._compare(node)
            case _:
                raise TypeError(f"got {type(node).__name__}, wanted a proposition")

    def _state(self, node: StateIs) -> Wave:
        samples = self.block.samples[node.name]
        among = np.zeros(samples.shape, np.bool_)
        for code in node.codes:
            among |= samples == code
        return self._certain(among == node.among)

    def _certain(self, holds: Bool) -> Wave:
        """An atom without a margin."""
        size = np.where(holds, np.inf, -np.inf)
        return self._atom(holds, size, self.block.known)

    def _compare(self, node: Compare) -> Wave:
        size = self._margin(node)
        holds = size > 0 if node.operator in ("<", ">", "!=") else size >= 0
        finite = np.isfinite(size)
        known = self.block.known if finite.all() else self.block.known & finite
        if not self.measured:
            size = np.where(holds, np.inf, -np.inf)
        return self._atom(holds, size, known)

    def _margin(self, node: Compare) -> Float:
        """How far the comparison is from its other value [unit of the comparison]."""
        left, right = self._quantity(node.left), self._quantity(node.right)
        with np.errstate(all="ignore"):
            match node.operator:
                case "<" | "<=":
                    return np.subtract(right, left)
                case ">" | ">=":
                    return np.subtract(left, right)
                case "==":
                    return -np.abs(np.subtract(left, right))
                case _:
                    return np.abs(np.subtract(left, right))

    def _atom(self, holds: Bool, size: Float, known: Bool) -> Wave:
        truth = 2 * holds.view(np.int8) - np.int8(1)
        if known.all():
            return Wave(truth, size, size)
        low, high = np.where(known, size, -np.inf), np.where(known, size, np.inf)
        return Wave(np.where(known, truth, np.int8(0)), low, high)

    def _quantity(self, node: Quantity) -> Array | float:
        with np.errstate(all="ignore"):
            match node:
                case Sample():
                    return self.block.samples[node.name]
                case Constant():
                    return node.value
                case Absolute():
                    return np.abs(self._quantity(node.of))
                case Scaled():
                    return self._quantity(node.of) * node.factor
                case Sum():
                    return self._quantity(node.left) + self._quantity(node.right)
                case Product():
                    return self._quantity(node.left) * self._quantity(node.right)
