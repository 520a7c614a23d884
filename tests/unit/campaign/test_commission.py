"""What commissioning measures: regions, excursions, planes, findings; on the reactor and on made-up days."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from simulator.campaign.commission import drift, plane
from simulator.campaign.commission.bench import Bench, Run
from simulator.campaign.commission.days import Day
from simulator.campaign.commission.excursion import excursions
from simulator.campaign.commission.findings import findings, recoverable
from simulator.campaign.commission.region import recovered, worst
from simulator.campaign.commission.study import refuse_to_replace, write
from simulator.core.errors import InputError
from simulator.core.seeds import normals
from simulator.scenario.resolve_plant import resolve_plant
from simulator.scenario.schema.monitors import Explained, Monitor


@cache
def bench(workers: int = 1) -> Bench:
    return Bench(resolve_plant("cstr")[0], 7, workers)


def start(temperatures, valve):
    n = len(temperatures)
    return {"reactor_temperature": np.array(temperatures, float), "TV-101": np.full(n, float(valve))}


def test_the_fallback_recovers_from_350_and_not_from_beyond_the_point_of_no_return():
    """Nothing above about 355 K comes back by cooling alone, even from the last good output."""
    about = bench().plant.spec.recovery
    back = recovered(bench(), Run("test", about.within, 3, begin=start([350.0, 352.0, 362.0], 0.0)), about)
    assert back.tolist() == [True, True, False]


def test_a_run_does_not_depend_on_its_neighbours_nor_on_the_workers():
    rows = [("true", "reactor_temperature"), ("position", "TV-101")]
    begin = start([349.0, 350.5, 351.0, 348.0], 80.0)
    runs = [
        Run("test", 20_000, 2, k, begin={name: value[k : k + 2] for name, value in begin.items()})
        for k in (0, 2)
    ]
    whole = bench().sampled(Run("test", 20_000, 4, begin=begin), rows)
    parts = bench(2).each(lambda run: bench(2).sampled(run, rows), runs)
    assert np.array_equal(whole, np.concatenate(parts, axis=2))
    assert whole[0, 1, 0] < 80.0  # the valve comes back from where it stood


def test_a_longer_silence_takes_the_plant_further():
    names = bench().names
    short, long = (excursions(names, time, {"TV-101": (45.0, 58.0)}) for time in (1000, 4000))
    low, high = long["reactor_temperature"]
    assert low < short["reactor_temperature"][0] < 0.0 < short["reactor_temperature"][1] < high < 3.0


REGION = {
    "quantity": "reactor_temperature", "unit": "K", "highest": [355.0, 353.0, 354.0, 352.0],
    "lowest": [340.0, 341.0, 342.0, 343.0],
    "against": {"concentration": [0.4, 0.5], "jacket_temperature": [290.0, 310.0]},
}  # fmt: skip


def test_of_a_box_the_worst_cell_that_it_touches_counts():
    assert worst(REGION, {"concentration": (0.4, 0.4), "jacket_temperature": (290.0, 300.0)}) == (
        341.0,
        353.0,
    )
    assert worst(REGION, {"concentration": (0.45, 0.5), "jacket_temperature": (290.0, 310.0)}) == (
        343.0,
        352.0,
    )


def test_a_cell_from_which_nothing_is_recovered_is_no_region():
    lost = REGION | {"highest": [355.0, None, 354.0, 352.0]}
    assert worst(lost, {"concentration": (0.4, 0.4), "jacket_temperature": (290.0, 300.0)}) is None


def inside(stated, excursion):
    one = {"unit": "K", "stated": stated, "seen": stated, "excursion": excursion}
    return {"reactor_temperature": one}


def test_limits_beyond_the_region_are_findings_and_those_inside_are_not():
    found = findings(bench().names, REGION, inside([349.0, 351.0], [-0.5, 0.5]), [])
    assert recoverable(REGION, inside([349.0, 351.0], [-0.5, 0.5])) == (343.0, 352.0)
    assert any("output_guard.RCAS.envelope.above 356 K" in text for text in found)
    assert not any("output_guard.ROUT.envelope.above 352 K" in text for text in found)
    assert not any(text.startswith("operating envelope") for text in found)


def test_an_envelope_that_leaves_the_region_by_one_excursion_is_a_finding():
    found = findings(bench().names, REGION, inside([349.0, 351.0], [-0.5, 1.5]), [])
    assert any(text.startswith("operating envelope of reactor_temperature") for text in found)


def test_a_stated_limit_at_which_trials_are_lost_is_a_finding():
    proposal = {"limit": "setpoint rate", "unit": "K/s", "stated": 0.2, "lost": [[0.1, 0.0], [0.2, 0.25]]}
    (told,) = findings(bench().names, {}, {}, [proposal])
    assert "25%" in told


def made_up(stream: str, n: int = 40, shift: float = 0.0) -> Day:
    """A target that is twice one row, with a remainder that has half of the one before in it."""
    length = 300
    noise = np.array([normals(9, f"{stream}/{t}", 0, 2 * n) for t in range(length)])
    row, rest = 5.0 + noise[:, :n], noise[:, n:].copy()
    for t in range(1, length):
        rest[t] += 0.5 * rest[t - 1]
    means = np.stack([3.0 + 2.0 * row + rest + shift, row], axis=1)
    shown = means.astype(np.float32)
    return Day(shown, means, ("target", "row"), np.zeros((0, 2)))


def test_a_fit_finds_what_made_the_days_and_keeps_the_run_length_on_fresh_ones():
    signals = {"s": Explained(explain="target", by=["row"])}
    about = Monitor(period="1 s", false_alarms="1500 s", order=2, signals=signals)
    model = drift.fit(about, [made_up("fit")], [made_up("levels", 400)])["s"]
    assert model["intercept"] == pytest.approx(3.0, abs=0.1)
    assert model["slopes"] == pytest.approx([2.0], abs=0.03)
    assert model["memory"] == pytest.approx([0.5, 0.0], abs=0.03)
    assert model["sigma"] == pytest.approx(1.0, abs=0.02)
    told = drift.check(model, [made_up("fresh", 900)])
    assert told["alarms"] > 120
    assert told["got"] == pytest.approx(1500.0, rel=0.15)


def test_a_plane_finds_that_two_inputs_go_together_and_a_limit_is_passed_as_often_as_wanted():
    found = plane.fit([("target", 13.0, 1.0), ("row", 5.0, 1.0)], [made_up("fit", 80)])
    assert len(found["axes"]) == 1
    assert np.abs(found["axes"][0]) == pytest.approx([0.5**0.5] * 2, abs=0.01)
    highest = plane.peaks(found, made_up("levels", 600), 3)
    fresh = plane.peaks(found, made_up("fresh", 2000), 3)
    for levels, seen in zip(highest, fresh, strict=True):
        passed = (seen > plane.limit(levels, 0.01)).mean()
        assert 0.003 < passed < 0.03


def test_a_file_is_not_replaced_silently(tmp_path):
    path = tmp_path / "found.json"
    refuse_to_replace(path, force=False)
    write({"a": 1.5}, path)
    with pytest.raises(InputError, match="--force"):
        refuse_to_replace(path, force=False)
    refuse_to_replace(path, force=True)
    assert path.read_text(encoding="utf-8") == '{\n "a": 1.5\n}\n'
