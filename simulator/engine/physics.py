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
        if isinstance(physics, Compiled):
            return call(*physics.compiled(out.true, inputs.drive, dt))
        return (lambda _: physics.advance(out.true, inputs.drive, dt),)
