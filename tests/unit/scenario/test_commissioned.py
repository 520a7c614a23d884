"""A plant's commissioning file: taken when it is its own, refused with line and column when it is not."""

from __future__ import annotations

import json

import pytest

from simulator.core.errors import InputError
from simulator.scenario.commissioned import digests
from simulator.scenario.resolve import resolve_suite
from simulator.scenario.resolve_plant import resolve_plant

MONITOR = """\
monitor:
  period: 1 s
  false_alarms: 720 h
  duties: {heat: {flow: LT-2, warm: TT-1, cold: TT-9}}
  signals: {loss: {explain: heat, by: [ZT-1]}}
novelty: {false_alarms: 720 h}
"""
MODEL = {
    "explain": "heat", "by": ["ZT-1"], "changes": [], "intercept": 1.0, "slopes": [0.5],
    "memory": [0.1], "sigma": 2.0, "slack": 0.5, "limit": 9.0, "measured": {},
}  # fmt: skip
PLANE = {
    "tags": ["TT-1"], "centre": [330.0], "scale": [1.0], "axes": [[1.0]], "variances": [1.0], "t2": 20.0,
    "spe": 3.0, "measured": {},
}  # fmt: skip


@pytest.fixture
def commissioned(package):
    """The tank with a monitor, novelty and a file that belongs to it."""
    package.edit("tank/plant.yaml", "final_clamp:", f"commissioning: found.json\n{MONITOR}final_clamp:")
    write(package)
    return package


def write(package, **changes) -> None:
    plant, source = resolve_plant(str(package.folder / "tank/plant.yaml"))
    variant = {"novelty": PLANE, "monitor": {"loss": MODEL}}
    data = {
        "format": 1, "plant": "tank", "plantproof": "1", "seed": 1, "sizes": {},
        "digests": digests(source.data, plant.spec, plant.physics, plant.folder).model_dump(),
        "variants": {"rcas": variant, "rout": variant}, "envelope": {}, "region": {}, "safety_times": [],
        "proposals": [], "findings": [],
    }  # fmt: skip
    (package.folder / "tank/found.json").write_text(json.dumps(data | changes), encoding="utf-8")


def test_a_file_of_its_own_is_taken_and_belongs_to_the_record(commissioned):
    suite = resolve_suite(commissioned.suite)
    found = suite.plant.commissioning
    assert found is not None
    assert found.variants["rcas"].monitor["loss"].limit == 9.0
    assert "found.json" in [path.name for path in suite.files]


def test_a_comment_does_not_outdate_it(commissioned):
    commissioned.edit("tank/plant.yaml", "watchdog:", "# as before\nwatchdog:")
    assert resolve_suite(commissioned.suite).plant.commissioning is not None


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("tank/plant.yaml", "gain: 2 %/K", "gain: 3 %/K", "the key 'loops'"),
        ("tank/model.py", '"""Heated tank."""', '"""Another tank."""', "the physics source 'model.py'"),
    ],
)
def test_a_changed_plant_physics_or_policy_outdates_it(commissioned, file, old, new, told):
    commissioned.edit(file, old, new)
    problem = commissioned.problem()
    assert told in problem.got
    assert problem.line == commissioned.line("tank/plant.yaml", "commissioning:")
    assert problem.column == len("commissioning: ") + 1
    assert "plantproof commission" in problem.hint


def test_a_changed_policy_that_is_none_is_told_with_its_own_fault(commissioned):
    (commissioned.folder / "tank/policy.onnx").write_text("another", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        resolve_suite(commissioned.suite)
    outdated, fault = caught.value.problems
    assert "the policy 'rcas', the policy 'rout'" in outdated.got
    assert outdated.line == commissioned.line("tank/plant.yaml", "commissioning:")
    assert "no ONNX model" in fault.got
    assert fault.file.endswith("policy.onnx")


def test_another_plants_file_is_refused(commissioned):
    write(commissioned, plant="kettle")
    assert "of plant 'kettle'" in commissioned.problem().got


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2}', "\x00", '{"format": NaN}'])
def test_a_file_of_another_shape_is_refused(commissioned, text):
    (commissioned.folder / "tank/found.json").write_text(text, encoding="utf-8")
    assert "plantproof commission wrote" in commissioned.problem().wanted


@pytest.mark.parametrize("key", ["sigma", "limit"])
def test_a_width_that_is_not_above_zero_is_refused(commissioned, key):
    bad = {"novelty": None, "monitor": {"loss": MODEL | {key: 0.0}}}
    write(commissioned, variants={"rcas": bad, "rout": bad})
    assert commissioned.problem().line == commissioned.line("tank/plant.yaml", "commissioning:")


def test_a_file_without_a_model_that_the_plant_asks_for_is_refused(commissioned):
    write(commissioned, variants={"rcas": {"novelty": PLANE, "monitor": {"loss": MODEL}}})
    assert "rout" in commissioned.problem().got


def test_a_monitor_without_a_file_is_refused(commissioned):
    commissioned.edit("tank/plant.yaml", "commissioning: found.json\n", "")
    problems = commissioned.problems()
    assert [p.where for p in problems] == ["monitor", "novelty"]


def test_a_missing_file_is_refused(commissioned):
    (commissioned.folder / "tank/found.json").unlink()
    assert commissioned.problem().wanted == "a file beside the plant file"


def test_commissioning_itself_needs_no_file(commissioned):
    (commissioned.folder / "tank/found.json").unlink()
    plant, _ = resolve_plant(str(commissioned.folder / "tank/plant.yaml"))
    assert plant.commissioning is None


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("explain: heat", "explain: het", "monitor.signals.loss.explain"),
        ("flow: LT-2", "flow: LT-9", "monitor.duties.heat.flow"),
        ("period: 1 s", "period: 300 ms", "monitor.period"),
    ],
)
def test_a_monitor_that_does_not_fit_is_refused(commissioned, old, new, where):
    commissioned.edit("tank/plant.yaml", old, new)
    with pytest.raises(InputError) as caught:
        resolve_plant(str(commissioned.folder / "tank/plant.yaml"))
    assert [p.where for p in caught.value.problems] == [where]


RECOVERY = """\
operating_envelope: {temperature: [300 K, 350 K]}
recovery: {quantity: temperature, between: [300 K, 360 K], against: {level: [1 cm, 20 cm]},
           within: 5 min, settled: 30 s}
"""


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("within: 5 min, s", "within: 300.1 s, s", "recovery.within"),  # half a scan more than a record holds
        ("settled: 30 s", "settled: 5 min", "recovery.settled"),
        ("quantity: temperature, b", "quantity: warmth, b", "recovery.quantity"),
        ("{level: [1 cm", "{depth: [1 cm", "recovery.against.depth"),
    ],
)
def test_a_recovery_that_cannot_be_looked_for_is_refused(package, old, new, where):
    package.edit("tank/plant.yaml", "final_clamp:", f"{RECOVERY}final_clamp:")
    plant = str(package.folder / "tank/plant.yaml")
    resolve_plant(plant)
    package.edit("tank/plant.yaml", old, new)
    with pytest.raises(InputError) as caught:
        resolve_plant(plant)
    assert [p.where for p in caught.value.problems] == [where]
