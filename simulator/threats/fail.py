"""An inference runtime that raises: the flag at which the bound call asks what cannot be answered."""

from __future__ import annotations

from typing import Any

from simulator.core.kernel import kernel


@kernel
def fail(before: Any, after: Any, rows: Any, active: Any, parameters: Any) -> None:
    """Flag the struck rows while active."""
    for row in rows:
        for i in range(active.shape[0]):
            after[row, i] = 1 if active[i] == 1 else before[row, i]
