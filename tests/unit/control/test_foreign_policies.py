"""Policies of other exporters: loaded, asked as they want to be, answering alike alone and together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.control.ai.behaviour import batch_invariant, probe_rows
from simulator.control.ai.inspection import inspected
from simulator.control.ai.layout import Layout
from simulator.control.ai.probe import probed
from simulator.control.ai.session import Caller, answer, load
from simulator.core.errors import InputError

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "policies"
FLAT = [
    "torch_mlp",
    "torch_fixed",
    "torch_beside",
    "sklearn_mlp",
    "sklearn_forest",
    "lightgbm_trees",
    "keras_mlp",
]
TAGS, HISTORY = 5, 2
WEIGHTS = np.array([-0.30, 0.05, -0.10, 0.02, 0.0, 0.10, 0.0, -0.05, 0.0, 0.0])
"""The lesson that every exporter's policy learnt: tests/fixtures/policies/lesson.py."""


def learnt(rows):
    return np.clip(rows.astype(float) @ WEIGHTS, -1, 1)[:, None]


@pytest.mark.parametrize("name", FLAT)
def test_the_policy_of_another_exporter_answers_what_it_learnt(name):
    """Within 0.12 in the mean: what a dozen neurons or small trees make of the lesson."""
    rows = probe_rows((10,))
    session = load(FOLDER / f"{name}.onnx", 10)
    found = Caller(session, rows, batch_invariant(session, 10))()
    assert np.abs(found - learnt(rows)).mean() < 0.12


def test_a_sequence_policy_is_given_its_cycles_in_the_order_that_its_io_file_says():
    """The same rows, newest first as the engine has them; told the wrong order it answers something else."""
    rows = probe_rows((10,))
    session = load(FOLDER / "torch_lstm.onnx", 10, 1, Layout(TAGS, HISTORY))
    right, wrong = (
        Caller(session, rows, False, 1, Layout(TAGS, HISTORY, oldest_first=first))().copy()
        for first in (True, False)
    )
    assert np.abs(right - learnt(rows)).mean() < 0.12 < np.abs(wrong - learnt(rows)).mean()


@pytest.mark.parametrize(
    ("layout", "order"),
    [
        (Layout(2, 3), [0, 1, 2, 3, 4, 5]),
        (Layout(2, 3, oldest_first=True), [4, 5, 2, 3, 0, 1]),
        (Layout(2, 3, by_tag=True), [0, 2, 4, 1, 3, 5]),
        (Layout(2, 3, oldest_first=True, by_tag=True), [4, 2, 0, 5, 3, 1]),
    ],
)
def test_features_stand_as_the_layout_says(layout, order):
    """The engine's row: tags a and b of this cycle, then of the two before."""
    assert layout.columns().tolist() == order
    assert layout.shape(2) == (6,)
    assert layout.shape(3) == ((2, 3) if layout.by_tag else (3, 2))


def test_a_caller_reads_its_features_anew_at_every_call():
    rows = probe_rows((10,)).copy()
    session = load(FOLDER / "torch_lstm.onnx", 10, 1, Layout(TAGS, HISTORY))
    call = Caller(session, rows, False, 1, Layout(TAGS, HISTORY, oldest_first=True))
    before = call().copy()
    rows[:] = rows[::-1].copy()
    np.testing.assert_array_equal(call(), before[::-1])


@pytest.mark.parametrize("name", ["torch_fixed", "hostile/quantised", "hostile/couples_rows"])
def test_a_policy_whose_rows_do_not_stand_alone_is_asked_row_by_row_and_told(name):
    path = FOLDER / f"{name}.onnx"
    behaviour, told = probed(path, Layout(10), 1)
    assert not behaviour.invariant
    assert any("row by row" in text for text in told)
    rows, session = probe_rows((10,)), load(path, 10)
    together = Caller(session, rows, batch_invariant(session, 10))()
    alone = np.concatenate([answer(session, rows[k : k + 1]) for k in range(len(rows))])
    np.testing.assert_array_equal(together, alone)


@pytest.mark.parametrize(
    "name", ["torch_mlp", "sklearn_forest", "lightgbm_trees", "keras_mlp", "hostile/loop_short"]
)
def test_a_policy_whose_rows_stand_alone_is_asked_in_one_call(name):
    assert batch_invariant(load(FOLDER / f"{name}.onnx", 10), 10)


@pytest.mark.parametrize("name", ["weight_nan", "weight_infinite"])
def test_weights_that_are_no_numbers_are_allowed_and_told(name):
    behaviour, told = probed(FOLDER / "hostile" / f"{name}.onnx", Layout(10), 1)
    assert behaviour.finite == 0
    assert "'w' holds 1 of 10 values that are no finite number" in told
    assert "no number on 64 of 64 probe rows" in told


def test_constants_in_a_file_beside_it_are_part_of_what_is_identified():
    found = inspected(FOLDER / "torch_beside.onnx")
    assert list(found["beside"]) == ["torch_beside.onnx.data"]
    inside = inspected(FOLDER / "torch_mlp.onnx")
    assert found["fingerprint"] == inside["fingerprint"]
    assert found["sha256"] != inside["sha256"]


def test_fingerprints_differ_where_behaviour_does():
    prints = {name: inspected(FOLDER / f"{name}.onnx")["fingerprint"]["rounded"] for name in FLAT}
    alike = {"torch_mlp", "torch_fixed", "torch_beside"}
    assert len({prints[name] for name in alike}) == 1
    assert len(set(prints.values())) == len(FLAT) - 2


def test_inspection_tells_contract_operators_and_producer():
    found = inspected(FOLDER / "sklearn_forest.onnx")
    assert found["inputs"] == ["X  float32  [n, 10]"]
    assert found["operators"] == {"ai.onnx.ml.TreeEnsembleRegressor": 1}
    assert found["producer"].startswith("skl2onnx")
    assert inspected(FOLDER / "torch_mlp.onnx")["parameters"] == 10 * 16 + 16 + 16 + 1


@pytest.mark.parametrize(
    ("layout", "wanted"),
    [(Layout(5, 3), r"\[n, 15\] or \[n, 3, 5\]"), (Layout(2, 5), r"\[n, 10\] or \[n, 5, 2\]")],
)
def test_a_sequence_of_another_length_is_refused(layout, wanted):
    with pytest.raises(InputError, match=wanted):
        load(FOLDER / "torch_lstm.onnx", layout.width, 1, layout)
