"""The plant as a layer: the physics advances by one base tick with its inputs held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call

Reals = NDArray[np.float64]


class Physics(Protocol):
    """What the engine asks of a plant model.

    Attributes
    ----------
    STATES, QUANTITIES : tuple of (str, str)
        Name and unit; the states are the first quantities.
    INPUTS : tuple of (str, str, float)
        Name, unit and nominal value.
    """

    STATES: ClassVar[tuple[tuple[str, str], ...]]
    QUANTITIES: ClassVar[tuple[tuple[str, str], ...]]
    INPUTS: ClassVar[tuple[tuple[str, str, float], ...]]

    def initial(self, n: int) -> Reals:
        """The nominal point, shape (n_quantities, n)."""

    def advance(self, true: Reals, inputs: Reals, dt: float) -> None:
        """Integrate over `dt` seconds with `inputs` (n_inputs, n) held, in place."""


@runtime_checkable
class Compiled(Protocol):
    """What a model offers beside `advance` where a compiled kernel does it: no Python in a tick."""

    def compiled(self, true: Reals, inputs: Reals, dt: float) -> tuple[Any, ...]:
        """The kernel and the arguments with which `advance` calls it."""


def native(physics: Physics) -> Compiled | None:
    """The model, where it says how it is compiled; none where a later class has another `advance`."""
    if isinstance(physics, Compiled):
        ranks = [_rank(type(physics), name) for name in ("compiled", "advance")]
        return physics if ranks[0] <= ranks[1] else None
    return None


def _rank(kind: type, name: str) -> int:
    """How far up the line of its classes a method is written."""
    return next(k for k, owner in enumerate(kind.__mro__) if name in vars(owner))


class PlantInputs(NamedTuple):
    """`drive` (n_inputs, n)."""

    drive: Reals


class PlantOut(NamedTuple):
    """`true` (n_quantities, n)."""

    true: Reals


@dataclass(frozen=True)
class Plant(Stepped):
    """The physics behind the contract of a layer.

    Parameters
    ----------
    physics : Physics
        The model.
    period : int
        Base tick [ms].
    """

    physics: Physics
    period: int

    def initial(self, n: int) -> None:
        """The plant's state is the signal `true` itself."""

    def calls(self, state: None, inputs: PlantInputs, out: PlantOut) -> Calls:
        """Advance by one base tick: natively where the model says how."""
        physics, dt = self.physics, self.period / 1000.0
        compiled = native(physics)
        if compiled:
            return call(*compiled.compiled(out.true, inputs.drive, dt))
        return (lambda _: physics.advance(out.true, inputs.drive, dt),)
