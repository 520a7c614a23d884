"""Finds the boundary in the plane for one build after another: rounds of points, rows as they come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from simulator.assess.measure import Columns
from simulator.campaign.envelope.builds import Build
from simulator.campaign.envelope.plane import Plane, shown_in
from simulator.campaign.envelope.quadtree import Cell, Points, Quadtree
from simulator.campaign.envelope.verdicts import ORDER, UNSAFE, Measured, worst
from simulator.campaign.lab import Lab, Request, joined
from simulator.record.layout import Layout
from simulator.record.writer import put_rows

MIXED = "mixed"
"""What a cell is whose points differ: the boundary crosses it."""


@dataclass
class Survey:
    """The plane of one build.

    Parameters
    ----------
    plane : Plane
        The plane.
    build : Build
        What is taken away.
    measured : Measured
        What a point is held to.
    tree : Quadtree
        What is known of it.
    replicas, budget : int
        Noises of each point; most points.
    """

    plane: Plane
    build: Build
    measured: Measured
    tree: Quadtree
    replicas: int
    budget: int
    points: Points = field(default_factory=lambda: np.zeros((0, 2), np.int64))
    kinds: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    rows: Columns = field(default_factory=dict)

    def due(self) -> Points:
        """What to ask for next, shape (n, 2); none when it is done."""
        return self.tree.cut(self.budget - len(self.points)) if len(self.points) else self.tree.first()

    def request(self, places: Points) -> Request:
        """These points, each in every noise."""
        noise = np.tile(np.arange(self.replicas), len(places))
        at = np.repeat(places / self.tree.finest, self.replicas, axis=0)
        asked = replace(self.plane.asked, removed=self.build.removed)
        return Request(asked, self.plane.points(at, noise), noise)

    def take(self, places: Points, request: Request, rows: Columns) -> Columns:
        """Note what was found, and give it as the record has it."""
        kinds = self.measured.kinds(rows)
        of_points = worst(kinds, self.replicas)
        self.tree.put(places, of_points)
        first = len(self.points) * self.replicas
        head = {"replica": np.arange(first, first + len(kinds))} | self._values(request.points)
        told = head | rows | {"kind": np.array([str(ORDER[k]) for k in kinds])}
        self.points = np.concatenate([self.points, places])
        self.kinds = np.concatenate([self.kinds, of_points])
        self.rows = joined([self.rows, told]) if self.rows else told
        return told

    def _values(self, points: NDArray[np.float64]) -> Columns:
        axes, places = self.plane.axes, (self.plane.x, self.plane.y)
        pairs = zip(("x", "y"), axes, places, strict=True)
        return {name: shown_in(axis, axis.values(points[:, k])) for name, axis, k in pairs}

    def cells(self) -> Columns:
        """The cells as the record has them: ends in the units of the axes, and what holds there."""
        cells = sorted(self.tree.cells)
        x, y = (
            (np.array([(getattr(c, k), getattr(c, k) + c.width) for c in cells])) / self.tree.finest
            for k in "xy"
        )
        ends: Columns = {"replica": np.arange(len(cells))}
        for name, axis, u in zip("xy", self.plane.axes, (x, y), strict=True):
            ends |= {f"{name}.{k}": shown_in(axis, axis.values(u[:, k])) for k in (0, 1)}
        ends["u.width"] = np.array([c.width / self.tree.finest for c in cells])
        ends["unsafe"] = np.array([int(UNSAFE in self.tree.known(c)) for c in cells])
        return ends | {"kind": np.array([self._kind(cell) for cell in cells])}

    def _kind(self, cell: Cell) -> str:
        return MIXED if self.tree.mixed(cell) else str(ORDER[self.tree.known(cell)[0]])


def rounds(surveys: list[Survey], lab: Lab, layout: Layout, question: str) -> Iterator[int]:
    """Ask round after round until nothing is due; yields the runs of each round, whose rows are kept."""
    while True:
        asked = [(one, places) for one in surveys if len(places := one.due())]
        if not asked:
            return
        requests = [one.request(places) for one, places in asked]
        found = lab.map(requests)
        for (one, places), request, rows in zip(asked, requests, found, strict=True):
            told = one.take(places, request, rows)
            put_rows(layout.rows(question, one.build.key, int(told["replica"][0])), told)
            yield len(request.points)
