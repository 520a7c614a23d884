"""The part that all threats share: when they act, on which rows, and the truth they leave behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.kernel import kernel
from simulator.core.seeds import Numbers, uniform

Reals = NDArray[np.float64]
States = NDArray[np.int8]
Keys = NDArray[np.uint64]
FOREVER = 2**62


class StrikeWires(NamedTuple):
    """The signal before and after the tap (n_rows, n), the injected truth (n,), the AI fault (n,)."""

    before: Any
    after: Any
    truth: Reals
    fault: States


class Past(NamedTuple):
    """What a kind with a memory or with draws of its own may look at.

    `memory` (depth, n_struck, n); `begun` (n,): first moment [ms]; `keys` (1 + n_struck,): stream of the
    threat's chance and of each struck row; `replicas` (n,): their numbers.
    """

    memory: Reals
    begun: NDArray[np.int64]
    keys: Keys
    replicas: Numbers


class StrikeState(NamedTuple):
    """Per replica: last moment [ms], parameters (n_parameters, n), active flag (n,); rows; the past."""

    end: NDArray[np.int64]
    parameters: Reals
    active: NDArray[np.int8]
    rows: NDArray[np.int64]
    past: Past


@kernel
def _activate(past: Any, end: Any, now: int, scan: int, chance: Any, active: Any) -> None:
    for i in range(active.shape[0]):
        acts = past.begun[i] <= now < end[i]
        if acts and chance[i] < 1.0:
            acts = uniform(past.keys[0], past.replicas[i], scan) < chance[i]
        active[i] = 1 if acts else 0


@kernel
def _tell(begun: Any, end: Any, now: int, active: Any, told: Any, growth: Any, truth: Any) -> None:
    for i in range(active.shape[0]):
        amount = told[i]
        grown = growth[i] * (now - begun[i]) * 1e-3
        if grown < abs(amount):
            amount = grown if amount > 0.0 else -grown
        truth[i] = amount if active[i] == 1 else 0.0


@kernel
def _blame(begun: Any, end: Any, now: int, leads: bool, fault: Any) -> None:
    for i in range(fault.shape[0]):
        acts = begun[i] <= now < end[i]
        fault[i] = 1 if acts or (fault[i] == 1 and not leads) else 0


Rule = Callable[..., None]
"""Block kernel of a kind: (before, after, rows, active, parameters) fills the rows of `after`.

One that looks at the past takes also (past, now, period).
"""


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
        Whether it makes the AI a failed one (``ai_fault``), from its onset to its end.
    period : int
        Scan period of the tap [ms].
    leads : bool
        Whether it is the first in the tick to blame the AI, and so starts from no fault.
    looks_back : bool
        Whether the rule takes the past, the time and the period too.
    depth : int
        Scans that its memory holds.
    chance : ndarray, shape (n,), or None
        Probability with which it acts in a scan; None: in every one.
    growth : ndarray, shape (n,), or None
        How fast what is told grows [per s]; None: it stands at once.
    keys : tuple of int
        Streams of its draws: of its chance, and of each struck row.
    replicas : ndarray of int, shape (n,), or None
        Numbers of the block's replicas; None counts from 0.
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
    looks_back: bool = False
    depth: int = 1
    chance: Reals | None = None
    growth: Reals | None = None
    keys: tuple[int, ...] = ()
    replicas: Numbers | None = None

    def initial(self, n: int) -> StrikeState:
        """Inactive everywhere, with nothing remembered."""
        rows = np.array(self.rows, np.int64)
        keys = np.array(self.keys or np.zeros(1 + len(rows)), np.uint64)
        numbers = np.arange(n) if self.replicas is None else self.replicas
        memory = np.full((self.depth, len(rows), n), np.nan)
        past = Past(memory, self.onset, keys, np.ascontiguousarray(numbers, np.int64))
        return StrikeState(self.end, self.parameters, np.zeros(n, np.int8), rows, past)

    def step(self, state: StrikeState, inputs: StrikeWires, out: StrikeWires, now: int) -> None:
        """Tell the truth at every tick; strike whenever the tapped signal is renewed."""
        s, n = state, len(state.active)
        chance = np.ones(n) if self.chance is None else self.chance
        growth = np.full(n, np.inf) if self.growth is None else self.growth
        _activate(s.past, s.end, now, now // self.period, chance, s.active)
        _tell(s.past.begun, s.end, now, s.active, self.told, growth, out.truth)
        if self.blames_ai:
            _blame(s.past.begun, s.end, now, self.leads, out.fault)
        if now % self.period:
            return
        past = (s.past, now, self.period) if self.looks_back else ()
        self.rule(inputs.before, out.after, s.rows, s.active, s.parameters, *past)


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
