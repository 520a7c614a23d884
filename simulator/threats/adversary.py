"""Lies to an AI that are chosen with its weights: within a box, those that push its answer most.

One step along the sign of the gradient [1]_, or several, each held inside the box [2]_; the best point
on the way counts, and leaving all as it is counts too. An AI whose weights cannot be read is searched
without them (`greedy`).

References
----------
.. [1] I. Goodfellow, J. Shlens, C. Szegedy, "Explaining and harnessing adversarial examples", ICLR 2015,
   doi:10.48550/arXiv.1412.6572.
.. [2] A. Madry, A. Makelov, L. Schmidt, D. Tsipras, A. Vladu, "Towards deep learning models resistant to
   adversarial attacks", ICLR 2018, doi:10.48550/arXiv.1706.06083.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.core.kernel import kernel
from simulator.core.mlp import backward, forward
from simulator.threats.greedy import greedy
from simulator.threats.known import Known, feature, pass_on, reaches, see, step_of, struck_inputs

STRIDE = 2.5
"""Sum of the steps, in budgets, when there are several: any corner can be reached from the middle."""


@kernel
def pushed(
    before: Any, after: Any, rows: Any, active: Any, parameters: Any, memory: Any, scan: int, inputs: Any,
    net: Any,
) -> None:  # fmt: skip
    """Push by the gradient while active; parameters: budget, towards, held, steps."""
    see(inputs, before, memory, scan)
    n_inputs, history = inputs.rows.shape[0], (memory.shape[0] - 1) // 2
    size = 0
    for count in net.sizes:
        size += count
    values, slopes, back = np.zeros(size), np.zeros(size), np.zeros(size)
    found, moves = np.zeros(n_inputs, np.int64), np.zeros((n_inputs, active.shape[0]))
    struck = found[: struck_inputs(inputs, rows, found)]
    at = np.zeros(n_inputs)
    for i in range(active.shape[0]):
        if active[i] != 1 or not parameters[0, i] > 0.0:
            continue
        share, held, steps = parameters[0, i], reaches(parameters[2, i]), reaches(parameters[3, i])
        side = -1.0 if parameters[1, i] < 0.0 else 1.0
        stride = 1.0 if steps == 1 else STRIDE / steps
        best = -np.inf
        at[:] = 0.0
        for step in range(steps + 1):
            for k in range(n_inputs):
                change = at[k] * step_of(share, inputs.span[k])
                for ago in range(history):
                    values[ago * n_inputs + k] = feature(inputs, memory, scan, ago, k, i, held, change)
            gained = side * forward(net, values, slopes)
            if gained >= best:  # a flat answer: the last point tried, whose traces stay in the history
                best = gained
                moves[:, i] = at
            if step < steps:
                backward(net, slopes, back)
                for k in struck:
                    moved = 0.0
                    for ago in range(history):
                        if ago < held or max(scan - ago, 0) == scan:
                            moved += back[ago * n_inputs + k]
                    at[k] = min(max(at[k] + side * stride * np.sign(moved / inputs.scale[k]), -1.0), 1.0)
    pass_on(inputs, moves, active, parameters, before, after, rows, memory, scan)


def adversary(
    before: Any, after: Any, rows: Any, active: Any, parameters: Any, past: Any, now: int, period: int,
    known: Known,
) -> None:  # fmt: skip
    """Push the answer with the weights where they are known, and else by asking."""
    if known.net is None:
        greedy(before, after, rows, active, parameters, past, now, period, known)
        return
    pushed(before, after, rows, active, parameters, past.memory, now // period, known.inputs, known.net)
