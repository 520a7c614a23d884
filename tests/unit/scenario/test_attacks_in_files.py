"""Questions whose threats know the AI: what they may aim at, and what is told of a policy without weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.core.errors import InputError
from simulator.scenario.resolve import resolve_suite
from simulator.scenario.resolved import Foreign

ROOT = Path(__file__).resolve().parents[3]
SCENARIOS, POLICIES = ROOT / "scenarios", ROOT / "tests" / "fixtures" / "policies"
SUITE = """\
schema: 1
suite: attacked
plant: cstr
requirements: {root}/cstr/requirements.yaml
criteria: {root}/cstr/criteria.yaml
catalogue: {{attack_ics: ["18.1"], atlas: "5.6.1"}}
seed: 1
scenarios: [question.yaml]
record: {{traces: {{worst: 1, failed: 1, random: 1}}, rows: all}}
budget: {{wall: 1 min, memory_per_worker: 500 MB, disk: 10 MB}}
"""
QUESTION = """\
schema: 1
id: ADV-001
question: Is it kept?
plant: cstr
duration: 60 s
threats:
  - name: adversary
    kind: {kind}
    tap: {tap}
    onset: 10 s
    budget: 1 %
    towards: 1
    held: 2
    steps: 5
{more}
requirements: [R-01]
"""
WIRED = "    over: 20 s\n    below: 90 %"


def resolved(tmp_path, kind="adversary", tap="input", more="", policy=None, io="cstr_io.yaml"):
    (tmp_path / "suite.yaml").write_text(SUITE.format(root=SCENARIOS.as_posix()))
    (tmp_path / "question.yaml").write_text(QUESTION.format(kind=kind, tap=tap, more=more))
    foreign = Foreign(POLICIES / f"{policy}.onnx", POLICIES / io) if policy else None
    return resolve_suite(tmp_path / "suite.yaml", foreign=foreign)


def problem(tmp_path, **changes):
    with pytest.raises(InputError) as error:
        resolved(tmp_path, **changes)
    (found,) = error.value.problems
    return found


@pytest.mark.parametrize("policy", ["lightgbm_trees", "sklearn_forest"])
def test_a_policy_without_weights_is_searched_by_its_answers_and_that_is_told(tmp_path, policy):
    (told,) = [text for text in resolved(tmp_path, policy=policy).findings if "weights" in text]
    assert "question.yaml:8" in told
    assert f"adversary: the weights of {policy}.onnx cannot be read (TreeEnsembleRegressor" in told
    assert told.endswith("searched by its answers")


@pytest.mark.parametrize("kind", ["greedy", "spsa"])
def test_a_search_that_needs_no_weights_tells_nothing_of_them(tmp_path, kind):
    found = resolved(tmp_path, kind=kind, policy="lightgbm_trees").findings
    assert not [text for text in found if "weights" in text]


@pytest.mark.parametrize("policy", [None, "torch_mlp", "keras_mlp", "sklearn_mlp"])
def test_a_plain_network_is_attacked_with_its_weights(tmp_path, policy):
    assert not [text for text in resolved(tmp_path, policy=policy).findings if "weights" in text]


def test_a_lie_that_hides_needs_weights_and_is_refused_without(tmp_path):
    found = problem(tmp_path, kind="stealthy", tap="uplink", more=WIRED, policy="lightgbm_trees")
    assert found.got.startswith("lightgbm_trees.onnx: TreeEnsembleRegressor")
    assert found.wanted == "a policy whose weights can be read"
    resolved(tmp_path, kind="stealthy", tap="uplink", more=WIRED)


def test_only_inputs_of_the_ai_can_be_aimed_at_wherever_the_lie_is_told(tmp_path):
    """LT-108 is a tag that the uplink carries and that this AI never sees: to move it would be no attack."""
    found = problem(tmp_path, kind="stealthy", tap="uplink", more=f"{WIRED}\n    target: LT-108")
    assert found.got == "'LT-108'" and "input of the AI" in found.wanted
    aimed = resolved(tmp_path, more="    target: TT-103").scenarios["ADV-001"]
    assert aimed.threats[0].target == "TT-103"


@pytest.mark.parametrize(
    ("line", "got"), [("    budget: 101 %", "101 %"), ("    steps: 0", "0"), ("    towards: 2", "2")]
)
def test_a_parameter_out_of_its_bounds_is_refused(tmp_path, line, got):
    key = line.split(":")[0]
    (tmp_path / "suite.yaml").write_text(SUITE.format(root=SCENARIOS.as_posix()))
    text = QUESTION.format(kind="adversary", tap="input", more="")
    lines = [line if one.startswith(f"{key}:") else one for one in text.splitlines()]
    (tmp_path / "question.yaml").write_text("\n".join(lines) + "\n")
    with pytest.raises(InputError) as error:
        resolve_suite(tmp_path / "suite.yaml")
    assert got in error.value.problems[0].got
