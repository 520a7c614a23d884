"""Attack size against margin: one axis in even steps, everything else as each replica draws it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.assess.measure import Columns
from simulator.campaign.envelope.builds import Build
from simulator.campaign.envelope.plane import Plane, shown_in, told
from simulator.campaign.envelope.verdicts import ORDER, Measured
from simulator.campaign.lab import Lab, Request
from simulator.record.layout import Layout
from simulator.record.writer import put_rows

NAME = "curve"


@dataclass(frozen=True)
class Curve:
    """How far one number may go.

    Parameters
    ----------
    plane : Plane
        Whose axis is gone along.
    column : int
        Its place in the space.
    sizes, replicas : int
        Steps along the axis, and noises at each: the same ones at every step, and for every build.
    """

    plane: Plane
    column: int
    sizes: int
    replicas: int

    @property
    def at(self) -> NDArray[np.float64]:
        """Places of the runs along the axis in [0, 1]."""
        return np.repeat(np.linspace(0.0, 1.0, self.sizes), self.replicas)

    def request(self, build: Build) -> Request:
        """All runs of a build; the other axes, both of the plane's too, are drawn."""
        noise = np.tile(np.arange(self.replicas), self.sizes)
        points = self.plane.rest(noise, "drawn")
        points[:, self.column] = self.at
        return Request(replace(self.plane.asked, removed=build.removed), points, noise)

    def told(self, rows: Columns, measured: Measured) -> Columns:
        """Rows as the record has them."""
        axis = self.plane.asked.space.axes[self.column]
        head: Columns = {"replica": np.arange(len(self.at)), "value": shown_in(axis, axis.values(self.at))}
        kinds = np.array([str(ORDER[k]) for k in measured.kinds(rows)])
        return head | rows | {"kind": kinds}

    def about(self) -> dict[str, Any]:
        """What the record says of it."""
        axis = self.plane.asked.space.axes[self.column]
        return {"axis": told(axis), "sizes": self.sizes, "replicas": self.replicas, "others": "drawn"}


def curves(plane: Plane, sizes: int, replicas: int) -> list[Curve]:
    """A curve of each of the plane's axes that says how much of a threat there is, not when."""
    axes = enumerate(plane.asked.space.axes)
    chosen = [
        k for k, axis in axes if k in (plane.x, plane.y) and axis.draw.startswith("threat/") and not axis.grid
    ]
    return [Curve(plane, k, sizes, replicas) for k in chosen]


def drawn(
    found: Sequence[Curve], made: Sequence[Build], measured: Measured, lab: Lab, layout: Layout
) -> Iterator[int]:
    """Run every curve for every build and keep the rows; yields how many runs each was."""
    pairs = [(k, curve, build) for k, curve in enumerate(found) for build in made]
    results = lab.map([curve.request(build) for _, curve, build in pairs])
    for (k, curve, build), rows in zip(pairs, results, strict=True):
        told_rows = curve.told(rows, measured)
        put_rows(layout.rows(curve.plane.asked.scenario, f"{NAME}{k}-{build.key}", 0), told_rows)
        yield len(told_rows["replica"])
