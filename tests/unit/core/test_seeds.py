"""Draws are a function of (seed, stream name, replica, tick) and of nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.core.seeds import normal, normals, normals_at, stream, uniform, uniforms

MANY = 200_000


@pytest.mark.parametrize("drawn", [uniforms, normals])
@pytest.mark.parametrize(("first", "n"), [(0, 1), (3, 1), (16, 1), (3, 5), (0, 17), (11, 6)])
def test_a_block_draws_what_its_replicas_draw_alone(drawn, first, n):
    whole = drawn(2601, "threat/bias/onset", 0, 17)
    np.testing.assert_array_equal(drawn(2601, "threat/bias/onset", first, n), whole[first : first + n])


def test_draws_do_not_depend_on_what_was_drawn_before():
    before = uniforms(1, "a", 0, 8)
    uniforms(2, "b", 0, 1000)
    normals(1, "a", 5, 3)
    np.testing.assert_array_equal(uniforms(1, "a", 0, 8), before)


def test_a_tick_before_the_start_draws_like_any_other():
    key = stream(1, "a")
    drawn = np.concatenate([normals_at(key, 0, tick, 50) for tick in range(-40, 40)])
    assert np.unique(drawn).size == drawn.size
    np.testing.assert_array_equal(normals_at(key, 3, -7, 5), normals_at(key, 0, -7, 17)[3:8])


@pytest.mark.parametrize("other", [(2, "a"), (1, "b"), (1, "a "), (12, "/a"), (-1, "a")])
def test_another_seed_or_name_shares_no_draw(other):
    mine, theirs = uniforms(1, "a", 0, 1000), uniforms(*other, 0, 1000)
    assert not np.intersect1d(mine, theirs).size


def test_a_seed_and_a_name_are_not_glued_together():
    """Seed 1 with the name '2/a' and seed 12 with '/a' are different streams."""
    assert (
        len({int(stream(seed, name)) for seed, name in ((1, "2/a"), (12, "/a"), (1, "2a"), (12, "a"))}) == 4
    )


def test_draws_are_those_of_every_earlier_run():
    """Frozen values: a change here would change every recorded run."""
    key = stream(2601, "noise/TT-101")
    assert int(key) == 4682265843534715278
    assert uniform(key, 3, 5).hex() == "0x1.624e845c3c3e6p-1"
    assert normal(key, 3, 5).hex() == "0x1.44a5c627b277dp-1"


def test_another_replica_and_another_tick_draw_other_numbers():
    key = stream(1, "a")
    drawn = [uniform(key, replica, tick) for replica in range(40) for tick in range(40)]
    assert len(set(drawn)) == 1600


def test_replica_and_tick_are_not_interchangeable():
    key = stream(1, "a")
    assert all(uniform(key, a, b) != uniform(key, b, a) for a in range(20) for b in range(a))


def test_uniform_draws_fill_the_half_open_unit_interval_evenly():
    u = uniforms(3, "u", 0, MANY)
    assert u.min() >= 0.0
    assert u.max() < 1.0
    counts = np.bincount((u * 20).astype(int), minlength=20)
    chi2 = float(((counts - MANY / 20) ** 2 / (MANY / 20)).sum())
    assert chi2 < 43.8  # 0.1 % point of 19 degrees of freedom


def test_normal_draws_have_the_moments_of_the_standard_normal():
    z = normals(3, "z", 0, MANY)
    error = MANY**-0.5
    assert abs(z.mean()) < 4 * error
    assert abs(z.var() - 1.0) < 4 * error * 2**0.5
    assert abs((z**3).mean()) < 4 * error * 15**0.5
    assert abs((z**4).mean() - 3.0) < 4 * error * 96**0.5
    assert 0.0445 < (np.abs(z) > 2.0).mean() < 0.0465


def test_normal_draws_over_ticks_and_over_replicas_are_uncorrelated():
    key, n = stream(5, "noise/TT-101"), 4000
    over_ticks = np.array([normal(key, 7, tick) for tick in range(n)])
    over_replicas = np.array([normal(key, replica, 7) for replica in range(n)])
    for drawn in (over_ticks, over_replicas):
        assert abs(drawn.std() - 1.0) < 4 * (2 * n) ** -0.5
        for lag in (1, 2, 5):
            assert abs(np.mean(drawn[lag:] * drawn[:-lag])) < 4 * n**-0.5
    assert abs(np.mean(over_ticks * over_replicas)) < 4 * n**-0.5


def test_no_normal_draw_lies_beyond_6_8_standard_deviations():
    assert np.abs(normals(9, "tail", 0, MANY)).max() < 6.8
    assert np.isfinite(normals(9, "tail", 0, MANY)).all()
