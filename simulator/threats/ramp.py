"""A slow change that goes on to its limit: a drifting transmitter (SNS-003), fouling (DRF-002)."""

from __future__ import annotations

from typing import Any

from simulator.core.kernel import kernel, rule


@rule
def drifted(value: float, limit: float, rate: float, seconds: float) -> float:
    """The value with what has grown so far; a limit of none leaves it as it is, exactly."""
    if limit == 0.0:
        return value
    grown = min(rate * seconds, abs(limit))
    return value + grown if limit > 0.0 else value - grown


@kernel
def ramp(
    before: Any, after: Any, rows: Any, active: Any, parameters: Any, past: Any, now: int, period: int
) -> None:
    """Let the struck rows drift while active; parameters: limit, rate."""
    for row in rows:
        for i in range(active.shape[0]):
            seconds = (now - past.begun[i]) * 1e-3
            drift = drifted(before[row, i], parameters[0, i], parameters[1, i], seconds)
            after[row, i] = drift if active[i] == 1 else before[row, i]
