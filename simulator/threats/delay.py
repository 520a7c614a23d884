"""A signal that arrives late: every sample travels the same time (NET-001)."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.core.kernel import kernel, rule


@rule
def earlier(memory: Any, k: int, i: int, scan: int, lag: int) -> float:
    """What was carried `lag` scans ago, or first of all where the record does not reach back."""
    return float(memory[max(scan - lag, 0) % memory.shape[0], k, i])


@kernel
def delay(
    before: Any, after: Any, rows: Any, active: Any, parameters: Any, past: Any, now: int, period: int
) -> None:
    """Carry the struck rows late while active; parameters: time [ms]."""
    scan = now // period
    for k, row in enumerate(rows):
        for i in range(active.shape[0]):
            past.memory[scan % past.memory.shape[0], k, i] = before[row, i]
            lag = int(parameters[0, i] / period + 0.5)
            late = earlier(past.memory, k, i, scan, lag)
            after[row, i] = late if active[i] == 1 else before[row, i]


def depth(parameters: Any, period: int) -> int:
    """Scans that the longest delay of a block spans, this one included."""
    return int(np.max(parameters[0]) / period + 0.5) + 1
