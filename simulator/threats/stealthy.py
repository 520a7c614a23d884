"""Lies on the way into the PLC that its own detectors pass: chosen with the weights, inside the limits.

Whoever knows what watches the inputs of an AI need not be found by it: of all lies within the budget he
takes those under which the statistics stay below their limits, and he comes to them slowly. They then show
a plant that is normal while it is not, and the controllers of the PLC are told the same [1]_.

References
----------
.. [1] Y. Liu, P. Ning, M. K. Reiter, "False data injection attacks against state estimation in electric
   power grids", ACM Trans. Information and System Security 14(1), 2011, doi:10.1145/1952982.1952995.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from simulator.core.kernel import kernel
from simulator.threats.adversary import STRIDE, Trial, gain, uphill
from simulator.threats.known import Known, move, reaches, remember, see, step_of, struck_inputs

TURNS, CLOSE = 20, 1e-6
"""Of bringing a lie inside limits and bounds in turn, and what of a limit counts as inside."""


class Room(NamedTuple):
    """Of one replica: inputs scaled as the watch has them, scores, and the bounds of its moves."""

    z: Any
    scores: Any
    low: Any
    high: Any


@kernel
def silent(z: Any, scores: Any, watch: Any, below: float) -> float:
    """Bring scaled inputs below a share of the limits: scores and what is off the axes, each shrunk alone.

    Returns the larger statistic over its limit, as it was before.
    """
    t2 = spe = 0.0
    for a in range(watch.axes.shape[0]):
        scores[a] = 0.0
        for k in range(z.shape[0]):
            scores[a] += watch.axes[a, k] * z[k]
        t2 += scores[a] * scores[a] / watch.variances[a]
        for k in range(z.shape[0]):
            z[k] -= scores[a] * watch.axes[a, k]
    for k in range(z.shape[0]):
        spe += z[k] * z[k]
    along = min(1.0, np.sqrt(below * watch.limits[0] / t2)) if t2 > 0.0 else 1.0
    off = min(1.0, np.sqrt(below * watch.limits[1] / spe)) if spe > 0.0 else 1.0
    for k in range(z.shape[0]):
        z[k] *= off
        for a in range(watch.axes.shape[0]):
            z[k] += along * scores[a] * watch.axes[a, k]
    return float(max(t2 / watch.limits[0], spe / watch.limits[1]))


@kernel
def _hide(seen: Any, inputs: Any, watch: Any, below: float, share: float, struck: Any, at: Any, room: Any,
          ) -> float:  # fmt: skip
    """Bring the moves of the struck inputs to where the watch is silent, as far as their bounds allow.

    Returns by how much of a limit it is not.
    """
    for turn in range(TURNS + 1):  # inside the limits, inside the bounds, and again
        for k in range(seen.shape[0]):
            moved = seen[k] + at[k] * step_of(share, inputs.span[k])
            room.z[k] = (moved - watch.centre[k]) / watch.scale[k]
        over = silent(room.z, room.scores, watch, below) - below
        if over <= CLOSE or turn == TURNS:
            break
        for k in struck:
            wanted = room.z[k] * watch.scale[k] + watch.centre[k] - seen[k]
            at[k] = min(max(wanted / step_of(share, inputs.span[k]), room.low[k]), room.high[k])
    return max(over, CLOSE)


@kernel
def _choose(memory: Any, scan: int, i: int, inputs: Any, parameters: Any, net: Any, watch: Any, cycle: int,
            trial: Any, room: Any, struck: Any) -> None:  # fmt: skip
    """The best silent moves of one replica, near those of the cycle before; silence comes first."""
    history, steps, best, loud = (memory.shape[0] - 1) // 2, reaches(parameters[3, i]), -np.inf, np.inf
    seen, width = memory[scan % history, :, i], min(cycle / max(parameters[4, i], 1.0), 1.0)
    trial.at[:], trial.best[:] = 0.0, 0.0
    for k in struck:
        room.low[k] = max(memory[-1, k, i] - width, -1.0)
        room.high[k] = min(memory[-1, k, i] + width, 1.0)
        trial.at[k] = trial.best[k] = memory[-1, k, i]
    for step in range(steps + 1):
        for k in struck:
            trial.at[k] = min(max(trial.at[k], room.low[k]), room.high[k])
        over = _hide(seen, inputs, watch, parameters[5, i], parameters[0, i], struck, trial.at, room)
        gained = gain(memory, scan, i, inputs, parameters, net, trial)
        if over < loud or (over == loud and gained >= best):
            best, loud = gained, over
            trial.best[:] = trial.at
        if step < steps:
            uphill(memory, scan, i, inputs, parameters, net, trial, struck, width * STRIDE / steps)


@kernel
def hidden(
    before: Any, after: Any, rows: Any, active: Any, parameters: Any, memory: Any, now: int, inputs: Any,
    net: Any, watch: Any, cycle: int,
) -> None:  # fmt: skip
    """Choose moves when the AI is about to be asked, and hold them until it is asked again."""
    scan, asked = now // cycle, now % cycle == 0
    n_inputs, size = inputs.rows.shape[0], 0
    for count in net.sizes:
        size += count
    if asked:
        see(inputs, before, memory, scan)
        trial = Trial(np.zeros(size), np.zeros(size), np.zeros(size), np.zeros(n_inputs), np.zeros(n_inputs))
        scores = np.zeros(watch.axes.shape[0])
        room = Room(np.zeros(n_inputs), scores, np.zeros(n_inputs), np.zeros(n_inputs))
        found = np.zeros(n_inputs, np.int64)
        struck = found[: struck_inputs(inputs, rows, found)]
        for i in range(active.shape[0]):
            acts = active[i] == 1 and parameters[0, i] > 0.0
            if acts:
                _choose(memory, scan, i, inputs, parameters, net, watch, cycle, trial, room, struck)
            for k in range(n_inputs):
                memory[-1, k, i] = trial.best[k] if acts else 0.0
    move(inputs, memory[-1], active, parameters, before, after, rows)
    if asked:
        remember(inputs, after, memory, scan)


def stealthy(
    before: Any, after: Any, rows: Any, active: Any, parameters: Any, past: Any, now: int, period: int,
    known: Known,
) -> None:  # fmt: skip
    """Push the answer unseen; parameters: budget, towards, held, steps, over [ms], below (of the limits)."""
    if known.net is None:
        raise ValueError("an AI whose weights cannot be read")
    hidden(
        before, after, rows, active, parameters, past.memory, now, known.inputs, known.net,
        known.watch, known.cycle,
    )  # fmt: skip
