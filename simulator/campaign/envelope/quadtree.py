"""A square is cut along the boundary between what differs: coarse cells first, then those that are mixed.

A cell is mixed when points that are known on it or inside it differ: its corners, and those of finer
neighbours on its edges. What is narrower than a coarse cell, and touches no corner of one, is not seen;
the page says so. Subdivision at boundaries follows the quadtrees of Finkel and Bentley [1]_.

References
----------
.. [1] R. A. Finkel, J. L. Bentley, "Quad trees: a data structure for retrieval on composite keys",
   Acta Informatica 4, 1974, doi:10.1007/BF00288933.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.int64]
"""Places on the lattice, shape (n, 2)."""
Kinds = NDArray[np.int64]
_UNKNOWN = -1
_SOONER = 4
"""Cells that hold the kind that matters are cut as if they were so many times as wide."""


class Cell(NamedTuple):
    """A square of the lattice: its lowest corner and its width."""

    x: int
    y: int
    width: int


@dataclass
class Quadtree:
    """Kinds of points on a square lattice, known where they were asked for.

    Parameters
    ----------
    coarse : int
        Cells along a side at first.
    finest : int
        Cells along a side where it is cut as often as it may be: `coarse` times a power of two.
    matters : int
        The kind whose boundary is cut first.
    """

    coarse: int
    finest: int
    matters: int
    kinds: Kinds = field(init=False)
    cells: list[Cell] = field(init=False)

    def __post_init__(self) -> None:
        self.kinds = np.full((self.finest + 1, self.finest + 1), _UNKNOWN, np.int64)
        width = self.finest // self.coarse
        steps = range(0, self.finest, width)
        self.cells = [Cell(x, y, width) for x in steps for y in steps]

    def first(self) -> Points:
        """The corners of the coarse cells."""
        steps = np.arange(0, self.finest + 1, self.finest // self.coarse)
        return np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=-1).reshape(-1, 2)

    def put(self, points: Points, kinds: Kinds) -> None:
        """What was found at points (n, 2), shape (n,)."""
        self.kinds[points[:, 0], points[:, 1]] = kinds

    def known(self, cell: Cell) -> Kinds:
        """The kinds that are known on a cell and inside it."""
        x, y, width = cell
        part = self.kinds[x : x + width + 1, y : y + width + 1]
        return np.asarray(part[part != _UNKNOWN])

    def mixed(self, cell: Cell) -> bool:
        """Whether what is known of a cell differs, or a corner is not known (of a run that was stopped)."""
        x, y, width = cell
        corners = self.kinds[x : x + width + 1 : width, y : y + width + 1 : width]
        found = self.known(cell)
        return bool((corners == _UNKNOWN).any() or (found != found[0]).any())

    def cut(self, room: int) -> Points:
        """Cut the cells that are due, and say which points are to be known next.

        Parameters
        ----------
        room : int
            Most points.

        Returns
        -------
        ndarray of int, shape (n, 2)
            In a fixed order; none when nothing is mixed, all is cut as finely as it may be, or there is
            no room left.
        """
        asked: dict[tuple[int, int], None] = {}
        gone: list[Cell] = []
        for cell in self._due():
            new = [p for p in _corners_of_parts(cell) if self.kinds[p] == _UNKNOWN and p not in asked]
            if len(asked) + len(new) > room:
                break
            asked |= dict.fromkeys(new)
            gone.append(cell)
        left = set(gone)
        self.cells = [cell for cell in self.cells if cell not in left]
        self.cells += [part for cell in gone for part in _parts(cell)]
        # all points of a cut may be known already, of its neighbours; then the next cells are due
        if gone and not asked:
            return self.cut(room)
        return np.array(list(asked), np.int64).reshape(-1, 2)

    def _due(self) -> list[Cell]:
        """The widest of the mixed cells, by place; those that matter count as wider."""
        rank = {cell: self._rank(cell) for cell in self.cells if cell.width > 1 and self.mixed(cell)}
        most = max(rank.values(), default=0)
        return sorted(cell for cell, one in rank.items() if one == most)

    def _rank(self, cell: Cell) -> int:
        return cell.width * (_SOONER if self.matters in self.known(cell) else 1)


def _parts(cell: Cell) -> Iterator[Cell]:
    x, y, width = cell
    half = width // 2
    for dx in (0, half):
        for dy in (0, half):
            yield Cell(x + dx, y + dy, half)


def _corners_of_parts(cell: Cell) -> Iterator[tuple[int, int]]:
    x, y, width = cell
    for dx in (0, width // 2, width):
        for dy in (0, width // 2, width):
            yield x + dx, y + dy
