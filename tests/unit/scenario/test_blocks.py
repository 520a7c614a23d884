"""Blocks in a plant file: units, bounds and dead times are checked, each with its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simulator.core.errors import InputError
from simulator.scenario.resolve_plant import resolve_plant

REPO = Path(__file__).resolve().parents[3]
PAGE = (REPO / "docs" / "own-plant.md").read_text()
HEATER = re.search(r"^```yaml title=heater/plant.yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[1]


@pytest.fixture
def heater(tmp_path):
    """Resolve the heater of the documentation with texts changed."""

    def resolved(*changes):
        text = HEATER
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / "plant.yaml"
        path.write_text(text)
        (tmp_path / "policy.onnx").write_bytes((REPO / "plant_models/cstr/policy_rcas.onnx").read_bytes())
        return resolve_plant(str(path))[0]

    return resolved


def test_gains_and_times_come_in_the_units_of_the_file(heater):
    design = heater(("gain: 1.2 K/%", "gain: 120 K")).physics.owner.DESIGN
    first = design.blocks[0]
    assert (first.gain, first.time_constant, first.dead) == (pytest.approx(1.2), 30.0, 20)
    assert [end.name for end in design.outputs] == ["outlet_temperature", "steam_flow"]


def test_a_plant_of_blocks_has_its_outputs_as_quantities_and_no_sources(heater):
    plant = heater()
    seen = [name for name in plant.physics.quantities if not name.startswith("_")]
    assert seen == ["outlet_temperature", "steam_flow"]
    assert plant.physics.sources == ()
    assert plant.tags["TT-301"].unit == "K"


@pytest.mark.parametrize(
    ("old", "new", "where", "wanted"),
    [
        ("gain: 1.2 K/%", "gain: 1.2 kg/%", "from.steam_valve.gain", "a gain in K/%"),
        ("gain: 60 K,", "gain: 60,", "from.steam_supply.gain", "a gain in K"),
        ("dead_time: 4 s", "dead_time: 4100 ms", "dead_time", "a multiple of the base tick (200 ms)"),
        ("dead_time: 4 s", "dead_time: 4000 s", "blocks", "at most 2000"),
        ("feed_temperature: {gain", "feed_temp: {gain", "from.feed_temp", "an input of the blocks"),
        (
            "bounds: [250 K, 500 K]",
            "bounds: [400 K, 500 K]",
            "outlet_temperature.nominal",
            "a value from 400 to 500",
        ),
        ("bounds: [250 K, 500 K]", "bounds: [250 bar, 500 bar]", "bounds[0]", "a quantity in K"),
        ("time_constant: 30 s", "time_constant: 30", "time_constant", "a duration with its unit"),
        ("physics: fopdt", "physics: ./model.py:Heater", "physics", "fopdt, as there are blocks"),
    ],
)
def test_a_mistake_in_the_blocks_is_told_with_its_place(heater, old, new, where, wanted):
    with pytest.raises(InputError) as caught:
        heater((old, new))
    (problem,) = caught.value.problems[:1]
    assert problem.where.endswith(where)
    assert wanted in problem.wanted
    assert problem.line > 0


def test_every_mistake_in_the_blocks_is_told_at_once(heater):
    with pytest.raises(InputError) as caught:
        heater(
            ("gain: 1.2 K/%", "gain: 1 kg"),
            ("dead_time: 4 s", "dead_time: 1 ms"),
            ("gain: 0.5 K/K", "gain: 1 s"),
        )
    assert len(caught.value.problems) == 3


def test_fopdt_without_blocks_is_refused(heater):
    with pytest.raises(InputError) as caught:
        heater((HEATER[HEATER.index("blocks:") : HEATER.index("scan:")], ""))
    assert "the key 'blocks'" in caught.value.problems[0].wanted
