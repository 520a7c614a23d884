"""Failures of the AI's path on the real engine, and the override where the plant has been brought to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from questions import SCENARIOS, shop

from simulator.assess.handover import PARTS, response
from simulator.campaign.handover import keys, override, transfer
from simulator.campaign.handover.allowed import Allowed, allowed
from simulator.campaign.handover.campaign import times
from simulator.campaign.handover.demands import demand, quickest, quiet
from simulator.campaign.handover.drive import Drive, ordered
from simulator.campaign.handover.drives import drives
from simulator.campaign.handover.modes import failures
from simulator.campaign.handover.override import Pressed, moments, outcome
from simulator.campaign.handover.reach import Walk
from simulator.campaign.handover.states import state_table
from simulator.scenario.resolve import resolve_suite
from simulator.scenario.written import written


@pytest.fixture(name="work")
def _work(tmp_path):
    return shop(tmp_path, SCENARIOS / "cstr" / "mdl_003_nan_output.yaml")


@pytest.fixture(name="question")
def _question(work):
    return work.suite.scenarios["MDL-003"]


def failure(question, name):
    spec, ai = question.plant.spec, question.ai
    return next(one for one in failures(spec, ai, ai.cycle or spec.scan.ai) if one.name == name)


def test_onsets_fall_on_every_tick_of_the_ais_cycle(question):
    at = transfer.grid(question, failure(question, "silent"), 10)
    assert sorted(set((at.onset % 1000).tolist())) == [0.0, 200.0, 400.0, 600.0, 800.0]


def test_a_silent_ai_is_shed_by_its_watchdog_and_the_phase_of_the_fault_costs_up_to_a_cycle(
    work, question, monkeypatch
):
    monkeypatch.setattr(transfer, "WITHIN", 0)
    one = failure(question, "silent")
    at = transfer.grid(question, one, 5)
    found, points = transfer.experiment(work, question, one, at)
    rows = replace(found, duration=80_000).run(points, at.noise)
    assert rows["asked"].all()
    took = response(rows)
    assert (took <= 3.2 + 1e-9).all()
    assert took.max() - took.min() >= 0.6  # a fault just before a write costs the write
    assert np.isfinite([rows[part] for part in PARTS[:4]]).all()


@pytest.mark.parametrize("replicas", [1, 2])  # one onset, and two
def test_the_worst_case_is_a_file_that_a_suite_reads(work, question, tmp_path, replicas):
    one = failure(question, "late")
    at = transfer.grid(question, one, replicas)
    found, points = transfer.experiment(work, question, one, at)
    spec = found.space.at(points[5], found.space.spec.id, found.space.spec.question, 1)
    file = tmp_path / "worst.yaml"
    file.write_text(written(spec))
    again = next(iter(shop(tmp_path, file).suite.scenarios.values())).spec
    assert again.threats[0].onset.bounds == (at.onset[5], at.onset[5])
    assert again.threats[0].parameters["cycles"].bounds == (at.degree[5], at.degree[5])


def test_the_limit_is_that_of_events_by_the_valve_that_the_ai_moves():
    suite = resolve_suite(Path(SCENARIOS) / "suites/cstr_predeployment.yaml")
    found = times(suite.plant, suite.scenarios["CTL-001"])
    assert found["event"] == "SL-101 IE-2"  # TV-101 driven or fails shut, 23.2 s
    assert found["pst"] == pytest.approx(23.2, abs=0.4)
    assert found["limit"] == found["pst"] / 2
    assert found["shortest"] == pytest.approx(12.0, abs=0.4)


def test_presses_surround_every_change_and_stand_amid_what_lasts():
    states = np.zeros((1, 100), int)
    states[0, 60:] = 1
    assert moments(states) == [30, 59, 60, 61, 62, 63, 80]


def test_a_valve_that_knows_what_the_ai_wrote_is_told_by_one_bit():
    mode, valve = np.zeros(4), np.full(4, 100.0)
    assert outcome(mode, valve, valve) == (0.0, True, True)
    assert outcome(mode, valve, np.nextafter(valve, 0.0)) == (0.0, True, False)
    assert outcome(np.array([3.0, 0.0, 0.0, 3.0]), valve, valve)[:2] == (1.0, False)
    assert np.isnan(outcome(np.ones(4), valve, valve)[0])


def pressed(work, question, name, lasts):
    """Rows of one replica of a drive, cut short, with its name."""
    drive = replace(next(one for one in drives(question) if one.name == name), lasts=lasts)
    rows = Pressed(work, "MDL-003", drive=drive).run(np.zeros((1, 0)), [0])
    return {"drive": np.full(len(rows["press"]), drive.name)} | rows


def states_of(table):
    return {(one["mode"], one["phase"], one["sif"]): one for one in table["states"]}


def test_the_override_wins_in_the_scan_of_a_shed_and_the_table_says_what_was_not_reached(work, question):
    rows = pressed(work, question, "RUN, AI silent", 40_000)
    assert rows["changing"].any()
    assert rows["kept"].all()
    assert rows["same"].all()
    table = state_table(question, [rows], allowed(work, question))
    by = states_of(table)
    assert by["RCAS", "RUN", "NORMAL"]["verdict"] == by["AUTO", "RUN", "NORMAL"]["verdict"] == "PASS"
    assert by["RCAS", "SHUTDOWN", "TRIPPED"]["verdict"] == "NOT ASSESSED"
    assert by["RCAS", "SHUTDOWN", "TRIPPED"]["word"] == "unreachable"
    assert by["AUTO", "LOAD", "TRIPPED"]["word"] == "not reached"
    assert len(by) == 5 * 3 * 3
    assert (table["reached"], table["unreachable"], table["open"]) == (2, 17, 26)
    assert table["verdict"] == "INCONCLUSIVE"  # 26 states that the rules allow were not pressed in


def table_of(question, rows, seen, rule="PASS"):
    return state_table(question, [rows], Allowed(Walk(2, ("x",), seen=seen), {"verdict": rule}))


def test_a_variant_passes_only_when_all_that_the_rules_allow_was_pressed_in(question):
    rows = {
        "drive": np.array(["a", "b"]), "mode": np.array([1, 2]), "phase": np.zeros(2), "sif": np.zeros(2),
        "changing": np.array([True, False]), "delay": np.zeros(2), "kept": np.ones(2, bool),
        "same": np.ones(2, bool), "held": np.array([60.0, 61.0]),
    }  # fmt: skip
    both = {(1, 0, 0), (2, 0, 0)}
    assert table_of(question, rows, both)["verdict"] == "PASS"
    assert table_of(question, rows, both | {(0, 0, 0)})["verdict"] == "INCONCLUSIVE"
    assert table_of(question, rows, both, rule="FAIL")["verdict"] == "FAIL"
    assert table_of(question, rows | {"kept": np.array([True, False])}, both)["verdict"] == "FAIL"
    assert table_of(question, rows, both, rule="NOT ASSESSED")["verdict"] == "INCONCLUSIVE"
    given_up = Allowed(Walk(2, ("x",), complete=False, seen=both), {"verdict": "PASS"})
    table = state_table(question, [rows], given_up)
    assert (table["unreachable"], table["open"], table["verdict"]) == (0, 43, "INCONCLUSIVE")
    against = table_of(question, rows, {(1, 0, 0)})
    assert against["contradicted"] == 1
    assert against["verdict"] == "INCONCLUSIVE"  # a walk that has missed a state shows nothing
    assert states_of(against)["RCAS", "RUN", "NORMAL"]["verdict"] == "PASS"  # it was pressed in all the same


def test_a_demand_finds_the_ai_in_charge_beside_a_trip_for_one_scan(work, question):
    rows = pressed(work, question, "LOAD, SIF-102 called upon", 25_000)
    beside = (rows["mode"] == 2) & (rows["sif"] == 1)
    assert beside.sum() == 1
    assert (rows["phase"][beside] == 2).all()
    assert (rows["delay"] == 0.0).all()
    assert rows["kept"].all()
    assert rows["same"].all()


def test_a_key_that_ends_by_its_own_clock_leaves_a_start_up_without_its_bypass(work, question):
    name = "SHUTDOWN, start ordered at 787 s of the bypass until it ends, its sensors stuck"
    rows = pressed(work, question, name, 905_000)
    ended = (rows["phase"] == 1) & (rows["sif"] == 0)
    assert ended.any()
    assert (rows["press"][ended] >= 900.0).all()
    assert rows["kept"].all()
    assert rows["same"].all()


def test_demands_pass_the_trip_point_and_stuck_sensors_call_for_nothing(question):
    assert quickest(question) == "SIF-101"
    assert [one["value"] for one in demand(question, "SIF-101", "20 s")] == ["405 K", "405 K"]  # 2oo3
    assert [one["value"] for one in demand(question, "SIF-102", "20 s")] == ["1 bar"]  # 1oo2
    assert {one["value"] for one in quiet(question, ["SIF-103"])} == {"347.5 K"}  # between 335 and 360


def test_a_key_that_holds_too_long_is_not_outlasted(question, monkeypatch):
    names = [one.name for one in keys.keys(question)]
    assert len(names) == 4 + 2 * 4 + 2 * 2 * 4  # re-arm; both phases; both changes, early and late
    monkeypatch.setattr(keys, "LONGEST", 15 * 60 * 5 - 1)  # of 200 ms: a tick less than the 15 min of SIF-103
    assert len(list(keys.keys(question))) == 4


def test_every_order_that_changes_the_phase_is_given(question):
    found = set(ordered(question))
    assert ("START", "shutdown") in found
    assert ("TRIPPED", "start") in found
    assert ("SHUTDOWN", "run") not in found
    assert len(found) == 7
    names = [one.name for one in drives(question)]
    assert len(set(names)) == len(names)
    assert {f"{begins}, {order} ordered" for begins, order in found} <= set(names)


def test_without_a_press_the_ai_reaches_the_valve_so_that_the_comparison_can_fail(work, monkeypatch):
    """The same comparison with an order that takes nothing from the AI."""
    plain = override.scenario

    def idle(asked, drive, pressing):
        spec = plain(asked, drive, pressing)
        orders = (
            tuple(one.model_copy(update={"do": "rearm"}) for one in spec.operator.orders) if pressing else ()
        )
        desk = spec.operator.model_copy(update={"orders": orders}) if pressing else None
        return spec.model_copy(update={"operator": desk})

    monkeypatch.setattr(override, "scenario", idle)
    rows = Pressed(work, "MDL-003", drive=Drive("RUN, nothing strikes", "RUN", lasts=10_000)).run(
        np.zeros((1, 0)), [0]
    )
    assert not rows["kept"].any()
    assert not rows["same"].any()
