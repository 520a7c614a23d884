"""A run without a layer against the sound one, and what layers have in common."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.assess.ablation import HELD, LOST, NEXT, OPEN, find, jointly, weigh
from simulator.assess.equipment import equipment, shared
from simulator.core.verdict import Verdict
from simulator.scenario.plain import plant_data
from simulator.scenario.resolve import resolve_suite

SUITE = Path(__file__).resolve().parents[3] / "scenarios/suites/cstr_predeployment.yaml"


def rows(held, truth, margin, digest="ab"):
    return {
        "held": np.array(held), "R-01.truth": np.array(truth), "R-01.margin": np.array(margin),
        "digest": np.array(list(digest)),
    }  # fmt: skip


SOUND = rows(["guard", "SIF"], [1, 1], [3.0, 2.0])


@pytest.mark.parametrize(
    ("held", "truth", "word"),
    [
        (["no demand", "SIF"], [1, 1], HELD),
        (["fallback", "SIF"], [1, 1], NEXT),
        (["guard", "SIF"], [-1, 1], NEXT),
        (["guard", "unknown"], [1, 1], OPEN),
        (["guard", "SIF"], [1, 0], OPEN),
        (["UNSAFE", "unknown"], [-1, 0], LOST),
    ],
)
def test_a_cell_says_the_worst_that_any_replica_shows(held, truth, word):
    assert weigh(SOUND, rows(held, truth, [3.0, 2.0])).word == word


def test_what_the_sound_build_loses_is_not_counted_against_a_layer():
    lost = rows(["UNSAFE", "SIF"], [-1, 1], [-1.0, 2.0])
    assert weigh(lost, lost).word == HELD
    assert weigh(lost, lost).violated == {}


def test_the_margin_lost_is_that_of_the_worst_replica_and_no_infinity():
    bare = rows(["guard", "SIF"], [1, 1], [2.5, -np.inf])
    assert weigh(SOUND, bare).margins == {"R-01": 0.5}


def test_a_requirement_left_open_does_not_hide_what_became_of_the_limit():
    told = weigh(SOUND, rows(["guard", "SIF"], [1, 0], [3.0, 2.0]))
    assert (told.word, told.blind) == (OPEN, 0)
    assert weigh(SOUND, rows(["guard", "unknown"], [1, 1], [3.0, 2.0])).blind == 1


def test_a_layer_that_calls_for_a_safety_function_is_told():
    assert weigh(SOUND, rows(["guard", "fallback"], [1, 1], [3.0, 2.0])).spared == 1
    assert weigh(SOUND, rows(["guard", "unknown"], [1, 1], [3.0, 2.0])).spared == 0
    assert weigh(SOUND, rows(["guard", "UNSAFE"], [1, 1], [3.0, 2.0])).spared == 0


def test_a_pair_is_charged_with_the_replicas_that_neither_alone_loses():
    pair = weigh(SOUND, rows(["UNSAFE", "UNSAFE"], [-1, -1], [-1.0, -1.0]))
    one = weigh(SOUND, rows(["UNSAFE", "SIF"], [-1, 1], [-1.0, 1.0]))
    assert jointly(pair, [one, None]).tolist() == [False, True]
    assert jointly(pair, [None, None]).tolist() == [True, True]


def test_a_finding_needs_a_case():
    assert find("x", 0, [], [], None).verdict is Verdict.NOT_ASSESSED
    assert find("x", 3, [], ["a"], 0.1).verdict is Verdict.INCONCLUSIVE
    assert find("x", 3, ["b"], ["a"], 0.1).verdict is Verdict.FAIL
    assert find("x", 3, [], [], 0.1).verdict is Verdict.PASS


def test_the_reactors_fallback_and_cross_check_hang_on_the_thermometers_of_its_safety_function():
    used = equipment(plant_data(resolve_suite(SUITE).plants["cstr"]))
    thermometers = ["TT-111A", "TT-111B", "TT-111C"]
    assert shared(used["pid"], used["SIF-101"]) == {"sensor": thermometers}
    assert shared(used["input_guard"], used["SIF-101"]) == {"sensor": thermometers}
    assert shared(used["SIF-101"], used["SIF-102"])["final element"] == [
        "XV-101A",
        "XV-101B",
        "XV-105A",
        "XV-105B",
    ]
    assert shared(used["watchdog"], used["SIF-101"]) == {}
    assert shared(used["watchdog"], used["deadline"])["network"] == ["link to the AI host"]
    assert "TT-102" in used["monitor"]["sensor"]
