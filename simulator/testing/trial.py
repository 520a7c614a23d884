"""Small runs of a plant's physics, to ask it questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.engine.physics import Physics

Reals = NDArray[np.float64]
TICKS = 20
FAR, NEAR = 0.5, 0.05
"""How far inputs are moved from their nominal values, against their size."""


class Trial:
    """One plant under question.

    Parameters
    ----------
    make : callable
        Makes the physics.
    dt : float
        Step [s].
    """

    def __init__(self, make: Callable[[], Physics], dt: float) -> None:
        self.make, self.dt = make, dt

    @cached_property
    def physics(self) -> Physics:
        """The object."""
        return self.make()

    @property
    def names(self) -> list[str]:
        """Quantities in order."""
        return [name for name, _ in self.physics.QUANTITIES]

    @property
    def n_quantities(self) -> int:
        """How many."""
        return len(self.physics.QUANTITIES)

    @property
    def n_states(self) -> int:
        """How many of them are states."""
        return len(self.physics.STATES)

    def start(self, n: int) -> Reals:
        """The nominal point of `n` replicas, an array of its own."""
        return np.array(self.physics.initial(n))

    def nominal(self, n: int) -> Reals:
        """Nominal inputs, shape (n_inputs, n)."""
        column = np.array([value for _, _, value in self.physics.INPUTS], float)
        return np.repeat(column[:, None], n, axis=1)

    def varied(self, n: int) -> Reals:
        """Inputs near nominal, other ones for each replica, the same at every call."""
        shift = np.random.Generator(np.random.Philox(key=5)).uniform(
            -NEAR, NEAR, (len(self.physics.INPUTS), n)
        )
        nominal = self.nominal(n)
        return np.where(nominal >= 0, np.maximum(nominal + shift * scale_of(nominal), 0.0), nominal + shift)

    def run(self, inputs: Reals, parts: int = 1) -> Reals:
        """The quantities after some ticks with inputs held, each tick in so many parts."""
        true = self.start(inputs.shape[1])
        for _ in range(TICKS * parts):
            self.physics.advance(true, inputs, self.dt / parts)
        return true

    def excursions(self) -> Iterator[tuple[str, Reals]]:
        """Quantities at the start, and after each input has been moved far to either side.

        What is nominally no less than zero (an opening, a flow) stays so, and a percentage below 100.
        """
        yield "at the nominal point", self.start(1)
        for k, (name, unit, value) in enumerate(self.physics.INPUTS):
            inputs = self.nominal(2)
            low, high = 0.0 if value >= 0 else -np.inf, 100.0 if unit == "%" else np.inf
            inputs[k] = np.clip(inputs[k] + np.array([-FAR, FAR]) * max(abs(value), 1.0), low, high)
            yield f"with {name} moved by half", self.run(inputs)

    def memory(self) -> dict[str, Any]:
        """Copies of what the object and its class hold."""
        held = {f"the class's {name}": value for name, value in vars(type(self.physics)).items()}
        held |= getattr(self.physics, "__dict__", {})
        return {name: _copied(value) for name, value in held.items()}

    def changed_since(self, before: dict[str, Any]) -> list[str]:
        """Names of what is no longer as it was."""
        now = self.memory()
        return sorted(
            name for name in before.keys() | now.keys() if not _same(before.get(name), now.get(name))
        )


def scale_of(values: Reals) -> Reals:
    """Size of each number, at least 1: what a difference is held against."""
    return np.maximum(np.abs(values), 1.0)


def _copied(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    return dict(value) if isinstance(value, dict) else list(value) if isinstance(value, list) else value


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.tobytes() == other.tobytes()
    return bool(one is other or one == other)
