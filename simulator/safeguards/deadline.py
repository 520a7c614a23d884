"""The AI's deadline: which cycle a write answers, and how many of the last cycles went unanswered.

The PLC numbers the AI's cycles; the AI returns the number that it answers. A write with an older
number is late: its value is refused, however good it looks, and its cycle counts as missed.
"""

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
MOST_CYCLES = 32


class DeadlineInputs(NamedTuple):
    """Shape (n,): sequence and answered cycle in the mailbox, and the cycle that stands."""

    sequence: Reals
    answers: Reals
    cycle: Reals


class DeadlineOut(NamedTuple):
    """Shape (n,): whether the value in the mailbox is an answer in time, and whether too many were not."""

    timely: States
    late: States


MEMORY = np.dtype(
    [("sequence", "f8"), ("cycle", "f8"), ("answered", "i8"), ("missed", "i8"), ("awake", "i8")]
)


@rule
def ones(bits: int) -> int:
    """How many of the bits are set."""
    count = 0
    while bits > 0:
        bits &= bits - 1
        count += 1
    return count


@kernel
def _scan(memory: Any, count: int, mask: int, inputs: Any, out: Any) -> None:
    for i in range(out.late.shape[0]):
        m = memory[i]
        cycle = inputs.cycle[i]
        if m.awake == 0:
            m.awake, m.cycle, m.answered = 1, cycle, 1
        if cycle != m.cycle:
            m.missed = ((m.missed << 1) | (1 - m.answered)) & mask
            m.cycle, m.answered = cycle, 0
        if inputs.sequence[i] != m.sequence:
            m.sequence = inputs.sequence[i]
            out.timely[i] = 1 if inputs.answers[i] == cycle else 0
        if inputs.answers[i] == cycle:
            m.answered = 1
        out.late[i] = 1 if ones(m.missed) >= count else 0


@dataclass(frozen=True)
class Deadline(Stepped):
    """So many of so many cycles unanswered in time, and the AI is too slow for this plant."""

    count: int = param(3, "1", at_least=1, at_most=MOST_CYCLES)
    of: int = param(10, "1", at_least=1, at_most=MOST_CYCLES)

    def initial(self, n: int) -> Any:
        """No cycle missed."""
        return np.zeros(n, MEMORY)

    def calls(self, state: Any, inputs: DeadlineInputs, out: DeadlineOut) -> Calls:
        """Judge the write that stands, and the cycles gone by."""
        return call(_scan, state, int(self.count), (1 << int(self.of)) - 1, inputs, out)
