"""Every simulation that a search has asked for: run, counted, kept as it comes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulator.assess.measure import Columns
from simulator.campaign.experiment import Experiment
from simulator.campaign.falsify.aims import Aim, margins
from simulator.campaign.lab import Lab, joined
from simulator.core.clock import SECOND, show
from simulator.core.errors import Interrupted
from simulator.scenario.space import Axis

Reals = NDArray[np.float64]
NOISE = 0
"""All points are tried in one noise, so that they differ by what was chosen and by nothing else."""


@dataclass
class Clock:
    """Ends what takes longer than the suite's budget of wall time.

    Parameters
    ----------
    wall : int
        The budget [ms].
    """

    wall: int
    began: float = field(default_factory=time.monotonic)

    def check(self) -> None:
        """Raise `Interrupted` when the budget is used up."""
        if time.monotonic() - self.began > self.wall / SECOND:
            raise Interrupted(f"the suite's budget of {show(self.wall)} is used up")


@dataclass
class Trials:
    """The objective of a search, which remembers all rows.

    Parameters
    ----------
    lab : Lab
        Runs them.
    experiment : Experiment
        The question, as it stands or with layers removed.
    aims : tuple of Aim
        What is searched.
    keep : callable
        Given the number of the first and the rows of each batch.
    clock : Clock
        Ends it.
    """

    lab: Lab
    experiment: Experiment
    aims: tuple[Aim, ...]
    keep: Callable[[int, Columns], None]
    clock: Clock
    n: int = 0
    _rows: list[Columns] = field(default_factory=list)
    _points: list[Reals] = field(default_factory=list)

    def __call__(self, points: Reals) -> Reals:
        """Margins (n, m) at points (n, d)."""
        self.clock.check()
        found = self.lab.run(self.experiment, points, np.full(len(points), NOISE))
        self._rows.append(found)
        self._points.append(points)
        self.keep(self.n, numbered(self.n, found, self.experiment, points))
        self.n += len(points)
        return margins(found, self.aims, self.experiment.sticks.limits)

    @property
    def rows(self) -> Columns:
        """Rows of all so far."""
        return joined(self._rows)

    @property
    def points(self) -> Reals:
        """All points so far, shape (n, d)."""
        return np.concatenate(self._points)

    @property
    def undecided(self) -> int:
        """How many decided nothing about some requirement that was searched."""
        if not self._rows:
            return 0
        truths = np.stack([self.rows[f"{aim.requirement}.truth"] for aim in self.aims])
        return int((truths == 0).any(axis=0).sum())


def numbered(first: int, rows: Columns, experiment: Experiment, points: Reals) -> Columns:
    """Rows as they are written: the number of each simulation, where it was, and what came of it."""
    values = experiment.space.values(points)
    return {"replica": np.arange(first, first + len(points))} | values | rows


def courses(axes: Sequence[Axis]) -> list[tuple[int, ...]]:
    """Columns of each course over time, the levels of one threat in the order in which they stand."""
    found: dict[str, list[int]] = {}
    for k, axis in enumerate(axes):
        course, _, piece = axis.draw.rpartition(".")
        if axis.draw.startswith("threat/") and piece.isdigit():
            found.setdefault(course, []).append(k)
    return [tuple(columns) for columns in found.values() if len(columns) > 1]
