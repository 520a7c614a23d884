"""What the PLC admits from the AI: finite, in range, no leaps, and the plant near its setpoint.

A refused value is replaced by the last admitted one; repeated refusals, or a plant that leaves
the AI's envelope, take the loop away. On any doubt the guard fails to the PID, never to the AI.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel, rule
from simulator.core.moment import NOW
from simulator.core.param import pack, param
from simulator.core.states import OUTPUT_REASON

Reals = NDArray[np.float64]
States = NDArray[np.int8]
NONE, NOT_FINITE, RANGE, STEP, ENVELOPE, DEVIATION, STRIKES = (OUTPUT_REASON[n] for n in OUTPUT_REASON)
_MOST_STRIKES = 8


@dataclass(frozen=True)
class OutputCheck:
    """Limits on what the AI of one loop writes; `write` is the unit of SP (RCAS) or OP (ROUT)."""

    low: float = param(None, "write", source="range of admitted values")
    high: float = param(None, "write")
    step: float = param(1e300, "write", above=0, source="largest change between two writes")
    strikes: int = param(3, "1", at_least=1, at_most=_MOST_STRIKES)
    not_finite: int = param(2, "1", at_least=1, source="writes in a row that are no number: shed")
    window: int = param(60_000, "ms", above=0)
    above: float = param(1e300, "pv", source="envelope of the PV")
    below: float = param(-1e300, "pv")
    within: float = param(1e300, "pv", above=0, source="largest deviation of PV from SP")
    lasting: int = param(0, "ms", at_least=0)


class OutputGuardInputs(NamedTuple):
    """Mailbox values, PV in use, working SP and whether the AI has the loop, shape (n_loops, n).

    `sequence` (n,) moves with every write, so that a value repeated is a write again; `timely` (n,)
    tells whether it answers the cycle that stands: one that does not is never admitted. `answers` and
    `cycle` (n,) are the numbers of the cycle that it answers and of the one that stands. `asked` (n,)
    is the watch's question; where `killed` (n,) is 1 the guard does not run.
    """

    value: Reals
    sequence: Reals
    timely: States
    pv: Reals
    sp: Reals
    active: States
    answers: Reals
    cycle: Reals
    asked: Reals
    killed: States


class OutputGuardOut(NamedTuple):
    """Shape (n_loops, n): the admitted value, whether to shed, why, and how many cycles old it came.

    `answered` (n,): the question of the watch, handed on.
    """

    admitted: Reals
    shed: States
    reason: States
    age: Reals
    answered: Reals


class OutputGuardState(NamedTuple):
    """Memory (n_loops, n), times of the last strikes (n_loops, 8, n), set-up values."""

    memory: Any
    strikes: NDArray[np.int64]
    about: Any


MEMORY = np.dtype([("sequence", "f8"), ("struck", "i8"), ("apart", "i8"), ("blank", "i8")])
_NEVER = -(10**15)


@rule
def refusal(value: float, last: float, about: Any) -> int:
    """Why a write is refused, or NONE."""
    if not np.isfinite(value):
        return NOT_FINITE
    if not about.low <= value <= about.high:
        return RANGE
    return STEP if abs(value - last) > about.step else NONE


@rule
def departure(pv: float, apart: int, about: Any) -> int:
    """Why the plant's state takes the loop from the AI, or NONE."""
    if not about.below <= pv <= about.above:
        return ENVELOPE
    return DEVIATION if apart > about.lasting else NONE


@kernel
def _scan(memory: Any, strikes: Any, about: Any, dt: int, now: int, inputs: Any, out: Any) -> None:
    for j in range(out.admitted.shape[0]):
        a = about[j]
        needed = int(a.strikes)
        for i in range(out.admitted.shape[1]):
            if inputs.killed[i] == 1:
                continue
            m = memory[j, i]
            value, pv = inputs.value[j, i], inputs.pv[j, i]
            active = inputs.active[j, i] == 1
            new = inputs.sequence[i] != m.sequence
            m.sequence = inputs.sequence[i]
            why = refusal(value, out.admitted[j, i] if active else value, a)
            if why == 0 and inputs.timely[i] == 1:
                out.admitted[j, i] = value
                if new:
                    out.age[j, i] = (inputs.cycle[i] - inputs.answers[i]) % 65536.0
            elif why != 0 and active and new:
                strikes[j, m.struck % 8, i] = now
                m.struck += 1
            if new:
                m.blank = m.blank + 1 if why == NOT_FINITE else 0
            m.apart = m.apart + dt if not abs(pv - inputs.sp[j, i]) <= a.within else 0
            left = departure(pv, m.apart, a)
            third = m.struck - needed
            out_of_patience = third >= 0 and now - strikes[j, third % 8, i] <= a.window
            speechless = m.blank >= a.not_finite
            out.shed[j, i] = 1 if active and (left != 0 or out_of_patience or speechless) else 0
            out.reason[j, i] = left if left != 0 else (STRIKES if out_of_patience and active else why)
    for i in range(out.answered.shape[0]):
        if inputs.killed[i] == 0:
            out.answered[i] = inputs.asked[i]


@dataclass(frozen=True)
class OutputGuard(Stepped):
    """The guard of every loop that an AI writes to.

    Parameters
    ----------
    checks : tuple of OutputCheck
        Limits of each loop.
    period : int
        Scan period [ms].
    """

    checks: tuple[OutputCheck, ...]
    period: int

    def initial(self, n: int) -> OutputGuardState:
        """No strikes; the engine puts a harmless value in `admitted`."""
        loops = len(self.checks)
        strikes = np.full((loops, _MOST_STRIKES, n), _NEVER, np.int64)
        return OutputGuardState(np.zeros((loops, n), MEMORY), strikes, pack(self.checks))

    def calls(self, state: OutputGuardState, inputs: OutputGuardInputs, out: OutputGuardOut) -> Calls:
        """Admit or refuse what stands in the mailbox."""
        return call(_scan, state.memory, state.strikes, state.about, self.period, NOW, inputs, out)
