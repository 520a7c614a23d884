"""The shipped policies: readable, batch invariant, reproducible in form, and worth their place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from plant_models.cstr.train import FAR, RECIPES
from plant_models.training.candidates import answer, embed, network
from plant_models.training.onnx_file import Network, decode, encode
from plant_models.training.recipe import MODELS
from plant_models.training.rehearsal import Rehearsal, load
from simulator.control.ai import behaviour, session

SHIPPED = [(recipe.plant, recipe.ai) for recipe in RECIPES]


def policy(plant: str, ai: str) -> tuple[Path, int]:
    """Path of a shipped policy and how many features its plant file feeds it."""
    about = load(MODELS / plant).ai[ai]
    return MODELS / plant / about.model, len(about.inputs) * about.history


@pytest.mark.parametrize(("plant", "ai"), SHIPPED)
def test_the_shipped_file_loads_with_the_features_of_its_plant_file(plant: str, ai: str):
    path, k = policy(plant, ai)
    opened = session.load(path, k)
    at_rest = session.answer(opened, np.zeros((3, k), np.float32))
    assert at_rest.shape == (3, 1)
    assert np.abs(at_rest).max() < 0.5  # a plant at rest is nearly left alone


@pytest.mark.parametrize(("plant", "ai"), SHIPPED)
def test_a_row_gets_the_same_answer_in_any_batch(plant: str, ai: str):
    path, k = policy(plant, ai)
    assert behaviour.batch_invariant(session.load(path, k), k)


@pytest.mark.parametrize(("plant", "ai"), SHIPPED)
def test_weights_read_from_the_file_are_written_as_the_same_bytes(plant: str, ai: str):
    path, k = policy(plant, ai)
    content = path.read_bytes()
    assert decode(content).hidden.shape[0] == k
    assert encode(decode(content)) == content


def test_the_answer_is_bounded_by_the_output_weights_whatever_is_shown():
    path, k = policy("cstr", "rcas")
    weights = decode(path.read_bytes())
    bound = np.abs(weights.output).sum() + np.abs(weights.output_bias[0])
    wild = np.random.default_rng(4).uniform(-1e6, 1e6, (256, k)).astype(np.float32)
    assert np.abs(session.answer(session.load(path, k), wild)).max() <= bound * 1.00001


def test_an_embedded_law_is_that_law_within_reach_and_held_beyond():
    weights = embed(np.array([0.1, 0.5, -0.25]), n_units=8, reach=1.6)
    shown = np.array([[0.0, 0.0], [1.0, 2.0], [2.0, -1.0], [9.0, 0.0], [-9.0, 0.0]], np.float32)
    got = np.zeros((5, 1), np.float32)
    answer(weights[None], 5, shown, got)
    np.testing.assert_allclose(got[:, 0], [0.1, 0.1, 1.35, 1.6, -1.6], atol=1e-6)


def test_training_and_the_file_give_the_same_answers(tmp_path: Path):
    weights = embed(np.array([0.05, 0.4, -0.3, 0.2]), n_units=4, reach=1.0)
    found = network(weights, 3)
    assert isinstance(found, Network)
    (tmp_path / "policy.onnx").write_bytes(encode(found))
    shown = np.random.default_rng(5).standard_normal((64, 3)).astype(np.float32)
    trained = np.zeros((64, 1), np.float32)
    answer(weights[None], 64, shown, trained)
    got = session.answer(session.load(tmp_path / "policy.onnx", 3), shown)
    np.testing.assert_allclose(got, trained, atol=2e-6)


def test_the_default_policy_is_no_dearer_than_the_pid_on_the_same_short_day():
    plant = load(MODELS / "cstr")
    costs = {
        ai: Rehearsal(plant, MODELS / "cstr", ai, FAR, 2.0, 12.0).costs(seed=31, n=8, seeds=8)
        for ai in ("rcas", None)
    }
    assert costs["rcas"].mean() <= costs[None].mean()
    assert costs["rcas"].max() < 1.0  # a shed or 2 K off the setpoint would be charged 20 a tick
