"""Three-valued truth, margins and witnesses, on records small enough to check by hand."""

import math

import numpy as np
import pytest

from simulator.assess.stl import FormulaError, evaluate, parse
from simulator.core.traces import ArrayTraces, Signal, catalogue, flag
from simulator.core.verdict import Verdict

NAN, INF = math.nan, math.inf
MODES = {"MAN": 0, "AUTO": 1, "RCAS": 2}
SIGNALS = catalogue(
    [
        Signal("x", "K"),
        Signal("y", "m"),
        Signal("n"),
        flag("p"),
        flag("q"),
        Signal("mode", states=MODES, groups={"AI": ("RCAS",)}),
    ]
)
T, U, F = 1.0, NAN, 0.0


def record(period=1000, complete=True, **columns):
    """One replica; a column a signal."""
    data = {name: np.array(column, np.float32).reshape(-1, 1) for name, column in columns.items()}
    return ArrayTraces(period, {name: SIGNALS[name] for name in columns}, data, np.array([complete]))


def judge(text, **columns):
    return evaluate(parse(text, SIGNALS), record(**columns))


def truth(text, **columns):
    return int(judge(text, **columns).truth[0])


def margin(text, **columns):
    return float(judge(text, **columns).margin[0])


def witness(text, **columns):
    return int(judge(text, **columns).witness[0])


def replicas(text, period=1000, complete=None, **columns):
    """Many replicas; an array of shape (n_ticks, n_replicas) a signal."""
    data = {name: np.asarray(column, np.float32) for name, column in columns.items()}
    n = next(iter(data.values())).shape[1]
    complete = np.ones(n, np.bool_) if complete is None else np.array(complete)
    signals = {name: SIGNALS[name] for name in columns}
    return evaluate(parse(text, SIGNALS), ArrayTraces(period, signals, data, complete))


# A flag undecided at tick 0 without spoiling the other signal: it looks one tick past the end.
LATE = "eventually[1 s:1 s] {}"
KLEENE = [
    # left, right, and, or, implies
    (1, 1, 1, 1, 1),
    (1, 0, 0, 1, 0),
    (1, -1, -1, 1, -1),
    (0, 1, 0, 1, 1),
    (0, 0, 0, 0, 0),
    (0, -1, -1, 0, 0),
    (-1, 1, -1, 1, 1),
    (-1, 0, -1, 0, 1),
    (-1, -1, -1, -1, 1),
]


@pytest.mark.parametrize(("left", "right", "both", "either", "implies"), KLEENE)
@pytest.mark.parametrize("wrap", ["{}", "always[0:0 s] ({})", "not (not ({}))", "rise(q) or ({})"])
def test_connectives_follow_kleene(left, right, both, either, implies, wrap):
    """The tables of strong three-valued logic, at the root and inside another operator."""
    text = {0: f"({LATE.format('p')})", 1: "p", -1: "not p"}
    sides = text[left], text[right]
    for word, expected in (("and", both), ("or", either), ("->", implies)):
        formula = wrap.format(f"{sides[0]} {word} {sides[1]}")
        assert truth(formula, p=[T], q=[T]) == expected
    assert truth(wrap.format(f"not {sides[0]}"), p=[T], q=[T]) == -left


@pytest.mark.parametrize(
    ("text", "truth_at_zero"),
    [("x < 4 K", -1), ("x <= 4 K", 1), ("x > 4 K", -1), ("x >= 4 K", 1), ("x == 4 K", 1), ("x != 4 K", -1)],
)
def test_margin_zero_fails_a_strict_bound_and_satisfies_the_other(text, truth_at_zero):
    for formula, sign in ((text, 1), (f"always ({text})", 1), (f"not {text}", -1), (f"p -> {text}", 1)):
        assert truth(formula, x=[4.0], p=[T]) == sign * truth_at_zero
        assert margin(formula, x=[4.0], p=[T]) == 0.0


def test_margin_is_the_distance_to_the_bound():
    assert margin("always (x < 400 K)", x=[350, 391, 380]) == 9.0
    assert margin("always (x < 400 K)", x=[350, 407, 402]) == -7.0
    assert margin("eventually (x > 400 K)", x=[350, 391, 380]) == -9.0
    assert margin("always (abs(x - 350 K) <= 5 K)", x=[352, 347.5, 350]) == 2.5
    assert margin("always (n <= 10)", n=[3, 8, 2]) == 2.0
    assert margin("x < 80 degC", x=[350]) == pytest.approx(3.15)


def test_the_recorded_float32_is_what_is_judged():
    """0.1 in float32 is 0.100000001490116, above the bound of 0.1."""
    assert truth("always (n <= 0.1)", n=[0.1]) == -1
    assert margin("always (n <= 0.1)", n=[0.1]) == 0.1 - float(np.float32(0.1))


def test_witness_is_the_worst_tick_the_earliest_of_equals():
    assert witness("always (x < 400 K)", x=[350, 391, 380, 391]) == 1
    assert witness("always (x < 400 K)", x=[401, 350, 407, 407]) == 2
    assert witness("always[2 s:3 s] (x < 400 K)", x=[401, 350, 407, 408]) == 3
    assert witness("eventually (x > 400 K)", x=[401, 350, 407, 407]) == 2
    assert witness("always (mode == MAN)", mode=[0, 0, 1, 1, 0]) == 2
    assert witness("always (mode == MAN)", mode=[0, 0]) == -1
    assert witness("always (p -> x < 4 K)", p=[F, T, F, T], x=[9, 1, 9, 3]) == 3
    assert witness("always (x < 4 K) and always (x > 0 K)", x=[3, 2, 1, 0.5]) == 3
    assert witness("always (x < 4 K) and always p", x=[3, 9, 1, 1], p=[T, T, F, T]) == 2


def test_a_false_tick_is_the_witness_even_where_a_true_one_has_the_same_margin():
    """Margin 0 both times: `<=` holds at tick 0, `<` fails at tick 1."""
    assert witness("always (p and x <= 4 K or x < 4 K)", x=[4, 4], p=[T, F]) == 1


def test_the_side_that_decided_a_connective_is_the_witness():
    """Of `and`: the false side, whether the other is true with margin 0 or still undecided."""
    assert witness("always (x <= 4 K) and always (p -> x < 4 K)", x=[4, 4], p=[F, T]) == 1
    assert witness("(p until[5 s:6 s] q) and always (x < 4 K)", x=[1, 9], p=[T, T], q=[F, F]) == 1
    assert witness("always (x < 4 K) or always (x > 1 K)", x=[2, 5, 3]) == 0
    assert witness("always (x > 9 K) or always (x < 4 K)", x=[3, 5, 3]) == 1


def test_states_decide_with_an_infinite_margin():
    assert margin("always (mode == AI)", mode=[2, 2]) == INF
    assert margin("always (mode != AI)", mode=[0, 2]) == -INF
    assert margin("always (mode != AI -> x < 4 K)", mode=[2, 0], x=[9, 1]) == 3.0


def test_quantities_of_several_units_leave_the_margin_open_and_the_verdict_not():
    result = judge("always (x < 4 K and y < 2 m)", x=[1, 1, 9], y=[1, 3, 1])
    assert (result.truth[0], result.witness[0]) == (-1, 1)
    assert np.isnan(result.margin[0])


def test_a_window_past_the_end_of_the_record_is_undecided():
    assert truth("always[0:3 s] p", p=[T, T, T]) == 0
    assert truth("always[0:2 s] p", p=[T, T, T]) == 1
    assert truth("always[0:9 s] p", p=[T, F, T]) == -1
    assert truth("eventually[0:9 s] p", p=[F, F]) == 0
    assert truth("eventually[0:9 s] p", p=[F, T]) == 1
    assert truth("eventually[5:9 s] p", p=[F, T]) == 0
    assert truth("p until[0:9 s] q", p=[T, T], q=[F, F]) == 0
    assert truth("p until[0:9 s] q", p=[T, F], q=[F, F]) == -1


def test_without_a_window_the_record_is_all_that_is_spoken_of():
    assert truth("always p", p=[T, T]) == 1
    assert truth("eventually p", p=[F, F]) == -1
    assert truth("p until q", p=[T, T], q=[F, F]) == -1
    assert truth("p until q", p=[T, F], q=[F, T]) == 1


def test_until_wants_its_left_side_before_the_right_one_only():
    assert truth("p until[0:2 s] q", p=[T, T, F], q=[F, F, T]) == 1
    assert truth("p until[0:2 s] q", p=[F, F, F], q=[T, F, F]) == 1
    assert truth("p until[1:2 s] q", p=[F, T, T], q=[T, T, T]) == -1
    assert margin("x < 9 K until[0:2 s] x > 4 K", x=[3, 2, 6]) == 2.0


def test_rise_is_false_at_the_first_tick():
    assert truth("always (rise(p) -> q)", p=[T, T], q=[F, F]) == 1
    assert truth("always (rise(p) -> q)", p=[F, T], q=[T, F]) == -1
    assert truth("always (rise(p) -> q)", p=[F, T], q=[F, T]) == 1
    assert truth("eventually rise(p)", p=[T, T]) == -1


def test_nan_before_a_crossing_is_undecided_and_a_crossing_stays():
    assert truth("always (x < 4 K)", x=[1, NAN, 9]) == 0
    assert truth("always (x < 4 K)", x=[1, 9, NAN]) == -1
    assert margin("always (x < 4 K)", x=[1, 9, NAN]) == -5.0
    assert truth("always (x < 4 K)", x=[1, NAN, 1]) == 0
    assert truth("always (x < 4 K)", x=[NAN, 1, 1]) == 0


def test_nothing_is_known_of_any_signal_after_one_of_them_is_not_finite():
    assert truth("always (x < 4 K and y < 4 m)", x=[1, NAN, 1], y=[1, 1, 9]) == 0
    assert truth("always (x < 4 K and y < 4 m)", x=[1, NAN, 1], y=[9, 1, 1]) == -1


@pytest.mark.parametrize("broken", [NAN, INF, -INF])
@pytest.mark.parametrize("text", ["always (x < 4 K)", "always (x > -4 K)", "always (not x > 4 K)"])
def test_a_number_that_is_not_finite_never_satisfies(broken, text):
    assert truth(text, x=[1, broken, 1]) == 0
    assert truth(text, x=[broken]) == 0


def test_a_state_that_does_not_exist_is_no_evidence():
    assert truth("always (mode != AI)", mode=[0, 7, 0]) == 0
    assert truth("always (not p)", p=[F, 0.5]) == 0


def test_arithmetic_that_overflows_is_undecided():
    text = "n * 1e300 * 1e300 < 1"
    assert truth(text, n=[1e38]) == 0


def test_an_incomplete_record_fails_but_never_passes():
    assert truth("always (x < 4 K)", x=[1, 1], complete=False) == 0
    assert truth("always (x < 4 K)", x=[1, 9], complete=False) == -1
    assert truth("eventually p", p=[F, T], complete=False) == 0
    assert truth("eventually p", p=[F, F], complete=False) == 0
    assert truth("always (p -> eventually q)", p=[F, T], q=[F, F], complete=False) == 0
    assert truth("p until q", p=[T, T], q=[F, F], complete=False) == 0


@pytest.mark.parametrize("complete", [True, False])
def test_an_empty_record_decides_nothing(complete):
    result = judge("always (p -> x < 4 K)", x=[], p=[], complete=complete)
    assert (result.truth[0], result.witness[0], result.exercised[0]) == (0, -1, False)
    assert np.isnan(result.margin[0])
    assert result.verdicts == (Verdict.INCONCLUSIVE,)


def test_no_replicas_give_no_verdicts():
    result = replicas("always (x < 4 K)", x=np.zeros((3, 0)))
    assert result.verdicts == ()
    assert result.margin.shape == (0,)


def test_an_implication_near_the_end_is_undecided_only_where_it_is_asked():
    text = "always (p -> eventually[0:4 s] q)"
    assert truth(text, p=[F, F, F, T], q=[F, F, F, F]) == 0
    assert truth(text, p=[F, F, T, F], q=[F, F, F, T]) == 1
    assert truth(text, p=[F, T, F, F], q=[F, F, F, F]) == 0
    assert truth(text, p=[F, F, F, F], q=[F, F, F, F]) == 1


def test_verdicts_are_told_apart_by_replica():
    fault = [[F, T, T, T], [F, F, F, F]]
    heat = [[9, 1, 9, 1], [9, 1, 1, NAN]]
    result = replicas("always (p -> x < 4 K)", p=fault, x=heat)
    assert result.verdicts == (
        Verdict.NOT_ASSESSED,
        Verdict.PASS,
        Verdict.FAIL,
        Verdict.INCONCLUSIVE,
    )
    assert result.exercised.tolist() == [False, True, True, True]


def test_a_replica_is_judged_the_same_alone_and_among_others():
    """More samples than one block holds, so that blocks of different size are joined."""
    rng = np.random.default_rng(4)
    heat = rng.normal(350, 1, (30_000, 20)).astype(np.float32)
    text = "always (x > 354.1 K -> eventually[0:7 s] always[0:2 s] x < 351 K)"
    together = replicas(text, x=heat)
    for k in (0, 8, 19):
        alone = replicas(text, x=heat[:, k : k + 1])
        assert together.truth[k] == alone.truth[0]
        assert together.witness[k] == alone.witness[0]
        np.testing.assert_array_equal(together.margin[k], alone.margin[0])
        np.testing.assert_array_equal(together.latency[k], alone.latency[0])


def test_a_window_between_samples_is_refused_with_its_place():
    formula = parse("always (p -> eventually[0:250 ms] q)", SIGNALS)
    with pytest.raises(FormulaError, match="multiples of the sampling period of 100 ms") as caught:
        evaluate(formula, record(period=100, p=[T], q=[T]))
    start = caught.value.position
    assert formula.text[start : start + caught.value.length] == "[0:250 ms]"
    assert evaluate(formula, record(period=50, p=[T], q=[T])).truth[0] == 1


def test_a_record_in_another_unit_or_coding_is_refused():
    formula = parse("always (mode == AUTO and x < 4 K)", SIGNALS)
    good = record(mode=[1], x=[1])
    assert evaluate(formula, good).truth[0] == 1
    for other in (Signal("mode", states={"AUTO": 0, "MAN": 1}), Signal("x", "degC")):
        signals = {**good.signals, other.name: other}
        with pytest.raises(FormulaError, match="wanted"):
            evaluate(formula, ArrayTraces(1000, signals, good.data, good.complete))
    with pytest.raises(FormulaError, match="without it"):
        evaluate(formula, record(x=[1]))


def test_signals_of_different_length_are_refused():
    with pytest.raises(ValueError, match="one shape"):
        judge("always (x < 4 K and p)", x=[1, 1], p=[T])
