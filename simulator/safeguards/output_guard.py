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
from simulator.core.kernel import kernel, part, rule
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
    """Memory (n_loops, n), one array a field, times of the last strikes (n_loops, 8, n), set-up values.

    `struck` counts strikes and `blank` the writes in a row that are no number; `apart` [ms] is for how long
    PV and SP have been apart; patience is out until `patience` [ms]. `strike` (n,): one in this scan.
    """

    sequence: Reals
    blank: NDArray[np.int64]
    apart: NDArray[np.int64]
    patience: NDArray[np.int64]
    struck: NDArray[np.int64]
    strikes: NDArray[np.int64]
    strike: States
    about: Any


_NEVER = -(10**15)


@rule
def refusal(value: float, last: float, about: Any) -> int:
    """Why a write is refused, or NONE."""
    found = STEP if abs(value - last) > about.step else NONE
    found = found if (about.low <= value) & (value <= about.high) else RANGE
    return found if np.isfinite(value) else NOT_FINITE


@rule
def departure(pv: float, apart: int, about: Any) -> int:
    """Why the plant's state takes the loop from the AI, or NONE."""
    found = DEVIATION if apart > about.lasting else NONE
    return found if (about.below <= pv) & (pv <= about.above) else ENVELOPE


@rule
def cycles_ago(cycle: float, answered: float) -> float:
    """How many cycles of 16 bits an answer is old."""
    apart = cycle - answered
    return float(apart - 65536.0 * np.floor(apart / 65536.0))


@part
def _judge(s: Any, j: int, dt: int, now: int, inputs: Any, out: Any) -> int:
    """One loop, in each replica; whether there is a strike in any. Without branches: several at once."""
    a, struck = s.about[j], 0
    for i in range(s.sequence.shape[1]):
        value, pv, last, sequence = inputs.value[j, i], inputs.pv[j, i], out.admitted[j, i], s.sequence[j, i]
        runs, active = inputs.killed[i] != 1, inputs.active[j, i] == 1
        new = runs & (inputs.sequence[i] != sequence)
        why = refusal(value, last if active else value, a)
        taken = runs & (why == NONE) & (inputs.timely[i] == 1)
        strike = 1 if new & active & (why != NONE) else 0
        ago = cycles_ago(inputs.cycle[i], inputs.answers[i])
        blank = s.blank[j, i] + 1 if why == NOT_FINITE else 0
        blank = blank if new else s.blank[j, i]
        apart = 0 if abs(pv - inputs.sp[j, i]) <= a.within else s.apart[j, i] + dt
        apart = apart if runs else s.apart[j, i]
        left, impatient = departure(pv, apart, a), now <= s.patience[j, i]
        sheds = active & ((left != NONE) | impatient | (blank >= a.not_finite))
        reason = left if left != NONE else (STRIKES if impatient & active else why)
        s.sequence[j, i], s.blank[j, i], s.apart[j, i] = inputs.sequence[i] if new else sequence, blank, apart
        s.strike[i], struck = strike, struck | strike
        out.admitted[j, i] = value if taken else last
        out.age[j, i] = ago if taken & new else out.age[j, i]
        out.shed[j, i] = (1 if sheds else 0) if runs else out.shed[j, i]
        out.reason[j, i] = reason if runs else out.reason[j, i]
    return struck


@part
def _strike(s: Any, j: int, now: int, out: Any) -> None:
    """Remember the strikes of this scan; as many as count within the window shed at once."""
    needed, window = int(s.about[j].strikes), s.about[j].window
    for i in range(s.strike.shape[0]):
        if s.strike[i] == 1:
            s.strikes[j, s.struck[j, i] % 8, i] = now
            s.struck[j, i] += 1
            if s.struck[j, i] >= needed:
                s.patience[j, i] = s.strikes[j, (s.struck[j, i] - needed) % 8, i] + window
            if now <= s.patience[j, i]:
                out.shed[j, i] = 1
                out.reason[j, i] = out.reason[j, i] if out.reason[j, i] >= ENVELOPE else STRIKES


@kernel
def _scan(s: Any, dt: int, now: int, inputs: Any, out: Any) -> None:
    for j in range(out.admitted.shape[0]):
        if _judge(s, j, dt, now, inputs, out) != 0:
            _strike(s, j, now, out)
    for i in range(out.answered.shape[0]):
        out.answered[i] = inputs.asked[i] if inputs.killed[i] == 0 else out.answered[i]


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
        blank, apart, struck = (np.zeros((loops, n), np.int64) for _ in range(3))
        patience = np.full((loops, n), _NEVER, np.int64)
        strikes = np.zeros((loops, _MOST_STRIKES, n), np.int64)
        return OutputGuardState(
            np.zeros((loops, n)), blank, apart, patience, struck, strikes, np.zeros(n, np.int8),
            pack(self.checks),
        )  # fmt: skip

    def calls(self, state: OutputGuardState, inputs: OutputGuardInputs, out: OutputGuardOut) -> Calls:
        """Admit or refuse what stands in the mailbox."""
        return call(_scan, state, self.period, NOW, inputs, out)
