"""PLC input validation: range, rate, frozen value, agreement with a redundant instrument."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel, part, rule
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
    """Memory of each check (n_checked, n), one array a field, and set-up values.

    `last` is the sample before; `same`, `apart` and `fine` tell for how long it has stood still, been away
    from the redundant instrument and been fine [ms]. `awake` (1,) is 0 until the first scan.
    """

    last: Reals
    same: NDArray[np.int64]
    apart: NDArray[np.int64]
    fine: NDArray[np.int64]
    awake: States
    about: Any


_NEVER = np.iinfo(np.int64).max
_ABOUT = np.dtype(
    [("row", "i8"), ("spare", "i8"), ("low", "f8"), ("high", "f8"), ("rate", "f8"), ("frozen", "i8"),
     ("within", "f8"), ("lasting", "i8"), ("recover", "i8")]
)  # fmt: skip


@rule
def complaint(value: float, step: float, same: int, apart: int, about: Any, dt: int) -> int:
    """What is wrong with this sample: what is found later is graver."""
    found = DISAGREES if apart > about.lasting else NONE
    found = FROZEN if same >= about.frozen else found
    found = RATE if abs(step) * 1000.0 > about.rate * dt else found
    found = found if (about.low <= value) & (value <= about.high) else RANGE
    return found if np.isfinite(value) else NOT_FINITE


@part
def _wake(state: Any, value: Any) -> None:
    """Before the first scan: samples that have been what they are."""
    for j in range(state.last.shape[0]):
        row = state.about[j].row
        for i in range(state.last.shape[1]):
            state.last[j, i] = value[row, i]
    state.awake[0] = 1


@kernel
def _scan(state: Any, dt: int, value: Any, quality: Any, reason: Any) -> None:
    if state.awake[0] == 0:
        _wake(state, value)
    last, same, apart, fine = state.last, state.same, state.apart, state.fine
    for j in range(last.shape[0]):
        a = state.about[j]
        row, spare, spared = a.row, max(a.spare, 0), a.spare >= 0
        # without branches, so that several replicas are checked at once
        for i in range(last.shape[1]):
            now, before = value[row, i], last[j, i]
            still = same[j, i] + dt if now == before else 0
            # a spare that shows nothing confirms nothing
            agrees = abs(now - value[spare, i]) <= a.within
            far = apart[j, i] + dt if spared & (not agrees) else 0
            why = complaint(now, now - before, still, far, a, dt)
            since = fine[j, i] + dt if why == NONE else 0
            recovering = since < a.recover
            last[j, i], same[j, i], apart[j, i], fine[j, i] = now, still, far, since
            quality[row, i] = 1 if recovering | (why != NONE) else 0
            reason[row, i] = reason[row, i] if recovering & (why == NONE) else why


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
        last, same, apart, fine = (np.zeros((len(self.checks), n), kind) for kind in ("f8", "i8", "i8", "i8"))
        fine[:] = about["recover"][:, None]
        return InputGuardState(last, same, apart, fine, np.zeros(1, np.int8), about)

    def _about(self, k: int) -> tuple[float, ...]:
        c = self.checks[k]
        return (*self.rows[k], c.low, c.high, c.rate, c.frozen or _NEVER, c.within, c.lasting, c.recover)

    def calls(self, state: InputGuardState, inputs: InputGuardInputs, out: InputGuardOut) -> Calls:
        """Judge every checked instrument."""
        return call(_scan, state, self.period, inputs.value, out.quality, out.reason)
