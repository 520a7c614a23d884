"""Freshness of the AI's mailbox: how long heartbeat and sequence have stood still."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel, rule
from simulator.core.param import param

Reals = NDArray[np.float64]
States = NDArray[np.int8]


class WatchdogInputs(NamedTuple):
    """`heartbeat` and `sequence` (n,): counters in the mailbox."""

    heartbeat: Reals
    sequence: Reals


class WatchdogOut(NamedTuple):
    """`stale` (n,)."""

    stale: States


MEMORY = np.dtype([("heartbeat", "f8"), ("sequence", "f8"), ("beat_age", "i8"), ("write_age", "i8")])


@rule
def age_of(age: int, last: float, counter: float, period: int) -> int:
    """Time since a counter last moved [ms]; a counter that is no number has not moved."""
    return 0 if counter != last and counter == counter else age + period


@kernel
def _scan(
    memory: Any, period: int, beat_limit: int, write_limit: int, heartbeat: Any, sequence: Any, stale: Any
) -> None:
    for i in range(stale.shape[0]):
        m = memory[i]
        m.beat_age = age_of(m.beat_age, m.heartbeat, heartbeat[i], period)
        m.write_age = age_of(m.write_age, m.sequence, sequence[i], period)
        m.heartbeat, m.sequence = heartbeat[i], sequence[i]
        stale[i] = 1 if m.beat_age > beat_limit or m.write_age > write_limit else 0


@dataclass(frozen=True)
class Watchdog(Stepped):
    """Times after which a silent AI is stale.

    Parameters
    ----------
    period : int
        Scan period [ms].
    """

    period: int
    heartbeat: int = param(3000, "ms", above=0, source="three AI cycles")
    sequence: int = param(3000, "ms", above=0, source="three AI cycles")

    def initial(self, n: int) -> Any:
        """Fresh."""
        return np.zeros(n, MEMORY)

    def calls(self, state: Any, inputs: WatchdogInputs, out: WatchdogOut) -> Calls:
        """Age what has not moved."""
        return call(
            _scan, state, self.period, self.heartbeat, self.sequence, inputs.heartbeat, inputs.sequence,
            out.stale,
        )  # fmt: skip
