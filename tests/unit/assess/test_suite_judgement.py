"""The whole suite judged: controls, unfinished runs, and what the criteria make of it."""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest

from simulator.assess.design import independence, sif_response
from simulator.assess.suite import judge_suite
from simulator.core.verdict import Verdict

CRITERIA = {
    "confidence": 0.95,
    "codes": {"C0": {"plan": "p", "class": "A"}, "C6": {"plan": "p", "class": "B"}},
    "margins": {"warn_below": {"R-1": "10 K"}},
    "response": {"at_most": 0.5},
    "verdict": [
        {"VOID": ["mutant survived", "control failed"]},
        {"NO-GO": ["A FAIL"]},
        {"NOT READY": ["A INCONCLUSIVE", "A NOT ASSESSED"]},
        {"GO WITH CONDITIONS": ["B FAIL", "B INCONCLUSIVE", "B NOT ASSESSED"]},
        {"GO": ["otherwise"]},
    ],
}
PLAN = {"replicas": 4, "failures_allowed": 0}
PLANT = {
    "measurements": {"TT-1": {}, "TT-9A": {"wired_to": ["SIF-1"]}},
    "copies": {"TT-9": {}},
    "sifs": {"SIF-1": {"elements": ["XV-1"]}},
    "loops": {"TIC-1": {"pv": "TT-1", "op": "TV-1"}},
    "ai": {"rcas": {"inputs": [{"tag": "TT-1"}]}},
}
RESOLVED = {
    "suite": {
        "suite": "small",
        "design_checks": ["R-22"],
        "controls": {"null_injection": {"id": "CTL-002"}, "mutants": {"id": "CTL-003"}},
        "out_of_scope": {"HUM-001": "needs real sockets"},
    },
    "criteria": CRITERIA,
    "plants": {"cstr": PLANT},
    "requirements": {
        "R-1": {"code": "C0", "text": "Never hot.", "formula": "always (x < 1 K)"},
        "R-6": {"code": "C6", "text": "Noticed.", "formula": "always (p -> q)"},
        "R-22": {"code": "C6", "text": "Independent.", "design_check": "independence"},
    },
    "scenarios": {
        "S": {
            "id": "S", "question": "?", "plant": "cstr", "ai": "rcas", "mode": "RCAS", "duration": 1000,
            "replicas": 4, "requirements": ["R-1", "R-6"], "plans": {"R-1": PLAN, "R-6": PLAN},
            "formulas": {"R-1": {"unit": "K", "implies": False}, "R-6": {"unit": "", "implies": True}},
        }
    },
}  # fmt: skip
CONTROLS = {
    "null_injection": [{"name": "S", "behaved": True}],
    "mutants": [{"name": "without pid", "behaved": True}, {"name": "broken: x", "behaved": True}],
}


def columns(n=4, r1=1, r6=1, margin=50.0, exercised=1):
    """Rows of a scenario in which the last replica has the given truths."""
    found = {
        "replica": np.arange(n),
        "held": np.array(["guard"] * n),
        "peak.SL-1": np.linspace(350.0, 360.0, n),
    }
    for name, last in (("R-1", r1), ("R-6", r6)):
        truth = np.ones(n, np.int8)
        truth[-1] = last
        found |= {
            f"{name}.truth": truth, f"{name}.exercised": np.full(n, exercised if name == "R-6" else 1),
            f"{name}.margin": np.full(n, margin if name == "R-1" else math.inf),
            f"{name}.witness": np.zeros(n),
            f"{name}.time_margin": np.full(n, math.nan), f"{name}.latency": np.full(n, math.nan),
        }  # fmt: skip
    return found


def judged(rows=None, controls=CONTROLS, finished=True, resolved=RESOLVED, adequacy=None):
    got = columns() if rows is None else rows
    return judge_suite(resolved, lambda *_: got, controls, adequacy, finished)


def every_verdict(found):
    """Every verdict said anywhere in the judgement."""
    if isinstance(found, dict):
        own = [found["verdict"]] if "verdict" in found else []
        return own + [v for part in found.values() for v in every_verdict(part)]
    return [v for part in found for v in every_verdict(part)] if isinstance(found, list) else []


def test_a_suite_in_which_all_is_well_has_no_blocking_finding():
    found = judged()
    assert found["finding"] == "NO BLOCKING FINDING"
    assert found["void"] == []
    assert set(every_verdict(found)) == {"PASS"}
    assert found["counts"] == {"PASS": 3}


@pytest.mark.parametrize(
    ("rows", "finding"),
    [
        ({"r1": -1}, "BLOCKING FINDINGS"),
        ({"r1": 0}, "NOT READY"),
        ({"n": 3}, "NOT READY"),
        ({"r6": -1}, "CONDITIONS"),
        ({"r6": 0}, "CONDITIONS"),
        ({"exercised": 0}, "CONDITIONS"),
        ({"r1": -1, "r6": -1}, "BLOCKING FINDINGS"),
        ({"r1": 0, "r6": -1}, "NOT READY"),
    ],
)
def test_the_first_entry_of_the_criteria_that_holds_counts(rows, finding):
    assert judged(columns(**rows))["finding"] == finding


def test_the_order_of_the_criteria_is_the_order_in_which_they_are_asked():
    turned = copy.deepcopy(RESOLVED)
    turned["criteria"]["verdict"] = [
        {"GO WITH CONDITIONS": ["B FAIL"]},
        {"NO-GO": ["A FAIL"]},
        {"GO": ["otherwise"]},
    ]
    assert judged(columns(r1=-1, r6=-1), resolved=turned)["finding"] == "CONDITIONS"


def test_criteria_of_which_none_holds_are_not_ready():
    bare = copy.deepcopy(RESOLVED)
    bare["criteria"]["verdict"] = [{"NO-GO": ["A FAIL"]}]
    assert judged(resolved=bare)["finding"] == "NOT READY"


def misbehaved(kind):
    return CONTROLS | {kind: [*CONTROLS[kind], {"name": "bad one", "behaved": False}]}


@pytest.mark.parametrize(("kind", "name"), [("mutants", "CTL-003"), ("null_injection", "CTL-002")])
def test_a_control_that_does_not_behave_makes_the_suite_void(kind, name):
    found = judged(controls=misbehaved(kind))
    assert found["finding"] == "VOID"
    assert found["void"] == [name]
    entry = next(c for c in found["controls"] if c["id"] == name)
    assert entry["verdict"] == "FAIL"
    assert "bad one" in entry["why"]


def test_a_void_suite_is_void_before_it_is_anything_else():
    assert judged(columns(r1=-1), controls=misbehaved("mutants"))["finding"] == "VOID"


@pytest.mark.parametrize("controls", [None, {}, CONTROLS | {"mutants": []}, {"mutants": CONTROLS["mutants"]}])
def test_a_control_that_did_not_run_leaves_the_suite_not_ready(controls):
    found = judged(controls=controls)
    assert found["finding"] == "NOT READY"
    assert "INCONCLUSIVE" in [c["verdict"] for c in found["controls"]]


def test_a_run_that_did_not_end_says_pass_nowhere():
    found = judged(finished=False)
    assert found["finding"] == "NOT READY"
    for entry in (*found["scenarios"][0]["requirements"], *found["design_checks"], *found["controls"]):
        assert entry["verdict"] == "INCONCLUSIVE"
        assert entry["why"] == "the run did not end"
    assert found["verdict"] == "INCONCLUSIVE"
    assert "PASS" not in found["counts"]


def test_a_run_that_did_not_end_passes_no_scenario():
    assert "PASS" not in every_verdict(judged(finished=False))


def test_a_run_that_did_not_end_keeps_its_failures():
    found = judged(columns(r1=-1), finished=False)
    assert found["scenarios"][0]["requirements"][0]["verdict"] == "FAIL"
    assert found["finding"] == "BLOCKING FINDINGS"


def test_rows_that_are_missing_are_inconclusive():
    found = judged({})
    assert [r["verdict"] for r in found["scenarios"][0]["requirements"]] == ["INCONCLUSIVE"] * 2
    assert found["scenarios"][0]["replicas"] == 0
    assert found["finding"] == "NOT READY"


@pytest.mark.parametrize(("margin", "warned"), [(9.9, True), (10.0, False), (50.0, False)])
def test_a_narrow_pass_is_printed_with_a_warning(margin, warned):
    entry = judged(columns(margin=margin))["scenarios"][0]["requirements"][0]
    assert entry["verdict"] == "PASS"
    assert bool(entry["warnings"]) is warned


def test_the_rungs_and_the_peaks_of_a_scenario_are_told():
    found = judged()["scenarios"][0]
    assert found["held"] == {"guard": 4}
    assert found["peaks"] == {"SL-1": 360.0}


def test_the_design_is_judged_with_the_suite():
    shared = copy.deepcopy(RESOLVED)
    shared["plants"]["cstr"]["ai"]["rcas"]["inputs"].append({"tag": "TT-9A"})
    found = judged(resolved=shared)
    assert found["design_checks"][0]["verdict"] == "FAIL"
    assert "TT-9A" in found["design_checks"][0]["why"]
    assert found["finding"] == "CONDITIONS"


@pytest.mark.parametrize(
    ("where", "key", "tag"), [("ai", "inputs", "TT-9A"), ("loops", "pv", "TT-9A"), ("loops", "op", "XV-1")]
)
def test_whatever_is_shared_with_a_safety_function_fails_independence(where, key, tag):
    plant = copy.deepcopy(PLANT)
    owner = next(iter(plant[where].values()))
    owner[key] = [{"tag": tag}] if key == "inputs" else tag
    found = independence({"cstr": plant})
    assert found.verdict == Verdict.FAIL
    assert tag in found.why


def test_a_one_way_copy_is_no_sharing_and_is_told():
    found = independence({"cstr": PLANT})
    assert found.verdict == Verdict.PASS
    assert "TT-9" in found.warnings[0]


def test_a_spare_pv_that_is_wired_to_a_safety_function_fails_independence():
    plant = copy.deepcopy(PLANT)
    plant["loops"]["TIC-1"]["spare_pv"] = "TT-9A"
    assert independence({"cstr": plant}).verdict == Verdict.FAIL


def adequacy(*shares):
    return {"cstr": {"events": [{"id": f"IE-{k}", "share": share} for k, share in enumerate(shares)]}}


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (None, Verdict.INCONCLUSIVE),
        ({}, Verdict.INCONCLUSIVE),
        (adequacy(), Verdict.NOT_ASSESSED),
        (adequacy(None, None), Verdict.NOT_ASSESSED),
        (adequacy(0.5, None), Verdict.PASS),
        (adequacy(0.1, 0.51), Verdict.FAIL),
    ],
)
def test_a_safety_function_may_use_a_share_of_the_time_left(told, verdict):
    assert sif_response(told, 0.5).verdict == verdict


def test_the_slow_events_are_named():
    found = sif_response(adequacy(0.1, 0.6, 0.7), 0.5)
    assert (found.failed, found.n) == (2, 3)
    assert "IE-1 60 %" in found.why
    assert "IE-2 70 %" in found.why
