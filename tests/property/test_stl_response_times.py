"""Latency and exercise of ``always (cause -> eventually[a:b] effect)``, counted tick by tick."""

import math
import random

import numpy as np

from simulator.assess.stl import evaluate, parse
from simulator.core.traces import ArrayTraces, catalogue, flag

PERIOD, TICKS, REPLICAS, WINDOWS = 100, 14, 300, 12
SIGNALS = catalogue([flag("p"), flag("q")])


def outcomes(cause, effect, first, last):
    """Delay of the answer to each time the cause becomes true; NaN while it is still open."""
    for t in range(TICKS):
        if cause[t] and not (t and cause[t - 1]):
            came = [k - t for k in range(t + first, TICKS) if effect[k]]
            waited = t + last < TICKS
            yield came[0] if came and (waited or came[0] <= last) else (math.inf if waited else math.nan)


def expected(cause, effect, first, last):
    """Worst latency and time margin [s] of one replica."""
    delays = list(outcomes(cause, effect, first, last))
    known = [delay for delay in delays if not math.isnan(delay)]
    worst = max(known, default=math.nan)
    if len(known) < len(delays) and not worst > last:
        worst = math.nan
    return worst * PERIOD / 1000, (last - worst) * PERIOD / 1000


def test_latency_and_exercise_follow_the_definition():
    rng = random.Random(8)
    late = 0
    for _ in range(WINDOWS):
        first = rng.choice([0, 0, 1, 3])
        last = first + rng.randrange(0, 5)
        drawn = np.random.default_rng(rng.randrange(99)).random((2, TICKS, REPLICAS))
        bits = (drawn < 0.15).astype(np.float32)
        text = f"always (p -> eventually[{first * PERIOD}:{last * PERIOD} ms] q)"
        complete = np.ones(REPLICAS, np.bool_)
        traces = ArrayTraces(PERIOD, SIGNALS, {"p": bits[0], "q": bits[1]}, complete)
        result = evaluate(parse(text, SIGNALS), traces)
        for k in range(REPLICAS):
            latency, spare = expected(bits[0, :, k], bits[1, :, k], first, last)
            if result.truth[k] == 0:
                latency, spare = math.nan, math.nan
            if result.truth[k] < 0 and spare >= 0:
                spare = math.nan
            np.testing.assert_array_equal(result.latency[k], latency)
            np.testing.assert_allclose(result.time_margin[k], spare, rtol=1e-12)
            assert result.exercised[k] == bits[0, :, k].any()
            late += math.isfinite(spare) and spare < 0
    assert late > 100
