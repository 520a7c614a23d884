"""Where a plant balances: at its nominal point, or where its loops hold it if it is not as designed.

A plant whose heat transfer has fouled did not foul at time zero: its loops have long since moved
their valves. Started at the nominal point it would begin with an upset of its own, which could take
the loops from the AI before the question is put.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.build.names import Names

Reals = NDArray[np.float64]
Scales = Mapping[str, float]
"""Factor by input of the physics, or by tag."""

STAGES, MOST, CLOSE = 8, 20, 1e-9


@dataclass(frozen=True)
class Altered:
    """How a plant differs from its design; not at all when nothing is given.

    Attributes
    ----------
    inputs : mapping of str to float
        Factors on inputs of the physics that stand still.
    lags, strokes : mapping of str to float
        Factors on time constants of transmitters and stroke times of final elements, by tag.
    """

    inputs: Scales = field(default_factory=dict)
    lags: Scales = field(default_factory=dict)
    strokes: Scales = field(default_factory=dict)


@dataclass(frozen=True)
class Rest:
    """A plant at rest.

    Attributes
    ----------
    true : ndarray, shape (n_quantities, n)
        Its quantities.
    drive : ndarray, shape (n_inputs, n)
        Its inputs.
    found : ndarray of bool, shape (n,)
        Whether there is such a point; where there is none the nominal one stands.
    """

    true: Reals
    drive: Reals
    found: NDArray[np.bool_]


def balanced(names: Names, plants: Sequence[Altered], n: int) -> Rest:
    """The plant at rest, `n` replicas for each of `plants`, one after another.

    Parameters
    ----------
    names : Names
        Plant and physics.
    plants : sequence of Altered
        How the plant of each group of replicas differs from its design.
    n : int
        Replicas a group.
    """
    points = [_point(names, one.inputs) for one in plants]
    drive = [_inputs(names, one.inputs) for one in plants]
    for one, point in zip(drive, points, strict=True):
        for row, value in zip(_valves(names), point[1] if point else (), strict=False):
            one[row] = value
    columns = [point[0] if point else names.rest for point in points]
    return Rest(
        np.repeat(np.array(columns).T, n, axis=1),
        np.repeat(np.array(drive).T, n, axis=1),
        np.repeat(np.array([point is not None for point in points]), n),
    )


def _inputs(names: Names, scale: Scales) -> Reals:
    return np.array([value * scale.get(name, 1.0) for name, value in names.nominal.items()])


def _valves(names: Names) -> list[int]:
    """Rows of the inputs that the loops move."""
    return [list(names.inputs).index(valve.drives) for valve in names.valves.values()]


def _point(names: Names, scale: Scales) -> tuple[Reals, Reals] | None:
    """Quantities and valves at rest, by continuation from the nominal point; None when it is lost."""
    valves = np.array([names.nominal[valve.drives] for valve in names.valves.values()])
    if not scale:
        return names.rest, valves
    wanted = _Balance(names)
    unknown = np.concatenate([names.rest[: wanted.n_states], valves])
    for stage in range(1, STAGES + 1):
        part = {name: factor ** (stage / STAGES) for name, factor in scale.items()}
        moved = wanted.solved(unknown, part)
        if moved is None:
            return None
        unknown = moved
    at = unknown[wanted.n_states :]
    ends = [loop.output for loop in names.plant.loops.values()]
    if any(not low.to("%") <= value <= high.to("%") for value, (low, high) in zip(at, ends, strict=True)):
        return None
    return wanted.quantities(unknown, scale), at


class _Balance:
    """States that stand still and PVs at their setpoints: as many equations as states and valves."""

    def __init__(self, names: Names) -> None:
        self.names, self.dt = names, names.plant.scan.base / 1000.0
        self.n_states = len(names.physics.STATES)
        self.valves = _valves(names)
        loops, quantities = names.plant.loops, list(names.quantities)
        self.pvs = [quantities.index(names.plant.measurements[x.pv].quantity) for x in loops.values()]
        setpoints = names.plant.nominal.setpoint
        self.setpoints = [setpoints[tag].to(names.unit(loop.pv)) for tag, loop in loops.items()]

    def quantities(self, unknown: Reals, scale: Scales) -> Reals:
        """Every quantity of the plant at a point, shape (n_quantities,)."""
        return self._after(unknown[:, None], scale, 0.0)[:, 0]

    def solved(self, guess: Reals, scale: Scales) -> Reals | None:
        """Newton's method from a guess; None when it does not settle."""
        unknown = guess
        for _ in range(MOST):
            step = np.maximum(np.abs(unknown), 1.0) * 1e-6
            columns = np.column_stack([unknown, *(unknown + np.diag(step))])
            value = self._missed(columns, scale)
            if not np.isfinite(value).all():
                return None
            if np.all(np.abs(value[:, 0]) <= CLOSE * np.maximum(np.abs(self._sizes(unknown)), 1.0)):
                return unknown
            slopes = (value[:, 1:] - value[:, :1]) / step
            unknown = unknown - eliminated(slopes, value[:, 0])
        return None

    def _sizes(self, unknown: Reals) -> Reals:
        return np.concatenate([unknown[: self.n_states], self.setpoints])

    def _missed(self, columns: Reals, scale: Scales) -> Reals:
        """What is left of each equation: the states' rates, and the PVs' distance from their setpoints."""
        true = self._after(columns, scale, self.dt)
        rates = (true[: self.n_states] - columns[: self.n_states]) / self.dt
        return np.vstack([rates, true[self.pvs] - np.array(self.setpoints)[:, None]])

    def _after(self, columns: Reals, scale: Scales, dt: float) -> Reals:
        n = columns.shape[1]
        true = np.repeat(self.names.rest[:, None], n, axis=1)
        true[: self.n_states] = columns[: self.n_states]
        drive = np.repeat(_inputs(self.names, scale)[:, None], n, axis=1)
        drive[self.valves] = columns[self.n_states :]
        self.names.physics.advance(true, np.ascontiguousarray(drive), dt)
        return true


def eliminated(slopes: Reals, value: Reals) -> Reals:
    """Solution of ``slopes @ x = value`` by Gauss's elimination; what no equation moves stays at zero.

    Written out, since a library's may differ in the last bit from machine to machine.

    Parameters
    ----------
    slopes : ndarray, shape (m, m)
        A dead row (a store that nothing fills or empties) frees its own unknown.
    value : ndarray, shape (m,)
    """
    a, b, m = slopes.copy(), value.copy(), len(value)
    for dead in np.flatnonzero(np.all(a == 0.0, axis=1)):
        a[dead, dead], b[dead] = 1.0, 0.0
    for k in range(m):
        pivot = k + int(np.argmax(np.abs(a[k:, k])))
        a[[k, pivot]], b[[k, pivot]] = a[[pivot, k]], b[[pivot, k]]
        for i in range(k + 1, m):
            share = a[i, k] / a[k, k] if a[k, k] else np.nan
            a[i] -= share * a[k]
            b[i] -= share * b[k]
    x = np.zeros(m)
    for k in reversed(range(m)):
        x[k] = (b[k] - float(sum(a[k, j] * x[j] for j in range(k + 1, m)))) / a[k, k] if a[k, k] else np.nan
    return x
