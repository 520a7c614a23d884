"""Stopping early: Wald's sequential test of a failure probability.

Replicas are taken in the order of their numbers, so what comes out does not depend on workers or blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor, log, log1p

import numpy as np
from numpy.typing import NDArray

from simulator.assess.anytime import anytime
from simulator.core.verdict import Verdict

Flags = NDArray[np.bool_]
_EDGE = 1e-9
"""What a line may miss a whole number of failures by and still meet it: rounding, far below one failure."""


@dataclass(frozen=True)
class SequentialTest:
    """Wald's test [1]_ of two failure probabilities, cut off at a largest number of replicas.

    A PASS needs the likelihood ratio of `acceptable` to `unacceptable` to reach 1 / `beta`, a FAIL the
    reverse one 1 / `alpha`. With these lines, a little farther apart than Wald's own, the two rates are
    bounds and no approximations (Ville's inequality), and the cut adds to neither: it is INCONCLUSIVE.

    Attributes
    ----------
    unacceptable, acceptable : float
        The probabilities to tell apart; what lies between may come out either way.
    alpha : float
        Most probability with which a plant at `acceptable` or better FAILs.
    beta : float
        Most probability with which a plant at `unacceptable` or worse PASSes.
    most : int
        Replicas after which it ends, decided or not.

    References
    ----------
    .. [1] A. Wald, "Sequential tests of statistical hypotheses", Ann. Math. Stat. 16(2), 1945,
       pp. 117-186, doi:10.1214/aoms/1177731118.

    Examples
    --------
    >>> test = SequentialTest(unacceptable=0.01, acceptable=0.001, alpha=0.05, beta=0.05, most=2000)
    >>> test.least
    332
    """

    unacceptable: float
    acceptable: float
    alpha: float
    beta: float
    most: int

    def __post_init__(self) -> None:
        if not 0.0 < self.acceptable < self.unacceptable < 1.0:
            raise ValueError("wanted 0 < acceptable < unacceptable < 1")
        if not (0.0 < self.alpha < 0.5 and 0.0 < self.beta < 0.5 and self.most > 0):
            raise ValueError("wanted error rates between 0 and 0.5, and at least one replica")

    @cached_property
    def slope(self) -> float:
        """Failures per replica along both lines."""
        return self._hold / (self._fail + self._hold)

    @cached_property
    def below(self) -> float:
        """How far the line of PASS starts below no failure."""
        return -log(self.beta) / (self._fail + self._hold)

    @cached_property
    def above(self) -> float:
        """How far the line of FAIL starts above no failure."""
        return -log(self.alpha) / (self._fail + self._hold)

    @property
    def _fail(self) -> float:
        return log(self.unacceptable / self.acceptable)

    @property
    def _hold(self) -> float:
        return log1p(-self.acceptable) - log1p(-self.unacceptable)

    @property
    def least(self) -> int:
        """Replicas without a failure that PASS: a smaller `most` can never PASS."""
        return ceil(self.below / self.slope - _EDGE)

    def passes_at(self, n: int) -> int:
        """Most failures among `n` replicas with which it PASSes; negative when none do."""
        return floor(self.slope * n - self.below + _EDGE)

    def fails_at(self, n: int) -> int:
        """Fewest failures among `n` replicas with which it FAILs."""
        return ceil(self.slope * n + self.above - _EDGE)


@dataclass(frozen=True)
class Ended:
    """What a sequential test has said.

    Attributes
    ----------
    verdict : Verdict
        INCONCLUSIVE where neither line was met by the replicas there are, or by the cut.
    n, failed, undecided : int
        Replicas up to the decision; those after it do not count.
    low, high : float
        Bounds of the failure probability that hold wherever the test has stopped.
    stopped : bool
        Whether the test is over: a line was met, or the cut.
    """

    verdict: Verdict
    n: int
    failed: int
    undecided: int
    low: float
    high: float
    stopped: bool


def decide(test: SequentialTest, failed: Flags, undecided: Flags, confidence: float) -> Ended:
    """Walk through replicas in their order until the test ends.

    Parameters
    ----------
    test : SequentialTest
        The plan.
    failed, undecided : ndarray of bool, shape (n,)
        Of each replica that counts, in the order of their numbers. One that is undecided stands in the
        way of a PASS as a failure would, and helps no FAIL.
    confidence : float
        Of the bounds.
    """
    many = min(len(failed), test.most)
    ns = np.arange(1, many + 1)
    fewest = np.cumsum(failed[:many])
    highest = np.cumsum(failed[:many] | undecided[:many])
    passes = highest <= test.slope * ns - test.below + _EDGE
    fails = fewest >= test.slope * ns + test.above - _EDGE
    ends = np.flatnonzero(passes | fails)
    n = int(ends[0]) + 1 if len(ends) else many
    verdict = Verdict.INCONCLUSIVE
    if len(ends):
        verdict = Verdict.PASS if passes[n - 1] else Verdict.FAIL
    k, upto = (int(fewest[n - 1]), int(highest[n - 1])) if n else (0, 0)
    low, high = anytime(k, n, confidence)[0], anytime(upto, n, confidence)[1]
    return Ended(verdict, n, k, upto - k, low, high, bool(len(ends)) or n == test.most)
