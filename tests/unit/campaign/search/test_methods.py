"""Each method alone: designs of corners, distributions, courses over time, greedy refinement."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from simulator.campaign.search import Pattern, search, waves
from simulator.campaign.search.cmaes import Distribution, Rates, cma_es
from simulator.campaign.search.corners import corners, design, plain
from simulator.campaign.search.descent import descend
from simulator.campaign.search.draws import Draws
from simulator.campaign.search.entropy import cross_entropy
from simulator.campaign.search.response import bang_bang, refine, respond


def driven(asking, objective, most):
    """Points and scores of a method that is answered by a function, until it ends or has asked enough."""
    points, scores = [], []
    try:
        wanted = next(asking)
        while len(points) < most:
            found = objective(wanted)
            points.extend(wanted)
            scores.extend(found)
            wanted = asking.send(found)
    except StopIteration:
        pass
    return np.array(points), np.array(scores)


@pytest.mark.parametrize("d", [3, 9, 16, 40])
def test_any_three_columns_of_the_design_hold_every_combination_equally_often(d):
    rows = design(d)
    for three in itertools.islice(itertools.combinations(range(d), 3), 200):
        _, counts = np.unique(rows[:, three], axis=0, return_counts=True)
        np.testing.assert_array_equal(counts, np.full(8, len(rows) // 8))


def test_all_corners_come_when_they_are_few_and_no_more_than_asked_for_when_they_are_many():
    few = np.vstack(list(corners(7, Draws(1, "corners"), most=128)))
    assert len(np.unique(few, axis=0)) == 128
    many = np.vstack(list(corners(40, Draws(1, "corners"), most=300)))
    assert len(many) == 300
    assert set(np.unique(many)) == {0.0, 1.0}


def test_plain_corners_hold_every_course_constant_and_move_each_group_alone():
    points = plain(5, [Pattern((1, 3, 4))])
    np.testing.assert_array_equal(points[:, 1], points[:, 3])
    np.testing.assert_array_equal(points[:, 1], points[:, 4])
    for corner in itertools.product((0.0, 1.0), repeat=3):
        wanted = np.array([corner[1], corner[0], corner[2], corner[0], corner[0]])
        assert (points == wanted).all(axis=1).any()
    assert (points == [0.5, 1.0, 0.5, 1.0, 1.0]).all(axis=1).any()


def test_constants_of_cma_es_are_those_of_the_tutorial():
    """Hansen 2016, table 1, d = 10 and 10 points; all but c_sigma and c_mu are also those of pycma 4."""
    rates = Rates.of(10, 10)
    weights = [0.456273, 0.270753, 0.162231, 0.085234, 0.025510]
    np.testing.assert_allclose(rates.weights, weights, atol=1e-6)
    got = (rates.mass, rates.one, rates.path, rates.many, rates.step, rates.damping)
    wanted = (3.167299, 0.01528382, 0.2949904, 0.02015428, 0.2844286, 1.2844286)
    np.testing.assert_allclose(got, wanted, rtol=1e-6)


def test_cma_es_learns_which_numbers_move_together():
    """An ellipsoid of condition 1e4, turned: along its flat axis the spread becomes far the greatest."""
    draws = Draws(1, "test")
    turn, _ = np.linalg.qr(draws.normals(5, 5))
    scales = np.geomspace(1e-4, 1.0, 5)
    found = Distribution(np.full(5, 0.5), 0.05, Rates.of(5, 16))
    for _ in range(80):
        points = found.drawn(draws.normals(16, 5))
        heights = (((points - 0.4) @ turn) ** 2 * scales).sum(axis=1)
        found.learn(points[np.argsort(heights)])
        if found.ended:
            break
    assert found.roots[-1] / found.roots[0] > 10.0
    assert abs(found.axes[:, -1] @ turn[:, 0]) > 0.9


@pytest.mark.parametrize("method", [cross_entropy, cma_es])
def test_a_distribution_finds_a_corner_and_an_inner_point_and_begins_again(method):
    for target in (np.array([1.0, 0.0, 1.0, 0.0]), np.array([0.2, 0.7, 0.4, 0.9])):
        asking = method(4, Draws(3, "test"), lambda: (np.full(4, 0.5), np.inf))
        points, scores = driven(asking, lambda p, at=target: ((p - at) ** 2).sum(axis=1), 3000)
        assert scores.min() < 1e-3
        assert len(points) >= 3000
        late = points[len(points) // 2 :]
        assert np.abs(late - target).max() > 0.3


@pytest.mark.parametrize("method", [cross_entropy, cma_es])
def test_a_distribution_survives_a_region_in_which_nothing_is_decided(method):
    def partly(points):
        return np.where(points[:, 0] > 0.4, np.inf, ((points - 0.3) ** 2).sum(axis=1))

    asking = method(3, Draws(2, "test"), lambda: (np.full(3, 0.5), np.inf))
    _, scores = driven(asking, partly, 2000)
    assert scores.min() < 1e-3


def test_a_square_wave_has_its_period_and_phase():
    np.testing.assert_array_equal(waves.square(8, 4.0, 0.0), [1, 1, 0, 0, 1, 1, 0, 0])
    np.testing.assert_array_equal(waves.square(8, 4.0, 0.5), [0, 0, 1, 1, 0, 0, 1, 1])
    np.testing.assert_array_equal(waves.square(6, 12.0, 0.0), [1, 1, 1, 1, 1, 1])


def test_switches_are_moved_either_way_and_slips_move_all_that_follows():
    pattern = [Pattern((0, 1, 2, 3, 4))]
    course = np.array([0.0, 0.0, 1.0, 1.0, 0.0, 0.7])
    assert sorted(waves.switches(course, pattern)) == [(1, 1.0), (2, 0.0), (3, 0.0), (4, 1.0)]
    slipped = [list(row) for row in waves.reworked(course, pattern)]
    assert [0.0, 0.0, 0.0, 1.0, 1.0, 0.7] in slipped
    assert [0.0, 1.0, 1.0, 0.0, 0.0, 0.7] in slipped


def test_the_bang_bang_course_pushes_the_way_that_lowers_and_fills_what_is_not_felt():
    slopes = dict(enumerate([0.0, -1.0, 0.0, 2.0, -0.1]))
    course = bang_bang(np.full(6, 0.5), slopes, [Pattern((0, 1, 2, 3, 4))])
    np.testing.assert_array_equal(course, [1.0, 1.0, 1.0, 0.0, 1.0, 0.5])


def test_of_a_linear_response_the_probe_finds_the_worst_course_at_once():
    """d + 1 probes and the course that has the sign of the response, the exact optimum."""
    response = np.cos(np.arange(30.0) * 0.9) * 0.97 ** np.arange(30.0)

    def margins(points):
        return -((2.0 * points - 1.0) @ response)

    asking = respond([Pattern(tuple(range(30)))], lambda: (np.full(30, 0.5), 0.0))
    _, scores = driven(asking, margins, 60)
    assert scores.min() == pytest.approx(-np.abs(response).sum())
    assert int(scores.argmin()) == 31


def test_a_course_that_is_refused_at_the_ends_of_its_range_is_found_within():
    """What goes beyond 5 % or 95 % even once is refused as a whole, as a guard does; corners say nothing."""
    wave = np.where(np.arange(12) % 6 < 3, 1.0, -1.0)

    def margins(points):
        refused = np.abs(points - 0.5).max(axis=1) > 0.45
        return np.where(refused, 1.0, 0.75 - np.abs((2.0 * points - 1.0) @ wave) / 12.0)[:, None]

    for seed in range(3):
        found = search(margins, 12, 1, 400, seed, [Pattern(tuple(range(12)))])
        assert found.best[0].violated


def test_a_course_with_less_swing_is_turned_over_within_its_swing():
    course = np.array([0.2, 0.8, 0.8, 0.5])
    assert list(waves.ends(course, [Pattern((0, 1, 2))])) == [
        (0, 0.8), (1, 0.2), (2, 0.2), (3, 0.0), (3, 1.0),
    ]  # fmt: skip
    np.testing.assert_allclose(waves.scaled(course, [Pattern((0, 1, 2))], 0.5), [0.35, 0.65, 0.65, 0.5])
    np.testing.assert_allclose(waves.scaled(course, [Pattern((0, 1, 2))], 9.0), [0.0, 1.0, 1.0, 0.5])


def ringing(points):
    """Margin of a peak in either direction of an oscillator with little damping; at rest in the middle."""
    level, speed, highest = np.zeros(len(points)), np.zeros(len(points)), np.zeros(len(points))
    for push in (2.0 * points - 1.0).T:
        for _ in range(10):
            speed = speed + 0.1 * (push - level - 0.05 * speed)
            level = level + 0.1 * speed
            highest = np.maximum(highest, np.abs(level))
    return (9.0 - highest)[:, None]


def test_a_resonance_that_no_constant_course_excites_is_found_from_rest():
    """At rest every probe only lowers the margin: its sign says nothing, and waves must do."""
    constant = np.repeat([[0.0], [1.0]], 24, axis=1)
    assert ringing(constant).min() > 6.0
    for seed in range(3):
        found = search(ringing, 24, 1, 600, seed, [Pattern(tuple(range(24)))])
        assert found.best[0].violated


def test_two_courses_and_a_lone_number_are_searched_together():
    """The lone number is the gain of both; one course must be the mirror image of the other."""

    def both(points):
        difference = points[:, :8] - points[:, 8:16]
        wave = np.where(np.arange(8) % 4 < 2, 1.0, -1.0)
        return (0.99 - points[:, 16] * np.abs(difference @ wave) / 8.0)[:, None]

    patterns = [Pattern(tuple(range(8))), Pattern(tuple(range(8, 16)))]
    found = search(both, 17, 1, 1500, 3, patterns)
    assert found.best[0].violated


def test_a_course_of_one_piece_is_a_number():
    found = search(lambda p: 0.9 - p[:, :1], 2, 1, 100, 1, [Pattern((0,))])
    assert found.best[0].violated


def test_greedy_refinement_ends_where_no_single_change_helps():
    corner = np.array([1.0, 0.0, 0.0, 1.0, 1.0, 0.0])

    def heights(points):
        return np.abs(points - corner).sum(axis=1)

    start = np.full(6, 0.5)
    _, scores = driven(descend(start, 3.0, []), heights, 1000)
    assert scores.min() == 0.0
    assert len(scores) < 40


def test_refinement_begins_at_the_lead():
    asking = refine([], Draws(1, "test"), lambda: (np.array([0.3, 0.6, 0.2]), 1.0))
    points = next(asking)
    changed = (points != [0.3, 0.6, 0.2]).sum(axis=1)
    np.testing.assert_array_equal(changed, np.ones(6))
