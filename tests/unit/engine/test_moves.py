"""How far setpoint and output move is measured beside the path, from what really went to the field."""

from __future__ import annotations

import numpy as np
from plant_cases import build, case, recorded, threat, with_threats

from simulator.engine.moves import MoveInputs, MoveOut, Moves
from simulator.testing.mutants import removed


def column(*values):
    return np.array([[value] for value in values], float)


class Rig:
    """Two loops at rest at 350 K and 50 %, and 10 cm and 20 %."""

    def __init__(self):
        self.layer = Moves(column(350.0, 10.0), column(50.0, 20.0))
        self.state = self.layer.initial(1)
        self.out = MoveOut(*(np.full((2, 1), -1.0) for _ in range(3)))

    def __call__(self, sp, op, changed=(0, 0)):
        self.inputs = MoveInputs(column(*sp), column(*op), np.array([[c] for c in changed], np.int8))
        self.layer.step(self.state, self.inputs, self.out, 0)
        return tuple(part[:, 0].tolist() for part in self.out)


def test_a_move_is_from_the_scan_before_either_way():
    rig = Rig()
    assert rig((351.5, 10.0), (47.0, 20.0)) == ([1.5, 0.0], [3.0, 0.0], [0.0, 0.0])
    assert rig((351.0, 12.0), (47.0, 25.0)) == ([0.5, 2.0], [0.0, 5.0], [0.0, 0.0])
    assert rig((351.0, 12.0), (47.0, 25.0)) == ([0.0, 0.0], [0.0, 0.0], [0.0, 0.0])


def test_a_bump_is_the_move_of_the_scan_in_which_that_loop_changed_its_mode():
    rig = Rig()
    assert rig((350.0, 10.0), (80.0, 21.0), (1, 0))[1:] == ([30.0, 1.0], [30.0, 0.0])
    assert rig((350.0, 10.0), (70.0, 25.0), (0, 1))[1:] == ([10.0, 4.0], [0.0, 4.0])


def test_what_is_measured_is_not_touched():
    rig, op = Rig(), column(80.0, 21.0)
    rig((350.0, 10.0), op[:, 0], (1, 1))
    np.testing.assert_array_equal(rig.inputs.op, op)
    np.testing.assert_array_equal(rig.layer.op, column(50.0, 20.0))
    assert rig.layer.initial(1).op.tolist() == [[50.0], [20.0]], "a second block starts at rest again"


def struck(**about):
    """A reactor whose AI falls silent at 4 s and is shed."""
    built = case("CTL-001", ai="rout", duration=20_000, early=False, **about)
    return with_threats(built, threat("one", "halt", "heartbeat"))


def test_in_a_run_the_bump_is_what_the_valve_was_ordered_to_move_in_that_scan():
    data = recorded(struck(), every=True).data
    mode, op = data["mode.TIC-101"][:, 0], data["op.TIC-101"][:, 0]
    (shed,) = np.flatnonzero(np.diff(mode)) + 1
    bump = data["bump.TIC-101"][:, 0]
    np.testing.assert_allclose(data["move.TIC-101"][1:, 0], abs(np.diff(op)), atol=1e-4)
    np.testing.assert_allclose(data["slew.TIC-101"][1:, 0], abs(np.diff(data["sp.TIC-101"][:, 0])), atol=1e-4)
    assert np.flatnonzero(bump).tolist() == [shed], "nowhere but at the hand-over"
    assert bump[shed] == data["move.TIC-101"][shed, 0]


def test_measuring_changes_nothing_of_the_run():
    sifs = tuple(case("CTL-001").plant.sifs)
    with_it = recorded(struck(), every=True).data
    without = recorded(struck(mutate=removed("moves", sifs)), every=True).data
    assert "moves" in [bound.name for bound in build(struck()).path]
    apart = {name for name in with_it if not np.array_equal(with_it[name], without[name], equal_nan=True)}
    assert {name.partition(".")[0] for name in apart} <= {"slew", "move", "bump"}
    assert apart, "and without it nothing is measured"
