"""The part that all threats share: when they act, on which rows, and the truth they leave behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Call, Calls, Stepped, call
from simulator.core.kernel import kernel, rule
from simulator.core.moment import NOW, begun, scan_of
from simulator.core.seeds import Numbers, uniform
from simulator.threats.known import Known

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

    `memory` (depth, n_struck, n), or as of `Known.memory`; `begun` (n,): first moment [ms]; `keys`
    (1 + n_struck,): stream of the threat's chance and of each struck row; `replicas` (n,): their numbers.
    """

    memory: Reals
    begun: NDArray[np.int64]
    keys: Keys
    replicas: Numbers


class StrikeState(NamedTuple):
    """Per replica: last moment [ms], parameters (n_parameters, n), active flag (n,); rows; the past.

    `chance` and `growth` (n,): with what probability it acts in a scan, how fast what is told grows [per s].
    """

    end: NDArray[np.int64]
    parameters: Reals
    active: NDArray[np.int8]
    rows: NDArray[np.int64]
    past: Past
    chance: Reals
    growth: Reals
    key: np.uint64


@rule
def amount(told: float, growth: float, seconds: float) -> float:
    """What a threat tells while it acts: its value, or as much of it as has grown."""
    grown = growth * seconds
    so_far = grown if told > 0.0 else -grown
    return so_far if grown < abs(told) else told


@kernel
def _activate(begun: Any, end: Any, moment: int, active: Any) -> None:
    for i in range(active.shape[0]):
        active[i] = (begun[i] <= moment) & (moment < end[i])


@kernel
def _draw(chance: Any, key: Any, replicas: Any, scan: int, active: Any) -> None:
    for i in range(active.shape[0]):
        if active[i] == 1 and chance[i] < 1.0:
            active[i] = uniform(key, replicas[i], scan) < chance[i]


@kernel
def _tell(active: Any, begun: Any, told: Any, growth: Any, now: int, truth: Any) -> None:
    for i in range(active.shape[0]):
        value = amount(told[i], growth[i], (now - begun[i]) * 1e-3)
        truth[i] = value if active[i] == 1 else 0.0


@kernel
def _blame(begun: Any, end: Any, now: int, leads: bool, fault: Any) -> None:
    for i in range(fault.shape[0]):
        failed = (begun[i] <= now) & (now < end[i])
        fault[i] = failed | ((fault[i] == 1) & (not leads))


Rule = Callable[..., None]
"""Block kernel of a kind: (before, after, rows, active, parameters) fills the rows of `after`.

One that looks at the past takes also (past, now, period); one that knows the AI, what is known of it.
"""


@dataclass(frozen=True)
class Strike(Stepped):
    """One threat of a scenario, as a layer at its tap.

    Parameters
    ----------
    rule : callable or None
        Block kernel of its kind; None lets the signal pass as it is.
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
    known : Known or None
        What the rule takes of the AI, after the period; its memory takes the place of `depth`.
    """

    rule: Rule | None
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
    known: Known | None = None

    def initial(self, n: int) -> StrikeState:
        """Inactive everywhere, with nothing remembered."""
        rows = np.array(self.rows, np.int64)
        keys = np.array(self.keys or np.zeros(1 + len(rows)), np.uint64)
        numbers = np.arange(n) if self.replicas is None else self.replicas
        memory = self.known.memory(n) if self.known else np.full((self.depth, len(rows), n), np.nan)
        past = Past(memory, self.onset, keys, np.ascontiguousarray(numbers, np.int64))
        chance = np.ones(n) if self.chance is None else self.chance
        growth = np.full(n, np.inf) if self.growth is None else self.growth
        active = np.zeros(n, np.int8)
        return StrikeState(self.end, self.parameters, active, rows, past, chance, growth, keys[0])

    def calls(self, state: StrikeState, inputs: StrikeWires, out: StrikeWires) -> Calls:
        """Tell the truth at every tick; strike whenever the tapped signal is renewed."""
        s = state
        # one that strikes in some scans only is told scan by scan
        moment = NOW if self.chance is None else begun(self.period)
        stands = [Call(_activate, (s.past.begun, s.end, moment, s.active))]
        if self.chance is not None:
            stands.append(Call(_draw, (s.chance, s.key, s.past.replicas, scan_of(self.period), s.active)))
        stands.append(Call(_tell, (s.active, s.past.begun, self.told, s.growth, NOW, out.truth)))
        if self.blames_ai:
            stands.append(Call(_blame, (s.past.begun, s.end, NOW, self.leads, out.fault)))
        past = (s.past, NOW, self.period) if self.looks_back else ()
        knowledge = (self.known,) if self.known else ()
        strikes = (inputs.before, out.after, s.rows, s.active, s.parameters, *past, *knowledge)
        if self.rule is None:
            return *stands, Call(_carry, (s.rows, inputs.before, out.after), self.period)
        return *stands, Call(self.rule, strikes, self.period)


@dataclass(frozen=True)
class Tap(Stepped):
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

    def calls(self, state: NDArray[np.int64], inputs: Reals, out: Reals) -> Calls:
        """Copy the rows."""
        return call(_carry, state, inputs, out, every=self.period)


@kernel
def _carry(rows: Any, before: Any, after: Any) -> None:
    for row in rows:
        for i in range(after.shape[1]):
            after[row, i] = before[row, i]
