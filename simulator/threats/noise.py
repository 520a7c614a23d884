"""More noise than there should be: a loose shield, a bad earth; every sample has a draw of its own."""

from __future__ import annotations

from typing import Any

from simulator.core.kernel import kernel
from simulator.core.seeds import normal


@kernel
def noise(
    before: Any, after: Any, rows: Any, active: Any, parameters: Any, past: Any, now: int, period: int
) -> None:
    """Add normal noise to the struck rows while active; parameters: standard deviation."""
    for k, row in enumerate(rows):
        for i in range(active.shape[0]):
            after[row, i] = before[row, i]
            if active[i] == 1 and parameters[0, i] > 0.0:
                after[row, i] += parameters[0, i] * normal(past.keys[1 + k], past.replicas[i], now // period)
