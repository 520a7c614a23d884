"""Conditions alarmed besides analogue limits: sheds, valves that do not follow, BAD inputs, trips, drifts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel, part
from simulator.core.states import RCAS, TRIPPED

States = NDArray[np.int8]


class AnnunciationInputs(NamedTuple):
    """Modes and their reasons, mismatches (n_loops, n), qualities (n_rows, n), SIF status (n_sifs, n).

    `drift` (n_signals, n): signals that the drift monitor finds changed; `deviating` (n_sifs, n):
    redundant sensors apart; `changed` (n,): a configuration that is not the approved one.
    """

    mode: States
    reason: States
    mismatch: States
    quality: States
    status: States
    drift: States
    deviating: States
    changed: States


class AnnunciationOut(NamedTuple):
    """`causes` (n_causes, n): sheds, mismatches, BAD inputs, trips, drifts, deviations, configuration."""

    causes: States


@part
def _copy(block: Any, causes: Any, first: int) -> None:
    for k in range(block.shape[0]):
        for i in range(causes.shape[1]):
            causes[first + k, i] = block[k, i]


@kernel
def _gather(inputs: Any, causes: Any) -> None:
    loops, rows, sifs = inputs.mode.shape[0], inputs.quality.shape[0], inputs.status.shape[0]
    for j in range(loops):
        for i in range(causes.shape[1]):
            # a shed stands until the loop is given back
            causes[j, i] = (inputs.mode[j, i] < RCAS) & (inputs.reason[j, i] != 0)
    _copy(inputs.mismatch, causes, loops)
    _copy(inputs.quality, causes, 2 * loops)
    first = 2 * loops + rows
    for k in range(sifs):
        for i in range(causes.shape[1]):
            causes[first + k, i] = inputs.status[k, i] == TRIPPED
    _copy(inputs.drift, causes, first + sifs)
    _copy(inputs.deviating, causes, first + sifs + inputs.drift.shape[0])
    for i in range(causes.shape[1]):
        causes[-1, i] = inputs.changed[i]


@dataclass(frozen=True)
class Annunciation(Stepped):
    """Gathers the conditions that are alarmed as states."""

    def initial(self, n: int) -> None:
        """No state."""

    def calls(self, state: None, inputs: AnnunciationInputs, out: AnnunciationOut) -> Calls:
        """Gather."""
        return call(_gather, inputs, out.causes)
