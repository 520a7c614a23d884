"""Conditions alarmed besides analogue limits: sheds, valves that do not follow, BAD inputs, trips, drifts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.kernel import kernel

States = NDArray[np.int8]


class AnnunciationInputs(NamedTuple):
    """Modes and their reasons, mismatches (n_loops, n), qualities (n_rows, n), SIF status (n_sifs, n).

    `drift` (n_signals, n): signals that the drift monitor finds changed.
    """

    mode: States
    reason: States
    mismatch: States
    quality: States
    status: States
    drift: States


class AnnunciationOut(NamedTuple):
    """`causes` (2 n_loops + n_rows + n_sifs + n_signals, n): sheds, mismatches, BAD inputs, trips, drifts."""

    causes: States


@kernel
def _gather(inputs: Any, causes: Any) -> None:
    loops, rows = inputs.mode.shape[0], inputs.quality.shape[0]
    for i in range(causes.shape[1]):
        for j in range(loops):
            # a shed stands until the loop is given back
            causes[j, i] = 1 if inputs.mode[j, i] < 2 and inputs.reason[j, i] != 0 else 0
            causes[loops + j, i] = inputs.mismatch[j, i]
    for k in range(rows):
        for i in range(causes.shape[1]):
            causes[2 * loops + k, i] = inputs.quality[k, i]
    for k in range(inputs.status.shape[0]):
        for i in range(causes.shape[1]):
            causes[2 * loops + rows + k, i] = 1 if inputs.status[k, i] == 1 else 0
    first = 2 * loops + rows + inputs.status.shape[0]
    for k in range(inputs.drift.shape[0]):
        for i in range(causes.shape[1]):
            causes[first + k, i] = inputs.drift[k, i]


@dataclass(frozen=True)
class Annunciation:
    """Gathers the conditions that are alarmed as states."""

    def initial(self, n: int) -> None:
        """No state."""

    def step(self, state: None, inputs: AnnunciationInputs, out: AnnunciationOut, now: int) -> None:
        """Gather."""
        _gather(inputs, out.causes)
