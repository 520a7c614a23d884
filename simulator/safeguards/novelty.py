"""Is the AI asked about a plant it was not commissioned on? PCA of its inputs: T2 and SPE.

It stands in the PLC and reads what the PLC sends to the AI: no part of it is on the AI's host, so an
AI that was tampered with cannot answer for its own inputs. Hotelling's T2 measures how far inside
the plane of normal operation the inputs are from their middle, SPE how far off that plane [1]_.

References
----------
.. [1] J. E. Jackson, G. S. Mudholkar, "Control procedures for residuals associated with principal
   component analysis", Technometrics 21(3), 1979, doi:10.1080/00401706.1979.10489779.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel

Reals = NDArray[np.float64]
States = NDArray[np.int8]
_LANES = 128  # replicas whose inputs stay in the processor's first cache


@dataclass(frozen=True)
class Plane:
    """The plane of normal operation.

    Attributes
    ----------
    rows : tuple of int
        Measurements that the AI reads.
    centre, scale : tuple of float
        Middle and unit of each: ``z = (value - centre) / scale``.
    axes : tuple of tuple of float
        Orthonormal principal axes, the widest first.
    variances : tuple of float
        Variance along each.
    t2, spe : float
        Limits of the two statistics.
    """

    rows: tuple[int, ...]
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    axes: tuple[tuple[float, ...], ...]
    variances: tuple[float, ...]
    t2: float
    spe: float


class NoveltyInputs(NamedTuple):
    """`received` (n_rows, n): what the PLC was sent and passes on to the AI."""

    received: Reals


class NoveltyOut(NamedTuple):
    """`ground` (n,) takes the loops from the AI; `share` (2, n): T2 and SPE over their limits."""

    ground: States
    share: Reals


class NoveltyState(NamedTuple):
    """Cycles outside (n,), scaled inputs and scores of some replicas, and set-up values.

    `z` (n_inputs, n_lanes), `score` (n_lanes,) and `found` (2, n_lanes) are worked on side by side.
    """

    outside: NDArray[np.int64]
    z: Reals
    score: Reals
    found: Reals
    rows: NDArray[np.int64]
    centre: Reals
    scale: Reals
    axes: Reals
    variances: Reals
    limits: Reals


@kernel
def statistics(z: Any, axes: Any, variances: Any, score: Any, found: Any) -> None:
    """T2 and SPE of replicas side by side, from their scaled inputs.

    Parameters
    ----------
    z : ndarray, shape (n_inputs, n_lanes)
        Scaled inputs; left as what is off the plane.
    axes, variances : ndarray, shape (n_axes, n_inputs) and (n_axes,)
        The plane.
    score : ndarray, shape (n_lanes,)
        Room to work.
    found : ndarray, shape (2, n_lanes)
        T2 and SPE.
    """
    lanes = range(score.shape[0])
    found[:] = 0.0
    for a in range(axes.shape[0]):
        score[:] = 0.0
        for k in range(axes.shape[1]):
            for i in lanes:
                score[i] += axes[a, k] * z[k, i]
        for i in lanes:
            found[0, i] += score[i] * score[i] / variances[a]
        # the axes are orthonormal: taking one away leaves the scores on the others as they are
        for k in range(axes.shape[1]):
            for i in lanes:
                z[k, i] -= score[i] * axes[a, k]
    for k in range(axes.shape[1]):
        for i in lanes:
            found[1, i] += z[k, i] * z[k, i]


@kernel
def _scan(s: Any, cycles: int, received: Any, out: Any) -> None:
    n, wide = s.outside.shape[0], s.score.shape[0]
    for start in range(0, n, wide):
        lanes = min(wide, n - start)
        for k in range(s.rows.shape[0]):
            row, centre, scale = s.rows[k], s.centre[k], s.scale[k]
            for i in range(lanes):
                s.z[k, i] = (received[row, start + i] - centre) / scale
        statistics(s.z, s.axes, s.variances, s.score, s.found)
        for i in range(lanes):
            t2, spe = s.found[0, i], s.found[1, i]
            out.share[0, start + i], out.share[1, start + i] = t2 / s.limits[0], spe / s.limits[1]
            # what is no number is not inside
            inside = t2 <= s.limits[0] and spe <= s.limits[1]
            s.outside[start + i] = 0 if inside else min(s.outside[start + i] + 1, cycles)
            out.ground[start + i] = 1 if s.outside[start + i] >= cycles else 0


@dataclass(frozen=True)
class Novelty(Stepped):
    """Takes the loops from an AI whose inputs have left what it was commissioned on.

    Parameters
    ----------
    plane : Plane
        Normal operation.
    cycles : int
        Consecutive cycles of the AI outside before it is shed.
    """

    plane: Plane
    cycles: int

    def initial(self, n: int) -> NoveltyState:
        """Inside."""
        p, lanes = self.plane, min(n, _LANES)
        return NoveltyState(
            np.zeros(n, np.int64), np.zeros((len(p.rows), lanes)), np.zeros(lanes), np.zeros((2, lanes)),
            np.array(p.rows, np.int64), np.array(p.centre), np.array(p.scale), np.array(p.axes),
            np.array(p.variances), np.array([p.t2, p.spe]),
        )  # fmt: skip

    def calls(self, state: NoveltyState, inputs: NoveltyInputs, out: NoveltyOut) -> Calls:
        """Judge the inputs of one cycle."""
        return call(_scan, state, self.cycles, inputs.received, out)
