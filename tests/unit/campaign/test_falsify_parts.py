"""Parts of a search for counterexamples: numbers with a sign, contradictions, stories, shrinking."""

from __future__ import annotations

import numpy as np
import pytest
from questions import asked

from simulator.assess.ladder import Limit
from simulator.assess.stl import parse
from simulator.campaign.falsify.aims import MARGIN, STATES, TIME, Aim, aims, margins
from simulator.campaign.falsify.candidate import Candidate
from simulator.campaign.falsify.contradiction import contradictory
from simulator.campaign.falsify.rest import at_rest
from simulator.campaign.falsify.rounded import fixed
from simulator.campaign.falsify.stories import Violation, clustered, diverse, key, sentence
from simulator.campaign.falsify.trials import courses
from simulator.core.traces import Signal, catalogue

LIMITS = {"SL": Limit("true.t", 400.0, below=True)}


@pytest.fixture(scope="module")
def question(tmp_path_factory):
    return asked(tmp_path_factory.mktemp("parts"))


def told(truth, margin, spare=np.nan, peak=360.0):
    """Rows of one requirement."""
    n = len(truth)
    return {
        "R.truth": np.array(truth), "R.margin": np.array(margin, float),
        "R.time_margin": np.full(n, spare), "peak.SL": np.full(n, peak),
    }  # fmt: skip


def test_the_verdict_gives_the_sign_and_what_is_undecided_is_no_number():
    rows = told([1, -1, 0, 1, -1, 1], [3.0, -2.0, np.nan, 0.0, 0.0, np.inf])
    found = margins(rows, (Aim("R", MARGIN, "K"),), LIMITS)[:, 0]
    assert found[0] == 3.0
    assert found[1] == -2.0
    assert np.isnan(found[2])
    assert found[3] > 0 > found[4]
    assert np.isfinite(found[5])
    assert found[5] > 1e6


def test_states_alone_are_led_by_the_distance_from_the_safety_limit():
    near, far = (
        margins(told([1], [np.inf], peak=p), (Aim("R", STATES, "1", "SL"),), LIMITS) for p in (390, 360)
    )
    assert 0 < near[0, 0] < far[0, 0]
    assert margins(told([-1], [-np.inf]), (Aim("R", STATES, "1", "SL"),), LIMITS)[0, 0] == -1.0


def test_a_response_is_searched_by_the_time_that_is_left():
    assert margins(told([1], [np.inf], spare=0.4), (Aim("R", TIME, "s"),), LIMITS)[0, 0] == 0.4
    never = margins(told([-1], [-np.inf], spare=-np.inf), (Aim("R", TIME, "s"),), LIMITS)
    assert never[0, 0] < 0


def test_aims_say_how_they_are_searched(question):
    found = aims(question.question, ("R-01", "R-02"))
    assert [one.by for one in found] == [MARGIN, STATES]
    assert found[1].lead == "SL-101"
    assert "SL-101" in found[1].told


@pytest.mark.parametrize(
    ("one", "other", "empty"),
    [
        ("always (true.t < 345 K)", "always (true.t > 350 K)", True),
        ("always (true.t < 350 K)", "always (true.t >= 350 K)", True),
        ("always (true.t <= 350 K)", "always (350 K <= true.t)", False),
        ("always (true.t < 345 K)", "always[0:1 s] (true.t > 350 K)", False),
        ("always (true.t > 340 K and true.t < 345 K)", "always (true.t > 346 K)", True),
        ("always (true.t < 345 K)", "always (true.u > 350 K)", False),
    ],
)
def test_requirements_that_no_record_can_satisfy_together_are_found(one, other, empty):
    signals = catalogue([Signal("true.t", "K"), Signal("true.u", "K")])
    found = contradictory({"A": parse(one, signals), "B": parse(other, signals)})
    assert found == ([("A", "B", "true.t")] if empty else [])


def test_levels_of_one_threat_are_one_course(question):
    assert courses(question.space.axes) == [(1, 2, 3)]


def test_rest_is_where_a_number_does_nothing(question):
    found = question.space.values(at_rest(question.question, question.space)[None])
    assert found["heat.onset"][0] == pytest.approx(7600, abs=200)  # the middle
    assert found["heat.levels.0"][0] == pytest.approx(350.0, abs=1e-9)  # nominal feed
    assert found["lie.levels.2"][0] == pytest.approx(0.0, abs=1e-9)


def whole(question, u=0.25):
    return Candidate(question.space, np.full(len(question.space), u), question.question.duration)


def test_a_threat_is_taken_away_with_its_numbers(question):
    one = whole(question)
    less = one.without_threat(one.space.spec.threats[0])
    assert [threat.name for threat in less.space.spec.threats] == ["lie"]
    assert [axis.name for axis in less.space.axes] == ["lie.levels.2"]


def test_pieces_of_a_course_move_up_when_one_before_them_goes(question):
    point = np.linspace(0.1, 0.5, len(question.space))
    one = Candidate(question.space, point, question.question.duration)
    heat = one.space.spec.threats[0]
    less = one.with_pieces(heat, [0, 2])
    assert [axis.name for axis in less.space.axes] == [
        "heat.onset", "heat.levels.0", "heat.levels.1", "lie.levels.2",
    ]  # fmt: skip
    assert less.point.tolist() == [point[0], point[1], point[3], point[4]]
    assert len(less.space.spec.threats[0].levels) == 2
    assert {
        len(c.space.spec.threats[0].levels)
        for c in one.prefixes()
        if c.space.spec.threats[1].levels == one.space.spec.threats[1].levels
    } == {1, 2}


def test_rounded_values_stay_in_their_ranges_and_on_the_grid(question):
    spec = fixed(whole(question, 0.123456), 2).space.spec
    assert spec.threats[0].onset.value % 200 == 0
    assert spec.threats[0].levels[0].value == pytest.approx(335.0, abs=1.0)
    assert fixed(whole(question, 1.0), 2).space.spec.threats[0].levels[0].value == 370.0


def violation(place, u, margin, held="SIF"):
    return Violation("R", place, np.array(u, float), margin, held)


def test_a_few_are_chosen_that_differ_and_no_rung_is_left_out():
    many = [violation(0, [0, 0], -5), violation(1, [0, 0.01], -4), violation(2, [1, 1], -1)]
    assert [one.place for one in diverse(many, 2)] == [0, 2]
    many.append(violation(3, [0, 0], -0.1, held="UNSAFE"))
    assert [one.place for one in diverse(many, 2)] == [0, 3]
    assert len(diverse([many[0], violation(9, [0, 0], -2)], 4)) == 1  # the same point is no second story


def test_alike_counterexamples_are_one_story(question):
    one = fixed(whole(question)).space.spec
    less = fixed(whole(question).without_threat(question.space.spec.threats[0])).space.spec
    keys = [key("R", "SIF", one), key("R", "SIF", one), key("R", "SIF", less), key("R", "guard", one)]
    assert keys[0] == ("R", "SIF", ("heat", "lie"))
    found = clustered([(k, -1.0 * p, p) for p, k in enumerate(keys)], better=lambda p: 1.0)
    assert found == [[1, 0], [2], [3]]


def test_a_story_is_one_sentence_with_values_and_units(question):
    text = sentence(fixed(whole(question, 0.0)).space.spec, "R-01", 42_000, "0.5 K", "SIF")
    assert "'heat' (profile at process feed_temperature) from 5 s: 330 K, then 330 K" in text
    assert text.endswith("R-01 is violated by 0.5 K at 42 s (a safety function acted)")
