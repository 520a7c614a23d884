"""The operator's override in every state: pressed there on the real engine, and what became of the loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.assess.measure import Columns
from simulator.campaign.experiment import Experiment
from simulator.campaign.handover.drive import OTHER, Drive, scenario
from simulator.campaign.handover.reach import together
from simulator.campaign.handover.transfer import inner, placed
from simulator.core.states import MAN
from simulator.core.traces import ArrayTraces
from simulator.scenario.build import build
from simulator.scenario.build.channels import channels
from simulator.scenario.build.names import Names
from simulator.scenario.space import Space

AROUND = (-1, 0, 1, 2, 3)
"""Scans about each change of state in which the override is pressed: 0 is the scan of the change itself."""
PLATEAU = 25
"""Ticks that a state must last for a press in its middle."""

NOWHERE = Drive("", "RUN")
Reals = NDArray[np.float64]


@dataclass(frozen=True)
class Pressed(Experiment):
    """A drive that is run, then run again with the override pressed at every moment that matters.

    Each press is run twice: once the AI goes on as it is, once it writes something else from the press
    on. If the valve's command then differs in a single bit, what the AI writes has reached it.
    """

    drive: Drive = NOWHERE

    def run(self, points: Reals, noise: Sequence[int] | NDArray[np.int64]) -> Columns:
        """A row per press: the state it found, and what came of it."""
        plain = self._traces(scenario(self.question, self.drive, False), {}, np.asarray(noise, np.int64))
        period, states = plain.period, self._states(plain)
        early = states[:, : self.drive.lasts // period]
        at = [(k, tick) for k in range(len(noise)) for tick in moments(early[:, :, k])]
        which, ticks = np.array(at, np.int64).reshape(-1, 2).T
        press = (ticks * period).astype(float)
        never = np.full(len(press), float(period * (states.shape[1] - 1)))
        numbers = np.asarray(noise, np.int64)[which]
        spec = scenario(self.question, self.drive, True)
        own = self._traces(spec, self._at(press, never), numbers)
        other = self._traces(spec, self._at(press, press + period), numbers)
        return self._rows(plain, own, other, which, ticks) | {"noise": numbers}

    def _at(self, press: Reals, onset: Reals) -> dict[str, Reals]:
        last = len(self.drive.orders)
        strikes = {f"threat/{OTHER}_{k}/onset": onset for k in range(len(self.question.ai.loops))}
        return {f"operator/order/{last}": press} | strikes

    def _traces(self, spec: Any, at: dict[str, Reals], numbers: NDArray[np.int64]) -> ArrayTraces:
        base = self.question.plant.spec.scan.base
        named = ((name, values, "ms") for name, values in at.items())
        space, points = placed(spec, named, base) if at else (Space(spec, ()), np.zeros((len(numbers), 0)))
        one = Experiment(self.shop, self.scenario, duration=spec.duration, given=space)
        case = one.case(points, numbers)
        there = channels(
            Names(case.plant, case.physics), self.question.ai, self.question.signals, self._wanted
        )
        return build(case).run(there | {self._demand: inner(self.question)[self._demand]})

    @property
    def _demand(self) -> str:
        return f"demand.{self.question.plant.spec.loops[self.question.ai.loops[0]].op}"

    @property
    def _wanted(self) -> tuple[str, ...]:
        first = ("mode.", "op.", "sif.", "phase", "operator.override", "reason.mode")
        return tuple(name for name in self.question.signals if name.startswith(first))

    def _states(self, traces: ArrayTraces) -> NDArray[np.int64]:
        """Mode, phase and the state of all safety functions together, shape (3, n_ticks, n)."""
        loop = self.question.ai.loops[0]
        sifs = np.array([traces.samples(name) for name in traces.signals if name.startswith("sif.")])
        return np.array([traces.samples(f"mode.{loop}"), traces.samples("phase"), together(sifs)], np.int64)

    def _rows(
        self, plain: ArrayTraces, own: ArrayTraces, other: ArrayTraces, which: Any, ticks: Any
    ) -> Columns:
        states = self._states(plain)
        before, at = states[:, ticks - 1, which], states[:, ticks, which]
        valve, loop = self._demand, self.question.ai.loops[0]
        ends = len(own.samples(valve))
        found = [
            outcome(
                own.samples(f"mode.{loop}")[t:, k], own.samples(valve)[t:, k], other.samples(valve)[t:, k]
            )
            for k, t in enumerate(ticks)
        ]
        delay, kept, same = np.array(found, float).reshape(-1, 3).T
        return {
            "press": ticks * own.period / 1000.0, "mode": before[0], "phase": before[1], "sif": before[2],
            "changing": (before != at).any(axis=0), "delay": delay * own.period / 1000.0,
            "kept": kept > 0, "same": same > 0, "held": (ends - ticks) * own.period / 1000.0,
        }  # fmt: skip


def moments(states: NDArray[np.int64]) -> list[int]:
    """Ticks at which the override is pressed in one run: about each change, and amid each state that lasts.

    Parameters
    ----------
    states : ndarray of int, shape (n_states, n_ticks)
        What may change.
    """
    n = states.shape[1]
    changes = (np.flatnonzero((states[:, 1:] != states[:, :-1]).any(axis=0)) + 1).tolist()
    found = {change + k for change in changes for k in AROUND}
    edges = [1, *changes, n]
    found |= {(a + b) // 2 for a, b in pairwise(edges) if b - a >= PLATEAU}
    return sorted(tick for tick in found if tick >= 1)


def outcome(mode: Any, own: Any, other: Any) -> tuple[float, bool, bool]:
    """Of one press, from its tick on: ticks to MAN (NaN: never), whether it stays, whether the AI is out.

    The valve is compared from the tick after the press: what the AI wrote before it is the same in both.
    """
    manual = mode == MAN
    first = int(manual.argmax()) if manual.any() else -1
    kept = first >= 0 and bool(manual[first:].all())
    return (float(first) if first >= 0 else np.nan), kept, bool(np.array_equal(own, other))
