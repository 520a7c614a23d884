"""Replica k alone is replica k of a block, bit for bit; and a run repeats itself."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from plant_cases import ROOT, case, recorded, scenario_ids, suite

from simulator.scenario.build import Threats

TWINS = ("cstr", "cstr_slow")
VARIANTS = ("rcas", "rout")
RCAS_ONLY = (
    "MDL-005",
    "MDL-007",
    "MBX-002",
    "MBX-005",
    "ADV-011.RCAS",
    "ADV-011.RCAS-DISTURBED",
    "ADV-011.ANY",
    "DEM-AI-2",
)
"""Questions whose threat is a setpoint in kelvin: they are not put to an AI on the valve."""
ROUT_ONLY = ("ADV-011.ROUT", "ADV-011.ROUT-DISTURBED")
"""Questions whose threat is a position of the valve."""
NOT_ASKED = {*((key, "rout") for key in RCAS_ONLY), *((key, "rcas") for key in ROUT_ONLY)}
GRID = [g for g in product(scenario_ids(), TWINS, VARIANTS) if (g[0], g[2]) not in NOT_ASKED]


def equal(part, whole, columns):
    """Whether two records agree bit for bit on these replicas of the larger one."""
    assert part.data.keys() == whole.data.keys()
    for name, samples in whole.data.items():
        assert part.data[name].tobytes() == np.ascontiguousarray(samples[:, columns]).tobytes(), name


def test_the_suites_hold_every_scenario_file():
    files = set((ROOT / "scenarios").glob("cstr*/**/*_*.yaml"))
    assert {one.file for one in suite().scenarios.values()} == files


@pytest.mark.parametrize(("key", "plant", "ai"), GRID)
def test_a_replica_alone_is_that_replica_of_a_block_bit_for_bit(key, plant, ai):
    whole = recorded(case(key, plant, ai, n=17))
    assert np.isfinite(whole.data["true.reactor_temperature"]).all()
    for first, n in ((0, 1), (7, 1), (16, 1), (2, 3), (11, 6)):
        equal(recorded(case(key, plant, ai, first=first, n=n)), whole, slice(first, first + n))


@pytest.mark.parametrize("plant", TWINS)
@pytest.mark.parametrize("key", ["MDL-008", "SAF-001"])
def test_every_row_of_the_board_is_that_of_the_replica_alone(key, plant):
    whole = recorded(case(key, plant, "rout", n=9), every=True)
    equal(recorded(case(key, plant, "rout", first=5, n=1), every=True), whole, slice(5, 6))


def test_a_replica_that_runs_away_does_not_disturb_its_neighbours():
    """SAF-001 to the end: some replicas trip, all lanes take substeps of their own."""
    whole = recorded(case("SAF-001", duration=200_000, n=17))
    assert (whole.data["sif.SIF-101"] == 1).any()
    for k in (0, 5, 16):
        equal(recorded(case("SAF-001", duration=200_000, first=k)), whole, slice(k, k + 1))


@pytest.mark.parametrize("ai", VARIANTS)
def test_a_far_replica_of_a_long_campaign_is_the_same_alone(ai):
    equal(
        recorded(case("SNS-002", ai=ai, first=99_999)),
        recorded(case("SNS-002", ai=ai, first=99_990, n=17)),
        slice(9, 10),
    )


@pytest.mark.parametrize("ai", VARIANTS)
def test_two_replicas_are_not_the_same(ai):
    traces = recorded(case("SNS-002", ai=ai, n=3))
    for name in ("TT-101", "true.reactor_temperature", "op.TIC-101"):
        assert not np.array_equal(traces.data[name][:, 0], traces.data[name][:, 1])


@pytest.mark.parametrize(("key", "ai"), [("MDL-008", "rcas"), ("NET-003", "rout")])
def test_the_same_case_built_again_gives_the_same_record(key, ai):
    equal(
        recorded(case(key, ai=ai, n=4), every=True), recorded(case(key, ai=ai, n=4), every=True), slice(None)
    )


def test_another_seed_gives_another_record():
    mine, theirs = recorded(case("CTL-001")), recorded(case("CTL-001", seed=1))
    assert not np.array_equal(mine.data["TT-101"], theirs.data["TT-101"])


def test_a_longer_run_begins_like_a_shorter_one():
    short, long = recorded(case("MDL-008", n=2)), recorded(case("MDL-008", duration=90_000, n=2))
    for name, samples in short.data.items():
        assert samples.tobytes() == long.data[name][: len(samples)].tobytes(), name


@pytest.mark.parametrize(("key", "plant", "ai"), [one for one in GRID if one[0] != "CTL-001"])
def test_injectors_at_zero_leave_no_trace(key, plant, ai):
    null = recorded(case(key, plant, ai, n=2, threats=Threats.NULL))
    absent = recorded(case(key, plant, ai, n=2, threats=Threats.ABSENT))
    for name, samples in absent.data.items():
        if not name.startswith("ai_fault"):
            assert null.data[name].tobytes() == samples.tobytes(), name
