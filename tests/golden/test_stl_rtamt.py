"""Stored answers of an independent evaluator (rtamt 0.4.10, offline, discrete time).

`make_stl_rtamt.py` made them; neither this test nor the product needs that library. The
records are drawn again here from the stored seeds.
"""

import gzip
import json
import random
from pathlib import Path

import numpy as np

from simulator.assess.stl import evaluate, parse
from simulator.core.traces import ArrayTraces, Signal, catalogue

ANSWERS = Path(__file__).with_name("stl_rtamt.json.gz")
NAMES = ("a", "b", "c")
SIGNALS = catalogue(Signal(name) for name in NAMES)
PERIOD, TICKS, REPLICAS = 1000, 64, 10


def record(seed):
    """Samples of each signal, as float32 would keep them; on a coarse grid for an even seed."""
    rng = random.Random(seed)
    if seed % 2 == 0:
        return {name: [rng.randrange(-16, 17) / 4 for _ in range(TICKS)] for name in NAMES}
    return {name: [float(np.float32(rng.gauss(0, 2))) for _ in range(TICKS)] for name in NAMES}


def traces(seeds):
    """One replica a seed."""
    records = [record(seed) for seed in seeds]
    data = {name: np.array([one[name] for one in records], np.float32).T for name in NAMES}
    return ArrayTraces(PERIOD, SIGNALS, data, np.ones(len(seeds), np.bool_))


def test_ten_thousand_answers_agree_exactly():
    """Equal robustness to the last bit; equal sign of truth wherever it is not 0."""
    stored = json.loads(gzip.decompress(ANSWERS.read_bytes()))
    count = {-1: 0, 1: 0}
    for index, (text, expected) in enumerate(stored["answers"]):
        seeds = range(index * REPLICAS, (index + 1) * REPLICAS)
        result = evaluate(parse(text, SIGNALS), traces(seeds))
        rho = np.array(expected)
        assert (result.truth != 0).all(), text
        np.testing.assert_array_equal(result.margin, rho, err_msg=text)
        decided = rho != 0
        assert (result.truth[decided] == np.sign(rho[decided])).all(), text
        for truth in count:
            count[truth] += int((result.truth == truth).sum())
    assert sum(count.values()) == 10_000
    assert min(count.values()) > 3_000, count
