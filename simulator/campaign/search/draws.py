"""Random numbers of one method of a search: a keyed stream, read on from where it was left."""

from __future__ import annotations

import numpy as np

from simulator.campaign.search.found import Reals
from simulator.core.seeds import normals, uniforms


class Draws:
    """A stream of its own for each name, so that no method hangs on what another has drawn.

    Parameters
    ----------
    seed : int
        Seed of the search.
    name : str
        Method and requirement.
    """

    def __init__(self, seed: int, name: str) -> None:
        self._seed, self._name, self._used = seed, f"search/{name}", 0

    def uniforms(self, *shape: int) -> Reals:
        """Draws in [0, 1)."""
        return self._take(uniforms, shape)

    def normals(self, *shape: int) -> Reals:
        """Standard normal draws."""
        return self._take(normals, shape)

    def order(self, n: int) -> list[int]:
        """The numbers below `n` in a random order."""
        return [int(k) for k in np.argsort(self.uniforms(n), kind="stable")]

    def _take(self, source: object, shape: tuple[int, ...]) -> Reals:
        n = int(np.prod(shape))
        first, self._used = self._used, self._used + n
        drawn: Reals = source(self._seed, self._name, first, n)  # type: ignore[operator]
        return drawn.reshape(shape)
