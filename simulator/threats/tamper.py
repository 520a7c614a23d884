"""One write into the PLC's tuning: a gain turned round or multiplied, a reset time cut (MBX-006)."""

from __future__ import annotations

from typing import Any

from simulator.core.kernel import kernel
from simulator.threats.scale import scaled


@kernel
def tamper(
    before: Any, after: Any, rows: Any, active: Any, parameters: Any, past: Any, now: int, period: int
) -> None:
    """Write the struck rows once, at the onset, and let them stand; parameters: factor."""
    for row in rows:
        for i in range(active.shape[0]):
            if active[i] == 1 and now - past.begun[i] < period:
                after[row, i] = scaled(before[row, i], parameters[0, i])
