"""The recoverable region: from which states the fallback alone brings the plant back.

Blocks of runs start from a grid of states, with the control valves anywhere and the fallback in
charge from its last good output; a state counts as recovered when no safety function is called upon
and the plant is back in its operating envelope at the end. Between the last state that is recovered
and the first that is not the grid is refined once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.commission.bench import Bench, Run
from simulator.campaign.commission.linear import rounded
from simulator.core.states import NORMAL
from simulator.scenario.schema.monitors import Recovery

Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]
BLOCK = 512
FINE, COARSE = (41, 5), (17, 3)
"""Points of the quantity and of each state against it, for short and for long runs."""
SHORT = 10_000
REFINED = 7


@dataclass(frozen=True)
class Grid:
    """Where runs start: values of the quantity, of each state against it, and of every valve."""

    values: Reals
    against: tuple[Reals, ...]
    valves: tuple[Reals, ...]

    @property
    def cells(self) -> list[tuple[float, ...]]:
        """Every combination of the states against it."""
        return list(product(*(axis.tolist() for axis in self.against)))


class Region:
    """The study of one plant.

    Parameters
    ----------
    bench : Bench
        The plant.
    about : Recovery
        Key ``recovery`` of the plant file.
    """

    def __init__(self, bench: Bench, about: Recovery) -> None:
        self.bench, self.about, names = bench, about, bench.names
        self.unit = names.quantities[about.quantity]
        self.envelope = tuple(
            end.to(self.unit) for end in bench.plant.spec.operating_envelope[about.quantity]
        )
        self.short = bench.ticks(about.within) <= SHORT
        many, few = FINE if self.short else COARSE
        low, high = (end.to(self.unit) for end in about.between)
        units = names.quantities
        against = tuple(
            np.linspace(ends[0].to(units[name]), ends[1].to(units[name]), few)
            for name, ends in about.against.items()
        )
        self.valves = list(names.valves)
        valves = tuple(np.array([0.0, names.nominal[v.drives], 100.0]) for v in names.valves.values())
        self.grid = Grid(np.linspace(low, high, many), against, valves)

    def study(self) -> dict[str, Any]:
        """Highest and lowest recoverable value of every cell, with the valves where they are worst."""
        cells = self.grid.cells
        back = self._back([(v, *cell) for cell in cells for v in self.grid.values])
        table = back.reshape(len(cells), len(self.grid.values))
        ends = [_ends(self.grid.values, row, sum(self.envelope) / 2.0) for row in table]
        step = float(self.grid.values[1] - self.grid.values[0])
        highest = self._refined(cells, [high for _, high in ends], step)
        lowest = self._refined(cells, [low for low, _ in ends], -step)
        # a row that is broken (lost, and recovered again further out) counts up to its first loss
        broken = sum(bool(_broken(self.grid.values, row, end)) for row, end in zip(table, ends, strict=True))
        return {
            "quantity": self.about.quantity, "unit": self.unit,
            "against": {
                name: [rounded(v) for v in axis]
                for name, axis in zip(self.about.against, self.grid.against, strict=True)
            },
            "highest": highest, "lowest": lowest, "resolution": rounded(abs(step) / (REFINED + 1)),
            "searched": [rounded(v) for v in (self.grid.values[0], self.grid.values[-1])],
            "valves": {tag: axis.tolist() for tag, axis in zip(self.valves, self.grid.valves, strict=True)},
            "cells_broken": broken, "within": self.about.within, "settled": self.about.settled,
        }  # fmt: skip

    def _refined(self, cells: list[tuple[float, ...]], ends: list[float | None], step: float) -> list[Any]:
        known = [k for k, end in enumerate(ends) if end is not None]
        parts = [step * (j + 1) / (REFINED + 1) for j in range(REFINED)]
        back = self._back([(ends[k] + part, *cells[k]) for k in known for part in parts])  # type: ignore[operator]
        found: list[Any] = list(ends)
        for k, row in zip(known, back.reshape(len(known), -1), strict=True):
            lost = int(np.argmin(row)) if not row.all() else len(row)
            found[k] = rounded(ends[k] + (parts[lost - 1] if lost else 0.0))  # type: ignore[operator]
        return found

    def _back(self, states: Sequence[tuple[float, ...]]) -> Flags:
        """Whether each state is recovered from every position of the valves."""
        if not states:
            return np.zeros(0, np.bool_)
        valves = list(product(*(axis.tolist() for axis in self.grid.valves)))
        starts = np.array([(*state, *valve) for state in states for valve in valves])
        blocks = [(k, starts[k : k + BLOCK]) for k in range(0, len(starts), BLOCK)]
        found: Flags = np.concatenate(self.bench.each(self._run, blocks))
        return np.asarray(found.reshape(len(states), len(valves)).all(axis=1))

    def _run(self, block: tuple[int, Reals]) -> Flags:
        first, starts = block
        names = (self.about.quantity, *self.about.against, *self.valves)
        begin = {name: starts[:, k].copy() for k, name in enumerate(names)}
        run = Run("region", self.about.within, len(starts), first, begin=begin)
        return recovered(self.bench, run, self.about)


def recovered(bench: Bench, run: Run, about: Recovery) -> Flags:
    """Whether each replica is back in the operating envelope, and no safety function was called upon."""
    spec, unit = bench.plant.spec, bench.names.quantities[about.quantity]
    low, high = (end.to(unit) for end in spec.operating_envelope[about.quantity])
    rows = [("true", about.quantity), *(("status", sif) for sif in spec.sifs)]
    record = bench.sampled(run, rows)
    end = record[-(about.settled // spec.scan.plc) :, 0]
    inside = ((end >= low) & (end <= high)).all(axis=0)
    return np.asarray(inside & (record[:, 1:] == NORMAL).all(axis=(0, 1)))


def _ends(values: Reals, back: Flags, middle: float) -> tuple[float | None, float | None]:
    """Lowest and highest value of the recovered stretch around the middle of the envelope."""
    k = int(np.argmin(np.abs(values - middle)))
    if not back[k]:
        return None, None
    low, high = k, k
    while low > 0 and back[low - 1]:
        low -= 1
    while high < len(back) - 1 and back[high + 1]:
        high += 1
    return float(values[low]), float(values[high])


def _broken(values: Reals, back: Flags, ends: tuple[float | None, float | None]) -> bool:
    low, high = ends
    if low is None or high is None:
        return bool(back.any())
    return bool(back[(values < low) | (values > high)].any())


def worst(region: dict[str, Any], box: dict[str, tuple[float, float]]) -> tuple[float, float] | None:
    """Lowest and highest value that is recovered from every cell that a box of states touches.

    Parameters
    ----------
    region : dict
        As `Region.study` returns it.
    box : dict of str to (float, float)
        Ends of the states against the quantity.
    """
    axes = region["against"]
    picks = [_touched(axes[name], *box[name]) for name in axes]
    sizes = [len(axis) for axis in axes.values()]
    cells = [int(np.ravel_multi_index(cell, sizes)) for cell in product(*picks)]
    lows, highs = ([region[key][k] for k in cells] for key in ("lowest", "highest"))
    if any(value is None for value in (*lows, *highs)):
        return None
    return max(lows), min(highs)


def _touched(axis: list[float], low: float, high: float) -> list[int]:
    """Grid points inside, and the nearest ones outside."""
    first = max([k for k, v in enumerate(axis) if v <= low], default=0)
    last = min([k for k, v in enumerate(axis) if v >= high], default=len(axis) - 1)
    return list(range(first, last + 1))
