"""Lies to an AI that are chosen with its weights: within a box, those that push its answer most.

One step along the sign of the gradient [1]_, or several, each held inside the box [2]_, and from there
each input once to either end, as the answer of a curved network may rise both ways; the best of all that
was tried counts, and leaving all as it is counts too. An AI whose weights cannot be read is searched
without them (`greedy`).

References
----------
.. [1] I. Goodfellow, J. Shlens, C. Szegedy, "Explaining and harnessing adversarial examples", ICLR 2015,
   doi:10.48550/arXiv.1412.6572.
.. [2] A. Madry, A. Makelov, L. Schmidt, D. Tsipras, A. Vladu, "Towards deep learning models resistant to
   adversarial attacks", ICLR 2018, doi:10.48550/arXiv.1706.06083.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from simulator.core.kernel import kernel
from simulator.core.mlp import backward, forward
from simulator.threats.greedy import greedy
from simulator.threats.known import Known, feature, move, reaches, remember, see, step_of, struck_inputs

STRIDE = 2.5
"""Sum of the steps, in budgets, when there are several: any corner can be reached from the middle."""


class Trial(NamedTuple):
    """Room for one replica's trials: features and units of the network, slopes, moves tried, best moves."""

    values: Any
    slopes: Any
    back: Any
    at: Any
    best: Any


@kernel
def gain(memory: Any, scan: int, i: int, inputs: Any, parameters: Any, net: Any, trial: Any) -> float:
    """How far the moves that are tried push the answer to its side."""
    n_inputs, history = inputs.rows.shape[0], (memory.shape[0] - 1) // 2
    held = reaches(parameters[2, i])
    for k in range(n_inputs):
        change = trial.at[k] * step_of(parameters[0, i], inputs.span[k])
        for ago in range(history):
            shown = feature(inputs, memory, scan, ago, k, i, held, change)
            trial.values[ago * n_inputs + k] = shown
    gained = forward(net, trial.values, trial.slopes)
    return -gained if parameters[1, i] < 0.0 else gained


@kernel
def uphill(memory: Any, scan: int, i: int, inputs: Any, parameters: Any, net: Any, trial: Any, struck: Any,
            stride: float) -> None:  # fmt: skip
    """One step along the sign of the gradient, inside the box."""
    n_inputs, history = inputs.rows.shape[0], (memory.shape[0] - 1) // 2
    held, side = reaches(parameters[2, i]), -1.0 if parameters[1, i] < 0.0 else 1.0
    backward(net, trial.slopes, trial.back)
    for k in struck:
        moved = 0.0
        for ago in range(history):
            if ago < held or max(scan - ago, 0) == scan:
                moved += trial.back[ago * n_inputs + k]
        trial.at[k] = min(max(trial.at[k] + side * stride * np.sign(moved / inputs.scale[k]), -1.0), 1.0)


@kernel
def _search(memory: Any, scan: int, i: int, inputs: Any, parameters: Any, net: Any, trial: Any, struck: Any,
            ) -> None:  # fmt: skip
    """The best moves of one replica: along the gradient, then each input once to either end."""
    steps, best = reaches(parameters[3, i]), -np.inf
    trial.at[:], trial.best[:] = 0.0, 0.0
    for step in range(steps + 1):
        gained = gain(memory, scan, i, inputs, parameters, net, trial)
        if gained >= best:  # a flat answer: the last point tried, whose traces stay in the history
            best = gained
            trial.best[:] = trial.at
        if step < steps:
            uphill(
                memory, scan, i, inputs, parameters, net, trial, struck, 1.0 if steps == 1 else STRIDE / steps
            )
    for k in struck:
        for end in (-1.0, 1.0):
            trial.at[:] = trial.best
            trial.at[k] = end
            gained = gain(memory, scan, i, inputs, parameters, net, trial)
            if gained > best:
                best = gained
                trial.best[:] = trial.at


@kernel
def pushed(
    before: Any, after: Any, rows: Any, active: Any, parameters: Any, memory: Any, scan: int, inputs: Any,
    net: Any,
) -> None:  # fmt: skip
    """Push by the gradient while active; parameters: budget, towards, held, steps."""
    see(inputs, before, memory, scan)
    n_inputs, size = inputs.rows.shape[0], 0
    for count in net.sizes:
        size += count
    room = Trial(np.zeros(size), np.zeros(size), np.zeros(size), np.zeros(n_inputs), np.zeros(n_inputs))
    found, moves = np.zeros(n_inputs, np.int64), np.zeros((n_inputs, active.shape[0]))
    struck = found[: struck_inputs(inputs, rows, found)]
    for i in range(active.shape[0]):
        if active[i] == 1 and parameters[0, i] > 0.0:
            _search(memory, scan, i, inputs, parameters, net, room, struck)
            moves[:, i] = room.best
    move(inputs, moves, active, parameters, before, after, rows)
    remember(inputs, after, memory, scan)


def adversary(
    before: Any, after: Any, rows: Any, active: Any, parameters: Any, past: Any, now: int, period: int,
    known: Known,
) -> None:  # fmt: skip
    """Push the answer with the weights where they are known, and else by asking."""
    if known.net is None:
        greedy(before, after, rows, active, parameters, past, now, period, known)
        return
    pushed(before, after, rows, active, parameters, past.memory, now // period, known.inputs, known.net)
