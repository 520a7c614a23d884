"""A campaign's rows: the suite's replicas, whatever workers and blocks; nothing lost, nothing double."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
from questions import shop

from simulator.campaign import parquet
from simulator.campaign.jobs import Job
from simulator.campaign.montecarlo import parts as parts_of
from simulator.campaign.montecarlo.block import run
from simulator.campaign.montecarlo.campaign import Hands, Options, carry_on, start
from simulator.campaign.montecarlo.parts import Parts, digest
from simulator.campaign.montecarlo.plan import Piece, Plan, draw_up
from simulator.campaign.montecarlo.resume import broken_off
from simulator.core.errors import InputError, Interrupted
from simulator.record.reader import changed

SHUT = """\
schema: 1
id: SHUT
question: Does a coolant valve that goes shut call upon the safety function?
plant: cstr
duration: 40 s
threats:
  - name: shut
    kind: force
    tap: actuator
    target: TV-101
    onset: {uniform: [1 s, 30 s]}
    value: {uniform: [0 %, 60 %]}
    search: {value: [0 %, 100 %]}
operator: none
requirements: [R-01, R-02]
"""


@pytest.fixture
def work(tmp_path):
    (tmp_path / "shut.yaml").write_text(SHUT)
    return shop(tmp_path, tmp_path / "shut.yaml")


def quiet(*_):
    """Nobody looks at the progress."""


def campaign(work, results, runs=22, block=None, workers=1, without=True):
    layout, plan = start(work.suite, Options(results, {"SHUT": runs}, without, block))
    return layout, plan, carry_on(work.suite, layout, plan, Hands(workers), quiet)


def test_rows_are_those_of_the_suites_replicas(work):
    plan = draw_up(work, {"SHUT": 9}, without=False, block=None, plant_years=None)
    rows = run(work, Piece(plan.asked[0], 3, 4))
    suite = work.run(Job("SHUT", "main", 3, 4, 40_000)).columns
    for name in ("replica", "held", "peak.SL-101", "R-01.margin", "R-02.truth", "R-02.witness"):
        np.testing.assert_array_equal(rows[name], suite[name])


def test_a_demand_is_the_rise_of_a_safety_function_and_ends_the_exposure(work):
    plan = draw_up(work, {"SHUT": 22}, without=False, block=None, plant_years=None)
    rows = run(work, Piece(plan.asked[0], 0, 22))
    tripped = rows["trip.SIF-101"] >= 0
    assert 0 < tripped.sum() < 22
    np.testing.assert_array_equal(tripped, rows["held"] == "SIF")
    np.testing.assert_array_equal(rows["exposure"], np.where(tripped, rows["trip.SIF-101"], 40_000))
    assert (rows["drawn.shut.onset"][tripped] < rows["trip.SIF-101"][tripped]).all()
    assert (rows["in_charge"] <= rows["exposure"]).all()
    assert 0.0 <= rows["drawn.shut.value"].min() < rows["drawn.shut.value"].max() <= 60.0


def test_the_same_rows_for_any_workers_and_blocks(work, tmp_path):
    cut = ((1, None), (1, 4), (2, 5))
    found = [campaign(work, tmp_path / str(k), block=b, workers=w)[2] for k, (w, b) in enumerate(cut)]
    assert found[0]["rows_sha256"] == found[1]["rows_sha256"] == found[2]["rows_sha256"]
    assert found[0] == found[1] == found[2]
    with_ai, without = found[0]["questions"]
    assert (with_ai["runs"], without["runs"]) == (22, 22)
    assert with_ai["rows_sha256"] != without["rows_sha256"]


def test_a_digest_sees_one_changed_number_and_an_order(work):
    plan = draw_up(work, {"SHUT": 4}, without=False, block=None, plant_years=None)
    rows = run(work, Piece(plan.asked[0], 0, 4))
    halves = [{k: v[:2] for k, v in rows.items()}, {k: v[2:] for k, v in rows.items()}]
    assert digest(halves) == digest([rows])
    assert digest(halves[::-1]) != digest([rows])
    assert digest([rows | {"R-01.margin": np.nextafter(rows["R-01.margin"], 1e9)}]) != digest([rows])


def test_the_folder_stands_alone_and_is_sealed(work, tmp_path):
    layout, plan, outcome = campaign(work, tmp_path / "results", runs=6, without=False)
    head = json.loads(layout.start.read_text())
    assert Plan.of(head["plan"]) == plan
    assert len(head["plan_sha256"]) == 64
    assert json.loads((layout.root / "campaign.json").read_text()) == {"format": 1} | outcome
    assert layout.root.parent.name == "asked.campaign"
    assert changed(layout) == []
    requirement = outcome["questions"][0]["requirements"]["R-02"]
    assert requirement["n"] == 6
    assert requirement["low"] <= requirement["failed"] / 6 <= requirement["high"]
    with pytest.raises(InputError, match="has ended"):
        broken_off(layout.root)


def test_killed_in_mid_run_it_is_carried_on_with_exactly_what_is_missing(work, tmp_path):
    results = tmp_path / "results"
    options = ["--runs", "22", "--block", "2", "--workers", "1", "--results", str(results), "--quiet"]
    python = [sys.executable, "-c", "from simulator.cli import main; main()"]
    process = subprocess.Popen([*python, "campaign", str(work.suite.file), *options])
    written = []
    while len(written) < 3 and process.poll() is None:
        written = list(results.glob("*/*/rows/SHUT/*.parquet"))
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    folder = next(results.glob("asked.campaign/*"))
    assert not (folder / "stop.json").exists()
    suite, layout, plan = broken_off(folder)
    left = Parts(layout).missing(plan)
    assert 0 < len(left) <= 8
    kept = {path: path.stat().st_mtime_ns for path in folder.glob("rows/SHUT/*.parquet")}
    outcome = carry_on(suite, layout, plan, Hands(), quiet)
    assert kept == {path: path.stat().st_mtime_ns for path in kept}
    assert outcome == campaign(work, tmp_path / "whole", without=False)[2]


def broken(work, results):
    """A campaign that has begun, and no more."""
    return start(work.suite, Options(results, {"SHUT": 4}))[0]


def test_another_input_plan_or_version_is_not_carried_on(work, tmp_path):
    layout = broken(work, tmp_path / "results")
    head = json.loads(layout.start.read_text())
    layout.start.write_text(json.dumps(head | {"code": "0" * 64}))
    with pytest.raises(InputError, match="another version of plantproof"):
        broken_off(layout.root)
    layout.start.write_text(json.dumps(head | {"plan": head["plan"] | {"confidence": 0.5}}))
    with pytest.raises(InputError, match="a plan that was changed"):
        broken_off(layout.root)
    layout.start.write_text(json.dumps(head))
    (tmp_path / "shut.yaml").write_text(SHUT.replace("40 s", "41 s"))
    with pytest.raises(InputError, match="an input file that was changed"):
        broken_off(layout.root)


def test_a_full_disk_is_told_and_what_was_computed_is_kept(work, tmp_path, monkeypatch):
    layout, plan = start(work.suite, Options(tmp_path / "results", {"SHUT": 6}, block=2))
    real = parts_of.put

    def full(path, content):
        if list(path.parent.glob("*.parquet")):
            raise OSError(28, "No space left on device", str(path))
        real(path, content)

    monkeypatch.setattr(parts_of, "put", full)
    with pytest.raises(Interrupted, match=r"No space left on device; what was computed is kept"):
        carry_on(work.suite, layout, plan, Hands(), quiet)
    monkeypatch.undo()
    assert not layout.stop.exists()
    assert len(Parts(layout).missing(plan)) == 2
    assert carry_on(work.suite, layout, plan, Hands(), quiet)["questions"][0]["runs"] == 6


def test_a_part_of_other_replicas_is_refused(work, tmp_path):
    layout, plan, _ = campaign(work, tmp_path / "results", runs=4, block=2, without=False)
    first, second = (Piece(plan.asked[0], k, 2) for k in (0, 2))
    there = Parts(layout)
    there.path(first).write_bytes(there.path(second).read_bytes())
    with pytest.raises(InputError, match="other replicas than its name says"):
        list(there.of(plan.asked[0]))
    there.path(first).write_bytes(b"PAR1")
    with pytest.raises(InputError, match="no Parquet file"):
        list(there.of(plan.asked[0]))


def test_what_is_written_is_never_overwritten(work, tmp_path):
    layout, plan, _ = campaign(work, tmp_path / "results", runs=2, without=False)
    piece = next(plan.pieces())
    before = Parts(layout).path(piece).read_bytes()
    with pytest.raises(Interrupted, match="nothing is overwritten"):
        Parts(layout).put(piece, parquet.columns(Parts(layout).path(piece)))
    assert Parts(layout).path(piece).read_bytes() == before


def test_an_ai_that_fails_is_no_question_to_the_fallback_alone(work):
    question = work.suite.scenarios["SHUT"]
    of_ai = replace(question, threats=tuple(replace(t, tap="policy") for t in question.threats))
    suite = replace(work.suite, scenarios={"SHUT": of_ai})
    plan = draw_up(replace(work, suite=suite), {"SHUT": 4}, without=True, block=None, plant_years=None)
    assert [one.variant for one in plan.asked] == ["main"]
