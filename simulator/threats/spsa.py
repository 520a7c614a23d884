"""Lies to an AI that are found by asking it, two questions a step whatever the number of inputs.

Simultaneous perturbation stochastic approximation: all inputs are moved at once, each to a side that is
drawn, and the difference of two answers says how each should have been moved [1]_; gains as in [2]_. The
search goes on in every cycle from where it stood in the last one. As a test of how strong an attack
without weights can be: [3]_.

References
----------
.. [1] J. C. Spall, "Multivariate stochastic approximation using a simultaneous perturbation gradient
   approximation", IEEE Trans. Automatic Control 37(3), 1992, doi:10.1109/9.119632.
.. [2] J. C. Spall, "Implementation of the simultaneous perturbation algorithm for stochastic
   optimization", IEEE Trans. Aerospace and Electronic Systems 34(3), 1998, doi:10.1109/7.705889.
.. [3] J. Uesato, B. O'Donoghue, A. van den Oord, P. Kohli, "Adversarial risk and the dangers of
   evaluating against weak attacks", ICML 2018, PMLR 80:5025-5034.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.core.kernel import kernel
from simulator.core.seeds import uniform
from simulator.threats.known import MOST_STEPS, Attempt, Known, move, remember, see, struck_inputs

Reals = NDArray[np.float64]
ALPHA, GAMMA = 0.602, 0.101
GAIN, PROBE = 1.0, 0.5
"""First step and first probe, as shares of the budget."""


@kernel
def _sides(keys: Any, replicas: Any, struck: Any, draw: int, out: Any) -> None:
    """A side, -1 or 1, for each struck input and replica; the keys of the rows are those after the first."""
    for place in range(struck.shape[0]):
        for i in range(replicas.shape[0]):
            out[struck[place], i] = 1.0 if uniform(keys[1 + place], replicas[i], draw) < 0.5 else -1.0


def spsa(
    before: Any, after: Any, rows: Any, active: Any, parameters: Any, past: Any, now: int, period: int,
    known: Known,
) -> None:  # fmt: skip
    """Push the answer by the best found of all that was asked; parameters: budget, towards, held, steps."""
    scan, inputs = now // period, known.inputs
    see(inputs, before, past.memory, scan)
    moves = np.zeros((len(inputs.rows), len(active)))
    if active.any():
        found = np.empty(len(inputs.rows), np.int64)
        struck = found[: struck_inputs(inputs, rows, found)]
        attempt = Attempt(known, past.memory, parameters, scan)
        # where it does not act yet nothing is searched, so that no replica depends on its neighbours
        past.memory[-1] = np.where(active == 1, climbed(attempt, past.memory[-1], struck, past), 0.0)
        moves = attempt.moves
    move(inputs, moves, active, parameters, before, after, rows)
    remember(inputs, after, past.memory, scan)


def climbed(attempt: Attempt, at: Reals, struck: NDArray[np.int64], past: Any) -> Reals:
    """Where the search stands after its steps from `at` (n_inputs, n); the attempt keeps the best asked."""
    sides, every, largest = np.zeros_like(at), np.ones(attempt.n, bool), np.zeros(attempt.n)
    attempt.attempted(at, every)
    for step in range(int(attempt.steps.max())):
        allowed = step < attempt.steps
        probe, gain = PROBE / (step + 1) ** GAMMA, GAIN / (step + 1) ** ALPHA
        _sides(past.keys, past.replicas, struck, attempt.scan * MOST_STEPS + step, sides)
        up, down = (np.clip(at + side * sides, -1.0, 1.0) for side in (probe, -probe))
        apart = attempt.attempted(up, allowed) - attempt.attempted(down, allowed)
        apart = np.where(np.isfinite(apart), apart, 0.0)
        largest = np.maximum(largest, np.abs(apart))
        share = np.divide(apart, largest, out=np.zeros_like(apart), where=largest > 0.0)
        at = np.where(allowed, np.clip(at + gain * share * sides, -1.0, 1.0), at)
    attempt.attempted(at, every)
    return at
