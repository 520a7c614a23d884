"""Weights read from policy files: they answer as the runtime does, or it is said why they cannot be read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.control.ai.asked import asked
from simulator.control.ai.behaviour import probe_rows
from simulator.control.ai.graph import Node
from simulator.control.ai.inspection import sensitivity
from simulator.control.ai.layout import Layout
from simulator.control.ai.session import opened
from simulator.control.ai.weights import Unreadable, unreadable, weights
from simulator.core.mlp import forward, gradients

ROOT = Path(__file__).resolve().parents[3]
FOREIGN = ROOT / "tests" / "fixtures" / "policies"
READABLE = {
    "cstr/policy_rcas": (Layout(5, 2), 1),
    "cstr/policy_rout": (Layout(7, 8), 1),
    "quadruple_tank/policy_rcas": (Layout(8, 3), 2),
    **{
        name: (Layout(5, 2), 1)
        for name in ("torch_mlp", "torch_beside", "torch_fixed", "keras_mlp", "sklearn_mlp")
    },
}
UNREADABLE = {"lightgbm_trees": "TreeEnsemble", "sklearn_forest": "TreeEnsemble", "torch_lstm": "Transpose"}


def path(name):
    return (ROOT / "plant_models" if "/" in name else FOREIGN) / f"{name}.onnx"


def rows_of(layout):
    return (2.0 * probe_rows((layout.width,))).astype(np.float32)


def answers(net, rows):
    values, slopes = np.zeros(net.sizes.sum()), np.zeros(net.sizes.sum())
    found = []
    for row in rows:
        values[: len(row)] = row
        found.append(forward(net, values, slopes))
    return np.array(found)


@pytest.mark.parametrize("name", list(READABLE))
def test_what_is_read_answers_as_the_runtime_does(name):
    """Within float32: 64 rows, twice as far out as those of the fingerprint, so that units are held too."""
    layout, outputs = READABLE[name]
    rows = rows_of(layout)
    runtime = asked(path(name), layout, outputs)(rows).sum(axis=1)
    np.testing.assert_allclose(answers(weights(path(name), layout), rows), runtime, atol=2e-6)


@pytest.mark.parametrize("name", list(READABLE))
def test_the_slope_of_a_shipped_policy_is_the_difference_of_two_answers_of_the_runtime(name):
    """Steps of 0.01 in float32; a row in which a unit begins or ends to be held within it is left out."""
    layout, outputs = READABLE[name]
    rows, ask, step = rows_of(layout), asked(path(name), layout, outputs), np.float32(0.01)
    net = weights(path(name), layout)
    found, before, after = (np.empty(rows.shape) for _ in range(3))
    gradients(net, rows.astype(float), found)
    checked = 0
    for k in range(layout.width):
        apart = np.zeros(layout.width, np.float32)
        apart[k] = step
        gradients(net, (rows - apart).astype(float), before)
        gradients(net, (rows + apart).astype(float), after)
        two = (ask(rows + apart).sum(axis=1) - ask(rows - apart).sum(axis=1)) / (2 * step)
        smooth = np.abs(before[:, k] - after[:, k]) < 1e-2 * np.abs(found[:, k]) + 1e-4
        np.testing.assert_allclose(found[smooth, k], two[smooth], rtol=2e-2, atol=2e-4)
        checked += int(smooth.sum())
    assert checked > 0.6 * rows.size


@pytest.mark.parametrize("layout", [Layout(5, 2, True), Layout(5, 2, False, True), Layout(5, 2, True, True)])
def test_weights_are_in_the_order_of_the_ai_layer_however_the_policy_wants_its_features(layout):
    rows = rows_of(layout)
    runtime = asked(path("torch_mlp"), layout, 1)(rows)[:, 0]
    np.testing.assert_allclose(answers(weights(path("torch_mlp"), layout), rows), runtime, atol=2e-6)


@pytest.mark.parametrize("name", list(UNREADABLE))
def test_a_file_that_is_no_chain_of_layers_is_told_by_what_stands_in_the_way(name):
    assert UNREADABLE[name] in unreadable(path(name), Layout(5, 2))
    with pytest.raises(Unreadable):
        weights(path(name), Layout(5, 2))


def test_a_policy_without_weights_is_asked_all_the_same():
    rows = rows_of(Layout(5, 2))
    found = asked(path("lightgbm_trees"), Layout(5, 2), 1)(rows)
    alone = np.concatenate([asked(path("lightgbm_trees"), Layout(5, 2), 1)(row[None]) for row in rows[:5]])
    np.testing.assert_array_equal(found[:5], alone)


def test_a_branch_beside_the_chain_is_not_read_as_part_of_it(monkeypatch):
    """A network that adds its own input to its answer: read as a chain it would be another policy."""
    content, model = opened(path("torch_mlp"))
    end, start = model.graph.outputs[0].name, model.graph.inputs[0].name
    model.graph.nodes.append(Node("Add", inputs=[end, start], outputs=["sum"]))
    model.graph.outputs[0].name = "sum"
    monkeypatch.setattr("simulator.control.ai.weights.opened", lambda _: (content, model))
    assert unreadable(path("torch_mlp"), Layout(5, 2)) == f"'{start}' is no constant"


def test_sensitivity_is_the_slope_of_the_answer_by_input_held_and_in_one_cycle():
    """A difference of two answers of the runtime at the centres, steps of 0.01; five inputs, two cycles."""
    layout, ask = Layout(5, 2), asked(path("torch_mlp"), Layout(5, 2), 1)
    for k, text in enumerate(sensitivity(path("torch_mlp"), layout)):
        held, one = (float(part.split()[0]) for part in text.partition(": ")[2].split(", "))
        slopes = []
        for features in ([k, 5 + k], [k], [5 + k]):
            row = np.zeros((1, 10), np.float32)
            row[0, features] = 0.01
            slopes.append(float((ask(row) - ask(-row))[0, 0] / 0.02))
        assert held == pytest.approx(slopes[0], abs=3e-3)
        assert one == pytest.approx(max(slopes[1:], key=abs), abs=3e-3)


def test_the_sensitivity_of_a_policy_without_weights_is_said_not_to_be_told():
    (text,) = sensitivity(path("lightgbm_trees"), Layout(5, 2))
    assert text.startswith("not told: the weights cannot be read (TreeEnsembleRegressor")
