"""Sums, equations and axes in a fixed order."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.campaign.commission.linear import gram, least_squares, principal_axes, rounded, solve


def test_axes_of_a_known_matrix():
    """Eigenvalues 3 and 1 along (1, 1) and (1, -1)."""
    variances, axes = principal_axes(np.array([[2.0, 1.0], [1.0, 2.0]]))
    np.testing.assert_allclose(variances, [3.0, 1.0], rtol=1e-14)
    np.testing.assert_allclose(np.abs(axes), np.full((2, 2), 0.5**0.5), rtol=1e-14)
    assert axes[0, 0] > 0


def test_axes_are_those_that_lapack_finds():
    rows = np.random.Generator(np.random.Philox(key=3)).standard_normal((7, 50))
    matrix = gram(rows)
    np.testing.assert_allclose(matrix, rows @ rows.T, rtol=1e-12, atol=1e-12)
    variances, axes = principal_axes(matrix)
    np.testing.assert_allclose(variances, np.linalg.eigvalsh(matrix)[::-1], rtol=1e-12)
    np.testing.assert_allclose(axes @ axes.T, np.eye(7), atol=1e-13)
    np.testing.assert_allclose(axes @ matrix @ axes.T, np.diag(variances), atol=1e-10 * variances[0])


def test_equations_that_need_a_row_exchanged_are_solved():
    matrix, right = np.array([[0.0, 2.0], [3.0, 1.0]]), np.array([4.0, 5.0])
    np.testing.assert_allclose(solve(matrix, right), [1.0, 2.0])
    np.testing.assert_array_equal(matrix, [[0.0, 2.0], [3.0, 1.0]])


def test_least_squares_finds_what_made_the_target():
    rows = np.random.Generator(np.random.Philox(key=4)).standard_normal((3, 200))
    np.testing.assert_allclose(least_squares(rows, 2.0 * rows[0] - rows[2]), [2.0, 0.0, -1.0], atol=1e-12)


@pytest.mark.parametrize("last", [0.0, 1e-13, -1e-13])
def test_what_is_stored_does_not_hang_on_the_last_bits(last):
    assert rounded(1.0 / 3.0 + last) == 0.333333333
