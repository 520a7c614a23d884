"""A writer that stops: value, heartbeat and sequence stand where they stood: NET-003."""

from __future__ import annotations

from typing import Any

from simulator.core.kernel import kernel


@kernel
def halt(before: Any, after: Any, rows: Any, active: Any, parameters: Any) -> None:
    """Leave the struck rows as they were while active."""
    for row in rows:
        for i in range(active.shape[0]):
            if active[i] == 0:
                after[row, i] = before[row, i]
