"""PLC input validation: range, rate, frozen value, agreement with a redundant instrument."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel, rule
from simulator.core.param import param
from simulator.core.states import INPUT_REASON

Reals = NDArray[np.float64]
States = NDArray[np.int8]
NONE, NOT_FINITE, RANGE, RATE, FROZEN, DISAGREES = (INPUT_REASON[name] for name in INPUT_REASON)


@dataclass(frozen=True)
class InputCheck:
    """Checks of one instrument; units of its quantity, zero or infinity switches a check off."""

    low: float = param(None, "quantity")
    high: float = param(None, "quantity")
    rate: float = param(1e300, "quantity/s", above=0)
    frozen: int = param(0, "ms", at_least=0)
    within: float = param(1e300, "quantity", above=0)
    lasting: int = param(0, "ms", at_least=0)
    recover: int = param(2000, "ms", at_least=0, source="a value must be fine this long to be GOOD again")


class InputGuardInputs(NamedTuple):
    """`value` (n_rows, n): what the PLC received."""

    value: Reals


class InputGuardOut(NamedTuple):
    """`quality` and `reason` (n_rows, n)."""

    quality: States
    reason: States


class InputGuardState(NamedTuple):
    """Memory (n_checked, n) and set-up values."""

    memory: Any
    about: Any


MEMORY = np.dtype([("last", "f8"), ("same", "i8"), ("apart", "i8"), ("fine", "i8"), ("awake", "i8")])
_ABOUT = np.dtype(
    [("row", "i8"), ("spare", "i8"), ("low", "f8"), ("high", "f8"), ("rate", "f8"), ("frozen", "i8"),
     ("within", "f8"), ("lasting", "i8"), ("recover", "i8")]
)  # fmt: skip


@rule
def complaint(value: float, step: float, same: int, apart: int, about: Any, dt: int) -> int:
    """What is wrong with this sample, gravest first."""
    if not np.isfinite(value):
        return NOT_FINITE
    if not about.low <= value <= about.high:
        return RANGE
    if abs(step) * 1000.0 > about.rate * dt:
        return RATE
    if about.frozen > 0 and same >= about.frozen:
        return FROZEN
    return DISAGREES if apart > about.lasting else NONE


@kernel
def _scan(memory: Any, about: Any, dt: int, value: Any, quality: Any, reason: Any) -> None:
    for j in range(about.shape[0]):
        a = about[j]
        row, spare = a.row, a.spare
        for i in range(value.shape[1]):
            m = memory[j, i]
            now = value[row, i]
            if m.awake == 0:
                m.awake, m.last, m.fine = 1, now, a.recover
            m.same = m.same + dt if now == m.last else 0
            # a spare that shows nothing confirms nothing
            far = spare >= 0 and not abs(now - value[spare, i]) <= a.within
            m.apart = m.apart + dt if far else 0
            why = complaint(now, now - m.last, m.same, m.apart, a, dt)
            m.fine = m.fine + dt if why == 0 else 0
            m.last = now
            bad = why != 0 or m.fine < a.recover
            quality[row, i] = 1 if bad else 0
            if why != 0 or not bad:
                reason[row, i] = why


@dataclass(frozen=True)
class InputGuard(Stepped):
    """Validation of the instruments that the AI and the loops rely on.

    Parameters
    ----------
    checks : tuple of InputCheck
        Limits of each checked instrument.
    rows : tuple of (int, int)
        Row of each, and of the one it must agree with, or -1.
    period : int
        Scan period [ms].
    """

    checks: tuple[InputCheck, ...]
    rows: tuple[tuple[int, int], ...]
    period: int

    def initial(self, n: int) -> InputGuardState:
        """Instruments that are GOOD until shown otherwise."""
        about = np.array([self._about(k) for k in range(len(self.checks))], _ABOUT)
        return InputGuardState(np.zeros((len(self.checks), n), MEMORY), about)

    def _about(self, k: int) -> tuple[float, ...]:
        c = self.checks[k]
        return (*self.rows[k], c.low, c.high, c.rate, c.frozen, c.within, c.lasting, c.recover)

    def calls(self, state: InputGuardState, inputs: InputGuardInputs, out: InputGuardOut) -> Calls:
        """Judge every checked instrument."""
        return call(_scan, state.memory, state.about, self.period, inputs.value, out.quality, out.reason)
