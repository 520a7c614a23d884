"""A sticking valve: it stays where it is until the signal is far enough away, then slips to it."""

from __future__ import annotations

from typing import Any

from simulator.core.kernel import kernel, rule


@rule
def stuck(value: float, held: float, band: float) -> float:
    """The held position inside the band; no band, or no number, lets the value through exactly."""
    return held if band > 0.0 and abs(value - held) <= band else value


@kernel
def stick(before: Any, after: Any, rows: Any, active: Any, parameters: Any) -> None:
    """Hold the struck rows within their band while active; parameters: band."""
    for row in rows:
        for i in range(active.shape[0]):
            held = stuck(before[row, i], after[row, i], parameters[0, i])
            after[row, i] = held if active[i] == 1 else before[row, i]
