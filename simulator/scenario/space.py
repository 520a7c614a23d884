"""What may be varied of a scenario: its searched ranges and its distributions, as one axis each.

A point of the space has a number in [0, 1] on each axis: the uniform number that would otherwise be
drawn there. So a draw, a search and an envelope speak of the same thing, and a normal or a list of
choices needs no rule of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.core.clock import Tick, nearest
from simulator.core.quantity import Distribution, Fixed, Uniform
from simulator.scenario.resolved import ResolvedScenario, ResolvedThreat
from simulator.scenario.schema.scenario import Drawn, Scenario

Reals = NDArray[np.float64]
TIMES = ("onset", "lasts")


@dataclass(frozen=True)
class Axis:
    """One number of a scenario that may vary.

    Attributes
    ----------
    draw : str
        Name of its draw: ``threat/bias/magnitude``, ``start/concentration``, ``operator/order/0``.
    source : Distribution
        Where its value lies, in the unit in which it acts.
    grid : Tick
        Times fall on multiples of this [ms]; 0 for what is no time.
    """

    draw: str
    source: Distribution
    grid: Tick = 0

    @property
    def name(self) -> str:
        """As people write it: ``bias.magnitude``."""
        return self.draw.removeprefix("threat/").replace("/", ".")

    def values(self, u: Reals) -> Reals:
        """Values [unit of the source] at these numbers, as the scenario would have drawn them."""
        found = self.source.sample(np.asarray(u, float))
        return nearest(found, self.grid).astype(float) if self.grid else found


@dataclass(frozen=True)
class Space:
    """The axes of a scenario, and the scenario with its searched ranges in place of what it draws.

    Attributes
    ----------
    spec : Scenario
        What is built.
    axes : tuple of Axis
        In the order of the file.
    """

    spec: Scenario
    axes: tuple[Axis, ...]

    def __len__(self) -> int:
        return len(self.axes)

    def place(self, name: str) -> int:
        """Column of an axis; raises `ValueError`."""
        return [axis.name for axis in self.axes].index(name)

    def given(self, points: Reals) -> dict[str, Reals]:
        """What is built with, for points of shape (n, n_axes)."""
        return {axis.draw: np.ascontiguousarray(points[:, k]) for k, axis in enumerate(self.axes)}

    def values(self, points: Reals) -> dict[str, Reals]:
        """Values by the name of the axis, in the units of the sources, for points (n, n_axes)."""
        return {axis.name: axis.values(points[:, k]) for k, axis in enumerate(self.axes)}

    def at(self, point: Reals, name: str, question: str, noise: int) -> Scenario:
        """The scenario that stands at one point, without anything left to draw but its noise.

        Parameters
        ----------
        point : ndarray, shape (n_axes,)
            The point.
        name, question : str
            Its id and its question.
        noise : int
            Number of the replica in whose noise it was found.
        """
        values = self.values(np.asarray(point, float)[None])
        fixed = {axis.draw: Fixed(float(values[axis.name][0]), axis.source.unit) for axis in self.axes}
        begun = self.spec.draws or Drawn(of=self.spec.id)
        drawn = begun.model_copy(update={"first": begun.first + noise})
        return replaced(self.spec, fixed).model_copy(
            update={"id": name, "question": question, "draws": drawn}
        )


def space_of(scenario: ResolvedScenario) -> Space:
    """Everything that may vary of a scenario: searched ranges first, else what it draws from."""
    varied = tuple(axis for axis in numbers_of(scenario) if axis.source.bounds[0] < axis.source.bounds[1])
    spec = scenario.spec.model_copy(update={"draws": _drawn(scenario)})
    return Space(replaced(spec, {axis.draw: axis.source for axis in varied}), varied)


def numbers_of(scenario: ResolvedScenario) -> tuple[Axis, ...]:
    """Every number of a scenario that could be drawn, whether it has any width or not."""
    base, plc = scenario.plant.spec.scan.base, scenario.plant.spec.scan.plc
    axes = [axis for threat in scenario.threats for axis in _of_threat(threat, base)]
    for name, source in scenario.start.items():
        axes.append(Axis(f"start/{name}", source))
    desk = scenario.spec.operator
    if desk:
        axes += [Axis(f"operator/order/{k}", order.at.to("ms"), plc) for k, order in enumerate(desk.orders)]
        if desk.reaction:
            axes.append(Axis("operator/reaction", desk.reaction.to("ms"), base))
    return tuple(axes)


def _drawn(scenario: ResolvedScenario) -> Drawn:
    """A crossing draws what its question draws."""
    return scenario.spec.draws or Drawn(of=scenario.base)


def _of_threat(threat: ResolvedThreat, base: Tick) -> Iterator[Axis]:
    times = {"onset": threat.onset, "lasts": threat.lasts}
    sources = {name: source for name, source in times.items() if source} | dict(threat.parameters)
    for key, source in sources.items():
        name = key.split(".")[0]
        unit = "ms" if key in TIMES else threat.units[name]
        ends = threat.search.get(name)
        drawn = Uniform(*ends, unit) if ends else source
        yield Axis(f"threat/{threat.name}/{key}", drawn, base if key in TIMES else 0)


def replaced(spec: Scenario, sources: Mapping[str, Distribution]) -> Scenario:
    """A scenario with other distributions, by the name of the draw."""
    changes: dict[str, Any] = {"threats": tuple(_threat(threat, sources) for threat in spec.threats)}
    changes["start"] = {name: sources.get(f"start/{name}", old) for name, old in spec.start.items()}
    if spec.operator:
        orders = tuple(
            order.model_copy(update={"at": sources.get(f"operator/order/{k}", order.at)})
            for k, order in enumerate(spec.operator.orders)
        )
        reaction = sources.get("operator/reaction", spec.operator.reaction)
        changes["operator"] = spec.operator.model_copy(update={"orders": orders, "reaction": reaction})
    return spec.model_copy(update=changes)


def _threat(threat: Any, sources: Mapping[str, Distribution]) -> Any:
    start = f"threat/{threat.name}/"
    mine = {name.removeprefix(start): source for name, source in sources.items() if name.startswith(start)}
    levels = tuple(mine.pop(f"levels.{k}", old) for k, old in enumerate(threat.levels))
    return threat.model_copy(update=mine | {"levels": levels, "search": {}})
