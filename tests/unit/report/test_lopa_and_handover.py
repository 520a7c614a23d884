"""LOPA touch points and the proof of hand-over on the page: what is there, and what is said to be missing."""

from __future__ import annotations

from simulator.record.layout import Layout
from simulator.record.writer import put_json, put_manifest
from simulator.report.figures.canvas import svg
from simulator.report.folder import load
from simulator.report.handovers import proof
from simulator.report.lopa import events, independence, study
from simulator.report.page import render
from simulator.report.plot import named

ABLATE = {
    "replicas": 8, "bound": 0.31, "layers": ["watchdog", "operator", "SIF-1"], "never": ["operator"],
    "without_effect": [], "harmful": [{"question": "S-1", "layer": "watchdog", "spared": 3}],
    "counts": {}, "not_asked": {},
    "findings": [{"text": "No limit hangs on one layer.", "verdict": "FAIL", "n": 3, "why": "S-1"}],
    "questions": {"S-1": {
        "units": {"R-1": "cm"},
        "cells": {
            "watchdog": {"word": "not called upon", "called": 0},
            "operator": {"word": "not there", "called": 0},
            "SIF-1": {"word": "UNSAFE", "called": 8, "rungs": {"SIF": 2, "UNSAFE": 6}, "violated": {"R-1": 6},
                      "margin_lost": {"R-1": 5.5}},
        },
        "pairs": [{"layers": ["pid", "SIF-1"], "jointly": 2, "shared": {"sensor": ["LT-2"]}}],
    }},
}  # fmt: skip
WORST = {
    "parts": {"detect": 1.0, "decide": 2.0, "switch": 0.0, "act": 0.2, "recover": None}, "response": 3.2,
    "onset": 60.2, "phase": 200.0, "degree": 0.0, "held": "fallback", "replica": 3, "file": "worst/x.yaml",
}  # fmt: skip
STATE = {"mode": "MAN", "phase": "RUN", "sif": "NORMAL", "failed": 0, "changing": 1, "by": ["RUN, AI silent"]}
UNKNOWN = {"n": 0, "by": [], "verdict": "NOT ASSESSED"}
HANDOVER = {
    "replicas": 60, "parts": ["detect", "decide", "switch", "act", "recover"],
    "times": {"event": "SL-1 IE-1", "pst": 20.0, "limit": 10.0, "shortest": 20.0},
    "failures": [
        {"variant": "rcas", "failure": "silent", "text": "the AI is silent", "verdict": "FAIL", "n": 60,
         "failed": 2, "bound": 0.1, "why": "2 not back", "worst": WORST, "degrees": []},
        {"variant": "rcas", "failure": "frozen", "text": "one value", "verdict": "INCONCLUSIVE", "n": 60,
         "failed": 0, "bound": 0.05, "why": "60 in which the AI kept the loop", "worst": None, "degrees": []},
    ],
    "override": {"rcas": {
        "verdict": "PASS", "presses": 9, "reached": 1, "changing": 1, "failed": 0,
        "slowest": 0.0, "limit": 0.4, "unreachable": 1, "open": 1, "contradicted": 0,
        "rule": {"n": 64, "failed": 0, "held_n": 32, "held_failed": 0, "verdict": "PASS"},
        "walk": {"joint": 5, "events": 8, "steps": 40, "complete": True, "free": ["modes: override"]},
        "states": [STATE | {"n": 9, "verdict": "PASS", "word": "reached"},
                   STATE | {"mode": "AUTO", "word": "not reached"} | UNKNOWN,
                   STATE | {"mode": "RCAS", "word": "unreachable"} | UNKNOWN],
    }},
}  # fmt: skip


def beside(folder: Layout, kind: str, told: dict) -> None:
    """A finished campaign of the same input."""
    layout = Layout(folder.root.parent.parent / f"small.{kind}" / "0001-1a2b3c4d")
    put_json(layout.start, {"suite": "small", "kind": kind, "digest": "1a2b3c4d"})
    put_json(layout.root / f"{kind}.json", told)
    put_json(layout.stop, {"format": 1})
    put_manifest(layout)


def placed(tmp_path, small):
    """The small folder where campaigns are sought beside it."""
    return small.build(tmp_path / "small")


def test_a_report_without_campaigns_says_that_nothing_was_assessed(tmp_path, small):
    page = render(load(placed(tmp_path, small)))
    assert "NOT ASSESSED: no ablation of this input" in page
    assert "NOT ASSESSED: no proof of hand-over" in page
    assert "AI credit: none" in page


def test_an_event_is_exercised_by_questions_that_move_its_input(tmp_path, small):
    layout, told = placed(tmp_path, small), small.resolved()
    limit = told["plants"]["tank"]["safety_limits"]["SL-1"]
    limit["initiating_events"] = {"IE-1": {"text": "drain shut", "input": "drain"}, "IE-2": {"input": "rain"}}
    told["scenarios"]["S-1"]["threats"].append({"kind": "force", "tap": "actuator", "target": "LV-1"})
    told["plants"]["tank"]["final_elements"]["LV-1"]["drives"] = "drain"
    put_json(layout.resolved, told, replace=True)
    first, second = events(load(layout))
    assert first["by"] == "S-1"
    assert first["n"] == 4
    assert "fallback" in first["called"]
    assert second["by"] == ""
    assert second["n"] == 0


def test_independence_lists_what_a_function_shares(tmp_path, small):
    layout, told = placed(tmp_path, small), small.resolved()
    told["plants"]["tank"]["loops"]["LIC-1"]["spare_pv"] = "LT-2"
    put_json(layout.resolved, told, replace=True)
    (one,) = independence(load(layout))
    assert {"layers": "pid and SIF-1", "common": "sensor LT-2"} in one["pairs"]
    assert not any(pair["layers"].startswith("watchdog") for pair in one["pairs"])


def test_an_ablation_beside_the_folder_is_shown_with_its_losses_and_pairs(tmp_path, small):
    layout = placed(tmp_path, small)
    beside(layout, "ablate", ABLATE)
    folder = load(layout)
    found = study(folder)
    (lost,) = found["lost"]
    assert lost["violated"] == "R-1 in 6, margin less by 5.5 cm"
    assert found["pairs"] == [{"question": "S-1", "layers": "pid and SIF-1", "n": 2, "common": "sensor LT-2"}]
    drawn = named(folder)["ablation"]
    assert "without SIF-1 UNSAFE" in drawn.alt
    assert "without watchdog" not in drawn.alt
    assert "hatch" in svg(drawn) or "url(#" in svg(drawn)


def test_a_proof_of_hand_over_beside_the_folder_is_shown(tmp_path, small):
    layout = placed(tmp_path, small)
    beside(layout, "handover", HANDOVER)
    folder = load(layout)
    silent, frozen = proof(folder)["failures"]
    assert silent["parts"] == ["1 s", "2 s", "0 s", "0.2 s", "–"]
    assert frozen["file"] == "–"
    alt = named(folder)["handover"].alt
    assert "never back" in alt
    assert "the AI kept the loop" in alt
    page = render(folder)
    assert "worst/x.yaml" in page
    assert "no drive" in page
    assert "unreachable by the rules" in page
    assert "1 of 3 states reached, 1 shown unreachable, 1 not assessed" in page
    assert "5 joint states, each with all 8 combinations of 1 inputs" in page


def test_a_proof_from_before_the_walk_says_that_it_was_not_made(tmp_path, small):
    layout = placed(tmp_path, small)
    found = HANDOVER["override"]["rcas"]
    states = [{key: value for key, value in one.items() if key != "word"} for one in found["states"]]
    old = {key: found[key] for key in found if key not in ("walk", "rule", "contradicted")}
    old |= {"states": states}
    beside(layout, "handover", HANDOVER | {"override": {"rcas": old}})
    page = render(load(layout))
    assert "which of the others the rules allow was not asked" in page
    assert "joint states" not in page
