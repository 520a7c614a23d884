"""Rare failures and sequential tests on the page: every number is that of their folders, or a dash."""

from __future__ import annotations

import json

import pytest

from simulator.assess.rare import judge
from simulator.assess.sequential import SequentialTest
from simulator.campaign.montecarlo.walk import UnderTest
from simulator.record.layout import Layout
from simulator.record.writer import put_json, put_manifest
from simulator.report.folder import load
from simulator.report.page import render
from simulator.report.rare import sequential, studies


def repeat(p, failed=0):
    level = {"threshold": 8.5, "share": 0.1, "acceptance": 1.0, "renewal": 1.0}
    last = {"threshold": 0.0, "share": 0.4, "acceptance": 0.41, "renewal": 0.32}
    return {
        "p": p, "ended": "reached", "simulations": 4600, "undecided": 0, "failures": 400,
        "first": {"n": 1000, "failed": failed, "undecided": 0}, "formula_variation": 0.3,
        "centre": [3.0], "spread": [0.4], "levels": [level, last],
    }  # fmt: skip


def study(scenario="S-1", **near):
    each = [repeat(p) for p in (3e-5, 4e-5, 5e-5, 6e-5, 7e-5, 5e-5)]
    head = {"scenario": scenario, "requirement": "R-1", "unit": "cm", "claim": "given"}
    head |= {"axes": {"bias.magnitude": "{normal: {mean: 0 K, sd: 1 K}}"}, "noise": "part of the state"}
    return head | judge(each, ["bias.magnitude"], 1e-4, 0.95) | {"each": each} | near


@pytest.fixture
def folder(tmp_path, small):
    """A suite's results where they are kept: with room for campaigns beside them."""
    return small.build(tmp_path / "small" / "0001-1a2b3c4d")


@pytest.fixture
def put(folder):
    """Leaves a campaign beside the suite's folder."""

    def leave(kind, number, outcome):
        start = json.loads(folder.start.read_text())
        there = folder.root.parent.parent / f"{start['suite']}.{kind}"
        layout = Layout(there / f"{number:04d}-{folder.root.name[-8:]}")
        put_json(layout.start, start | {"kind": kind})
        put_json(layout.root / f"{kind}.json", outcome)
        put_json(layout.stop, {"format": 1})
        put_manifest(layout)

    return leave


def test_a_study_is_told_with_both_intervals_its_levels_and_its_likeliest_failure(folder, put):
    near = {"values": {"bias.magnitude": 4.2}, "units": {"bias.magnitude": "K"}, "margin": -0.5}
    put("rare", 1, study(counterexample=near | {"file": "S-1.RARE.yaml"}))
    (one,) = studies(load(folder))
    assert (one["verdict"], one["estimate"], one["runs"]) == ("PASS", "5e-05", "27,600")
    assert one["bounds"] == "0 to 0.00061, 95 %"
    assert one["direct"] == "0 of 6,000 fail, 0 undecided"
    assert [level["threshold"] for level in one["levels"]] == ["8.5 to 8.5", "0 to 0"]
    assert one["nearest"] == "bias.magnitude 4.2 K; margin -0.5 cm; S-1.RARE.yaml repeats it"
    page = render(load(folder))
    assert "S-1, R-1: claim at most 0.0001 (given)" in page
    assert "part of the state" in page


def test_the_newest_of_each_question_is_shown_with_its_warnings(folder, put):
    put("rare", 1, study("S-2"))
    put("rare", 2, study())
    poor = study()
    put("rare", 3, poor | judge(poor["each"][:2], ["bias.magnitude"], 1e-4, 0.95))
    found = {one["id"]: one for one in studies(load(folder))}
    assert found["S-1"]["folder"].startswith("0003")
    assert "fewer than 5" in found["S-1"]["warnings"][0]
    assert found["S-2"]["warnings"] == []
    assert "Warning: 2 repeats" in render(load(folder))


def test_a_frequent_failure_has_no_estimate(folder, put):
    each = [repeat(0.5, failed=500)]
    put("rare", 1, study() | judge(each, ["bias.magnitude"], 1e-4, 0.95) | {"each": each})
    (one,) = studies(load(folder))
    assert (one["estimate"], one["interval"], one["verdict"]) == ("–", "–", "FAIL")


def test_a_sequential_test_is_told_with_its_exact_risks(folder, put):
    test = UnderTest("S-1", "R-1", SequentialTest(0.01, 0.001, 0.05, 0.05, 1000)).data
    ended = {"verdict": "PASS", "n": 332, "failed": 0, "undecided": 0, "low": 0.0, "high": 0.0194}
    put("campaign", 1, {"confidence": 0.95, "sequential": [test | ended | {"replicas": 340}]})
    (one,) = sequential(load(folder))
    assert (one["apart"], one["n"]) == ("1 % against 0.1 %", "332 of at most 1,000")
    assert one["risks"] == "5 %, 5 %"
    assert [float(risk.split()[0]) <= 5.0 for risk in one["exact"].split(",")] == [True, True]
    assert one["bounds"] == "0 to 0.019, 95 %"


def test_without_any_the_page_says_what_is_not_known(folder):
    assert studies(load(folder)) == sequential(load(folder)) == []
    assert "how rare a failure is, beyond the sample sizes above, is not known" in render(load(folder))
