"""Trials of the limits around an AI: setpoint rate, output rate, silence; what is survived, what is lost.

Each trial takes the guards that would end it away, so that the limit stands alone, and counts the
runs in which a safety function is called upon.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.commission.bench import Bench, Run, altered
from simulator.core.states import NORMAL
from simulator.scenario.build.control_parts import write_unit
from simulator.scenario.schema.plant import Ai, Loop
from simulator.testing.mutants import Mutation, removed

Floats = NDArray[np.float32]
Reals = NDArray[np.float64]
FACTORS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Of the stated rate."""
SILENCES = (0.5, 1.0, 2.0, 3.0, 5.0, 10.0)
"""Of the stated watchdog time."""
ALLOWED = removed("config_check", ())
"""A trial alters a setting: the check that would take it for tampering is left out."""
PERIODS = 12
MANY, FEW = 100, 24


@dataclass
class Writes:
    """An AI that writes a given sequence, whatever it is shown: `values` (n_cycles, n), the last repeats."""

    values: Floats
    outputs: int
    cycle: int = 0

    def __call__(self) -> Floats:
        row = self.values[min(self.cycle, len(self.values) - 1)]
        self.cycle += 1
        return np.repeat(row[:, None], self.outputs, axis=1)


class Trials:
    """The trials of one plant."""

    def __init__(self, bench: Bench, duration: int) -> None:
        self.bench, self.duration, self.spec = bench, duration, bench.plant.spec
        self.n = MANY if bench.ticks(duration) <= 10_000 else FEW

    def all(self) -> Iterator[dict[str, Any]]:
        """One proposal a limit."""
        for variant, ai in self.spec.ai.items():
            loop = self.spec.loops[ai.loops[0]]
            yield self._setpoint(variant, ai, loop) if ai.mode == "RCAS" else self._output(variant, ai, loop)
            if ai.mode == "ROUT":
                yield self._silence(variant)

    def _setpoint(self, variant: str, ai: Ai, loop: Loop) -> dict[str, Any]:
        """Square waves between the ends of the clamp."""
        unit = self.bench.names.unit(loop.pv)
        stated = loop.setpoint.rate.to(f"{unit}/s")
        low, high = (end.to(unit) for end in loop.setpoint.clamp)
        cycle = ai.cycle or self.spec.scan.ai
        quarter = np.geomspace(4 * cycle, self.duration / 2, PERIODS)
        times = np.arange(self.duration // cycle)[:, None] * cycle
        wave = np.where((times // quarter.astype(int)) % 2 == 0, high, low)

        def mutation(rate: float) -> Mutation:
            fast = altered("final_clamp", lambda c: replace(c, loops=_each(c.loops, sp_rate=rate)))
            return _together(removed("output_guard", ()), ALLOWED, fast)

        lost = self._lost(variant, ai, wave, stated, mutation)
        why = "a square wave of the setpoint between the ends of the clamp, with no guard"
        return _told(f"setpoint rate ({variant})", stated, f"{unit}/s", lost, why)

    def _output(self, variant: str, ai: Ai, loop: Loop) -> dict[str, Any]:
        """A policy that walks the valve to its unsafe end in steps that the guard admits."""
        low, high = (end.to("%") for end in loop.output)
        stated = self.spec.final_clamp.unsafe_rate.to("%/s")
        step = 0.95 * self.spec.output_guard["ROUT"].step.to("%")
        rest = self.bench.names.nominal[self.bench.names.valves[loop.op].drives]
        down = loop.safe_direction == "up"
        steps = step * np.arange(1, 100)[:, None] * np.ones((1, PERIODS))
        walk = np.maximum(rest - steps, low) if down else np.minimum(rest + steps, high)

        def mutation(rate: float) -> Mutation:
            fast = altered("final_clamp", lambda c: replace(c, loops=_each(c.loops, unsafe_rate=rate)))
            return _together(ALLOWED, fast)

        lost = self._lost(variant, ai, walk, stated, mutation)
        why = "a policy that walks the valve to its unsafe end until the guard sheds it"
        return _told(f"output rate ({variant})", stated, "%/s", lost, why)

    def _lost(
        self, variant: str, ai: Ai, written: Reals, stated: float, mutation: Callable[[float], Mutation]
    ) -> dict[float, float]:
        about, unit = next(iter(ai.outputs.items()))
        name = write_unit(self.bench.names, ai, about)
        values = ((written - unit.centre.to(name)) / unit.scale.to(name)).astype(np.float32)

        def one(factor: float) -> float:
            run = Run(
                f"trial/{variant}", self.duration, PERIODS, variant=variant, mutate=mutation(factor * stated),
                bind=lambda _: Writes(values, len(ai.outputs)),
            )  # fmt: skip
            return self._demanded(run)

        return dict(zip((f * stated for f in FACTORS), self.bench.each(one, FACTORS), strict=True))

    def _silence(self, variant: str) -> dict[str, Any]:
        """A policy on the valve that falls silent; its last output is held until the watchdog sheds it."""
        stated = self.spec.watchdog.heartbeat

        def one(factor: float) -> float:
            limit = int(factor * stated)
            slow = altered("watchdog", lambda w: replace(w, heartbeat=limit, sequence=limit))
            onset = {"uniform": [f"{self.duration // 10} ms", f"{self.duration // 2} ms"]}
            threat = {"name": "silent", "kind": "halt", "tap": "heartbeat", "onset": onset}
            run = Run(
                "trial/silence", self.duration, self.n, variant=variant, threats=[threat],
                mutate=_together(removed("output_guard", ()), removed("deadline", ()), ALLOWED, slow),
            )  # fmt: skip
            return self._demanded(run)

        shares = self.bench.each(one, SILENCES)
        lost = dict(zip((f * stated / 1000.0 for f in SILENCES), shares, strict=True))
        why = f"the last output of an AI on the valve is held ({variant}), with no guard but the watchdog"
        return _told(f"watchdog time ({variant})", stated / 1000.0, "s", lost, why)

    def _demanded(self, run: Run) -> float:
        """Share of the runs in which a safety function is called upon."""
        record = self.bench.sampled(run, [("status", sif) for sif in self.spec.sifs])
        return float((record != NORMAL).any(axis=(0, 1)).mean())


def _each(loops: tuple[Any, ...], **changes: float) -> tuple[Any, ...]:
    return tuple(replace(loop, **changes) for loop in loops)


def _together(*changes: Mutation) -> Mutation:
    return lambda path: reduce(lambda built, change: change(built), changes, path)


def _told(name: str, stated: float, unit: str, lost: dict[float, float], why: str) -> dict[str, Any]:
    """The greatest value up to which nothing is lost, beside the one that is stated."""
    survived = [value for value in lost if all(lost[v] == 0.0 for v in lost if v <= value)]
    return {
        "limit": name, "unit": unit, "stated": stated, "proposed": max(survived, default=None), "why": why,
        "lost": [[value, share] for value, share in lost.items()],
    }  # fmt: skip
