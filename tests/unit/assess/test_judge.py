"""From rows to verdicts: PASS rests on enough positive evidence and on nothing else."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.assess.judge import Plan, rule_cost, rule_formula
from simulator.core.verdict import Exit, Verdict, exit_code, worst

PLAN = Plan(replicas=10, failures_allowed=0, confidence=0.95)
PASS, FAIL, INCONCLUSIVE, NOT_ASSESSED = (
    Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NOT_ASSESSED,
)  # fmt: skip


def rows(truth, exercised=None, margin=None, witness=None, spare=None, latency=None):
    """Rows of R-1 as a run writes them."""
    truth = np.asarray(truth, np.int8)
    n = len(truth)

    def column(values, default):
        return np.full(n, default) if values is None else np.asarray(values, float)

    return {
        "replica": np.arange(100, 100 + n),
        "R-1.truth": truth,
        "R-1.exercised": column(exercised, 1),
        "R-1.margin": column(margin, 1.0),
        "R-1.witness": column(witness, 0),
        "R-1.time_margin": column(spare, math.nan),
        "R-1.latency": column(latency, math.nan),
    }


def rule(truth, plan=PLAN, lenient=False, implies=True, **more):
    return rule_formula("R-1", rows(truth, **more), plan, "K", lenient, implies)


def test_enough_satisfied_and_exercised_replicas_pass():
    found = rule([1] * 10)
    assert (found.verdict, found.n, found.failed, found.undecided) == (PASS, 10, 0, 0)


def test_one_replica_too_few_is_inconclusive():
    found = rule([1] * 9)
    assert found.verdict == INCONCLUSIVE
    assert "9 of the 10" in found.why


@pytest.mark.parametrize("exercised", range(1, 10))
def test_replicas_that_do_not_exercise_the_requirement_do_not_count(exercised):
    found = rule([1] * 40, exercised=[1] * exercised + [0] * (40 - exercised))
    assert (found.verdict, found.n) == (INCONCLUSIVE, exercised)


def test_more_runs_than_planned_of_which_enough_exercise_it_pass():
    found = rule([1] * 40, exercised=[1] * 10 + [0] * 30)
    assert (found.verdict, found.n) == (PASS, 10)


def test_a_requirement_that_nothing_exercised_is_not_assessed():
    assert rule([1] * 40, exercised=[0] * 40).verdict == NOT_ASSESSED


def test_if_unexercised_pass_counts_what_had_nothing_to_answer_for():
    assert rule([1] * 10, exercised=[0] * 10, lenient=True).verdict == PASS
    assert rule([1] * 9, exercised=[0] * 9, lenient=True).verdict == INCONCLUSIVE


def test_a_formula_without_an_implication_is_exercised_by_running():
    assert rule([1] * 10, exercised=[0] * 10, implies=False).verdict == PASS


@pytest.mark.parametrize("lenient", [True, False])
@pytest.mark.parametrize("implies", [True, False])
def test_one_violation_fails_whatever_else_happened(lenient, implies):
    for others in ([1] * 500, [0] * 500, [1], []):
        found = rule([*others, -1], lenient=lenient, implies=implies)
        assert found.verdict == FAIL
        assert found.failed == 1


def test_a_violation_counts_even_if_the_replica_is_marked_unexercised():
    assert rule([-1] + [1] * 20, exercised=[0] + [1] * 20).verdict == FAIL


def test_a_violation_fails_however_few_replicas_ran():
    assert rule([-1]).verdict == FAIL


@pytest.mark.parametrize("lenient", [True, False])
@pytest.mark.parametrize("implies", [True, False])
def test_one_undecided_replica_withholds_the_pass(lenient, implies):
    found = rule([1] * 500 + [0], lenient=lenient, implies=implies)
    assert (found.verdict, found.n, found.undecided) == (INCONCLUSIVE, 500, 1)


def test_an_undecided_replica_withholds_the_pass_even_when_it_is_unexercised():
    assert rule([1] * 500 + [0], exercised=[1] * 500 + [0]).verdict == INCONCLUSIVE


def test_undecided_replicas_alone_are_inconclusive_and_never_not_assessed():
    assert rule([0] * 20, exercised=[0] * 20).verdict == INCONCLUSIVE


@pytest.mark.parametrize(("failed", "verdict"), [(0, PASS), (1, PASS), (2, FAIL)])
def test_as_many_failures_as_the_plan_allows_still_pass(failed, verdict):
    plan = Plan(10, 1, 0.95)
    assert rule([-1] * failed + [1] * (10 - failed), plan=plan).verdict == verdict


@pytest.mark.parametrize("lenient", [True, False])
@pytest.mark.parametrize("implies", [True, False])
@pytest.mark.parametrize("exercised", [0, 1])
def test_a_truth_that_is_no_number_is_undecided(lenient, implies, exercised):
    given = rows([1] * 501, exercised=[1] * 500 + [exercised])
    given["R-1.truth"] = np.array([1.0] * 500 + [math.nan])
    found = rule_formula("R-1", given, PLAN, "K", lenient, implies)
    assert (found.verdict, found.n, found.undecided) == (INCONCLUSIVE, 500, 1)


def test_a_replica_that_stands_in_the_rows_twice_is_inconclusive():
    """Else nine replicas, one of them copied, would pass for the ten of the plan."""
    given = rows([1] * 10)
    given["replica"][9] = given["replica"][0]
    found = rule_formula("R-1", given, PLAN, "K", False, True)
    assert (found.verdict, found.why) == (INCONCLUSIVE, "a replica stands in the rows twice")


def test_rows_that_are_missing_are_inconclusive():
    assert rule_formula("R-1", {}, PLAN, "K", False, True).verdict == INCONCLUSIVE
    assert rule_formula("R-2", rows([1] * 10), PLAN, "K", False, False).verdict == INCONCLUSIVE


@pytest.mark.parametrize(("failed", "n", "bound"), [(0, 10, 0.2589), (0, 59, 0.0495), (1, 10, 0.3942)])
def test_the_bound_is_that_of_the_replicas_that_count(failed, n, bound):
    truth = [-1] * failed + [1] * (n - failed) + [1] * 30
    found = rule(truth, exercised=[1] * n + [0] * 30)
    assert found.bound == pytest.approx(bound, abs=1e-4)


def test_a_plan_of_one_run_claims_no_probability():
    assert rule([1], plan=Plan(1, 0, 0.95)).bound is None


def test_the_worst_margin_and_its_place_are_told():
    found = rule([1] * 10, margin=[5.0, 2.0, math.inf, 0.5, *[9.0] * 6], witness=[0, 0, -1, 3400, *[0] * 6])
    assert (found.margin, found.replica, found.witness, found.unit) == (0.5, 103, 3400, "K")


def test_of_several_violations_the_worst_one_is_told():
    found = rule([-1, -1, 1, -1], margin=[-1.0, -5.0, 0.1, -2.0], witness=[200, 400, 600, 800])
    assert (found.margin, found.replica, found.witness) == (-5.0, 101, 400)


def test_a_violation_is_told_before_a_smaller_margin_elsewhere():
    """A violated `<` may have the margin 0."""
    found = rule([1, -1, 1], margin=[1e-9, 0.0, 3.0], witness=[0, 1000, 0])
    assert (found.replica, found.witness) == (101, 1000)


def test_a_violation_of_states_alone_has_a_place_and_no_margin():
    found = rule([1, -1], margin=[math.inf, -math.inf], witness=[-1, 1000])
    assert (found.margin, found.replica, found.witness) == (None, 101, 1000)


def test_margins_that_do_not_exist_are_none():
    found = rule([1] * 10, margin=[math.inf] * 10)
    assert (found.margin, found.time_margin, found.latency, found.replica) == (None, None, None, -1)


def test_the_least_time_left_and_the_longest_latency_are_told():
    found = rule([1] * 10, spare=[3.0, math.nan, 0.4, *[2.0] * 7], latency=[0.4, math.nan, 3.0, *[1.0] * 7])
    assert (found.time_margin, found.latency) == (0.4, 3.0)


def cost(values, complete=None, first=0):
    n = len(values)
    whole = np.ones(n, np.int8) if complete is None else np.array(complete, np.int8)
    return {"replica": np.arange(first, first + n), "cost_index": np.array(values, float), "complete": whole}


def compare(mine, other, at_most="100 %", plan=PLAN):
    return rule_cost(mine, other, at_most, plan)


def test_a_cheaper_ai_passes_and_its_margin_is_that_of_the_worst_pair():
    found = compare(cost([0.5] * 9 + [0.9]), cost([1.0] * 10))
    assert (found.verdict, found.replica) == (PASS, 9)
    assert found.margin == pytest.approx(10.0)
    assert "54.0 %" in found.why


def test_one_dearer_replica_fails():
    found = compare(cost([0.5] * 9 + [1.01]), cost([1.0] * 10))
    assert (found.verdict, found.failed) == (FAIL, 1)


def test_an_equal_cost_is_at_most_100_percent():
    assert compare(cost([1.0] * 10), cost([1.0] * 10)).verdict == PASS


@pytest.mark.parametrize(("mine", "failed"), [(0.56, 0), (0.56 * (1 + 1e-9), 10)])
def test_a_cost_comparison_forgives_rounding_and_nothing_more(mine, failed):
    """0.56 / 0.7 is 0.8000000000000002 in floating point, and still 80 %."""
    found = compare(cost([mine] * 10), cost([0.7] * 10), at_most="80 %")
    assert mine / 0.7 > 0.8
    assert found.failed == failed


def test_costs_are_compared_pair_by_pair_of_the_same_replica():
    """On average cheaper, in replica 0 dearer; and rows in another order are still paired."""
    mine, other = cost([2.0, *[0.1] * 9]), cost([1.0] * 10)
    assert compare(mine, other).verdict == FAIL
    dear = cost([float(k + 1) for k in range(10)])
    turned = {name: column[::-1] for name, column in dear.items()}
    assert compare(dear, turned).verdict == PASS


def test_only_replicas_that_both_ran_count():
    found = compare(cost([0.5] * 12), cost([1.0] * 12, first=4))
    assert (found.verdict, found.n) == (INCONCLUSIVE, 8)


@pytest.mark.parametrize("spoilt", ["mine", "other"])
def test_an_incomplete_or_missing_cost_withholds_the_pass(spoilt):
    for broken in (cost([0.5] * 11, [1] * 10 + [0]), cost([0.5] * 10 + [math.nan])):
        pair = (broken, cost([1.0] * 11)) if spoilt == "mine" else (cost([0.1] * 11), broken)
        found = compare(*pair)
        assert (found.verdict, found.undecided) == (INCONCLUSIVE, 1)


@pytest.mark.parametrize("pair", [({}, cost([1.0])), (cost([1.0]), {}), ({}, {})])
def test_a_comparison_without_rows_is_inconclusive(pair):
    assert compare(*pair).verdict == INCONCLUSIVE


def test_a_comparison_without_a_common_replica_is_inconclusive():
    assert compare(cost([0.5] * 10), cost([1.0] * 10, first=50)).verdict == INCONCLUSIVE


def test_the_worst_part_is_the_verdict_of_the_whole_and_nothing_is_no_pass():
    assert worst([PASS, FAIL, INCONCLUSIVE]) == FAIL
    assert worst([PASS, NOT_ASSESSED, INCONCLUSIVE]) == INCONCLUSIVE
    assert worst([PASS, NOT_ASSESSED]) == NOT_ASSESSED
    assert worst([PASS, PASS]) == PASS
    assert worst([]) == NOT_ASSESSED


@pytest.mark.parametrize(
    ("verdicts", "void", "code"),
    [
        ([PASS], False, Exit.PASSED),
        ([PASS], True, Exit.NOT_DECIDED),
        ([FAIL, PASS], False, Exit.FAILED),
        ([FAIL], True, Exit.FAILED),
        ([INCONCLUSIVE], False, Exit.NOT_DECIDED),
        ([NOT_ASSESSED, PASS], False, Exit.NOT_DECIDED),
        ([], False, Exit.NOT_DECIDED),
    ],
)
def test_only_a_pass_of_everything_in_a_sound_suite_exits_0(verdicts, void, code):
    assert exit_code(verdicts, void) == code
