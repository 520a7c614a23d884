"""Action turned round its centre, with full confidence: MDL-008."""

from __future__ import annotations

from typing import Any

from simulator.core.kernel import kernel, rule


@rule
def turned(value: float, centre: float, gain: float) -> float:
    """The value mirrored at `centre` and stretched by `gain`; gain -1 leaves it as it is, exactly."""
    return value - (1.0 + gain) * (value - centre) if gain != -1.0 else value


@kernel
def negate(before: Any, after: Any, rows: Any, active: Any, parameters: Any) -> None:
    """Mirror the struck rows while active; parameters: gain, and the centre of each row."""
    for k, row in enumerate(rows):
        for i in range(active.shape[0]):
            mirrored = turned(before[row, i], parameters[1 + k, i], parameters[0, i])
            after[row, i] = mirrored if active[i] == 1 else before[row, i]
