"""Random numbers of one repeat, by what they are for; and the way between a space and normal variables."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.core.seeds import normals_at, stream, uniforms

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]

REPEAT_NOISES = 1_000_000
"""Noise numbers that each repeat has to itself, above those of a suite's replicas."""
_LAST = 1.0 - 2.0**-53
_erfc = np.frompyfunc(math.erfc, 1, 1)


@dataclass(frozen=True)
class Draws:
    """The streams of one repeat; two labels never share a number.

    Parameters
    ----------
    seed : int
        Of the study.
    repeat : int
        Number of the repeat.
    """

    seed: int
    repeat: int

    def normal(self, label: str, n: int, d: int) -> Reals:
        """Standard normal draws, shape (n, d)."""
        key = stream(self.seed, f"rare/{self.repeat}/{label}")
        return np.stack([normals_at(key, 0, axis, n) for axis in range(d)], axis=1)

    def uniform(self, label: str, n: int) -> Reals:
        """Uniform draws, shape (n,)."""
        return uniforms(self.seed, f"rare/{self.repeat}/{label}", 0, n)

    def noises(self, first: int, n: int) -> Whole:
        """Noise numbers that no other run of the study has, shape (n,)."""
        return np.arange(n, dtype=np.int64) + ((self.repeat + 1) * REPEAT_NOISES + first)


def to_uniform(z: Reals) -> Reals:
    """Points of a space, in [0, 1), at standard normal variables of the same shape."""
    below = 0.5 * np.asarray(_erfc(-z / math.sqrt(2.0)), np.float64)
    return np.minimum(below, _LAST)
