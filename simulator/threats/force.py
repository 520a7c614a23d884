"""A signal forced to one value, whatever it was: a seized valve signal, a rogue write, SAF-001."""

from __future__ import annotations

from typing import Any

from simulator.core.kernel import kernel


@kernel
def force(before: Any, after: Any, rows: Any, active: Any, parameters: Any) -> None:
    """Replace the struck rows while active; parameters: value."""
    for row in rows:
        for i in range(active.shape[0]):
            after[row, i] = parameters[0, i] if active[i] == 1 else before[row, i]
