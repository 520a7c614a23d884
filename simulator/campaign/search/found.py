"""What a search is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]

Objective = Callable[[Reals], Reals]
"""Margins (n, m) of m requirements at points (n, d) in [0, 1]; below 0 is violated, NaN is undecided."""


@dataclass(frozen=True)
class Pattern:
    """Pieces of one course over time, held one after another.

    Attributes
    ----------
    columns : tuple of int
        Their columns in a point, in the order of time.
    """

    columns: tuple[int, ...]


@dataclass(frozen=True)
class Found:
    """The point at which a requirement has its least margin.

    Attributes
    ----------
    point : ndarray, shape (d,)
        The point; NaN when no point was decided.
    margin : float
        Its margin; below 0 is violated, NaN when no point was decided.
    evaluation : int
        Which evaluation it was, from 0; -1 when no point was decided.
    method : str
        Which method asked for it: ``nominal``, ``corners``, ...
    """

    point: Reals
    margin: float
    evaluation: int
    method: str

    @property
    def violated(self) -> bool:
        """Whether the requirement is violated there."""
        return self.margin < 0.0


@dataclass(frozen=True)
class Searched:
    """Everything that a search has asked for, in order.

    Attributes
    ----------
    points : ndarray, shape (n, d)
        Where it was; the nominal point, the middle, comes first.
    margins : ndarray, shape (n, m)
        As the objective gave them.
    best : tuple of Found
        The least margin of each requirement.
    evaluations : int
        How many points.
    history : ndarray, shape (n, m)
        The least margin so far, NaN before the first that was decided.
    methods : tuple of (str, int)
        Methods and for how many points each has asked, in the order in which they began.
    """

    points: Reals
    margins: Reals
    best: tuple[Found, ...]
    evaluations: int
    history: Reals
    methods: tuple[tuple[str, int], ...]

    def first(self, requirement: int) -> int:
        """The first evaluation at which a requirement was violated, from 0; -1 when none was."""
        (places,) = np.nonzero(self.margins[:, requirement] < 0.0)
        return int(places[0]) if len(places) else -1
