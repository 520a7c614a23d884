"""The quadruple tank as a protected plant: two loops of one AI, interlocks, line-up, policies."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from plant_models.quadruple_tank.train import FAR, RECIPES
from plant_models.training.candidates import answer, embed, network
from plant_models.training.onnx_file import decode, encode
from plant_models.training.recipe import MODELS
from plant_models.training.rehearsal import Rehearsal, load
from simulator.campaign.adequacy import adequacy
from simulator.campaign.jobs import MAIN, NULL, Job
from simulator.campaign.work import Workshop
from simulator.control.ai import behaviour, session
from simulator.core.errors import InputError
from simulator.core.states import MODE
from simulator.scenario.checks.threat import targets
from simulator.scenario.resolve import resolve_suite
from simulator.testing.mutants import BROKEN

SUITE = MODELS.parent / "scenarios" / "suites" / "quadruple_tank_predeployment.yaml"
PLANTS = ("quadruple_tank", "quadruple_tank_plus")
FALLBACK, EARLY = MODE["AUTO"], 320_000
"""Length of a run in which every onset of the scenarios falls [ms]."""


@cache
def shop():
    return Workshop(resolve_suite(SUITE, breaks=BROKEN))


@cache
def traces(key, n=3, first=0, duration=EARLY, variant=MAIN):
    return shop().traces(Job(key, variant, first, n, duration), everything=True)


def policy(plant: str) -> tuple[Path, int]:
    about = load(MODELS / plant).ai["rcas"]
    return MODELS / plant / about.model, len(about.inputs) * about.history


def test_the_suite_holds_every_question_of_the_tank_and_asks_some_at_both_points():
    files = set(SUITE.parents[1].glob("quadruple_tank/*_*_*.yaml"))
    found = shop().suite.scenarios
    assert {one.file for one in found.values()} == files
    assert {one.plant.name for one in found.values()} == set(PLANTS)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.plant)
def test_a_shipped_policy_writes_both_setpoints_and_is_batch_invariant(recipe):
    path, k = policy(recipe.plant)
    opened = session.load(path, k, 2)
    at_rest = session.answer(opened, np.zeros((3, k), np.float32))
    assert at_rest.shape == (3, 2) and np.abs(at_rest).max() < 0.5
    assert behaviour.batch_invariant(opened, k)
    assert encode(decode(path.read_bytes())) == path.read_bytes()
    with pytest.raises(InputError, match="shape"):
        session.load(path, k, 1)


def test_training_and_the_file_give_the_same_answers_on_both_outputs(tmp_path):
    laws = ([0.05, 0.4, -0.3, 0.2], [0.0, -0.1, 0.6, 0.3])
    weights = np.concatenate([embed(np.array(law), 4, 1.0) for law in laws])
    (tmp_path / "policy.onnx").write_bytes(encode(network(weights, 3, 2)))
    shown = np.random.default_rng(5).standard_normal((64, 3)).astype(np.float32)
    trained = np.zeros((64, 2), np.float32)
    answer(weights[None], 64, shown, trained)
    got = session.answer(session.load(tmp_path / "policy.onnx", 3, 2), shown)
    np.testing.assert_allclose(got, trained, atol=2e-6)
    assert np.abs(got[:, 0] - got[:, 1]).max() > 0.1


@pytest.mark.parametrize("plant", PLANTS)
def test_the_policy_is_no_dearer_than_the_pids_on_the_same_short_day(plant):
    folder = MODELS / plant
    costs = {
        ai: Rehearsal(load(folder), folder, ai, FAR, 2.0, 12.0).costs(seed=31, n=8, seeds=8)
        for ai in ("rcas", None)
    }
    assert costs["rcas"].mean() <= costs[None].mean()


@pytest.mark.parametrize("key", ["NET-003", "MDL-003.quadruple_tank_plus", "DRF-006", "SAF-001"])
def test_a_replica_alone_is_that_replica_of_a_block_bit_for_bit(key):
    whole = traces(key, n=5)
    for first, n in ((0, 1), (4, 1), (2, 2)):
        part = traces(key, n, first)
        for name, samples in whole.data.items():
            assert part.data[name].tobytes() == np.ascontiguousarray(samples[:, first : first + n]).tobytes()


@pytest.mark.parametrize("key", ["NET-003", "MDL-008"])
def test_injectors_at_zero_leave_no_trace_on_either_loop(key):
    null = traces(key, 2, variant=NULL, duration=120_000)
    absent = traces(key, 2, variant="absent", duration=120_000)
    for name, samples in absent.data.items():
        if name != "ai_fault":
            assert null.data[name].tobytes() == samples.tobytes(), name


@pytest.mark.parametrize("key", ["MDL-003", "MDL-005", "SNS-001", "SNS-008"])
def test_a_fault_on_one_loop_takes_both_from_the_ai_in_the_same_scan(key):
    data = traces(key).data
    left = [data[f"mode.{loop}"] == FALLBACK for loop in ("LIC-201", "LIC-202")]
    assert left[0].any(axis=0).all()
    np.testing.assert_array_equal(*left)


def test_a_struck_output_is_refused_on_its_loop_and_the_other_keeps_its_own():
    data = traces("MDL-005").data
    assert (data["reason.output_guard.LIC-202"] > 0).any()
    assert not (data["reason.output_guard.LIC-201"] > 0).any()


def test_a_threat_at_the_policy_of_two_loops_names_one_of_them():
    about = shop().suite.plants["quadruple_tank"]
    known, wanted = targets(about, "policy", about.spec.ai["rcas"])
    assert known == ["LIC-201", "LIC-202"] and wanted.startswith("a loop of the AI")


def test_at_the_non_minimum_phase_point_each_loop_moves_the_other_pump():
    pairs = [
        {tag: loop.op for tag, loop in shop().suite.plants[plant].spec.loops.items()} for plant in PLANTS
    ]
    assert pairs[0] == {"LIC-201": "SC-201", "LIC-202": "SC-202"}
    assert pairs[1] == {"LIC-201": "SC-202", "LIC-202": "SC-201"}


@pytest.mark.parametrize("plant", PLANTS)
def test_the_interlock_answers_every_event_that_reaches_a_rim_in_time(plant):
    about = shop().suite.plants[plant]
    lower = {name: about.spec.safety_limits[name] for name in ("SL-201", "SL-202")}
    for study in adequacy(about.spec.model_copy(update={"safety_limits": lower}), about.physics.owner()):
        assert study["response"] <= study["allowed"]
        for event in study["events"]:
            assert event["pst"] is not None and event["spare"] > 0.5 and event["peak"] < 20.0


def test_stopped_pumps_are_what_an_open_contactor_means():
    data = traces("SAF-001", duration=200_000).data
    tripped = data["safe.XS-211"] == 1
    assert tripped.any(axis=0).all()
    assert (data["true.pump_1_flow"][tripped] == 0).all()


MISTAKES = [
    ("gamma_1: 0.70, gamma_2", "gamma_1: 0.43, gamma_2", "line_up.gamma_1", "0.7, at which the physics"),
    ("gamma_1: 0.70, gamma_2", "gama_1: 0.70, gamma_2", "line_up.gama_1", "an input of the physics"),
    ("fails: stopped, readback: ST-201", "fails: open, readback: ST-201", "final_elements.SC-201.fails",
     "stopped, as it is a pump drive"),
    ("drives: contactor_1, stroke: 100 ms, safe: open", "drives: contactor_1, stroke: 100 ms, safe: closed",
     "final_elements.XS-211.safe", "open, as it is a contactor"),
    ("LIC-202: {centre: 12.78 cm, scale: 1 cm}", "LIC-202: {centre: 12.78 %, scale: 1 cm}",
     "ai.rcas.outputs.LIC-202.centre", "a quantity in cm"),
    ("LIC-202: {centre: 12.78 cm, scale: 1 cm}", "LIC-203: {centre: 12.78 cm, scale: 1 cm}",
     "ai.rcas.outputs.LIC-203", "a loop"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "where", "wanted"), MISTAKES)
def test_a_mistake_in_a_file_of_two_loops_is_told_at_its_place(tmp_path, old, new, where, wanted):
    source = (MODELS / "quadruple_tank" / "plant.yaml").read_text(encoding="utf-8")
    assert old in source
    (tmp_path / "plant.yaml").write_text(source.replace(old, new), encoding="utf-8")
    (tmp_path / "policy_rcas.onnx").write_bytes(b"")
    text = SUITE.read_text(encoding="utf-8").replace("../", f"{SUITE.parents[1].as_posix()}/")
    text = text.replace("plant: quadruple_tank\n", f"plant: {tmp_path.as_posix()}/plant.yaml\n")
    (tmp_path / "suite.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        resolve_suite(tmp_path / "suite.yaml")
    problem = next(p for p in error.value.problems if p.where == where)
    assert problem.wanted.startswith(wanted)
    line = (tmp_path / "plant.yaml").read_text(encoding="utf-8").splitlines()[problem.line - 1]
    assert new.partition(":")[0] in line and problem.column >= 1


def test_a_threat_at_the_policy_without_its_loop_is_refused(tmp_path):
    source = (SUITE.parents[1] / "quadruple_tank" / "mdl_003_nan_output.yaml").read_text(encoding="utf-8")
    (tmp_path / "one.yaml").write_text(source.replace("    target: LIC-201\n", ""), encoding="utf-8")
    text = SUITE.read_text(encoding="utf-8").replace("../", f"{SUITE.parents[1].as_posix()}/")
    text = text.replace(f"{SUITE.parents[1].as_posix()}/quadruple_tank/mdl_003_nan_output.yaml", "one.yaml")
    (tmp_path / "suite.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        resolve_suite(tmp_path / "suite.yaml")
    assert error.value.problems[0].wanted.startswith("the key 'target': a loop of the AI")
