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


class DeadlineState(NamedTuple):
    """Shape (n,): sequence and cycle of the scan before, whether that cycle has been answered, and the cycles
    missed, one bit each, the latest last. `awake` (1,) is 0 until the first scan.
    """

    sequence: Reals
    cycle: Reals
    answered: NDArray[np.int64]
    missed: NDArray[np.int64]
    awake: States


@rule
def ones(bits: int) -> int:
    """How many of 32 bits are set: added up side by side, in pairs, fours, eights and all."""
    pairs = bits - ((bits >> 1) & 0x55555555)
    fours = (pairs & 0x33333333) + ((pairs >> 2) & 0x33333333)
    eights = (fours + (fours >> 4)) & 0x0F0F0F0F
    return ((eights * 0x01010101) >> 24) & 0xFF


@kernel
def _scan(s: Any, count: int, mask: int, inputs: Any, out: Any) -> None:
    waking = s.awake[0] == 0
    for i in range(out.late.shape[0]):
        cycle, sequence, timely, before = inputs.cycle[i], inputs.sequence[i], out.timely[i], s.cycle[i]
        answers = 1 if inputs.answers[i] == cycle else 0
        passed = cycle != (cycle if waking else before)
        missed = ((s.missed[i] << 1) | (1 - s.answered[i])) & mask if passed else s.missed[i]
        answered = 0 if passed else s.answered[i]
        out.timely[i] = answers if sequence != s.sequence[i] else timely
        out.late[i] = 1 if ones(missed) >= count else 0
        s.missed[i], s.answered[i] = missed, answered | answers
        s.cycle[i], s.sequence[i] = cycle, sequence
    s.awake[0] = 1


@dataclass(frozen=True)
class Deadline(Stepped):
    """So many of so many cycles unanswered in time, and the AI is too slow for this plant."""

    count: int = param(3, "1", at_least=1, at_most=MOST_CYCLES)
    of: int = param(10, "1", at_least=1, at_most=MOST_CYCLES)

    def initial(self, n: int) -> DeadlineState:
        """No cycle missed."""
        answered, missed = np.ones(n, np.int64), np.zeros(n, np.int64)
        return DeadlineState(np.zeros(n), np.zeros(n), answered, missed, np.zeros(1, np.int8))

    def calls(self, state: DeadlineState, inputs: DeadlineInputs, out: DeadlineOut) -> Calls:
        """Judge the write that stands, and the cycles gone by."""
        return call(_scan, state, int(self.count), (1 << int(self.of)) - 1, inputs, out)
