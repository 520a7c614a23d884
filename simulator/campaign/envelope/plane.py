"""The plane of two numbers of a question: where its points lie, and what everything else is meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.experiment import Experiment
from simulator.core.errors import InputError, Problem
from simulator.core.quantity import Uniform
from simulator.core.seeds import uniforms_of
from simulator.scenario.hints import did_you_mean, shown
from simulator.scenario.resolved import ResolvedScenario
from simulator.scenario.space import Axis, Space, numbers_of, replaced, space_of

Reals = NDArray[np.float64]
Others = Literal["middle", "drawn"]


@dataclass(frozen=True)
class Plane:
    """Two axes of a question.

    Attributes
    ----------
    asked : Experiment
        The question, with both axes over their range, evenly.
    x, y : int
        Columns of the axes in its space.
    others : str
        What the other axes are: at their ``middle``, or ``drawn`` as the question draws them, each
        replica its own, the same at every point.
    """

    asked: Experiment
    x: int
    y: int
    others: Others

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """Both axes."""
        return self.asked.space.axes[self.x], self.asked.space.axes[self.y]

    def points(self, places: Reals, noise: NDArray[np.int64]) -> Reals:
        """Points (n, n_axes) at places (n, 2) in [0, 1], each in the noise of a replica (n,)."""
        found = self.rest(noise)
        found[:, [self.x, self.y]] = places
        return found

    def rest(self, noise: NDArray[np.int64], others: Others | None = None) -> Reals:
        """Points (n, n_axes) where every axis is as the others are."""
        space = self.asked.space
        found = np.full((len(noise), len(space)), 0.5)
        if (others or self.others) == "drawn":
            drawn, case = space.spec.draws, self.asked.case(found[:1], [0])
            numbers = noise + (drawn.first if drawn else 0)
            for k, axis in enumerate(space.axes):
                found[:, k] = uniforms_of(case.stream_seed, axis.draw, numbers)
        return found

    def told(self) -> list[dict[str, Any]]:
        """Axes as the record has them: ends in the unit in which people read them."""
        return [told(axis) for axis in self.axes]

    def beside(self) -> dict[str, str]:
        """What the other axes are, by name."""
        middle = self.asked.space.values(np.full((1, len(self.asked.space)), 0.5))
        found = {}
        for k, axis in enumerate(self.asked.space.axes):
            if k not in (self.x, self.y):
                value = f"{shown_in(axis, middle[axis.name])[0]:g} {unit_of(axis)}".rstrip()
                found[axis.name] = value if self.others == "middle" else "drawn by each replica"
        return found


def plane(asked: Experiment, names: Sequence[str], others: Others) -> Plane:
    """The plane of two axes of a question.

    Raises
    ------
    InputError
        With everything that is wrong with the names: unknown, without width, the same twice.
    """
    space, question = space_of(asked.question), asked.question
    problems = [one for name in dict.fromkeys(names) for one in _wrong(name, space, question)]
    if names[0] == names[1]:
        hint = "an envelope has two axes; one axis alone is drawn as a robustness curve of any envelope"
        problems.append(
            Problem(f"the axis {shown(names[0])} twice", "two axes", str(question.file), hint=hint)
        )
    if problems:
        raise InputError(*problems)
    x, y = map(space.place, names)
    even = {k: evenly(space.axes[k]) for k in (x, y)}
    axes = tuple(even.get(k, axis) for k, axis in enumerate(space.axes))
    spec = replaced(space.spec, {axis.draw: axis.source for axis in axes})
    return Plane(replace(asked, given=Space(spec, axes)), x, y, others)


def evenly(axis: Axis) -> Axis:
    """The axis over its range, every part of it alike: a map is no sample."""
    return replace(axis, source=Uniform(*axis.source.bounds, axis.source.unit))


def _wrong(name: str, space: Space, question: ResolvedScenario) -> Iterator[Problem]:
    known = {axis.name for axis in space.axes}
    if name in known:
        return
    fixed = {axis.name: axis for axis in numbers_of(question)}
    place = str(question.file)
    if name in fixed:
        axis = fixed[name]
        value = f"{shown_in(axis, axis.values(np.array([0.5])))[0]:g} {unit_of(axis)}".rstrip()
        hint = "give it a distribution in the scenario, or a range under its threat's search:"
        yield Problem(f"the axis {name}, which is always {value}", "an axis with a range", place, hint=hint)
        return
    hint = did_you_mean(name, known)
    wanted = "an axis of the question" if known else "a question that draws or searches something"
    yield Problem(f"the axis {shown(name)}", wanted, place, where=question.id, hint=hint)


def told(axis: Axis) -> dict[str, Any]:
    """An axis as the record has it."""
    low, high = shown_in(axis, axis.values(np.array([0.0, 1.0])))
    return {
        "name": axis.name, "draw": axis.draw, "unit": unit_of(axis), "low": float(low), "high": float(high),
        "time": axis.grid > 0,
    }  # fmt: skip


def shown_in(axis: Axis, values: Reals) -> Reals:
    """Values of an axis in `unit_of` it."""
    return np.asarray(values, float) / 1000.0 if axis.grid else np.asarray(values, float)


def unit_of(axis: Axis) -> str:
    """The unit in which people read an axis: times in seconds, none of a plain number."""
    plain = "" if axis.source.unit == "1" else axis.source.unit
    return "s" if axis.grid else plain
