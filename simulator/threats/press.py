"""An order that no operator gave: a forged key, at the onset and then again and again (MBX-010)."""

from __future__ import annotations

from typing import Any

from simulator.core.kernel import kernel


@kernel
def press(
    before: Any, after: Any, rows: Any, active: Any, parameters: Any, past: Any, now: int, period: int
) -> None:
    """Press the struck keys for one scan while active; parameters: time between two presses [ms]."""
    for row in rows:
        for i in range(active.shape[0]):
            every = max(int(parameters[0, i]), period)
            due = active[i] == 1 and (now - past.begun[i]) % every < period
            after[row, i] = 1 if due else before[row, i]
