"""The time that a safety function needs, part by part, and which limits are studied."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.campaign.adequacy import adequacy, response_budget, studies
from simulator.campaign.jobs import LADDER, MAIN, needs
from simulator.scenario.resolve import resolve_suite

SUITE = Path(__file__).resolve().parents[3] / "scenarios" / "suites" / "cstr_predeployment.yaml"


@pytest.fixture(scope="module")
def suite():
    return resolve_suite(SUITE)


def voting(suite):
    """The first plant, its first limit, the function of it, and the vote on the limit's quantity."""
    plant = suite.plants["cstr"].spec
    limit = next(iter(plant.safety_limits.values()))
    sif = plant.sifs[limit.sif]
    (vote,) = [t for t in sif.trips if plant.measurements[t.sensors[0]].quantity == limit.quantity]
    return plant, limit, sif, vote


def test_the_budget_is_that_of_the_slowest_vote_on_the_quantity(suite):
    plant, limit, sif, vote = voting(suite)
    slow = vote.model_copy(update={"confirm": vote.confirm + 7})
    lasting = vote.model_copy(update={"lasting": 9_000})
    scan, confirm = plant.scan.sif, vote.confirm
    for more, waits in (((), (confirm - 1) * scan), ((slow,), (confirm + 6) * scan), ((lasting,), 9_000)):
        for trips in ((vote, *more), (*more, vote)):
            built = sif.model_copy(update={"trips": trips})
            found = response_budget(plant, built, limit.quantity)
            assert found["confirmation"] == pytest.approx(waits / 1000.0)


def test_a_vote_on_another_quantity_does_not_lengthen_the_budget(suite):
    plant, limit, sif, vote = voting(suite)
    other = next(t for t, m in plant.measurements.items() if m.quantity != limit.quantity)
    slow = vote.model_copy(update={"confirm": 99, "sensors": (other,)})
    both = sif.model_copy(update={"trips": (slow, vote)})
    alone = sif.model_copy(update={"trips": (vote,)})
    assert response_budget(plant, both, limit.quantity) == response_budget(plant, alone, limit.quantity)
    only = sif.model_copy(update={"trips": (slow,)})
    found = response_budget(plant, only, limit.quantity)
    assert found["confirmation"] == pytest.approx(98 * plant.scan.sif / 1000.0), (
        "without one, every vote counts"
    )


def test_the_lag_is_the_longest_of_all_sensors_that_vote(suite):
    plant, limit, sif, vote = voting(suite)
    tag = vote.sensors[-1]
    slow = plant.measurements[tag].model_copy(update={"lag": 77_000})
    lagging = plant.model_copy(update={"measurements": plant.measurements | {tag: slow}})
    assert response_budget(lagging, sif, limit.quantity)["sensor lag"] == 77.0


def test_the_admissible_trip_point_is_the_last_that_protects(suite):
    """With the lag of its sensors as dead time the agitator's stop, the quickest event, allows least."""
    plant = suite.plants["cstr"]
    (study,) = adequacy(plant.spec, plant.physics.owner(**plant.parameters))
    found = {event["id"]: event["admissible"] for event in study["events"]}
    assert min(found, key=found.__getitem__) == min(study["events"], key=lambda e: e["left"])["id"] == "IE-5"
    assert found == {"IE-1": 368.0, "IE-2": 368.0, "IE-3": 370.0, "IE-4": 367.0, "IE-5": 365.0,
                     "IE-6": 370.0, "IE-7": 370.0}  # fmt: skip


def test_every_limit_of_every_plant_is_studied(suite, monkeypatch):
    monkeypatch.setattr(
        "simulator.campaign.adequacy.adequacy", lambda *_: [{"limit": "SL-1"}, {"limit": "SL-2"}]
    )
    found = dict(studies(suite.plants))
    assert list(found) == [name for key in suite.plants for name in (key, f"{key} SL-2")]
    assert [study["limit"] for study in found.values()] == ["SL-1", "SL-2"] * len(suite.plants)


def test_the_rungs_of_the_ladder_are_recorded_in_every_question(suite):
    assert set(LADDER) == {"reason.output_guard", "operator.override"}
    for scenario in suite.scenarios.values():
        assert set(LADDER) & set(scenario.signals) <= needs(scenario, MAIN)
    assert any(set(LADDER) <= needs(scenario, MAIN) for scenario in suite.scenarios.values())
