"""An inference slower than its cycle: what is written answers an older question (MDL-002)."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.core.kernel import kernel
from simulator.threats.delay import earlier


@kernel
def late(
    before: Any, after: Any, rows: Any, active: Any, parameters: Any, past: Any, now: int, period: int
) -> None:
    """Write an earlier cycle's answer, with the number it answers, while active; parameters: cycles."""
    scan = now // period
    for k, row in enumerate(rows):
        for i in range(active.shape[0]):
            past.memory[scan % past.memory.shape[0], k, i] = before[row, i]
            old = earlier(past.memory, k, i, scan, int(parameters[0, i] + 0.5))
            after[row, i] = old if active[i] == 1 else before[row, i]


def depth(parameters: Any, period: int) -> int:
    """Cycles that the latest answer of a block spans, this one included."""
    return int(np.max(parameters[0]) + 0.5) + 1
