"""A scenario that may violate a requirement, and what can be taken away from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.core.clock import Tick
from simulator.scenario.schema.scenario import Scenario, Threat
from simulator.scenario.space import Space

Reals = NDArray[np.float64]


@dataclass(frozen=True)
class Candidate:
    """A space, a point of it, and an end.

    Attributes
    ----------
    space : Space
        What is left of the question.
    point : ndarray, shape (n_axes,)
        Where in it.
    duration : Tick
        The end [ms].
    """

    space: Space
    point: Reals
    duration: Tick

    def at(self, columns: NDArray[np.intp] | int, u: Reals | float) -> Candidate:
        """The same with some numbers changed."""
        point = self.point.copy()
        point[columns] = u
        return replace(self, point=point)

    def same(self, other: Candidate) -> bool:
        """Whether nothing differs."""
        alike = self.space is other.space and self.duration == other.duration
        return alike and np.array_equal(self.point, other.point)

    def begun(self) -> Tick:
        """When the last of its threats begins [ms], 0 without any."""
        chosen = {
            axis.draw: float(axis.values(u[None])[0])
            for axis, u in zip(self.space.axes, self.point, strict=True)
        }
        onsets = (
            chosen.get(f"threat/{one.name}/onset", one.onset.to("ms").bounds[1])
            for one in self.space.spec.threats
        )
        return round(max(onsets, default=0.0))

    def without_threat(self, threat: Threat) -> Candidate:
        """What is left of it without one threat."""
        gone = f"threat/{threat.name}/"
        names = {axis.draw: "" if axis.draw.startswith(gone) else axis.draw for axis in self.space.axes}
        spec = self.space.spec
        left = tuple(one for one in spec.threats if one is not threat)
        return self._named(spec.model_copy(update={"threats": left}), names)

    def with_pieces(self, threat: Threat, kept: list[int]) -> Candidate:
        """The same with some pieces of a course only, one after another."""
        start = f"threat/{threat.name}/levels."
        place = {f"{start}{old}": f"{start}{new}" for new, old in enumerate(kept)}
        names = {
            axis.draw: place.get(axis.draw, "") if axis.draw.startswith(start) else axis.draw
            for axis in self.space.axes
        }
        fewer = threat.model_copy(update={"levels": tuple(threat.levels[k] for k in kept)})
        spec = self.space.spec
        threats = tuple(fewer if one is threat else one for one in spec.threats)
        return self._named(spec.model_copy(update={"threats": threats}), names)

    def prefixes(self) -> Iterator[Candidate]:
        """Courses cut off at the end, the shortest first."""
        for threat in self._courses():
            for n in range(1, len(threat.levels)):
                yield self.with_pieces(threat, list(range(n)))

    def gaps(self) -> Iterator[Candidate]:
        """Courses without one of their pieces."""
        for threat in self._courses():
            places = range(len(threat.levels))
            yield from (self.with_pieces(threat, [i for i in places if i != k]) for k in places)

    def _courses(self) -> list[Threat]:
        return [threat for threat in self.space.spec.threats if len(threat.levels) > 1]

    def _named(self, spec: Scenario, names: dict[str, str]) -> Candidate:
        """On the axes that keep a name."""
        kept = [k for k, axis in enumerate(self.space.axes) if names[axis.draw]]
        axes = tuple(replace(self.space.axes[k], draw=names[self.space.axes[k].draw]) for k in kept)
        return Candidate(Space(spec, axes), self.point[kept], self.duration)
