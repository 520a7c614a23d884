"""The plane is cut along boundaries only, as often as was allowed, and always in the same way."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.campaign.envelope.quadtree import Quadtree

IN, OUT = 1, 0


def disc(points: np.ndarray, side: int) -> np.ndarray:
    """A disc of a quarter of the side about the middle."""
    return np.where(np.hypot(*(points / side - 0.5).T) < 0.25, IN, OUT)


def grown(kind=disc, coarse=8, finest=64, budget=10**6):
    """A tree and how many points it has asked for."""
    tree, n = Quadtree(coarse, finest, matters=IN), 0
    points = tree.first()
    while len(points):
        assert len(np.unique(points, axis=0)) == len(points)  # nothing is asked for twice
        assert (tree.kinds[points[:, 0], points[:, 1]] == -1).all()
        tree.put(points, kind(points, finest))
        n += len(points)
        points = tree.cut(budget - n)
    return tree, n


def test_cells_tile_the_square_and_the_area_is_held_between_its_bounds():
    tree, n = grown()
    assert sum(cell.width**2 for cell in tree.cells) == 64**2
    mixed = [cell for cell in tree.cells if tree.mixed(cell)]
    inside = sum(c.width**2 for c in tree.cells if not tree.mixed(c) and tree.known(c)[0] == IN) / 64**2
    open_ = sum(cell.width**2 for cell in mixed) / 64**2
    assert inside < np.pi / 16 < inside + open_
    assert {cell.width for cell in mixed} == {1}
    assert open_ < 0.05
    assert n < 65**2 / 4  # a quarter of what the full lattice would have cost


def test_a_finer_lattice_halves_what_is_open():
    shares = []
    for finest in (32, 64, 128):
        tree, _ = grown(finest=finest)
        shares.append(sum(c.width**2 for c in tree.cells if tree.mixed(c)) / finest**2)
    assert shares[1] == pytest.approx(shares[0] / 2, rel=0.25)
    assert shares[2] == pytest.approx(shares[1] / 2, rel=0.25)


def test_no_more_points_are_asked_for_than_there_is_room_for_and_the_rest_stays_mixed():
    tree, n = grown(budget=200)
    assert 150 < n <= 200
    assert sum(cell.width**2 for cell in tree.cells) == 64**2
    assert max(cell.width for cell in tree.cells if tree.mixed(cell)) > 1


def test_a_corner_of_a_finer_neighbour_on_an_edge_makes_a_cell_mixed():
    tree, _ = grown(coarse=2, finest=16, kind=lambda p, side: np.where(p[:, 0] * 3 < p[:, 1], IN, OUT))
    for cell in tree.cells:
        assert tree.mixed(cell) == (len(set(tree.known(cell).tolist())) > 1)
        assert not tree.mixed(cell) or cell.width == 1


def test_the_boundary_that_matters_is_cut_first():
    def bands(points, side):
        return np.where(points[:, 0] < 20, IN, np.where(points[:, 0] < 45, OUT, 2))

    tree, _ = grown(kind=bands, budget=260)
    widths = {
        kind: max(c.width for c in tree.cells if tree.mixed(c) and kind in tree.known(c)) for kind in (IN, 2)
    }
    assert widths[IN] < widths[2]


def test_a_cell_with_a_corner_that_was_asked_for_and_never_came_is_not_taken_for_one_kind():
    tree = Quadtree(8, 64, matters=IN)
    tree.put(tree.first(), disc(tree.first(), 64))
    whole = {cell for cell in tree.cells if not tree.mixed(cell)}
    assert len(tree.cut(10**6))
    new = [cell for cell in tree.cells if cell not in whole and cell.width == 4]
    assert new
    assert all(tree.mixed(cell) for cell in new)


def test_one_kind_everywhere_is_never_cut():
    tree, n = grown(kind=lambda p, side: np.zeros(len(p), int))
    assert n == 81
    assert len(tree.cells) == 64
