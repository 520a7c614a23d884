"""Parametric robustness judged from hand-made rows: what holds, breaks or is open, and what comes first."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.assess.robustness import cell, first_breaks, first_of_all, rulings, state

PLANNED = 4


def rows(truth, margin=None, rest=1, put=None, variant="ua=0.8"):
    """Rows of one plant."""
    n = len(truth)
    put = [1] * n if put is None else put
    return {
        "variant": np.array([variant] * n), "replica": np.arange(n), "rest": np.full(n, rest),
        "R-01.truth": np.array(truth), "R-01.margin": np.array(margin or [9.0] * n, float),
        "R-18.truth": np.array(put), "R-18.exercised": np.abs(put),
    }  # fmt: skip


def of(*args, provided=("R-18",), **about):
    return cell(rows(*args, **about), "ua=0.8", "R-01", provided)


def at(factor, failed=0, n=PLANNED, undecided=0, parameter="ua", margin=5.0):
    """A cell of the study."""
    variant = f"{parameter}={factor:g}" if parameter else "nominal"
    return {
        "parameter": parameter, "factor": factor, "variant": variant,
        "n": n, "failed": failed, "undecided": undecided, "margin": margin, "replica": 2, "why": "",
    }  # fmt: skip


def test_a_plant_holds_when_every_planned_replica_does():
    found = of([1, 1, 1, 1], margin=[9.0, 3.0, 5.0, 7.0])
    assert (found["n"], found["failed"], found["margin"], found["replica"]) == (4, 0, 3.0, 1)
    assert state(found, PLANNED) == "holds"


@pytest.mark.parametrize("value", [0, math.nan])
def test_an_undecided_replica_never_holds(value):
    found = of([1, 1, value, 1])
    assert (found["n"], found["undecided"]) == (3, 1)
    assert state(found, PLANNED) == "open"


def test_a_plant_without_an_operating_point_is_open_even_where_its_replicas_say_true():
    found = of([1, 1, 1, 1], rest=0)
    assert state(found, PLANNED) == "open"
    assert found["why"] == "this plant has no operating point"
    assert state(of([-1, -1, -1, -1], rest=0), PLANNED) == "open", "nor does it break: it cannot be run"


@pytest.mark.parametrize("put", [[1, 1, -1, 1], [1, 1, 0, 1]])
def test_a_replica_to_which_the_question_was_not_put_is_no_evidence(put):
    found = of([1, 1, 1, 1], margin=[9.0, 8.0, 1.0, 7.0], put=put)
    assert (found["n"], found["margin"]) == (3, 7.0)
    assert state(found, PLANNED) == "open"
    assert found["why"] == "the question was not put to 1"


def test_a_violation_counts_whether_or_not_the_question_was_put():
    found = of([1, -1, 1, 1], margin=[9.0, -2.0, 5.0, 7.0], put=[1, -1, 1, 1])
    assert (found["failed"], found["margin"], found["replica"]) == (1, -2.0, 1)
    assert state(found, PLANNED) == "breaks"


def test_a_violation_without_a_margin_still_names_its_replica():
    found = of([1, 1, -1, 1], margin=[9.0, 8.0, math.nan, 7.0])
    assert (found["failed"], found["replica"], found["margin"]) == (1, 2, None)
    assert state(found, PLANNED) == "breaks"


def test_what_was_not_recorded_is_open():
    assert state(cell(rows([1], variant="other=2"), "ua=0.8", "R-01", ()), PLANNED) == "open"


def test_the_first_break_is_the_nearest_factor_on_either_side():
    cells = [at(1.0, parameter=""), at(0.5, failed=1), at(0.8, failed=1), at(0.9), at(1.1), at(2.0, failed=2)]
    assert [one["factor"] for one in first_breaks(cells, PLANNED)["ua"]] == [0.8, 2.0]
    assert not any(one["doubt"] for one in first_breaks(cells, PLANNED)["ua"])


def test_an_open_factor_before_the_break_puts_it_in_doubt():
    cells = [at(1.25, n=2), at(1.5, failed=1)]
    assert [one["doubt"] for one in first_breaks(cells, PLANNED)["ua"]] == [True]


def test_the_first_parameter_is_the_one_nearest_to_the_design_by_its_ratio():
    """A factor of 0.6 is further from 1 than 1.5 is: ln 0.6 = -0.51, ln 1.5 = 0.41."""
    cells = [at(0.6, failed=1, parameter="ua"), at(1.5, failed=1, parameter="lag")]
    assert first_of_all(first_breaks(cells, PLANNED))["parameter"] == "lag"
    assert first_of_all(first_breaks([at(0.6)], PLANNED)) is None


RESOLVED = {
    "suite": {
        "robustness": {
            "of": [], "requirements": ["R-01"], "replicas": PLANNED,
            "parameters": {"ua": {"factors": [0.5, 0.8, 1.25], "tolerance": [0.8, 1.0]}},
        }
    },
    "requirements": {"R-01": {"code": "C0", "text": "Never."}},
    "criteria": {"codes": {"C0": {"class": "A"}}},
    "scenarios": {"SAF-001": {"formulas": {"R-01": {}}}, "OTHER": {"formulas": {}}},
}  # fmt: skip


def ruled(cells, nominal="PASS"):
    found = {"scenarios": {"SAF-001": {"units": {"R-01": "K"}, "requirements": {"R-01": cells}}}}
    (one,) = rulings(RESOLVED, found, {("SAF-001", "R-01"): {"verdict": nominal}})
    return one


DESIGN = at(1.0, parameter="")


def test_a_break_inside_the_tolerance_fails_with_the_class_of_the_requirement():
    one = ruled([DESIGN, at(0.5), at(0.8, failed=1), at(1.25)])
    assert (one["verdict"], one["class"], one["variant"]) == ("FAIL", "A", "ua=0.8")
    assert one["why"] == "broken inside the tolerance by ua=0.8 (1 of 4)"


def test_a_break_outside_of_the_tolerance_is_told_and_fails_nothing():
    one = ruled([DESIGN, at(0.5, failed=4), at(0.8), at(1.25, failed=1)])
    assert (one["verdict"], one["first"]["variant"]) == ("PASS", "ua=1.25")


@pytest.mark.parametrize("cells", [[DESIGN, at(0.8, n=3)], [DESIGN, at(0.8, undecided=1)], [DESIGN], []])
def test_what_is_open_or_missing_inside_the_tolerance_never_passes(cells):
    one = ruled(cells)
    assert (one["verdict"], one["class"]) == ("INCONCLUSIVE", "B")


def test_without_its_file_a_study_that_was_asked_for_never_passes():
    (one,) = rulings(RESOLVED, None, {("SAF-001", "R-01"): {"verdict": "PASS"}})
    assert one["verdict"] == "INCONCLUSIVE"


def test_nothing_is_said_of_other_plants_where_the_nominal_verdict_is_no_pass():
    whole = [DESIGN, at(0.8), at(0.5), at(1.25)]
    assert ruled(whole, "FAIL")["verdict"] == "NOT ASSESSED"
    assert ruled(whole, "INCONCLUSIVE")["verdict"] == "NOT ASSESSED"
    assert ruled([DESIGN, at(0.8, failed=1)], "INCONCLUSIVE")["verdict"] == "FAIL"


def test_a_suite_without_a_study_has_no_such_rulings():
    assert rulings({"suite": {}}, None, {}) == []


def test_a_ruling_that_passes_keeps_the_class_of_its_requirement():
    assert ruled([DESIGN, at(0.8), at(0.5), at(1.25)])["class"] == "A"
