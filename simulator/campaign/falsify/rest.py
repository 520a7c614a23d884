"""Where a number of a question is of no effect, or in the middle: what a counterexample is shrunk towards."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.build.control_parts import write_unit
from simulator.scenario.build.names import Names
from simulator.scenario.resolved import ResolvedScenario, ResolvedThreat
from simulator.scenario.space import Axis, Space
from simulator.threats import KINDS

Reals = NDArray[np.float64]
_VALUES = {"levels", "value"}
"""Parameters that say what the struck signal becomes."""


def at_rest(question: ResolvedScenario, space: Space) -> Reals:
    """The point of a space at which everything rests, as far as its ranges allow; shape (n_axes,).

    A magnitude rests where its threat changes nothing, a level where the struck signal is on a nominal
    day, anything else in the middle of its range.
    """
    return np.array([_rest(question, axis) for axis in space.axes])


def _rest(question: ResolvedScenario, axis: Axis) -> float:
    value = _value(question, axis)
    return 0.5 if value is None else nearest(axis, value)


def _value(question: ResolvedScenario, axis: Axis) -> float | None:
    where, _, key = axis.draw.rpartition("/")
    threat = next((one for one in question.threats if where == f"threat/{one.name}"), None)
    if threat is None or threat.kind not in KINDS:
        return None
    name = key.partition(".")[0]
    kind = KINDS[threat.kind]
    if name in kind.null:
        return kind.null[name]
    return _signal(question, threat) if name in _VALUES else None


def _signal(question: ResolvedScenario, threat: ResolvedThreat) -> float | None:
    """Nominal value of what a threat strikes, where the plant file or the physics says one."""
    plant = question.plant
    physics = plant.physics.owner(**plant.parameters)
    names = Names(plant.spec, physics)
    if threat.tap == "process":
        return float(physics.inputs(1)[list(names.inputs).index(str(threat.target)), 0])
    if threat.tap in ("policy", "ai_write") and not question.spec.fallback_only:
        loop = threat.target or question.ai.loops[0]
        return question.ai.outputs[loop].centre.to(write_unit(names, question.ai, loop))
    return None


def nearest(axis: Axis, value: float, halvings: int = 60) -> float:
    """The number in [0, 1] at which an axis comes nearest to a value."""
    low, high = 0.0, 1.0
    for _ in range(halvings):
        middle = 0.5 * (low + high)
        below = axis.values(np.array([middle]))[0] < value
        low, high = (middle, high) if below else (low, middle)
    return float(min((low, high), key=lambda u: abs(axis.values(np.array([u]))[0] - value)))
