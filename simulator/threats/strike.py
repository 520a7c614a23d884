"""The part that all threats share: when they act, on which rows, and the truth they leave behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.kernel import kernel

Reals = NDArray[np.float64]
States = NDArray[np.int8]
FOREVER = 2**62


class StrikeWires(NamedTuple):
    """The signal before and after the tap (n_rows, n), the injected truth (n,), the AI fault (n,)."""

    before: Reals
    after: Reals
    truth: Reals
    fault: States


class StrikeState(NamedTuple):
    """Per replica: first and last moment [ms], parameters (n_parameters, n), active flag (n,)."""

    onset: NDArray[np.int64]
    end: NDArray[np.int64]
    parameters: Reals
    active: NDArray[np.int8]
    rows: NDArray[np.int64]


@kernel
def _activate(
    onset: Any,
    end: Any,
    now: int,
    active: Any,
    told: Any,
    truth: Any,
    fault: Any,
    blames_ai: bool,
    leads: bool,
) -> None:
    for i in range(active.shape[0]):
        active[i] = 1 if onset[i] <= now < end[i] else 0
        truth[i] = told[i] if active[i] == 1 else 0.0
        if blames_ai:
            fault[i] = active[i] if leads else fault[i] | active[i]


Rule = Callable[[Reals, Reals, NDArray[np.int64], States, Reals], None]
"""Block kernel of a kind: (before, after, rows, active, parameters); fills the rows of `after`."""


@dataclass(frozen=True)
class Strike:
    """One threat of a scenario, as a layer at its tap.

    Parameters
    ----------
    rule : callable
        Block kernel of its kind.
    rows : tuple of int
        Rows of the signal that it strikes.
    onset, end : ndarray of int64, shape (n,)
        When it acts, in each replica [ms].
    parameters : ndarray, shape (n_parameters, n)
        Drawn parameters of its kind.
    told : ndarray, shape (n,)
        What the signal ``threat.<name>`` says while it acts.
    blames_ai : bool
        Whether it makes the AI a failed one (``ai_fault``).
    period : int
        Scan period of the tap [ms].
    leads : bool
        Whether it is the first in the tick to blame the AI, and so starts from no fault.
    """

    rule: Rule
    rows: tuple[int, ...]
    onset: NDArray[np.int64]
    end: NDArray[np.int64]
    parameters: Reals
    told: Reals
    blames_ai: bool
    period: int
    leads: bool = False

    def initial(self, n: int) -> StrikeState:
        """Inactive everywhere."""
        rows = np.array(self.rows, np.int64)
        return StrikeState(self.onset, self.end, self.parameters, np.zeros(n, np.int8), rows)

    def step(self, state: StrikeState, inputs: StrikeWires, out: StrikeWires, now: int) -> None:
        """Tell the truth at every tick; strike whenever the tapped signal is renewed."""
        blame = self.blames_ai, self.leads
        _activate(state.onset, state.end, now, state.active, self.told, out.truth, out.fault, *blame)
        if now % self.period == 0:
            self.rule(inputs.before, out.after, state.rows, state.active, state.parameters)


@dataclass(frozen=True)
class Tap:
    """Carries past a tap what no threat there strikes.

    Parameters
    ----------
    rows : tuple of int
        Rows that no threat strikes.
    period : int
        Scan period of the tapped signal [ms].
    """

    rows: tuple[int, ...]
    period: int

    def initial(self, n: int) -> NDArray[np.int64]:
        """The rows as an array."""
        return np.array(self.rows, np.int64)

    def step(self, state: NDArray[np.int64], inputs: Reals, out: Reals, now: int) -> None:
        """Copy the rows."""
        if now % self.period == 0:
            _carry(state, inputs, out)


@kernel
def _carry(rows: Any, before: Any, after: Any) -> None:
    for row in rows:
        for i in range(after.shape[1]):
            after[row, i] = before[row, i]
