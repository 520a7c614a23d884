"""Does the plant still answer as it did when its AI was commissioned? Whitened residuals in a CUSUM.

Under feedback the controlled variable hides a drift; what gives it away is the price the controller
pays. Each monitored signal is therefore held against what others explain of it (a regression fitted
on baseline runs), the remainder is whitened by an autoregression, and both tails are summed in a
tabular CUSUM [1]_. An alarm asks for a look and a new training; it never sheds.

References
----------
.. [1] D. C. Montgomery, "Introduction to Statistical Quality Control", 6th ed., 2009, section 9.1
   (tabular CUSUM) and 10.4 (autocorrelated data: residuals of a time series model).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel, rule

Reals = NDArray[np.float64]
States = NDArray[np.int8]


Term = tuple[int, ...]


@dataclass(frozen=True)
class Watched:
    """One monitored signal.

    Attributes
    ----------
    what : tuple of int
        What is monitored: the row of a measurement, or three of a duty (flow, warm and cold).
    by, changes : tuple of tuple of int
        What explains it, likewise: means over the sample, and their changes since the sample before.
    intercept, slopes : float, tuple of float
        What they explain: ``intercept + sum(slope * term)``, in the units of the measurements.
    memory : tuple of float
        Coefficients of the autoregression, the latest residual first.
    sigma : float
        Standard deviation of the whitened residual.
    slack, limit : float
        Reference value k and decision limit h of the CUSUM [sigma].
    """

    what: Term
    by: tuple[Term, ...]
    changes: tuple[Term, ...]
    intercept: float
    slopes: tuple[float, ...]
    memory: tuple[float, ...]
    sigma: float
    slack: float
    limit: float


class MonitorInputs(NamedTuple):
    """`received` (n_rows, n): what the PLC was sent; `idle` (n,): the AI is not permitted anyway.

    `active` (n_loops, n): the AI has the loop. Another controller pays another price for the same plant,
    so that nothing is learnt from samples in which the AI had no loop: what was found stands.
    """

    received: Reals
    idle: States
    active: States


class MonitorOut(NamedTuple):
    """Shape (n_signals, n): greater one of the two sums [sigma], and whether it is over its limit."""

    cusum: Reals
    drift: States


class MonitorState(NamedTuple):
    """Running sums, means and those before (n_used, n), past residuals (n_signals, n_past, n), CUSUMs,
    scans of this sample and samples, set-up values.

    `since` (n_signals, n_terms) is 1 where a term is a change; `foreign` (n,) is 1 where in this sample
    the AI was without a loop.
    """

    sums: Reals
    means: Reals
    before: Reals
    past: Reals
    up: Reals
    down: Reals
    scans: NDArray[np.int64]
    foreign: States
    rows: NDArray[np.int64]
    places: NDArray[np.int64]
    since: NDArray[np.int64]
    slopes: Reals
    memory: Reals
    about: Any


_ABOUT = np.dtype([("intercept", "f8"), ("sigma", "f8"), ("slack", "f8"), ("limit", "f8")])


@rule
def summed(total: float, deviation: float, slack: float, most: float) -> float:
    """One side of a tabular CUSUM, held at `most` so that an alarm ends when its cause has ended."""
    return min(max(total + deviation - slack, 0.0), most)


@kernel
def _gather(rows: Any, received: Any, sums: Any) -> None:
    for k in range(rows.shape[0]):
        row, warm, cold = rows[k, 0], rows[k, 1], rows[k, 2]
        if warm < 0:
            for i in range(sums.shape[1]):
                sums[k, i] += received[row, i]
        else:
            for i in range(sums.shape[1]):
                sums[k, i] += received[row, i] * (received[warm, i] - received[cold, i])


@kernel
def _attend(active: Any, foreign: Any) -> None:
    for i in range(foreign.shape[0]):
        has = 0
        for j in range(active.shape[0]):
            has = max(has, active[j, i])
        foreign[i] = max(foreign[i], 1 - has)


@kernel
def _average(sums: Any, means: Any, before: Any, scans: int, first: bool) -> None:
    for k in range(sums.shape[0]):
        for i in range(sums.shape[1]):
            before[k, i] = means[k, i]
            means[k, i] = sums[k, i] / scans
            sums[k, i] = 0.0
            if first:
                before[k, i] = means[k, i]


@kernel
def _judge(s: Any, idle: Any, out: Any) -> None:
    for j in range(s.past.shape[0]):
        a = s.about[j]
        for i in range(s.past.shape[2]):
            residual = s.means[s.places[j, 0], i] - a.intercept
            for f in range(1, s.places.shape[1]):
                p = s.places[j, f]
                if p >= 0:
                    last = s.before[p, i] if s.since[j, f] == 1 else 0.0
                    residual -= s.slopes[j, f] * (s.means[p, i] - last)
            expected = 0.0
            for p in range(s.past.shape[1]):
                expected += s.memory[j, p] * s.past[j, p, i]
            seen = np.isfinite(residual)
            blind = False
            if idle[i] == 1:
                s.up[j, i] = s.down[j, i] = 0.0
                residual = 0.0
            elif s.foreign[i] == 1:
                residual = 0.0
            elif seen:
                e = (residual - expected) / a.sigma
                s.up[j, i] = summed(s.up[j, i], e, a.slack, 2.0 * a.limit)
                s.down[j, i] = summed(s.down[j, i], -e, a.slack, 2.0 * a.limit)
            else:
                # a monitor that is shown nothing says so: silence is no evidence
                residual, blind = expected, True
            for p in range(s.past.shape[1] - 1, 0, -1):
                s.past[j, p, i] = s.past[j, p - 1, i]
            if s.past.shape[1] > 0:
                s.past[j, 0, i] = residual
            worst = max(s.up[j, i], s.down[j, i])
            out.cusum[j, i] = worst
            out.drift[j, i] = 1 if worst > a.limit or blind else 0
    s.foreign[:] = 0


@kernel
def _scan(s: Any, every: int, inputs: Any, out: Any) -> None:
    _gather(s.rows, inputs.received, s.sums)
    _attend(inputs.active, s.foreign)
    s.scans[0] += 1
    if s.scans[0] == every:
        s.scans[0] = 0
        _average(s.sums, s.means, s.before, every, s.scans[1] == 0)
        s.scans[1] += 1
        _judge(s, inputs.idle, out)


@dataclass(frozen=True)
class Monitor(Stepped):
    """The drift monitor of one AI.

    Parameters
    ----------
    signals : tuple of Watched
        What is monitored, and how.
    period : int
        Scan period [ms].
    every : int
        Scans per sample; a sample is the mean over them.
    """

    signals: tuple[Watched, ...]
    period: int
    every: int

    def initial(self, n: int) -> MonitorState:
        """Nothing summed yet."""
        terms = [(one.what, *one.by, *one.changes) for one in self.signals]
        used = sorted({term for some in terms for term in some})
        rows = np.array([term if len(term) == 3 else (term[0], -1, -1) for term in used], np.int64)
        width = max(len(some) for some in terms)
        depth = max(len(one.memory) for one in self.signals)
        many = len(self.signals)
        places, slopes = np.full((many, width), -1, np.int64), np.zeros((many, width))
        memory, since = np.zeros((many, depth)), np.zeros((many, width), np.int64)
        for j, one in enumerate(self.signals):
            places[j, : len(terms[j])] = [used.index(term) for term in terms[j]]
            slopes[j, 1 : len(terms[j])] = one.slopes
            since[j, 1 + len(one.by) : len(terms[j])] = 1
            memory[j, : len(one.memory)] = one.memory
        about = np.array([(one.intercept, one.sigma, one.slack, one.limit) for one in self.signals], _ABOUT)
        return MonitorState(
            np.zeros((len(used), n)), np.zeros((len(used), n)), np.zeros((len(used), n)),
            np.zeros((many, depth, n)),
            np.zeros((many, n)), np.zeros((many, n)), np.zeros(2, np.int64), np.zeros(n, np.int8),
            rows,
            places, since, slopes, memory, about,
        )  # fmt: skip

    def calls(self, state: MonitorState, inputs: MonitorInputs, out: MonitorOut) -> Calls:
        """Average over the sample; at its end judge the residuals."""
        return call(_scan, state, self.every, inputs, out)
