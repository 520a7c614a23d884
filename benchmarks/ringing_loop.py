"""A lightly damped loop: a vessel under a proportional controller that is too strong for its valve.

Inflow minus outflow moves the level; the valve follows the controller with a lag. A constant
disturbance is harmless, one that comes and goes in the loop's own period is not. The loop is
linear, so the worst of all courses is known exactly: every piece at the end that its own response
asks for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.core.kernel import kernel

Reals = NDArray[np.float64]

PIECES, SUBSTEPS = 36, 20
"""Pieces of the disturbance, each a minute long, and steps of integration in each."""


@kernel
def _levels(inflow: Any, squared: float, friction: float, out: Any) -> None:
    """Deviation of the level after every step: inflow (n_pieces, n), out (n_steps, n)."""
    h, n = 1.0 / SUBSTEPS, inflow.shape[1]
    level, valve = np.zeros(n), np.zeros(n)
    for k in range(out.shape[0]):
        push = inflow[k // SUBSTEPS]
        for i in range(n):
            # symplectic Euler's step: it neither damps nor excites the oscillation by itself
            valve[i] += h * (squared * level[i] - friction * valve[i])
            level[i] += h * (push[i] - valve[i])
            out[k, i] = level[i]


@dataclass(frozen=True)
class Ringing:
    """One loop.

    Parameters
    ----------
    period : float
        Of its oscillation, undamped [pieces].
    damping : float
        Damping ratio.
    """

    period: float = 6.0
    damping: float = 0.05

    def levels(self, inflow: Reals) -> Reals:
        """Deviation of the level, shape (n_steps, n), for disturbances (n, n_pieces) of the inflow."""
        omega = 2.0 * np.pi / self.period
        out = np.empty((PIECES * SUBSTEPS, len(inflow)))
        _levels(np.ascontiguousarray(inflow.T), omega**2, 2.0 * self.damping * omega, out)
        return out

    def highest(self, points: Reals) -> Reals:
        """Highest level of runs at points (n, n_pieces) of [0, 1], shape (n,)."""
        return np.concatenate([self.levels(2.0 * part - 1.0).max(axis=0) for part in _parts(points)])

    def worst(self) -> float:
        """Highest level that any course within the bounds reaches, exactly: the sum of all responses."""
        return float(np.abs(self.levels(np.eye(PIECES))).sum(axis=1).max())


def _parts(points: Reals) -> list[Reals]:
    return [points[first : first + 256] for first in range(0, len(points), 256)]


def heights_of(parameters: dict[str, float]) -> Callable[[Reals], Reals]:
    """What a search sees of a loop with these parameters: the highest level at points (n, 36)."""
    return Ringing(**parameters).highest
