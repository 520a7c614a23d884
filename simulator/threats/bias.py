"""A constant offset from the onset on: SNS-002, and any false-data injection that only shifts."""

from __future__ import annotations

from typing import Any

from simulator.core.kernel import kernel, rule


@rule
def biased(value: float, magnitude: float) -> float:
    """The value with its offset; none at all leaves even the sign of zero."""
    return value + magnitude if magnitude != 0.0 else value


@kernel
def bias(before: Any, after: Any, rows: Any, active: Any, parameters: Any) -> None:
    """Offset the struck rows while active."""
    for row in rows:
        for i in range(active.shape[0]):
            after[row, i] = biased(before[row, i], parameters[0, i]) if active[i] == 1 else before[row, i]
