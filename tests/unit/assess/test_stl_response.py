"""Whether a demand was made of the plant, and how soon it was answered."""

import math

import numpy as np
import pytest

from simulator.assess.stl import evaluate, parse
from simulator.core.traces import ArrayTraces, Signal, catalogue, flag

SIGNALS = catalogue([Signal("x", "K"), flag("p"), flag("q"), flag("r")])
INF = math.inf


def judge(text, period=500, complete=True, **columns):
    data = {
        name: np.array([float(letter) for letter in column.replace("?", "9")], np.float32).reshape(-1, 1)
        for name, column in columns.items()
    }
    signals = {name: SIGNALS[name] for name in columns}
    return evaluate(parse(text, SIGNALS), ArrayTraces(period, signals, data, np.array([complete])))


ANSWERED = "always (p -> eventually[0:2 s] q)"
CASES = [
    # cause, effect, truth, latency [s], time margin [s]; one sample is 0.5 s
    ("0000000000", "0000000000", 1, math.nan, math.nan),
    ("0100000000", "0100000000", 1, 0.0, 2.0),
    ("0100000000", "0001000000", 1, 1.0, 1.0),
    ("0100000000", "0000010000", 1, 2.0, 0.0),
    ("0100000000", "0000001000", -1, 2.5, -0.5),
    ("0100000000", "0000000000", -1, INF, -INF),
    ("1000000000", "0010000000", 1, 1.0, 1.0),
    ("0100100000", "0110001000", 1, 1.0, 1.0),
    ("0111000000", "0000100000", 1, 1.5, 0.5),
    ("0000000010", "0000000000", 0, math.nan, math.nan),
    ("0000000010", "0000000001", 1, 0.5, 1.5),
    ("0100000010", "0000001000", -1, 2.5, -0.5),
    ("0100000010", "0010000000", 0, math.nan, math.nan),
    ("0100?00000", "0010000000", 0, math.nan, math.nan),
]


@pytest.mark.parametrize(("cause", "effect", "truth", "latency", "spare"), CASES)
def test_latency_runs_from_the_cause_becoming_true(cause, effect, truth, latency, spare):
    result = judge(ANSWERED, p=cause, q=effect)
    assert result.truth[0] == truth
    np.testing.assert_array_equal(result.latency, [latency])
    np.testing.assert_array_equal(result.time_margin, [spare])


def test_an_answer_counts_from_the_first_delay_of_the_window():
    result = judge("always (p -> eventually[1:2 s] q)", p="0100000000", q="0110100000")
    np.testing.assert_array_equal(result.latency, [1.5])
    np.testing.assert_array_equal(result.time_margin, [0.5])


def test_a_bounded_outer_operator_limits_which_causes_count():
    text = "always[1:3 s] (p -> eventually[0:2 s] q)"
    result = judge(text, p="1000100100", q="0000010001")
    np.testing.assert_array_equal(result.latency, [0.5])
    assert judge(text, p="1000000100", q="1000000000").exercised.tolist() == [False]
    assert judge(text, p="0110000000", q="0001000000").latency[0] == 0.5


def test_an_effect_that_did_not_last_leaves_a_latency_but_no_time_margin():
    """The cause persists, the effect came at once and never again: later ticks fail."""
    result = judge(ANSWERED, p="0111111111", q="0100000000")
    assert result.truth[0] == -1
    assert result.latency[0] == 0.0
    assert np.isnan(result.time_margin[0])


def test_an_incomplete_record_has_no_latency_unless_it_fails():
    assert np.isnan(judge(ANSWERED, p="0100000000", q="0100000000", complete=False).latency[0])
    late = judge(ANSWERED, p="0100000000", q="0000001000", complete=False)
    assert (late.truth[0], late.latency[0]) == (-1, 2.5)


@pytest.mark.parametrize(
    "text",
    ["always (p and q)", "always (p -> q)", "always (p -> eventually q)", "p -> eventually[0:2 s] q"],
)
def test_other_forms_have_no_latency(text):
    result = judge(text, p="1111", q="1111")
    assert result.truth[0] == 1
    assert np.isnan([result.latency[0], result.time_margin[0]]).all()


@pytest.mark.parametrize(
    ("text", "exercised"),
    [
        ("always (p -> q)", True),
        ("p -> q", False),
        ("always[1:1 s] (p -> q)", True),
        ("always[0:0 s] (p -> q)", False),
        ("eventually[1:1 s] always[0:0 s] (p -> q)", True),
        ("always (r -> q)", False),
        ("always (r -> q) and always (p -> q)", True),
        ("always q", True),
        ("(p -> q) until[0:1 s] q", True),
        ("(r -> q) until[0:1 s] q", False),
    ],
)
def test_a_left_side_counts_where_its_implication_is_looked_at(text, exercised):
    """`p` is true at 1 s only, `r` never."""
    result = judge(text, p="0010", q="1111", r="0000")
    assert result.exercised.tolist() == [exercised]
