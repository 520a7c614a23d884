"""A robustness study run for real: it breaks where it must, and each of its replicas can be made again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.campaign.jobs import MAIN, Job
from simulator.campaign.replay import replay
from simulator.campaign.suite import Options, run_suite
from simulator.campaign.sweep import SWEEP, study_data
from simulator.campaign.work import Workshop
from simulator.core.errors import InputError
from simulator.record.reader import changed, get_json, rows
from simulator.scenario.resolve import resolve_suite

SCENARIOS = Path(__file__).resolve().parents[3] / "scenarios"
SUITE = f"""\
schema: 1
suite: swept
plant: cstr
requirements: {SCENARIOS.as_posix()}/cstr/requirements.yaml
criteria: {SCENARIOS.as_posix()}/cstr/criteria.yaml
catalogue: {{attack_ics: ["18.1"], atlas: "5.6.1"}}
seed: 2601
scenarios: [{SCENARIOS.as_posix()}/cstr/saf_001_all_control_lost.yaml]
robustness:
  of: all
  requirements: [R-01]
  replicas: 4
  parameters:
    heat_transfer: {{input: heat_transfer, factors: [0.7, 0.8], tolerance: [0.8, 1]}}
    sensor_lag: {{lag: all, factors: [1.6, 4], tolerance: [1, 1.6]}}
record: {{traces: {{worst: 1, failed: 1, random: 1}}, rows: all}}
budget: {{wall: 5 min, memory_per_worker: 500 MB, disk: 1 MB}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A results folder of the study."""
    home = tmp_path_factory.mktemp("swept")
    file = home / "suite.yaml"
    file.write_text(SUITE)
    layout, verdicts = run_suite(resolve_suite(file), Options(home / "results", 1, 4), lambda *_: None)
    return layout, verdicts


@pytest.fixture(scope="module")
def cells(folder):
    """Cells of the study by plant."""
    found = get_json(folder[0].robustness)["scenarios"]["SAF-001"]["requirements"]["R-01"]
    return {one["variant"]: one for one in found}


def test_a_plant_as_designed_and_one_inside_the_tolerance_hold(cells):
    for name in ("nominal", "heat_transfer=0.8", "sensor_lag=1.6"):
        assert (cells[name]["n"], cells[name]["failed"]) == (4, 0), name
        assert cells[name]["margin"] > 10.0


def test_thermometers_four_times_slower_lose_the_reactor(cells):
    """A lag of 12 s: with 10 s the published peak of a shut valve is 388 K already, from a quiet start."""
    assert cells["sensor_lag=4"]["failed"] > 0
    assert cells["sensor_lag=4"]["margin"] < 0.0


def test_a_plant_that_cannot_be_cooled_is_no_evidence(cells):
    assert (cells["heat_transfer=0.7"]["n"], cells["heat_transfer=0.7"]["failed"]) == (0, 0)
    assert cells["heat_transfer=0.7"]["why"] == "this plant has no operating point"


def test_the_nominal_group_is_the_run_that_is_judged(folder):
    swept, main = rows(folder[0], "SAF-001", SWEEP), rows(folder[0], "SAF-001", MAIN)
    mine = swept["variant"] == "nominal"
    for column in ("R-01.margin", "R-01.truth", "R-01.witness", "peak.SL-101"):
        np.testing.assert_array_equal(swept[column][mine], main[column], err_msg=column)


@pytest.mark.parametrize("variant", ["nominal", "heat_transfer=0.8", "sensor_lag=4"])
def test_a_replica_of_the_block_is_made_again_alone_bit_for_bit(folder, variant):
    assert replay(folder[0], "SAF-001", 2, variant).identical is True


def test_replay_refuses_a_plant_that_is_not_of_the_study(folder):
    with pytest.raises(InputError) as error:
        replay(folder[0], "SAF-001", 0, "heat_transfer=0.9")
    assert "heat_transfer=0.8" in str(error.value)


def test_the_onsets_are_those_of_the_nominal_run(folder):
    shop = Workshop(resolve_suite(get_json(folder[0].start)["suite_file"]))
    one, other = (
        shop.traces(Job("SAF-001", f"{SWEEP}.{name}", 1, 2, 320_000), everything=True)
        for name in ("heat_transfer=0.8", "sensor_lag=1.6")
    )
    main = shop.traces(Job("SAF-001", MAIN, 1, 2, 320_000), everything=True)
    for traces in (one, other):
        for name in ("threat.valve_shut", "TT-104" if traces is one else "threat.valve_shut"):
            np.testing.assert_array_equal(traces.data[name], main.data[name])


def test_the_study_is_judged_sealed_and_says_what_breaks_first(folder):
    layout, verdicts = folder
    assert changed(layout) == []
    assert "robustness.json" in get_json(layout.manifest)["sha256"]
    (one,) = verdicts["robustness"]
    assert (one["scenario"], one["id"], one["first"]["variant"]) == ("SAF-001", "R-01", "sensor_lag=4")
    assert verdicts["exploratory"]


def test_the_file_follows_from_the_rows_alone(folder):
    suite = resolve_suite(get_json(folder[0].start)["suite_file"])
    assert study_data(suite, {"SAF-001": rows(folder[0], "SAF-001", SWEEP)}) == get_json(folder[0].robustness)
