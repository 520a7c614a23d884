"""A unit or range that was changed upstream: the value times a factor (degC read as degF, bar as kPa)."""

from __future__ import annotations

from typing import Any

from simulator.core.kernel import kernel, rule


@rule
def scaled(value: float, factor: float) -> float:
    """The value in the wrong unit; a factor of 1 leaves it as it is, exactly."""
    return value * factor if factor != 1.0 else value


@kernel
def scale(before: Any, after: Any, rows: Any, active: Any, parameters: Any) -> None:
    """Multiply the struck rows while active; parameters: factor."""
    for row in rows:
        for i in range(active.shape[0]):
            after[row, i] = scaled(before[row, i], parameters[0, i]) if active[i] == 1 else before[row, i]
