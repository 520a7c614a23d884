"""Lies to an AI that are found by asking it: one input after another, to whichever end pushes more.

For whoever has no weights, or a policy that has none (trees): coordinate search over the corners of the
box, 2 questions an input and sweep.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.threats.known import Attempt, Known, move, remember, see, struck_inputs


def greedy(
    before: Any, after: Any, rows: Any, active: Any, parameters: Any, past: Any, now: int, period: int,
    known: Known,
) -> None:  # fmt: skip
    """Push the answer by the best found of the corners; parameters: budget, towards, held, steps (sweeps)."""
    scan, inputs = now // period, known.inputs
    see(inputs, before, past.memory, scan)
    moves = np.zeros((len(inputs.rows), len(active)))
    if active.any():
        found = np.empty(len(inputs.rows), np.int64)
        struck = found[: struck_inputs(inputs, rows, found)]
        moves = searched(Attempt(known, past.memory, parameters, scan), struck).moves
    move(inputs, moves, active, parameters, before, after, rows)
    remember(inputs, after, past.memory, scan)


def searched(attempt: Attempt, struck: Any) -> Attempt:
    """The attempt after its sweeps over the struck inputs."""
    for sweep in range(int(attempt.steps.max())):
        before = attempt.best.copy()
        for k in struck:
            for side in (-1.0, 1.0):
                trial = attempt.moves.copy()
                trial[k] = side
                attempt.attempted(trial, sweep < attempt.steps)
        if not (attempt.best > before).any():
            break
    return attempt
