"""Which layer held, what happened when, and what is measured: from synthetic traces."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.assess.events import Event, events
from simulator.assess.ladder import Held, Limit, rungs
from simulator.assess.measure import Term, Yardsticks, cost_index, digests, measure, pick
from simulator.core.states import MODE, MODE_GROUPS, MODE_REASON, OUTPUT_REASON, SIF
from simulator.core.traces import ArrayTraces, Signal, catalogue, flag

LOOP, TICKS = "TIC-1", 10
LIMITS = {"SL-1": Limit("true.temperature", 400.0, below=True)}
SIGNALS = catalogue(
    [
        Signal("true.temperature", "K"),
        Signal(f"mode.{LOOP}", states=MODE, groups=MODE_GROUPS),
        Signal("reason.output_guard", states=OUTPUT_REASON),
        Signal("sif.SIF-1", states=SIF),
        Signal("sif.SIF-2", states=SIF),
        flag("operator.override"),
        flag("threat.one"),
        flag("ai_fault"),
    ]
)


def record(complete=True, start="RCAS", without=(), **edges):
    """One replica; each edge sets a channel to a value from tick 5 on."""
    data = {name: np.zeros((TICKS, 1), np.float32) for name in SIGNALS if name not in without}
    data["true.temperature"][:] = 350.0
    if f"mode.{LOOP}" in data:
        data[f"mode.{LOOP}"][:] = MODE[start]
    keys = {"temperature": "true.temperature", "mode": f"mode.{LOOP}", "guard": "reason.output_guard",
            "sif": "sif.SIF-1", "sif2": "sif.SIF-2", "operator": "operator.override"}  # fmt: skip
    for key, value in edges.items():
        data[keys[key]][5:] = value
    return ArrayTraces(200, {n: SIGNALS[n] for n in data}, data, np.array([complete]))


def held(**edges):
    return rungs(record(**edges), LIMITS, LOOP)[0]


GUARD, SHED, OPERATOR, SIF_, UNSAFE = (
    {"guard": 1}, {"mode": MODE["AUTO"]}, {"operator": 1}, {"sif": SIF["TRIPPED"]}, {"temperature": 400.0},
)  # fmt: skip


@pytest.mark.parametrize(
    ("edges", "rung"),
    [
        ({}, Held.NO_DEMAND),
        (GUARD, Held.GUARD),
        (SHED, Held.FALLBACK),
        (GUARD | SHED, Held.FALLBACK),
        (SHED | OPERATOR, Held.OPERATOR),
        (OPERATOR | SIF_, Held.SIF),
        ({"sif2": SIF["TRIPPED"]}, Held.SIF),
        (GUARD | SHED | OPERATOR | SIF_ | UNSAFE, Held.UNSAFE),
        (UNSAFE, Held.UNSAFE),
        ({"temperature": 399.99}, Held.NO_DEMAND),
        ({"sif": SIF["BYPASSED"]}, Held.NO_DEMAND),
    ],
)
def test_the_rung_is_that_of_the_outermost_layer_that_acted(edges, rung):
    assert held(**edges) == rung


@pytest.mark.parametrize("mode", ["AUTO", "MAN"])
def test_a_loop_that_the_ai_never_had_was_not_shed(mode):
    assert held(start=mode) == Held.NO_DEMAND


@pytest.mark.parametrize("start", ["RCAS", "ROUT"])
@pytest.mark.parametrize("to", ["AUTO", "MAN"])
def test_a_loop_that_leaves_the_ai_was_shed(start, to):
    assert held(start=start, mode=MODE[to]) == Held.FALLBACK


def test_an_incomplete_record_is_unknown_unless_the_limit_was_crossed():
    assert held(complete=False) == Held.UNKNOWN
    assert held(complete=False, **SIF_) == Held.UNKNOWN
    assert held(complete=False, **UNSAFE) == Held.UNSAFE


def test_a_refusal_on_any_of_several_loops_credits_the_guard():
    quiet, one = record(without=("reason.output_guard",)), "reason.output_guard.TIC-2"
    signals = {**quiet.signals, one: Signal(one, states=OUTPUT_REASON)}
    data = {**quiet.data, one: np.ones((TICKS, 1), np.float32)}
    assert rungs(ArrayTraces(200, signals, data, quiet.complete), LIMITS, LOOP)[0] == Held.GUARD


@pytest.mark.parametrize("lost", [math.nan, -math.inf])
def test_a_truth_that_is_lost_is_unknown(lost):
    assert held(temperature=lost) == Held.UNKNOWN


def test_a_limit_that_was_crossed_before_the_truth_was_lost_stays_crossed():
    traces = record(temperature=401.0)
    traces.data["true.temperature"][7:] = math.nan
    assert rungs(traces, LIMITS, LOOP)[0] == Held.UNSAFE


def test_a_limit_whose_quantity_was_not_recorded_is_unknown_and_not_no_demand():
    assert held(without=("reason.output_guard",)) == Held.NO_DEMAND, "a layer without a record"
    traces = record()
    data = {name: samples for name, samples in traces.data.items() if name != "true.temperature"}
    blind = ArrayTraces(200, {n: SIGNALS[n] for n in data}, data, traces.complete)
    assert rungs(blind, LIMITS, LOOP)[0] == Held.UNKNOWN


def test_a_lower_limit_is_crossed_from_above():
    low = {"SL-2": Limit("true.temperature", 300.0, below=False)}
    assert rungs(record(temperature=300.0), low, LOOP)[0] == Held.UNSAFE
    assert rungs(record(temperature=300.1), low, LOOP)[0] == Held.NO_DEMAND


def test_each_replica_has_its_own_rung():
    parts = [record(), record(**GUARD), record(**UNSAFE), record(complete=False)]
    data = {name: np.hstack([part.data[name] for part in parts]) for name in SIGNALS}
    traces = ArrayTraces(200, SIGNALS, data, np.array([part.complete[0] for part in parts]))
    assert rungs(traces, LIMITS, LOOP).tolist() == [Held.NO_DEMAND, Held.GUARD, Held.UNSAFE, Held.UNKNOWN]


def test_events_are_the_edges_of_state_channels_in_time_order():
    traces = record(**SHED, **OPERATOR)
    traces.data["sif.SIF-1"][7:] = SIF["TRIPPED"]
    traces.data["sif.SIF-1"][9:] = SIF["NORMAL"]
    assert events(traces) == [
        Event(1000, f"mode.{LOOP}", "RCAS", "AUTO"),
        Event(1000, "operator.override", "FALSE", "TRUE"),
        Event(1400, "sif.SIF-1", "NORMAL", "TRIPPED"),
        Event(1800, "sif.SIF-1", "TRIPPED", "NORMAL"),
    ]


def test_a_quantity_that_moves_is_no_event():
    assert events(record(temperature=390.0)) == []


def test_a_state_present_from_the_first_tick_is_no_event():
    assert events(record(start="AUTO")) == []


def test_a_number_that_names_no_state_is_unknown():
    traces = record()
    traces.data["sif.SIF-1"][5:] = 7.0
    assert events(traces) == [Event(1000, "sif.SIF-1", "NORMAL", "UNKNOWN")]


def test_a_state_that_is_lost_is_one_event_and_not_one_a_tick():
    traces = record()
    traces.data["sif.SIF-1"][5:8] = math.nan
    assert events(traces) == [
        Event(1000, "sif.SIF-1", "NORMAL", "UNKNOWN"),
        Event(1600, "sif.SIF-1", "UNKNOWN", "NORMAL"),
    ]


def test_events_are_those_of_the_replica_that_was_asked_for():
    parts = [record(), record(**SHED)]
    data = {name: np.hstack([part.data[name] for part in parts]) for name in SIGNALS}
    traces = ArrayTraces(200, SIGNALS, data, np.ones(2, np.bool_))
    assert [len(events(traces, k)) for k in range(2)] == [0, 1]


def test_the_reasons_of_the_mode_logic_are_named():
    signal = Signal("reason.mode", states=MODE_REASON)
    data = {"reason.mode": np.array([[0.0], [1.0]], np.float32)}
    assert events(ArrayTraces(200, {signal.name: signal}, data, np.ones(1, np.bool_)))[0].after == "STALE"


def test_the_cost_is_the_mean_of_squares_and_missing_samples_are_told():
    data = {"a": np.array([[1.0, 1.0], [3.0, math.nan]], np.float32), "b": np.full((2, 2), 5.0, np.float32)}
    traces = ArrayTraces(200, catalogue([Signal("a"), Signal("b")]), data, np.ones(2, np.bool_))
    found = cost_index(traces, [Term("a", 1.0, 2.0), Term("b", 4.0, 0.5)])
    assert found[0] == pytest.approx((0.0 + 1.0) / 2 + 4.0)
    assert math.isnan(found[1])


def test_the_digest_is_over_every_channel_but_the_injected_truth():
    before = digests(record())[0]
    for name in SIGNALS:
        traces = record()
        traces.data[name][3] += 1.0
        assert (digests(traces)[0] == before) is name.startswith(("threat.", "ai_fault")), name


def test_the_digest_notices_the_last_bit_and_the_sign_of_zero():
    before = digests(record())[0]
    for spoil in (np.nextafter(np.float32(350.0), np.float32(400.0)),):
        traces = record()
        traces.data["true.temperature"][3] = spoil
        assert digests(traces)[0] != before
    traces = record()
    traces.data["operator.override"][3] = -0.0
    assert digests(traces)[0] != before


HIGH = {"SL-1": Limit("true.temperature", 400.0, below=True)}


def columns(peaks, truths=None):
    found = {"peak.SL-1": np.array(peaks, np.float32)}
    return found if truths is None else found | {"R-01.truth": np.array(truths, np.int8)}


def many(n):
    data = {"true.temperature": np.zeros((2, n), np.float32)}
    return ArrayTraces(200, {"true.temperature": SIGNALS["true.temperature"]}, data, np.ones(n, np.bool_))


def test_the_failed_the_worst_and_the_middle_replica_are_kept():
    kept = pick(many(6), columns([1, 9, 3, 2, 8, 7], [1, 1, -1, 1, 1, 0]), HIGH, worst=2, failed=10, random=1)
    assert kept == {2: "failed", 1: "worst", 4: "worst", 3: "random"}


def test_no_more_failed_traces_are_kept_than_wanted():
    kept = pick(many(6), columns(range(6), [-1] * 6), HIGH, worst=0, failed=2, random=0)
    assert kept == {0: "failed", 1: "failed"}


def test_the_worst_of_a_lower_limit_is_the_lowest():
    """`peak.<limit>` of a quantity that must stay above its limit is its least value."""
    low = {"SL-2": Limit("true.temperature", 300.0, below=False)}
    traces = many(3)
    traces.data["true.temperature"][:] = [340.0, 301.0, 345.0]
    found = measure(traces, Yardsticks({}, low, LOOP), 0)
    assert found["peak.SL-2"].tolist() == [340.0, 301.0, 345.0]
    assert pick(traces, found, low, worst=1, failed=0, random=0) == {1: "worst"}
