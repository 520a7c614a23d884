"""The plant as a layer: the physics advances by one base tick with its inputs held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

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


class PlantInputs(NamedTuple):
    """`drive` (n_inputs, n)."""

    drive: Reals


class PlantOut(NamedTuple):
    """`true` (n_quantities, n)."""

    true: Reals


@dataclass(frozen=True)
class Plant:
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

    def step(self, state: None, inputs: PlantInputs, out: PlantOut, now: int) -> None:
        """Advance by one base tick."""
        self.physics.advance(out.true, inputs.drive, self.period / 1000.0)
