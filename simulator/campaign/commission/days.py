"""Normal days with the AI in charge: what the PLC was sent, as inputs of the AI and as sample means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.commission.bench import Bench, Run
from simulator.scenario.schema.monitors import Duty

Reals = NDArray[np.float64]
Floats = NDArray[np.float32]
LENGTH = 7
"""A day is as long as seven of the longest correlation times; the first of them is left out."""
BLOCK = 128
MOST_TICKS = 44_000_000


@dataclass(frozen=True)
class Day:
    """Some runs of normal days.

    Attributes
    ----------
    shown : ndarray, shape (n_cycles, n_inputs, n)
        The AI's inputs at its cycles.
    means : ndarray, shape (n_samples, n_tags, n)
        Means over the samples of the drift monitor; `tags` names them.
    tags : tuple of str
        Tags of `means`.
    seen : ndarray, shape (n_quantities + n_valves, 2)
        Least and greatest value of the quantities of the operating envelope, then of the valves.
    """

    shown: Floats
    means: Reals
    tags: tuple[str, ...]
    seen: Reals


@dataclass(frozen=True)
class Days:
    """Normal days of one variant of the AI."""

    bench: Bench
    variant: str

    @property
    def warm(self) -> int:
        """Time that is left out [ms]: the longest correlation time of the disturbances."""
        wanders = self.bench.plant.spec.nominal.disturbances.values()
        step = self.step
        return -(-max((one.over for one in wanders), default=600_000) // step) * step

    @property
    def step(self) -> int:
        """Whole samples of the monitor and cycles of the AI [ms]."""
        spec = self.bench.plant.spec
        cycle = spec.ai[self.variant].cycle or spec.scan.ai
        return int(np.lcm(spec.monitor.period if spec.monitor else cycle, cycle))

    @property
    def length(self) -> int:
        """Length of a run that counts [ms]."""
        return (LENGTH - 1) * self.warm

    def many(self, wanted: int) -> int:
        """How many runs: `wanted`, or what the number of ticks allows, in sixteens."""
        allowed = MOST_TICKS // self.bench.ticks(LENGTH * self.warm)
        return min(wanted, max(16, allowed // 16 * 16))

    def runs(self, stream: str, n: int) -> list[Run]:
        """Blocks of normal days, a quarter of them in the other phases in which the AI may act."""
        spec = self.bench.plant.spec
        others = [name for name, phase in spec.phases.items() if name != "RUN" and phase.ai == "allowed"]
        share = n // 4 // max(len(others), 1) if others else 0
        parts = [("RUN", n - share * len(others)), *((name, share) for name in others)]
        return [run for phase, k in parts for run in self._blocks(stream, phase, k)]

    def _blocks(self, stream: str, phase: str, n: int) -> Iterator[Run]:
        for first in range(0, n, BLOCK):
            name = f"{stream}/{self.variant}/{phase}"
            yield Run(name, LENGTH * self.warm, min(BLOCK, n - first), first, self.variant, phase)

    def day(self, run: Run) -> Day:
        """Run one block and keep what is needed of it."""
        spec = self.bench.plant.spec
        points = tuple(point.tag for point in spec.ai[self.variant].inputs)
        signals = spec.monitor.signals.values() if spec.monitor else ()
        tags = tuple(dict.fromkeys(tag for one in signals for tag in (one.explain, *one.by, *one.changes)))
        duties = spec.monitor.duties if spec.monitor else {}
        needed = [part for tag in tags for part in _parts(duties, tag)]
        asked = [("received", tag) for tag in dict.fromkeys((*points, *needed))]
        valves = self.bench.names.valves
        inside = [
            *(("true", name) for name in spec.operating_envelope),
            *(("position", tag) for tag in valves),
        ]
        record = self.bench.sampled(run, [*asked, *inside])[self.warm // spec.scan.plc :]
        row = {name: k for k, (_, name) in enumerate(asked)}
        cycle = (spec.ai[self.variant].cycle or spec.scan.ai) // spec.scan.plc
        shown = record[::cycle, [row[tag] for tag in points]].copy()
        truth = record[:, len(asked) :]
        seen = np.array([[truth[:, k].min(), truth[:, k].max()] for k in range(len(inside))], float)
        terms = [[row[part] for part in _parts(duties, tag)] for tag in tags]
        return Day(shown, _means(record, terms, self._every), tags, seen)

    @property
    def _every(self) -> int:
        spec = self.bench.plant.spec
        return (spec.monitor.period if spec.monitor else self.step) // spec.scan.plc


def _parts(duties: Mapping[str, Duty], name: str) -> tuple[str, ...]:
    duty = duties.get(name)
    return (duty.flow, duty.warm, duty.cold) if duty else (name,)


def _means(record: Floats, terms: list[list[int]], every: int) -> Reals:
    """Means over `every` scans, added up in order as the monitor does."""
    out = np.zeros((len(record) // every, len(terms), record.shape[2]))
    for k in range(every):
        scans = record[k : len(out) * every : every].astype(float)
        for j, (first, *rest) in enumerate(terms):
            out[:, j] += (
                scans[:, first] * (scans[:, rest[0]] - scans[:, rest[1]]) if rest else scans[:, first]
            )
    return out / every
