"""Sums, equations and axes in a fixed order: the same bits on every machine, which LAPACK is not.

For the few dozen numbers of a commissioning file speed does not matter.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.core.kernel import kernel

Reals = NDArray[np.float64]


@kernel
def _gram(rows: Any, out: Any) -> None:
    for i in range(rows.shape[0]):
        for j in range(i, rows.shape[0]):
            total = 0.0
            for t in range(rows.shape[1]):
                total += rows[i, t] * rows[j, t]
            out[i, j] = out[j, i] = total


def gram(rows: Reals) -> Reals:
    """Sums of products of `rows` (n_rows, n_samples), shape (n_rows, n_rows)."""
    out = np.empty((rows.shape[0], rows.shape[0]))
    _gram(np.ascontiguousarray(rows), out)
    return out


@kernel
def _eliminate(a: Any, b: Any) -> None:
    n = b.shape[0]
    for k in range(n):
        p = k
        for i in range(k + 1, n):
            if abs(a[i, k]) > abs(a[p, k]):
                p = i
        for j in range(n):
            a[k, j], a[p, j] = a[p, j], a[k, j]
        b[k], b[p] = b[p], b[k]
        for i in range(k + 1, n):
            factor = a[i, k] / a[k, k]
            for j in range(k, n):
                a[i, j] -= factor * a[k, j]
            b[i] -= factor * b[k]
    for k in range(n - 1, -1, -1):
        for j in range(k + 1, n):
            b[k] -= a[k, j] * b[j]
        b[k] /= a[k, k]


def solve(matrix: Reals, right: Reals) -> Reals:
    """Solution of a small system by elimination with row pivots."""
    a, b = matrix.astype(float).copy(), right.astype(float).copy()
    _eliminate(a, b)
    return b


def least_squares(rows: Reals, target: Reals) -> Reals:
    """Coefficients of `rows` (n_rows, n_samples) that explain `target` (n_samples,) best."""
    sums = gram(np.vstack([rows, target[None]]))
    return solve(sums[:-1, :-1], sums[:-1, -1])


def principal_axes(matrix: Reals) -> tuple[Reals, Reals]:
    """Eigenvalues of a symmetric matrix, greatest first, and its axes as rows; by Jacobi's rotations.

    The greatest part of each axis is positive.
    """
    a, axes = matrix.astype(float).copy(), np.eye(len(matrix))
    for _ in range(60):
        if np.abs(a - np.diag(np.diag(a))).max() <= 1e-14 * np.abs(np.diag(a)).max():
            break
        for p in range(len(a) - 1):
            for q in range(p + 1, len(a)):
                _rotate(a, axes, p, q)
    order = sorted(range(len(a)), key=lambda k: -a[k, k])
    found = axes[order]
    greatest = found[np.arange(len(found)), np.abs(found).argmax(axis=1)]
    return np.diag(a)[order].copy(), found * np.where(greatest < 0.0, -1.0, 1.0)[:, None]


def _rotate(a: Reals, axes: Reals, p: int, q: int) -> None:
    if a[p, q] == 0.0:
        return
    theta = (a[q, q] - a[p, p]) / (2.0 * a[p, q])
    t = (1.0 if theta >= 0.0 else -1.0) / (abs(theta) + (theta * theta + 1.0) ** 0.5)
    c = 1.0 / (t * t + 1.0) ** 0.5
    s = t * c
    for matrix in (a, a.T, axes):
        row_p, row_q = matrix[p].copy(), matrix[q].copy()
        matrix[p], matrix[q] = c * row_p - s * row_q, s * row_p + c * row_q


def rounded(value: float) -> float:
    """A number to nine digits: what is stored does not hang on the last bits of a sum."""
    return float(f"{value:.9g}")
