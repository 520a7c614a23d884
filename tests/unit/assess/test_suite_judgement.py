"""The whole suite judged: controls, unfinished runs, and what the criteria make of it."""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest

from simulator.assess.design import common_cause, independence, sif_response
from simulator.assess.suite import _controls, judge_suite
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
    "measurements": {"TT-1": {}, "TT-2": {}, "TT-9A": {"wired_to": ["SIF-1"]}},
    "copies": {"TT-9": {"median_of": ["TT-9A", "TT-2"]}, "TT-8": {"median_of": ["TT-2"]}},
    "sifs": {"SIF-1": {"elements": ["XV-1"]}},
    "loops": {"TIC-1": {"pv": "TT-1", "op": "TV-1"}},
    "ai": {"rcas": {"outputs": {"TIC-1": {}}, "inputs": [{"tag": "TT-1"}]}},
    "safety_limits": {
        "SL-1": {"quantity": "temperature", "below": "400 K"},
        "SL-2": {"quantity": "level", "above": "10 cm"},
        "SL-3": {"quantity": "pressure", "below": "6 bar"},
    },
}
RESOLVED = {
    "suite": {
        "suite": "small",
        "design_checks": ["R-22"],
        "controls": {
            "null_injection": {"id": "CTL-002", "of": ["S"]},
            "repeat": {"id": "CTL-004", "of": "all"},
            "mutants": {"id": "CTL-003", "remove": {"pid": "S"}, "break": {"x": "S"}},
        },
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
    "repeat": [{"name": "S", "behaved": True}],
    "mutants": [{"name": "without pid", "behaved": True}, {"name": "broken: x", "behaved": True}],
}


def columns(n=4, r1=1, r6=1, margin=50.0, exercised=1):
    """Rows of a scenario in which the last replica has the given truths."""
    found = {
        "replica": np.arange(n),
        "held": np.array(["guard"] * n),
        "peak.SL-1": np.linspace(350.0, 360.0, n),
        "peak.SL-2": np.linspace(15.0, 25.0, n),
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


def judged(rows=None, controls=CONTROLS, finished=True, resolved=RESOLVED, altered=(), exploratory=False):
    got = columns() if rows is None else rows
    return judge_suite(resolved, lambda *_: got, controls, None, finished, altered, exploratory)


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


def with_criteria(*verdict):
    """The suite with another list of verdicts."""
    changed = copy.deepcopy(RESOLVED)
    changed["criteria"]["verdict"] = list(verdict)
    return changed


def test_the_order_of_the_criteria_is_the_order_in_which_they_are_asked():
    pair = [{"GO WITH CONDITIONS": ["B FAIL"]}, {"NO-GO": ["B FAIL"]}]
    for rules, finding in ((pair, "CONDITIONS"), (pair[::-1], "BLOCKING FINDINGS")):
        found = judged(columns(r6=-1), resolved=with_criteria(*rules, {"GO": ["otherwise"]}))
        assert found["finding"] == finding


LAX = with_criteria({"GO": ["A FAIL", "B FAIL", "mutant survived", "control failed", "otherwise"]})
"""Criteria under which everything is fine."""


def without_control(kind):
    return {name: done for name, done in CONTROLS.items() if name != kind}


@pytest.mark.parametrize(
    ("about", "finding"),
    [
        ({}, "NO BLOCKING FINDING"),
        ({"rows": columns(r6=-1)}, "NO BLOCKING FINDING"),
        ({"rows": columns(r1=-1)}, "BLOCKING FINDINGS"),
        ({"rows": columns(r1=0)}, "NOT READY"),
        ({"rows": {}}, "NOT READY"),
        ({"finished": False}, "NOT READY"),
        ({"altered": ["a"]}, "NOT READY"),
        ({"exploratory": True}, "NOT READY"),
        ({"controls": without_control("null_injection")}, "NOT READY"),
        ({"controls": without_control("repeat")}, "NOT READY"),
        ({"controls": without_control("mutants")}, "NOT READY"),
        ({"controls": CONTROLS | {"repeat": [{"name": "S", "behaved": False}]}}, "VOID"),
        ({"controls": CONTROLS | {"mutants": [{"name": "S", "behaved": False}]}}, "VOID"),
    ],
)
def test_no_list_of_criteria_makes_a_finding_better_than_its_floor(about, finding):
    assert judged(resolved=LAX, **about)["finding"] == finding


def test_an_unassessed_requirement_of_class_a_leaves_the_suite_not_ready_whatever_the_list_says():
    grave = copy.deepcopy(LAX)
    grave["criteria"]["codes"]["C6"]["class"] = "A"
    found = judged(columns(exercised=0), resolved=grave)
    assert found["scenarios"][0]["requirements"][1]["verdict"] == "NOT ASSESSED"
    assert found["finding"] == "NOT READY"


def test_a_list_of_criteria_may_be_stricter_than_the_floor():
    strict = with_criteria({"VOID": ["B FAIL"]}, {"GO": ["otherwise"]})
    assert judged(columns(r6=-1), resolved=strict)["finding"] == "VOID"


@pytest.mark.parametrize("kind", ["null_injection", "repeat", "mutants"])
def test_a_kind_of_control_that_is_not_declared_leaves_the_suite_not_ready(kind):
    bare = copy.deepcopy(RESOLVED)
    del bare["suite"]["controls"][kind]
    found = judged(resolved=bare)
    assert {c["verdict"] for c in found["controls"]} == {"PASS"}
    assert found["finding"] == "NOT READY"


def test_replaced_sample_sizes_are_told_and_take_no_verdict():
    found = judged(exploratory=True)
    assert (found["exploratory"], found["finding"]) == (True, "NOT READY")
    assert found["counts"] == {"PASS": 3}
    assert judged()["exploratory"] is False
    assert judged(columns(r1=-1), exploratory=True)["finding"] == "BLOCKING FINDINGS"


@pytest.mark.parametrize(
    ("remove", "more", "told"),
    [(13, 1, "2 of 14 declared"), (2, 1, "2 of 3 declared"), (0, 0, "2 of 0 declared")],
)
def test_a_control_of_which_not_all_declared_checks_ran_is_inconclusive(remove, more, told):
    many = copy.deepcopy(RESOLVED)
    asked = many["suite"]["controls"]["mutants"]
    asked["remove"] = {f"layer{k}": "S" for k in range(remove)}
    asked["break"] = {f"broken{k}": "S" for k in range(more)}
    found = judged(resolved=many)
    entry = next(c for c in found["controls"] if c["kind"] == "mutants")
    assert (entry["verdict"], entry["why"]) == ("INCONCLUSIVE", told)
    assert found["finding"] == "NOT READY"


@pytest.mark.parametrize(
    ("of", "verdict"), [("all", "INCONCLUSIVE"), (["S"], "PASS"), (["S", "T"], "INCONCLUSIVE")]
)
def test_a_control_of_all_scenarios_is_due_for_each_of_them(of, verdict):
    two = copy.deepcopy(RESOLVED)
    two["scenarios"]["T"] = two["scenarios"]["S"] | {"id": "T"}
    two["suite"]["controls"]["repeat"]["of"] = of
    entry = next(c for c in judged(resolved=two)["controls"] if c["kind"] == "repeat")
    assert entry["verdict"] == verdict


def test_criteria_of_which_none_holds_are_not_ready():
    bare = copy.deepcopy(RESOLVED)
    bare["criteria"]["verdict"] = [{"NO-GO": ["A FAIL"]}]
    assert judged(resolved=bare)["finding"] == "NOT READY"


def misbehaved(kind):
    return CONTROLS | {kind: [*CONTROLS[kind], {"name": "bad one", "behaved": False}]}


@pytest.mark.parametrize(
    ("kind", "name"), [("mutants", "CTL-003"), ("null_injection", "CTL-002"), ("repeat", "CTL-004")]
)
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


def test_a_run_whose_files_were_changed_says_pass_nowhere():
    found = judged(altered=["scenarios/S/rows.npz"])
    assert found["altered"] == ["scenarios/S/rows.npz"]
    assert found["finding"] == "NOT READY"
    assert "PASS" not in every_verdict(found)
    for entry in (*found["scenarios"][0]["requirements"], *found["design_checks"], *found["controls"]):
        assert entry["verdict"] == "INCONCLUSIVE"
        assert entry["why"] == "changed since the run: scenarios/S/rows.npz"


def test_a_run_whose_files_were_changed_keeps_its_failures():
    found = judged(columns(r1=-1), altered=["manifest"])
    assert found["scenarios"][0]["requirements"][0]["verdict"] == "FAIL"
    assert found["finding"] == "BLOCKING FINDINGS"


def test_of_many_changed_files_three_are_named_and_the_others_counted():
    found = judged(altered=list("abcde"))
    assert found["controls"][0]["why"] == "changed since the run: a, b, c and 2 more"
    assert found["altered"] == list("abcde")


def test_a_run_that_nobody_touched_lists_no_changed_file():
    assert judged()["altered"] == []


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
    assert found["peaks"] == {"SL-1": 360.0, "SL-2": 15.0}, "below a limit the highest, above one the lowest"


def test_a_peak_that_is_no_number_is_not_told():
    rows = columns() | {"peak.SL-1": np.full(4, math.nan), "peak.SL-2": np.array([])}
    assert judged(rows)["scenarios"][0]["peaks"] == {}


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


def with_part(part, tag, plant=PLANT):
    """The plant with a tag as input of the AI, PV, spare PV or cross-check."""
    changed = copy.deepcopy(plant)
    if part == "input":
        changed["ai"]["rcas"]["inputs"].append({"tag": tag})
    elif part == "guard":
        changed["input_guard"] = {"TT-1": {"range": [1, 2]}, "TT-2": {"agree": {"with": tag}}}
    else:
        changed["loops"]["TIC-1"][part] = tag
    return {"cstr": changed}


@pytest.mark.parametrize("check", [independence, common_cause])
def test_a_plant_that_only_has_a_copy_and_uses_it_nowhere_shares_nothing(check):
    assert check({"cstr": PLANT}).verdict == Verdict.PASS


@pytest.mark.parametrize(
    ("check", "part"),
    [(independence, "input"), (independence, "pv"), (common_cause, "pv"), (common_cause, "spare_pv"),
     (common_cause, "guard")],
)  # fmt: skip
def test_a_sensor_of_a_safety_function_and_a_copy_of_one_are_shared(check, part):
    for tag, told in (("TT-9A", "cstr: TT-9A of SIF-1"), ("TT-9", "cstr: TT-9 is a copy of TT-9A of SIF-1")):
        found = check(with_part(part, tag))
        assert (found.verdict, found.failed, found.why) == (Verdict.FAIL, 1, told)
    for tag in ("TT-2", "TT-8"):
        assert check(with_part(part, tag)).verdict == Verdict.PASS, "a copy of other sensors is no sharing"


@pytest.mark.parametrize("part", ["spare_pv", "guard"])
def test_independence_of_the_ai_does_not_ask_what_the_fallback_hangs_on(part):
    assert independence(with_part(part, "TT-9")).verdict == Verdict.PASS


def test_independence_looks_at_the_loops_of_the_ai_only():
    plant = copy.deepcopy(PLANT)
    plant["loops"]["TIC-2"] = {"pv": "TT-9A", "op": "XV-1"}
    assert independence({"cstr": plant}).verdict == Verdict.PASS
    assert common_cause({"cstr": plant}).verdict == Verdict.FAIL


def test_a_suite_may_ask_for_the_common_cause():
    asked = copy.deepcopy(RESOLVED)
    asked["requirements"]["R-22"]["design_check"] = "common_cause"
    asked["plants"] = with_part("spare_pv", "TT-9")
    (entry,) = judged(resolved=asked)["design_checks"]
    assert (entry["verdict"], entry["why"]) == ("FAIL", "cstr: TT-9 is a copy of TT-9A of SIF-1")


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
    assert "never" not in found.why
    assert "IE-2 70 %" in found.why


@pytest.mark.parametrize("share", [0.4, 0.6])
def test_events_that_never_reach_the_limit_are_counted_beside_the_others(share):
    found = sif_response(adequacy(share, None, None), 0.5)
    assert (found.n, found.why.endswith("; 2 never reach the limit")) == (1, True)


def test_a_check_that_stands_there_twice_does_not_stand_for_another():
    one = {"name": "SNS-1", "behaved": True, "why": ""}
    asked = {"suite": {"controls": {"null_injection": {"id": "CTL-002", "of": ["SNS-1", "SNS-2"]}}}}
    (entry,) = _controls(asked, {"null_injection": [one, one]})
    assert (entry["verdict"], entry["why"]) == ("INCONCLUSIVE", "1 of 2 declared")
