"""The sequential test: its published lines, its error rates path by path, and its indifference to blocks."""

from __future__ import annotations

from itertools import product
from math import log

import numpy as np
import pytest

from simulator.assess.odds import odds
from simulator.assess.sequential import SequentialTest, decide
from simulator.core.verdict import Verdict

SMALL = SequentialTest(unacceptable=0.6, acceptable=0.1, alpha=0.2, beta=0.2, most=12)
NONE = np.zeros(0, bool)


def test_the_lines_are_walds_with_the_error_rates_that_his_stand_for():
    """NIST/SEMATECH e-Handbook, 6.2.6: 0.01 and 0.10 at 5 and 10 % give h1 0.939, h2 1.205, slope 0.0397.

    Wald's lines, (1 - beta) / alpha and beta / (1 - alpha), are ours of the rates that they guarantee.
    """
    test = SequentialTest(0.10, 0.01, alpha=0.05 / 0.90, beta=0.10 / 0.95, most=500)
    assert (test.below, test.above) == (pytest.approx(0.939, abs=5e-4), pytest.approx(1.205, abs=5e-4))
    assert test.slope == pytest.approx(0.0397, abs=5e-5)
    assert test.least == 24
    assert (test.passes_at(23), test.passes_at(24)) == (-1, 0)
    assert [test.fails_at(n) for n in (2, 19, 20)] == [2, 2, 3]


def test_walds_own_example_of_a_slope_and_two_intercepts():
    """Wald, Sequential Analysis, 1947, p0 0.1, p1 0.3, alpha 0.02, beta 0.03: -2.58, 2.88 and 0.186."""
    test = SequentialTest(0.3, 0.1, alpha=0.02 / 0.97, beta=0.03 / 0.98, most=500)
    assert (-test.below, test.above, test.slope) == (
        pytest.approx(log(0.03 / 0.98) / (log(3.0) + log(0.9 / 0.7))),
        pytest.approx(log(0.97 / 0.02) / (log(3.0) + log(0.9 / 0.7))),
        pytest.approx(0.186, abs=5e-4),
    )


@pytest.mark.parametrize("p", [0.1, 0.6])
def test_the_odds_are_those_of_every_path_written_out(p):
    found, mean = dict.fromkeys(Verdict, 0.0), 0.0
    for path in product((False, True), repeat=SMALL.most):
        weight = p ** sum(path) * (1 - p) ** (SMALL.most - sum(path))
        ended = decide(SMALL, np.array(path), np.zeros(SMALL.most, bool), 0.95)
        found[ended.verdict] += weight
        mean += weight * ended.n
    exact = odds(SMALL, p)
    assert exact.passes == pytest.approx(found[Verdict.PASS], rel=1e-9)
    assert exact.fails == pytest.approx(found[Verdict.FAIL], rel=1e-9)
    assert exact.undecided == pytest.approx(found[Verdict.INCONCLUSIVE], abs=1e-12)
    assert exact.replicas == pytest.approx(mean, rel=1e-9)


@pytest.mark.parametrize(
    "test",
    [
        SMALL,
        SequentialTest(0.01, 0.001, 0.05, 0.05, 2000),
        SequentialTest(0.05, 0.01, 0.1, 0.01, 1000),
        SequentialTest(0.3, 0.29, 0.1, 0.1, 50),
    ],
)
def test_the_error_rates_are_bounds_and_the_cut_adds_to_neither(test):
    assert odds(test, test.acceptable).fails <= test.alpha
    assert odds(test, test.unacceptable).passes <= test.beta
    for p in (test.acceptable, test.unacceptable):
        one = odds(test, p)
        assert one.passes + one.fails + one.undecided == pytest.approx(1.0)


def test_a_good_and_a_bad_plant_take_fewer_replicas_than_one_in_between():
    test = SequentialTest(0.01, 0.001, 0.05, 0.05, 20_000)
    good, middle, bad = (odds(test, p).replicas for p in (0.0001, 0.004, 0.05))
    assert good < 400 < middle
    assert bad < 60


def test_it_ends_at_the_same_replica_however_many_were_run_beyond():
    draws = np.random.Generator(np.random.Philox(key=8)).random(4000) < 0.05
    test = SequentialTest(0.03, 0.01, 0.05, 0.05, 4000)
    whole = decide(test, draws, np.zeros(4000, bool), 0.95)
    assert whole.verdict is Verdict.FAIL
    for n in range(whole.n, 4000, 97):
        assert decide(test, draws[:n], np.zeros(n, bool), 0.95) == whole
    before = decide(test, draws[: whole.n - 1], np.zeros(whole.n - 1, bool), 0.95)
    assert (before.verdict, before.stopped) == (Verdict.INCONCLUSIVE, False)


def test_without_a_failure_it_passes_at_the_least_number_and_no_sooner():
    test = SequentialTest(0.01, 0.001, 0.05, 0.05, 2000)
    ended = decide(test, np.zeros(2000, bool), np.zeros(2000, bool), 0.95)
    assert (ended.verdict, ended.n, ended.failed, ended.low) == (Verdict.PASS, test.least, 0, 0.0)
    assert 0.01 < ended.high < 0.03  # the price of having been allowed to stop at any time


def test_what_is_undecided_stands_in_the_way_of_both_verdicts():
    test = SequentialTest(0.01, 0.001, 0.05, 0.05, 400)
    clean, open_ = np.zeros(400, bool), np.zeros(400, bool)
    open_[3] = True
    ended = decide(test, clean, open_, 0.95)
    assert (ended.verdict, ended.undecided, ended.n, ended.stopped) == (Verdict.INCONCLUSIVE, 1, 400, True)
    open_[:50] = True
    assert decide(test, clean, open_, 0.95).verdict is Verdict.INCONCLUSIVE
    assert decide(test, open_, clean, 0.95).verdict is Verdict.FAIL


def test_the_cut_is_inconclusive_and_nothing_is_nothing():
    test = SequentialTest(0.01, 0.001, 0.05, 0.05, 331)
    ended = decide(test, np.zeros(331, bool), np.zeros(331, bool), 0.95)
    assert (ended.verdict, ended.stopped) == (Verdict.INCONCLUSIVE, True)
    assert decide(test, NONE, NONE, 0.95).high == 1.0


@pytest.mark.parametrize(
    "plan", [(0.01, 0.01, 0.05, 0.05, 10), (0.01, 0.0, 0.05, 0.05, 10), (0.1, 0.01, 0.5, 0.05, 10)]
)
def test_a_plan_that_tells_nothing_apart_is_refused(plan):
    with pytest.raises(ValueError, match="wanted"):
        SequentialTest(*plan)
