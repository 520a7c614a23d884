"""Three-valued truth with bounds of robustness, over replicas and ticks, and its algebra."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Truth = NDArray[np.int8]
Float = NDArray[np.float64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True)
class Wave:
    """A proposition at every tick of every replica.

    Attributes
    ----------
    truth : ndarray of int8, shape (n_replicas, n_ticks)
        +1 true, 0 undecided, -1 false.
    low, high : ndarray of float64, same shape
        Bounds of the robustness; one and the same array where everything is known. A true
        proposition has ``low >= 0``, a false one ``high <= 0``; which of ``<`` and ``<=`` was
        asked for at 0 is kept by `truth` alone.
    """

    truth: Truth
    low: Float
    high: Float

    @property
    def exact(self) -> bool:
        """Whether both bounds are one array."""
        return self.low is self.high


def lift(rule: Callable[..., Array], *waves: Wave) -> Wave:
    """Apply a rule made of minima and maxima to truth and to both bounds alike."""
    low = rule(*(wave.low for wave in waves))
    same = all(wave.exact for wave in waves)
    high = low if same else rule(*(wave.high for wave in waves))
    return Wave(rule(*(wave.truth for wave in waves)), low, high)


def negate(wave: Wave) -> Wave:
    """Kleene negation."""
    low = -wave.high
    return Wave(-wave.truth, low, low if wave.exact else -wave.low)


def both(left: Wave, right: Wave) -> Wave:
    """Kleene conjunction."""
    return lift(np.minimum, left, right)


def either(left: Wave, right: Wave) -> Wave:
    """Kleene disjunction."""
    return lift(np.maximum, left, right)


def constant(truth: Truth) -> Wave:
    """One column a replica: wholly true, wholly false, or (0) not known at all."""
    column = truth.reshape(-1, 1)
    low = np.where(column > 0, np.inf, -np.inf)
    high = np.where(column < 0, -np.inf, np.inf)
    return Wave(column, low, low if np.array_equal(low, high) else high)


def rise(wave: Wave) -> Wave:
    """True at a tick and false one tick before; false at the first tick."""
    never = constant(np.full(wave.truth.shape[0], -1, np.int8))
    return lift(_rise, wave, negate(wave), never)


def _rise(now: Array, was_not: Array, never: Array) -> Array:
    return np.concatenate([never, np.minimum(now[:, 1:], was_not[:, :-1])], axis=1)
