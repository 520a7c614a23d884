"""An operator whose orders do not arrive: a dead panel, or somebody in between."""

from __future__ import annotations

from typing import Any

from simulator.core.kernel import kernel


@kernel
def mute(before: Any, after: Any, rows: Any, active: Any, parameters: Any) -> None:
    """Let go of the struck keys while active."""
    for row in rows:
        for i in range(active.shape[0]):
            after[row, i] = 0 if active[i] == 1 else before[row, i]
