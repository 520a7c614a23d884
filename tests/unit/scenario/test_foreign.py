"""A policy of the user's own in place of the plant's: wires checked, questions not its own left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.core.errors import InputError
from simulator.scenario.commissioned import digests
from simulator.scenario.resolve import resolve_suite
from simulator.scenario.resolved import Foreign

REPO = Path(__file__).resolve().parents[3]
FOLDER = REPO / "tests" / "fixtures" / "policies"
SUITE = REPO / "scenarios" / "suites" / "cstr_predeployment.yaml"
POLICY, IO = FOLDER / "torch_mlp.onnx", FOLDER / "cstr_io.yaml"


def problems(tmp_path, *changes, policy=POLICY):
    """What is refused when texts of the io file are changed."""
    text = IO.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "io.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        resolve_suite(SUITE, foreign=Foreign(policy, path))
    return caught.value.problems


def test_it_takes_the_place_of_the_plants_policy_of_its_mode_on_every_plant():
    suite = resolve_suite(SUITE, foreign=Foreign(POLICY, IO))
    for plant in suite.plants.values():
        assert plant.policies["rcas"] == POLICY
        assert plant.policies["rout"] != POLICY
        assert plant.spec.ai["rcas"].inputs[0].tag == "TT-101"
    assert {IO, POLICY} <= set(suite.files)


def test_questions_about_the_other_mode_are_not_asked_and_this_is_told():
    suite = resolve_suite(SUITE, foreign=Foreign(POLICY, IO))
    left_out = set(suite.scenarios) - set(suite.asked)
    assert left_out == {key for key, one in suite.scenarios.items() if one.variant == "rout"}
    assert left_out
    for key in left_out:
        assert any(f"{key} is not asked" in text for text in suite.findings)


def test_without_one_every_question_is_asked():
    suite = resolve_suite(SUITE)
    assert suite.asked == tuple(suite.scenarios)


def test_every_wrong_wire_is_told_at_once_with_its_line(tmp_path):
    found = problems(tmp_path, ("TT-103", "TT-1O3"), ("100 L/min", "100 kg"), ("TIC-101", "TIC-999"))
    assert [(p.where, p.line) for p in found] == [
        ("inputs[1].tag", 7), ("inputs[3].centre", 9), ("outputs.TIC-999", 12),
    ]  # fmt: skip
    assert "TT-103" in found[0].hint


def test_both_files_are_told_at_once(tmp_path):
    found = problems(tmp_path, ("history: 2", "history: two"), policy=FOLDER / "hostile" / "loop_huge.onnx")
    assert [Path(p.file).name for p in found] == ["io.yaml", "loop_huge.onnx"]


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("mode: RCAS", "mode: CAS", "one of RCAS, ROUT"),
        ("history: 2", "history: 2\norder: random", "one of newest first, oldest first"),
        ("history: 2", "history: 2\ncycle: 300 ms", "a multiple of the PLC's scan (200 ms)"),
        ("scale: 5 %", "scale: 0 %", "more than zero"),
        ("schema: 1", "schema: 2", "1"),
    ],
)
def test_an_io_file_that_makes_no_sense_is_refused(tmp_path, old, new, wanted):
    assert wanted in [p.wanted for p in problems(tmp_path, (old, new))]


def test_constants_beside_the_file_are_inputs_of_the_run():
    suite = resolve_suite(SUITE, foreign=Foreign(FOLDER / "torch_beside.onnx", IO))
    assert FOLDER / "torch_beside.onnx.data" in suite.files


def test_a_changed_file_of_constants_is_another_policy_to_the_commissioning(tmp_path):
    for name in ("torch_beside.onnx", "torch_beside.onnx.data"):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    plant = resolve_suite(SUITE).plant
    ai = plant.spec.ai["rcas"].model_copy(update={"model": "torch_beside.onnx"})
    spec = plant.spec.model_copy(update={"ai": {"rcas": ai}})
    before = digests({}, spec, plant.physics, tmp_path).policies
    with (tmp_path / "torch_beside.onnx.data").open("r+b") as file:
        file.write(b"\x00\x00\x80\x3f")
    assert digests({}, spec, plant.physics, tmp_path).policies != before
