"""What an attacker knows of an AI, what he has seen of its inputs, and what he has made of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.kernel import kernel, rule
from simulator.core.mlp import Net

Reals = NDArray[np.float64]
Floats = NDArray[np.float32]
MOST_STEPS = 1000
"""Of one search in one cycle."""


class Inputs(NamedTuple):
    """Inputs of the AI, shape (n_inputs,) each: row among what the line carries, scaling, width of span."""

    rows: NDArray[np.int64]
    centre: Reals
    scale: Reals
    span: Reals


class Watch(NamedTuple):
    """What watches the inputs of an AI: scaled, T2 along orthonormal axes and SPE off them, each to a limit.

    Attributes
    ----------
    centre, scale : ndarray, shape (n_inputs,)
        Middle and unit of each input.
    axes : ndarray, shape (n_axes, n_inputs)
        None where nothing watches.
    variances : ndarray, shape (n_axes,)
        Variance along each axis.
    limits : ndarray, shape (2,)
        Of T2 and SPE.
    """

    centre: Reals
    scale: Reals
    axes: Reals
    variances: Reals
    limits: Reals


def unwatched(n_inputs: int) -> Watch:
    """Nothing watches."""
    some, none = np.ones(n_inputs), np.zeros(0)
    return Watch(some, some, np.zeros((0, n_inputs)), none, np.full(2, np.inf))


@dataclass(frozen=True)
class Known:
    """What is known of an AI.

    Attributes
    ----------
    inputs : Inputs
        What it is shown, and how that is scaled.
    history : int
        Cycles that its features reach back, this one included; newest first.
    cycle : int
        Its cycle [ms].
    ask : callable
        Answers (m, n_outputs) to features (m, history * n_inputs), signed so that more of each is more
        of the hazard.
    net : Net or None
        Its weights, with answers signed likewise; None where they cannot be read.
    watch : Watch
        What watches its inputs.
    """

    inputs: Inputs
    history: int
    cycle: int
    ask: Callable[[Floats], Floats]
    net: Net | None
    watch: Watch

    def memory(self, n: int) -> Reals:
        """Room for n replicas: what was seen and what was passed on, by cycle, and a place to start from."""
        memory = np.full((2 * self.history + 1, len(self.inputs.rows), n), np.nan)
        memory[-1] = 0.0
        return memory


@rule
def step_of(share: float, span: float) -> float:
    """The largest change of one input, in its unit, for a budget in percent of span."""
    return 0.01 * share * span


@rule
def reaches(value: float) -> int:
    """A count that was given as a number."""
    return max(int(value + 0.5), 1)


@kernel
def see(inputs: Any, before: Any, memory: Any, scan: int) -> None:
    """Remember what the line carries in this cycle."""
    history = (memory.shape[0] - 1) // 2
    for k in range(inputs.rows.shape[0]):
        for i in range(memory.shape[2]):
            memory[scan % history, k, i] = before[inputs.rows[k], i]


@kernel
def move(inputs: Any, moves: Any, active: Any, parameters: Any, before: Any, after: Any, rows: Any) -> None:
    """Move the struck rows while active.

    `moves` (n_inputs, n) are shares of the budget, from -1 to 1; none at all leaves the value as it is.
    """
    for row in rows:
        for i in range(active.shape[0]):
            after[row, i] = before[row, i]
    for k in range(inputs.rows.shape[0]):
        row = inputs.rows[k]
        for i in range(active.shape[0]):
            change = moves[k, i] * step_of(parameters[0, i], inputs.span[k])
            if active[i] == 1 and change != 0.0:
                after[row, i] = before[row, i] + change


@kernel
def remember(inputs: Any, after: Any, memory: Any, scan: int) -> None:
    """Remember what was passed on in this cycle."""
    history = (memory.shape[0] - 1) // 2
    for k in range(inputs.rows.shape[0]):
        for i in range(memory.shape[2]):
            memory[history + scan % history, k, i] = after[inputs.rows[k], i]


@rule
def feature(
    inputs: Any, memory: Any, scan: int, back: int, k: int, i: int, held: int, change: float
) -> float:
    """Input `k` of replica `i` as the AI will have it `back` cycles ago, if a change stood for `held`.

    Before the first cycle the AI takes the first for all; what was never seen is taken as it is now.
    """
    history = (memory.shape[0] - 1) // 2
    then = max(scan - back, 0)
    moved = back < held or then == scan
    value = memory[then % history + (0 if moved else history), k, i]
    if value != value:
        value = memory[scan % history, k, i]
    return float((value + (change if moved else 0.0) - inputs.centre[k]) / inputs.scale[k])


@kernel
def features(inputs: Any, memory: Any, scan: int, moves: Any, parameters: Any, out: Any) -> None:
    """Features (n, history * n_inputs) of all replicas under moves (n_inputs, n); parameters as of a kind."""
    n_inputs, history = inputs.rows.shape[0], (memory.shape[0] - 1) // 2
    for i in range(out.shape[0]):
        held = reaches(parameters[2, i])
        for k in range(n_inputs):
            change = moves[k, i] * step_of(parameters[0, i], inputs.span[k])
            for back in range(history):
                out[i, back * n_inputs + k] = feature(inputs, memory, scan, back, k, i, held, change)


@kernel
def struck_inputs(inputs: Any, rows: Any, out: Any) -> int:
    """Fill in which inputs stand in struck rows, first of all; returns how many."""
    count = 0
    for k in range(inputs.rows.shape[0]):
        for row in rows:
            if inputs.rows[k] == row:
                out[count] = k
                count += 1
    return count


class Attempt:
    """One cycle in which an attacker tries moves and asks the AI what it would answer.

    Parameters
    ----------
    known : Known
        The AI.
    memory : ndarray
        As of `Known.memory`, with this cycle seen.
    parameters : ndarray, shape (4, n)
        Budget [% of span], direction, cycles held, steps.
    scan : int
        Number of the cycle.
    """

    def __init__(self, known: Known, memory: Reals, parameters: Reals, scan: int) -> None:
        self.known, self.memory, self.parameters, self.scan = known, memory, parameters, scan
        self.n = memory.shape[2]
        self.steps = np.maximum((parameters[3] + 0.5).astype(np.int64), 1)
        self._towards = np.where(parameters[1] < 0.0, -1.0, 1.0)
        self.moves = np.zeros((len(known.inputs.rows), self.n))
        self.best = self.gain(self.moves)

    def gain(self, moves: Reals) -> Reals:
        """How far moves (n_inputs, n) push the sum of the answers where they are wanted, shape (n,)."""
        k, m = self.known, self.memory
        rows = np.empty((self.n, k.history * len(k.inputs.rows)), np.float32)
        features(k.inputs, m, self.scan, moves, self.parameters, rows)
        total = np.zeros(self.n)
        for output in k.ask(rows).T:
            total += output
        return self._towards * total

    def attempted(self, moves: Reals, allowed: NDArray[np.bool_]) -> Reals:
        """What moves gain, shape (n,); they are kept where they gain more than all before."""
        gained = self.gain(moves)
        better = allowed & (gained > self.best)
        self.moves[:, better], self.best[better] = moves[:, better], gained[better]
        return gained
