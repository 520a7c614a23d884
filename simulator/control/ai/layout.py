"""How a policy wants its features: which cycle first, by cycle or by tag, in a row or as a sequence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Layout:
    """The features of a policy against those of the AI layer: newest cycle first, its tags together.

    Parameters
    ----------
    tags, history : int
        Points of one cycle, and cycles.
    oldest_first : bool
        Whether the cycles are in the order of time.
    by_tag : bool
        Whether all cycles of one tag stand together.
    """

    tags: int
    history: int = 1
    oldest_first: bool = False
    by_tag: bool = False

    @property
    def width(self) -> int:
        """Features of one row."""
        return self.tags * self.history

    @property
    def steps(self) -> tuple[int, int]:
        """Shape of one row of a policy that takes a sequence."""
        return (self.tags, self.history) if self.by_tag else (self.history, self.tags)

    def columns(self) -> NDArray[np.intp]:
        """Place in the AI layer's row of each feature of the policy, shape (width,)."""
        grid = np.arange(self.width).reshape(self.history, self.tags)
        grid = grid[::-1] if self.oldest_first else grid
        return np.ascontiguousarray((grid.T if self.by_tag else grid).ravel())

    def shape(self, rank: int) -> tuple[int, ...]:
        """Shape of one row, for a policy whose input has `rank` dimensions."""
        return self.steps if rank == 3 else (self.width,)
