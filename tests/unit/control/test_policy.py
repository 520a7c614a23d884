"""The AI as a layer: what it is shown, what it writes, and which policy files are refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simulator.control.ai.behaviour import batch_invariant
from simulator.control.ai.policy import Policy, PolicyInputs, PolicyOut
from simulator.control.ai.session import Caller, answer, load
from simulator.core.errors import InputError

POLICY = Path(__file__).resolve().parents[3] / "plant_models" / "cstr" / "policy_rcas.onnx"
FEATURES = 10


class Stub:
    """Keeps what it was shown and answers one number."""

    def __init__(self, features):
        self.features, self.seen, self.number = features, [], 0.5

    def __call__(self):
        self.seen.append(self.features.copy())
        return np.full((len(self.features), 1), self.number, np.float32)


def layer(n=1, history=2):
    stubs = []

    def bind(features):
        stubs.append(Stub(features))
        return stubs[0]

    policy = Policy((1, 0), (350.0, 50.0), (2.0, 10.0), history, (0,), ((351.0, 4.0),), bind)
    return policy, policy.initial(n), np.zeros((4, n)), stubs[0]


def asked(shown, number=1.0):
    """What the AI host receives: points and the number of the question."""
    shown = np.array(shown, float).reshape(2, -1)
    n = shown.shape[1]
    return PolicyInputs(shown, np.full(n, number), np.zeros(n, np.int8))


def cycle(rig, k, shown):
    policy, state, written, _ = rig
    policy.step(state, asked(shown, k + 7.0), PolicyOut(written), 1000 * k)


def test_features_are_scaled_and_the_newest_stand_first():
    rig = layer()
    for k, (spare, main) in enumerate([(50.0, 350.0), (60.0, 352.0), (40.0, 354.0)]):
        cycle(rig, k, [[spare], [main]])
    assert [one[0].tolist() for one in rig[3].seen] == [[0, 0, 0, 0], [1, 1, 0, 0], [2, -1, 1, 1]]


def test_the_history_is_filled_with_the_first_cycle():
    rig = layer(history=3)
    cycle(rig, 0, [[60.0], [352.0]])
    assert rig[3].seen[0][0].tolist() == [1.0, 1.0] * 3


def test_the_answer_is_scaled_back_and_the_counters_move_by_one():
    rig = layer()
    for k in range(3):
        cycle(rig, k, [[50.0], [350.0]])
        assert rig[2][:, 0].tolist() == [353.0, k + 7.0, k + 1.0, k + 1.0]


def test_the_counters_wrap_at_65536():
    rig = layer()
    rig[2][2:] = 65535.0
    cycle(rig, 1, [[50.0], [350.0]])
    assert rig[2][2:, 0].tolist() == [0.0, 0.0]


def test_the_answer_goes_to_the_loop_that_the_ai_writes_to_and_no_other():
    """Rows of the mailbox: one a loop, number of the question, heartbeat, sequence."""
    policy, _, _, stub = layer()
    second, written = replace(policy, writes=(1,), bind=lambda _: stub), np.full((5, 1), 7.0)
    shown = asked([[50.0], [350.0]])
    second.step(second.initial(1), shown, PolicyOut(written), 0)
    assert written[:, 0].tolist() == [7.0, 353.0, 1.0, 8.0, 8.0]


def test_each_output_goes_to_its_own_loop_with_its_own_scale():
    policy, _, _, _ = layer()
    answers = np.array([[0.5, -1.0]], np.float32)
    two = replace(policy, writes=(2, 0), outputs=((10.0, 4.0), (50.0, 20.0)), bind=lambda _: lambda: answers)
    written = np.full((6, 1), 7.0)
    two.step(two.initial(1), asked([[50.0], [350.0]]), PolicyOut(written), 0)
    assert written[:, 0].tolist() == [30.0, 7.0, 12.0, 1.0, 8.0, 8.0]


def test_a_policy_of_another_number_of_outputs_is_refused():
    with pytest.raises(InputError, match="shape"):
        load(POLICY, FEATURES, 2)


def test_replicas_are_shown_their_own_plant():
    rig = layer(n=2)
    cycle(rig, 0, [[50.0, 60.0], [350.0, 354.0]])
    assert rig[3].seen[0][:, :2].tolist() == [[0.0, 0.0], [2.0, 1.0]]


@pytest.mark.parametrize("content", [None, b"", b"no model at all", b"\x08\x07" * 50])
def test_a_file_that_is_no_policy_is_refused(tmp_path, content):
    path = tmp_path / "policy.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError):
        load(path, FEATURES)


@pytest.mark.parametrize("width", [1, FEATURES - 1, FEATURES + 1])
def test_a_policy_of_another_width_is_refused(width):
    with pytest.raises(InputError, match="shape"):
        load(POLICY, width)


def rows(n):
    return np.random.Generator(np.random.Philox(key=2)).standard_normal((n, FEATURES)).astype(np.float32)


@pytest.mark.parametrize("together", [True, False])
def test_a_bound_policy_answers_what_the_plain_session_answers_bit_for_bit(together):
    session = load(POLICY, FEATURES)
    features = np.zeros((7, FEATURES), np.float32)
    call = Caller(session, features, together)
    for _ in range(3):
        features[:] = rows(7) * np.float32(1.1)
        assert call().tobytes() == answer(session, features).tobytes()


def test_the_products_policies_are_batch_invariant():
    assert batch_invariant(load(POLICY, FEATURES), FEATURES)


class Moody:
    """A session that fails on rows above 100, and whole batches that hold one."""

    def __init__(self, session):
        self.session = session

    def __getattr__(self, name):
        return getattr(self.session, name)

    def _check(self, features):
        if (features > 100).any():
            raise RuntimeError("an operator failed")

    def run(self, names, feeds):
        self._check(next(iter(feeds.values())))
        return self.session.run(names, feeds)

    def run_with_iobinding(self, binding):
        self._check(self.watched)
        return self.session.run_with_iobinding(binding)


@pytest.mark.parametrize("together", [True, False])
def test_a_row_that_fails_has_no_answer_and_its_neighbours_have_theirs(together):
    session = load(POLICY, FEATURES)
    moody, features = Moody(session), rows(5)
    sound = answer(session, features).copy()
    features[2] = 1e9
    moody.watched = features
    found = Caller(moody, features, together)()
    assert np.isnan(found[2, 0])
    kept = [0, 1, 3, 4]
    assert found[kept].tobytes() == sound[kept].tobytes()


def test_a_runtime_that_is_made_to_raise_raises_and_fails_no_neighbour():
    """Flagged replicas are put a question that the runtime itself refuses."""
    session, features = load(POLICY, FEATURES), np.zeros((5, FEATURES), np.float32)
    sound, struck = Caller(session, features, True)(), Caller(session, features, True)
    struck.failing = np.array([0, 1, 0, 0, 1], np.int8)
    found = struck()
    assert np.isnan(found[[1, 4]]).all()
    np.testing.assert_array_equal(found[[0, 2, 3]], sound[[0, 2, 3]])
    struck.failing[:] = 0
    np.testing.assert_array_equal(struck(), sound)
