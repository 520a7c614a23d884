"""The drift monitor: what it sums, when it alarms, and what it makes of nothing."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.core.seeds import normals
from simulator.safeguards.monitor import Monitor, MonitorInputs, MonitorOut, Watched

PLAIN = Watched((0,), ((1,),), (), 1.0, (2.0,), (), 0.5, 0.5, 4.0)


def run(
    monitor: Monitor, received: np.ndarray, idle: np.ndarray | None = None, active: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Sums and alarms after every scan, shape (n_scans, n_signals, n); `received` (n_scans, n_rows, n)."""
    n, many = received.shape[2], len(monitor.signals)
    state, out = monitor.initial(n), MonitorOut(np.zeros((many, n)), np.zeros((many, n), np.int8))
    sums, alarms = [], []
    for k, row in enumerate(received):
        flags = np.zeros(n, np.int8) if idle is None else idle[k]
        has = np.ones((2, n), np.int8) if active is None else active[k]
        monitor.step(state, MonitorInputs(row, flags, has), out, 200 * k)
        sums.append(out.cusum.copy())
        alarms.append(out.drift.copy())
    return np.array(sums), np.array(alarms)


def shown(residuals: list[float], n: int = 1) -> np.ndarray:
    """What leaves these residuals: row 0 is 1 + 2 x row 1 + residual."""
    one = np.array([[1.0 + 2.0 * 3.0 + r, 3.0] for r in residuals])
    return np.repeat(one[:, :, None], n, axis=2)


def test_the_sum_is_that_of_the_textbook():
    """Residuals of 1 are two sigma: each adds 2 - 0.5; the other side forgets."""
    sums, alarms = run(Monitor((PLAIN,), 200, 1), shown([1.0, 1.0, 1.0, -1.0]))
    np.testing.assert_allclose(sums[:, 0, 0], [1.5, 3.0, 4.5, 2.0])
    assert alarms[:, 0, 0].tolist() == [0, 0, 1, 0]


def test_both_sides_are_watched():
    _, alarms = run(Monitor((PLAIN,), 200, 1), shown([-1.0] * 3))
    assert alarms[-1, 0, 0] == 1


def test_a_sample_is_the_mean_of_its_scans():
    sums, _ = run(Monitor((PLAIN,), 200, 2), shown([0.0, 2.0, 5.0, -3.0]))
    np.testing.assert_allclose(sums[:, 0, 0], [0.0, 1.5, 1.5, 3.0])


def test_what_the_residuals_before_tell_is_no_news():
    """After a first residual an autoregression of 0.9 expects the next ones to fade."""
    faded = [0.9**k for k in range(6)]
    told = Watched((0,), ((1,),), (), 1.0, (2.0,), (0.9,), 0.5, 0.5, 4.0)
    sums, _ = run(Monitor((told,), 200, 1), shown(faded))
    np.testing.assert_allclose(sums[:, 0, 0], [1.5, 1.0, 0.5, 0.0, 0.0, 0.0], atol=1e-12)


def test_a_duty_is_a_flow_times_a_difference_of_temperatures():
    duty = Watched((2, 0, 1), ((1,),), (), 0.0, (0.0,), (), 1.0, 0.5, 4.0)
    sums, _ = run(Monitor((duty,), 200, 1), np.array([[[300.0], [298.0], [1.5]]]))
    np.testing.assert_allclose(sums[0, 0, 0], 1.5 * 2.0 - 0.5)


def test_a_change_since_the_sample_before_explains_and_the_first_sample_has_none():
    """Row 1 rises by 1, then stands: of a target that follows its change nothing is left."""
    follows = Watched((0,), ((1,),), ((1,),), 0.0, (1.0, 4.0), (), 1.0, 0.5, 4.0)
    stored = np.array([[[3.0], [3.0]], [[8.0], [4.0]], [[4.0], [4.0]], [[6.0], [4.0]]])
    sums, _ = run(Monitor((follows,), 200, 1), stored)
    np.testing.assert_allclose(sums[:, 0, 0], [0.0, 0.0, 0.0, 1.5], atol=1e-12)


def test_a_monitor_that_is_shown_no_number_alarms_and_forgets_nothing():
    received = shown([1.0, np.nan, 0.0])
    sums, alarms = run(Monitor((PLAIN,), 200, 1), received)
    np.testing.assert_allclose(sums[:, 0, 0], [1.5, 1.5, 1.0])
    assert alarms[:, 0, 0].tolist() == [0, 1, 0]


def test_where_the_ai_is_not_permitted_nothing_is_summed():
    idle = np.array([[0], [1], [0]], np.int8)
    sums, alarms = run(Monitor((PLAIN,), 200, 1), shown([1.0, 9.0, 1.0]), idle)
    np.testing.assert_allclose(sums[:, 0, 0], [1.5, 0.0, 1.5])
    assert not alarms.any()


def test_where_the_ai_has_no_loop_what_was_found_stands():
    """Sums neither grow nor fade, and no number is no blindness: another controller is not its matter."""
    active = np.array([[[1], [0]], [[0], [0]], [[0], [0]], [[0], [1]]], np.int8)
    sums, alarms = run(Monitor((PLAIN,), 200, 1), shown([3.0, 9.0, np.nan, 0.0]), active=active)
    np.testing.assert_allclose(sums[:, 0, 0], [5.5, 5.5, 5.5, 5.0])
    assert alarms[:, 0, 0].tolist() == [1, 1, 1, 1]


def test_a_sample_in_which_the_ai_lost_the_loop_is_left_out():
    active = np.array([[[1]], [[0]], [[1]], [[1]]], np.int8)
    sums, _ = run(Monitor((PLAIN,), 200, 2), shown([1.0, 1.0, 1.0, 1.0]), active=active)
    np.testing.assert_allclose(sums[:, 0, 0], [0.0, 0.0, 0.0, 1.5])


def test_an_alarm_ends_when_its_cause_has_ended():
    sums, alarms = run(Monitor((PLAIN,), 200, 1), shown([50.0] * 9 + [0.0] * 9))
    assert sums.max() == pytest.approx(8.0)
    assert alarms[8, 0, 0] == 1
    assert alarms[-1, 0, 0] == 0


def test_a_replica_alone_sees_what_it_sees_in_a_block():
    rows = np.array([[normals(1, f"{t}/{k}", 0, 8) for k in range(2)] for t in range(40)])
    told = Watched((0,), ((1,),), (), 0.1, (0.3,), (0.4, -0.2), 0.9, 0.5, 3.0)
    block, _ = run(Monitor((told,), 200, 2), rows)
    for i in range(8):
        alone, _ = run(Monitor((told,), 200, 2), np.ascontiguousarray(rows[:, :, i : i + 1]))
        assert np.array_equal(alone[:, :, 0], block[:, :, i])
