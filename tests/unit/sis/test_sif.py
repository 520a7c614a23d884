"""Safety functions: voting, confirmation, delay, latch and reset."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest

from simulator.core.states import BYPASSED, SIF
from simulator.sis.sif import SafetyFunctions, SifInputs, SifOut, Trip
from simulator.sis.voting import voted

PERIOD = 200
SPAN = (300.0, 450.0)
NORMAL, TRIPPED = SIF["NORMAL"], SIF["TRIPPED"]
DEAD = [math.nan, math.inf, -math.inf, 457.5, 292.5]  # no number, and saturated 5 % past the range


class Rig:
    """One function with three sensors (two for 1oo2) and two elements."""

    def __init__(
        self, wanted=2, total=3, above=True, point=360.0, confirm=2, delay=0, unless_safe=-1, longest=0
    ):
        trip = Trip(0, tuple(range(total)), wanted, point, above, confirm, unless_safe, (SPAN,) * total)
        self.layer = SafetyFunctions((trip,), (delay,), ((0, 1),), 3, PERIOD, (longest,))
        self.state, self.now = self.layer.initial(1), 0
        self.out = SifOut(np.zeros((1, 1), np.int8), np.zeros((3, 1), np.int8))
        self.safe, self.key = np.zeros((4, 1), np.int8), np.zeros((1, 1), np.int8)

    def __call__(self, *readings, scans=1, reset=0):
        """Status after some scans with the same readings."""
        read = np.array(readings, float).reshape(-1, 1)
        for _ in range(scans):
            self.layer.step(
                self.state,
                SifInputs(read, self.safe, np.array([reset], np.int8), self.key),
                self.out,
                self.now,
            )
            self.now += PERIOD
        return int(self.out.status[0, 0])

    @property
    def demanded(self):
        return self.out.demanded[:, 0].tolist()


@pytest.mark.parametrize("votes", range(4))
def test_2oo3_trips_with_two_votes_and_not_with_one(votes):
    readings = [361.0] * votes + [350.0] * (3 - votes)
    assert Rig()(*readings, scans=5) == (TRIPPED if votes >= 2 else NORMAL)


@pytest.mark.parametrize("pair", list(combinations(range(3), 2)))
def test_any_two_of_three_trip(pair):
    assert Rig()(*(361.0 if k in pair else 350.0 for k in range(3)), scans=2) == TRIPPED


@pytest.mark.parametrize("dead", DEAD)
def test_with_one_bad_sensor_2oo3_becomes_1oo2(dead):
    assert Rig()(dead, 350.0, 350.0, scans=10) == NORMAL
    assert Rig()(dead, 361.0, 350.0, scans=2) == TRIPPED


@pytest.mark.parametrize("dead", DEAD)
def test_with_two_bad_sensors_2oo3_becomes_1oo1(dead):
    assert Rig()(dead, dead, 350.0, scans=10) == NORMAL
    assert Rig()(dead, dead, 361.0, scans=2) == TRIPPED


@pytest.mark.parametrize("above", [True, False])
def test_with_three_bad_sensors_the_function_trips(above):
    assert Rig(above=above, point=360.0 if above else 335.0)(math.nan, math.inf, 292.5, scans=2) == TRIPPED


def test_1oo2_trips_with_no_sensor_left():
    rig = Rig(wanted=1, total=2, above=False, point=335.0)
    assert rig(math.nan, 292.5, scans=2) == TRIPPED


@pytest.mark.parametrize(("readings", "tripped"),
                         [((334.0, 350.0), True), ((350.0, 334.0), True), ((350.0, 350.0), False),
                          ((334.0, math.nan), True), ((350.0, math.nan), False)])  # fmt: skip
def test_1oo2_with_one_dead_sensor_follows_the_other(readings, tripped):
    assert Rig(wanted=1, total=2, above=False, point=335.0)(*readings, scans=2) == int(tripped)


def test_the_trip_point_itself_is_no_trip():
    assert Rig()(360.0, 360.0, 360.0, scans=10) == NORMAL


@pytest.mark.parametrize("confirm", [1, 2, 50])
def test_a_condition_trips_when_it_is_confirmed_and_not_a_scan_earlier(confirm):
    rig = Rig(confirm=confirm)
    assert confirm == 1 or rig(361.0, 361.0, 361.0, scans=confirm - 1) == NORMAL
    assert rig(361.0, 361.0, 361.0) == TRIPPED


def test_a_gap_in_the_condition_starts_the_confirmation_again():
    rig = Rig(confirm=3)
    for _ in range(10):
        assert rig(361.0, 361.0, 361.0, scans=2) == NORMAL
        assert rig(350.0, 350.0, 350.0) == NORMAL


@pytest.mark.parametrize(("delay", "scans"), [(0, 0), (200, 1), (300, 2), (400, 2), (1000, 5)])
def test_the_elements_are_demanded_after_the_delay_and_not_before(delay, scans):
    rig = Rig(confirm=1, delay=delay)
    waits = []
    for _ in range(scans + 1):
        rig(361.0, 361.0, 361.0)
        waits.append(rig.demanded)
    assert waits == [[0, 0, 0]] * scans + [[1, 1, 0]]


def test_a_trip_holds_until_reset_even_when_the_sensors_recover():
    rig = Rig()
    rig(361.0, 361.0, 361.0, scans=2)
    assert rig(350.0, 350.0, 350.0, scans=5000) == TRIPPED
    assert rig.demanded == [1, 1, 0]
    assert rig(350.0, 350.0, 350.0, reset=1) == NORMAL
    assert rig.demanded == [0, 0, 0]


def test_a_reset_is_refused_while_the_condition_stands():
    rig = Rig()
    rig(361.0, 361.0, 361.0, scans=2)
    assert rig(361.0, 361.0, 361.0, reset=1, scans=20) == TRIPPED
    assert rig.demanded == [1, 1, 0]


def test_a_reset_before_a_trip_prevents_nothing():
    rig = Rig()
    assert rig(361.0, 361.0, 361.0, reset=1, scans=2) == TRIPPED


def test_a_second_trip_waits_its_delay_again():
    rig = Rig(confirm=1, delay=400)
    rig(361.0, 361.0, 361.0, scans=5)
    rig(350.0, 350.0, 350.0, reset=1)
    rig(361.0, 361.0, 361.0, scans=2)
    assert rig.demanded == [0, 0, 0]
    rig(361.0, 361.0, 361.0)
    assert rig.demanded == [1, 1, 0]


def test_a_condition_is_excused_while_its_element_is_safe_and_only_then():
    rig = Rig(above=False, point=335.0, unless_safe=2)
    rig.safe[2] = 1
    assert rig(330.0, 330.0, 330.0, scans=100) == NORMAL
    rig.safe[2] = 0
    assert rig(330.0, 330.0, 330.0) == NORMAL, "confirmed anew"
    assert rig(330.0, 330.0, 330.0) == TRIPPED


def test_another_elements_position_excuses_nothing():
    rig = Rig(above=False, point=335.0, unless_safe=2)
    rig.safe[:2] = rig.safe[3] = 1
    assert rig(330.0, 330.0, 330.0, scans=2) == TRIPPED


def test_a_trip_is_not_excused_afterwards():
    rig = Rig(above=False, point=335.0, unless_safe=0)
    rig(330.0, 330.0, 330.0, scans=2)
    rig.safe[0] = 1  # its own valve reaches the safe position
    assert rig(330.0, 330.0, 330.0, scans=10) == TRIPPED


def two_functions():
    """A high trip on element 0; a low trip on elements 0 and 1, with the other condition of the first."""
    trips = (
        Trip(0, (0,), 1, 360.0, True, 1, -1, (SPAN,)),
        Trip(1, (1,), 1, 335.0, False, 1, -1, (SPAN,)),
        Trip(0, (2,), 1, 360.0, True, 1, -1, (SPAN,)),
    )
    layer = SafetyFunctions(trips, (0, 0), ((0,), (0, 1)), 2, PERIOD)
    return layer, layer.initial(1), SifOut(np.zeros((2, 1), np.int8), np.zeros((2, 1), np.int8))


@pytest.mark.parametrize(
    ("readings", "status", "demanded"),
    [
        ((350.0, 350.0, 350.0), [0, 0], [0, 0]),
        ((361.0, 350.0, 350.0), [1, 0], [1, 0]),
        ((350.0, 350.0, 361.0), [1, 0], [1, 0]),
        ((350.0, 330.0, 350.0), [0, 1], [1, 1]),
        ((361.0, 330.0, 350.0), [1, 1], [1, 1]),
    ],
)
def test_any_condition_of_a_function_trips_it_and_shared_elements_obey_any_function(
    readings, status, demanded
):
    layer, state, out = two_functions()
    read = np.array(readings).reshape(-1, 1)
    layer.step(
        state,
        SifInputs(read, np.zeros((2, 1), np.int8), np.zeros(1, np.int8), np.zeros((2, 1), np.int8)),
        out,
        0,
    )
    assert out.status[:, 0].tolist() == status
    assert out.demanded[:, 0].tolist() == demanded


def test_replicas_trip_one_by_one():
    trip = Trip(0, (0, 1, 2), 2, 360.0, True, 1, -1, (SPAN,) * 3)
    layer = SafetyFunctions((trip,), (0,), ((0,),), 1, PERIOD)
    out = SifOut(np.zeros((1, 3), np.int8), np.zeros((1, 3), np.int8))
    read = np.array([[350.0, 361.0, 361.0], [350.0, 361.0, 350.0], [350.0, 350.0, 350.0]])
    keys = np.zeros((1, 3), np.int8)
    layer.step(layer.initial(3), SifInputs(read, keys.copy(), np.zeros(3, np.int8), keys), out, 0)
    assert out.status.tolist() == [[0, 1, 0]]


@pytest.mark.parametrize("wanted", [1, 2, 3])
def test_more_votes_never_untrip_and_fewer_good_sensors_never_raise_the_bar(wanted):
    for good in range(4):
        calls = [voted(votes, good, wanted, 3) for votes in range(good + 1)]
        assert calls == sorted(calls)
        for votes in range(good):
            assert voted(votes, good - 1, wanted, 3) >= voted(votes, good, wanted, 3)


@pytest.mark.parametrize("wanted", [1, 2, 3])
def test_sensors_that_are_all_good_and_quiet_never_trip(wanted):
    assert not voted(0, 3, wanted, 3)


def test_a_start_up_override_keeps_the_function_from_tripping_for_its_time_and_no_longer():
    rig = Rig(confirm=1, longest=1000)
    rig.key[:] = 1
    assert rig(361.0, 361.0, 361.0, scans=1000 // PERIOD) == BYPASSED
    assert rig.demanded == [0, 0, 0]
    assert rig(361.0, 361.0, 361.0) == TRIPPED, "its own clock has ended it, though the key is still in"


def test_a_function_without_a_start_up_override_knows_no_key():
    rig = Rig(confirm=1)
    rig.key[:] = 1
    assert rig(361.0, 361.0, 361.0) == TRIPPED


def test_a_start_up_override_undoes_no_trip():
    rig = Rig(confirm=1, longest=10_000)
    assert rig(361.0, 361.0, 361.0) == TRIPPED
    rig.key[:] = 1
    assert rig(350.0, 350.0, 350.0, scans=20) == TRIPPED


def test_a_key_taken_out_gives_the_function_back_at_once():
    rig = Rig(confirm=1, longest=10_000)
    rig.key[:] = 1
    assert rig(350.0, 350.0, 350.0, scans=3) == BYPASSED
    rig.key[:] = 0
    assert rig(350.0, 350.0, 350.0) == NORMAL
