"""Transmitters: lag, noise, range; and the dead time of analysers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.core.seeds import normals_at, stream
from simulator.field.analyser import Analysers, AnalyserWires, Line
from simulator.field.sensor import SensorInputs, SensorOut, Sensors, Transmitter

PERIOD = 200


def rack(start=350.0, n=1, first=0, seed=1, **about):
    """One transmitter TT-1 settled on `start`."""
    one = Transmitter(low=300.0, high=400.0, **about)
    return Sensors(
        {"TT-1": one}, {"TT-1": 0}, np.full((1, n), start), PERIOD, seed, np.arange(first, first + n)
    )


def read(sensors, truth):
    """Readings of a plant that goes through `truth`, shape (n_scans, n)."""
    truth = np.asarray(truth, float).reshape(len(truth), -1)
    n = truth.shape[1]
    state, sensed = sensors.initial(n), np.zeros((1, n))
    found = []
    for k, now in enumerate(truth):
        sensors.step(
            state, SensorInputs(np.ascontiguousarray(now.reshape(1, n))), SensorOut(sensed), k * PERIOD
        )
        found.append(sensed[0].copy())
    return np.array(found)


def test_a_step_shows_63_percent_after_one_time_constant():
    shown = read(rack(lag=3000), [360.0] * 45)[:, 0]
    share = (shown - 350.0) / 10.0
    assert share[14] == pytest.approx(1.0 - math.exp(-1.0), abs=1e-12)  # 15 scans of 200 ms
    assert share[29] == pytest.approx(1.0 - math.exp(-2.0), abs=1e-12)
    assert share[0] == pytest.approx(1.0 - math.exp(-0.2 / 3.0), abs=1e-12)


def test_without_a_lag_the_reading_is_the_truth_exactly():
    truth = [350.0, 351.7, 399.0, 300.1]
    np.testing.assert_array_equal(read(rack(), truth)[:, 0], truth)


def test_a_transmitter_starts_settled_on_the_plant():
    np.testing.assert_allclose(read(rack(start=342.0, lag=3000), [342.0] * 5), 342.0, rtol=1e-15)


def test_noise_has_its_stated_standard_deviation_over_time_and_over_replicas():
    noise = read(rack(noise=0.1, n=4), np.full((1500, 4), 350.0)) - 350.0
    assert noise.std() == pytest.approx(0.1, rel=4 * (2 * noise.size) ** -0.5)
    assert abs(noise.mean()) < 4 * 0.1 * noise.size**-0.5
    across = read(rack(noise=0.1, n=6000), np.full((1, 6000), 350.0)) - 350.0
    assert across.std() == pytest.approx(0.1, rel=4 * (2 * across.size) ** -0.5)


def test_noise_belongs_to_the_tag_the_seed_and_the_replica():
    truth = np.full((50, 3), 350.0)
    mine = read(rack(noise=0.1, first=4, n=3), truth)
    np.testing.assert_array_equal(read(rack(noise=0.1, first=6), truth[:, :1])[:, 0], mine[:, 2])
    other = read(rack(noise=0.1, first=4, n=3, seed=2), truth)
    assert not np.isin(mine, other).any()


def test_noise_is_added_after_the_lag():
    """Successive readings of a slow transmitter are as noisy as those of a fast one."""
    slow = read(rack(noise=0.1, lag=60_000), [350.0] * 200)
    np.testing.assert_allclose(slow, read(rack(noise=0.1), [350.0] * 200), rtol=1e-15)


@pytest.mark.parametrize(
    ("truth", "shown"), [(500.0, 405.0), (100.0, 295.0), (math.inf, 405.0), (-math.inf, 295.0)]
)
def test_a_transmitter_saturates_5_percent_of_span_past_its_range(truth, shown):
    assert read(rack(), [truth])[0, 0] == shown


def test_within_that_margin_it_still_follows():
    np.testing.assert_array_equal(read(rack(), [404.9, 295.1])[:, 0], [404.9, 295.1])


def test_a_truth_that_is_no_number_reads_as_no_number():
    assert math.isnan(read(rack(noise=0.1), [math.nan])[0, 0])


def test_one_replica_without_a_value_leaves_its_neighbours_alone():
    shown = read(rack(n=3), [[350.0, math.nan, 351.0]])[0]
    assert shown[0] == 350.0
    assert math.isnan(shown[1])
    assert shown[2] == 351.0


def line(dead_time, samples, n=1, noise=0.0, first=0):
    """What an analyser in front of `samples` shows; before the start there was -1."""
    analysers = Analysers(
        (Line("AT-1", 0, dead_time, np.full(n, -1.0), noise),), PERIOD, 1, np.arange(first, first + n)
    )
    state, sensed = analysers.initial(n), np.zeros((2, n))
    found = []
    for k, sample in enumerate(samples):
        sensed[:] = [[sample], [100.0 + sample]]
        analysers.step(state, AnalyserWires(sensed), AnalyserWires(sensed), k * PERIOD)
        found.append(sensed.copy())
    return np.array(found)


@pytest.mark.parametrize("scans", [1, 3, 7, 25])
def test_an_analyser_shows_exactly_what_was_there_its_dead_time_ago(scans):
    shown = line(scans * PERIOD, np.arange(80.0))[:, 0, 0]
    np.testing.assert_array_equal(shown[scans:], np.arange(80.0 - scans))


def test_until_the_first_sample_arrives_an_analyser_shows_the_plant_at_its_start():
    assert set(line(5 * PERIOD, np.arange(5.0))[:, 0, 0]) == {-1.0}


def test_what_was_sampled_before_the_start_has_the_noise_of_its_instrument():
    """Tick by tick, so that no value stands still and looks frozen."""
    shown = line(5 * PERIOD, np.arange(5.0), n=3, noise=0.2)[:, 0]
    key = stream(1, "noise/AT-1")
    draws = np.array([normals_at(key, 0, tick, 3) for tick in range(-5, 0)])
    np.testing.assert_array_equal(shown, -1.0 + 0.2 * draws)
    assert np.unique(shown).size == 15


def test_a_replica_alone_has_its_own_samples_of_before_the_start():
    whole = line(5 * PERIOD, np.arange(5.0), n=9, noise=0.2)[:, 0]
    np.testing.assert_array_equal(
        line(5 * PERIOD, np.arange(5.0), n=2, noise=0.2, first=4)[:, 0], whole[:, 4:6]
    )


def test_a_sample_line_delays_its_own_instrument_only():
    np.testing.assert_array_equal(line(5 * PERIOD, np.arange(20.0))[:, 1, 0], 100.0 + np.arange(20.0))


def test_a_sample_without_a_value_arrives_as_one():
    samples = [0.0, math.nan, 2.0, 3.0, 4.0]
    shown = line(2 * PERIOD, samples)[:, 0, 0]
    np.testing.assert_array_equal(shown, [-1.0, -1.0, 0.0, math.nan, 2.0])


def test_a_transmitter_has_no_dead_time_that_it_would_not_keep():
    """Only analysers wait; a key that nothing reads would promise what no reading shows."""
    with pytest.raises(TypeError, match="dead_time"):
        rack(dead_time=1000)
