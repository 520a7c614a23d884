"""A recorded stretch played again and again: the view that an attacker leaves behind (MBX-004)."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.core.kernel import kernel, rule


@rule
def replayed(scan: int, begun: int, length: int) -> int:
    """The scan whose sample is shown: the last `length` before the beginning, from the first again."""
    return begun - length + (scan - begun) % length


@kernel
def replay(
    before: Any, after: Any, rows: Any, active: Any, parameters: Any, past: Any, now: int, period: int
) -> None:
    """Record the struck rows, and play them while active; parameters: length [ms]."""
    scan, kept = now // period, past.memory.shape[0]
    for k, row in enumerate(rows):
        for i in range(active.shape[0]):
            begun = (past.begun[i] + period - 1) // period
            # what was never recorded cannot be played
            length = min(max(int(parameters[0, i] / period + 0.5), 1), begun)
            after[row, i] = before[row, i]
            if active[i] == 0:
                past.memory[scan % kept, k, i] = before[row, i]
            elif length > 0:
                after[row, i] = past.memory[replayed(scan, begun, length) % kept, k, i]


def depth(parameters: Any, period: int) -> int:
    """Scans that the longest recorded stretch of a block spans."""
    return max(int(np.max(parameters[0]) / period + 0.5), 1)
