"""The commissioning files that are shipped belong to the plants that are shipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.campaign.commission.findings import widened
from simulator.scenario.resolve import resolve_suite
from simulator.scenario.resolved import ResolvedSuite

SUITES = Path(__file__).parents[3] / "scenarios/suites"
PLANTS = ["cstr"]


@pytest.fixture(scope="module")
def suite() -> ResolvedSuite:
    return resolve_suite(SUITES / "cstr_predeployment.yaml")


@pytest.mark.parametrize("name", PLANTS)
def test_a_shipped_plant_has_a_commissioning_file_of_its_own(suite, name):
    plant = suite.plants[name]
    assert plant.commissioning is not None
    assert (plant.folder / str(plant.spec.commissioning)).stat().st_size < 100_000


@pytest.mark.parametrize("name", PLANTS)
def test_run_lengths_on_fresh_days_are_those_asked_for(suite, name):
    """Within three standard errors of the few alarms that commissioning itself waits for."""
    found = suite.plants[name].commissioning
    for variant in found.variants.values():
        for model in variant.monitor.values():
            told = model.measured
            assert told["alarms"] >= 5
            assert abs(told["got"] / told["asked"] - 1.0) < 3.0 / told["alarms"] ** 0.5


def test_the_states_of_the_question_cover_the_envelope_and_one_excursion(suite):
    """SAF-010 asks from everywhere in the operating envelope and one watchdog time around it."""
    inside, start = suite.plant.commissioning.envelope, suite.scenarios["SAF-010"].start
    for name in suite.plant.spec.operating_envelope:
        (low, high), (first, last) = widened(inside, name), start[name].bounds
        assert first <= low
        assert last >= high
    assert start["TV-101"].bounds == (0.0, 100.0)
