"""A course over time in pieces of equal length: what a search builds, and any input that is a table.

A ``profile`` is what the struck signal becomes; ``offsets`` are added to it; ``ramps`` go from level to
level at a rate, from where the signal stood: so goes who knows how far a guard lets a value leap. After the
last piece its level stays.
"""

from __future__ import annotations

import math
from typing import Any

from simulator.core.kernel import kernel, rule


@rule
def piece(since: int, length: float, n: int) -> int:
    """Which of `n` pieces of `length` stands, `since` ms after the beginning."""
    k = int(since / length)
    return k if k < n else n - 1


@rule
def nearer(stood: float, level: float, most: float) -> float:
    """One scan's move from where the signal stood to a level, at most `most`."""
    return stood + min(max(level - stood, -most), most)


@kernel
def profile(
    before: Any, after: Any, rows: Any, active: Any, parameters: Any, past: Any, now: int, period: int
) -> None:
    """Hold the struck rows at each level in turn while active; parameters: piece [ms], levels."""
    for row in rows:
        for i in range(active.shape[0]):
            k = piece(now - past.begun[i], parameters[0, i], parameters.shape[0] - 1)
            after[row, i] = parameters[1 + k, i] if active[i] == 1 else before[row, i]


@kernel
def offsets(
    before: Any, after: Any, rows: Any, active: Any, parameters: Any, past: Any, now: int, period: int
) -> None:
    """Add each level in turn to the struck rows while active; none at all leaves even the sign of zero."""
    for row in rows:
        for i in range(active.shape[0]):
            after[row, i] = before[row, i]
            if active[i] == 1:
                k = piece(now - past.begun[i], parameters[0, i], parameters.shape[0] - 1)
                if parameters[1 + k, i] != 0.0:
                    after[row, i] = before[row, i] + parameters[1 + k, i]


@kernel
def ramps(
    before: Any, after: Any, rows: Any, active: Any, parameters: Any, past: Any, now: int, period: int
) -> None:
    """Go to each level in turn while active; parameters: piece [ms], rate [per s], levels."""
    for row in rows:
        for i in range(active.shape[0]):
            stood = after[row, i]
            if active[i] == 0 or not math.isfinite(stood):
                after[row, i] = before[row, i]
                continue
            k = piece(now - past.begun[i], parameters[0, i], parameters.shape[0] - 2)
            after[row, i] = nearer(stood, parameters[2 + k, i], parameters[1, i] * period * 1e-3)
