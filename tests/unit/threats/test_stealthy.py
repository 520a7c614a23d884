"""Lies that a detector passes: inside its limits by construction, slow, and as strong as that allows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.testing.kinds import PERIOD, ROWS, stand_in, struck
from simulator.threats import KINDS
from simulator.threats.known import Watch
from simulator.threats.stealthy import silent
from simulator.threats.strike import StrikeWires

ALL = tuple(range(ROWS))
TRIAL = {"budget": 8.0, "towards": 1.0, "held": 2.0, "steps": 8.0, "over": 200.0, "below": 0.8}


def watch():
    """Two oblique axes of four inputs; standard deviations 1 and 0.5 along them."""
    drawn = np.random.Generator(np.random.Philox(key=3)).normal(size=(ROWS, ROWS))
    axes = np.ascontiguousarray(np.linalg.qr(drawn)[0].T[:2])
    return Watch(np.full(ROWS, 50.0), np.full(ROWS, 5.0), axes, np.array([1.0, 0.25]), np.array([6.0, 1.5]))


def shares(about, carried):
    """T2 and SPE over their limits, by their definition, of a course (n_scans, n_rows, n)."""
    z = (carried - about.centre[:, None]) / about.scale[:, None]
    scores = np.einsum("ak,skn->san", about.axes, z)
    rest = z - np.einsum("ak,san->skn", about.axes, scores)
    t2 = (scores**2 / about.variances[:, None]).sum(axis=1)
    return np.stack([t2 / about.limits[0], (rest**2).sum(axis=1) / about.limits[1]])


def shown(carried, known, rows=ALL, onset=0, **values):
    """What the PLC is shown of a course."""
    n = carried.shape[2]
    layer = replace(struck(KINDS["stealthy"], TRIAL | values, n, onset, 0), known=known, rows=rows)
    state, after, found = layer.initial(n), carried[0].copy(), []
    for k, now in enumerate(carried):
        spared = [row for row in ALL if row not in rows]
        after[spared] = now[spared]
        wires = StrikeWires(now, after, np.zeros(n), np.zeros(n, np.int8))
        layer.step(state, wires, wires, k * PERIOD)
        found.append(after.copy())
    return np.array(found)


def course(sd, scans=30, n=5):
    return np.random.Generator(np.random.Philox(key=4)).normal(50.0, sd, (scans, ROWS, n))


def test_whatever_is_shrunk_is_inside_and_what_was_inside_stays_as_it_was():
    about, rows = watch(), course(20.0, 1, 50)[0]
    for one in rows.T:
        z = (one - about.centre) / about.scale
        silent(z, np.zeros(2), about, 0.8)
        assert (shares(about, (z * about.scale + about.centre)[None, :, None]) <= 0.8 + 1e-9).all()
        again = z.copy()
        silent(again, np.zeros(2), about, 0.8)
        np.testing.assert_allclose(again, z, atol=1e-12)


def test_the_detector_sees_nothing_where_the_budget_suffices_to_hide_in():
    """Normal days of sd 1.5 (0.3 of a unit): 150 cycles of lies, none over 80 % of a limit."""
    about, carried = watch(), course(1.5)
    known = replace(stand_in(), watch=about)
    honest, lied = shares(about, carried), shares(about, shown(carried, known))
    loud = shares(about, shown(carried, stand_in()))
    assert lied.max() <= 0.8 + 1e-5
    assert (loud.max(axis=0) > 1.0).mean() > 0.9, "lies of the same budget that do not hide are seen"
    assert honest.max() < 1.0


def test_a_plant_that_has_left_normal_operation_is_shown_inside_it():
    """All inputs 12 off the middle, 8 % of a span of 100 to hide it with: what is shown passes."""
    about, carried = watch(), course(0.5) + 6.0
    known = replace(stand_in(), watch=about)
    assert (shares(about, carried).max(axis=0) > 1.0).all()
    assert shares(about, shown(carried, known)).max() <= 0.8 + 1e-5


def test_hiding_costs_strength_and_leaves_some():
    about, carried = watch(), course(1.5)

    def answers(lied):
        scaled = (lied - 50.0) / 5.0
        older = np.concatenate([scaled[:1], scaled[:-1]])
        rows = np.concatenate([scaled, older], axis=1).transpose(0, 2, 1).reshape(-1, 2 * ROWS)
        return stand_in().ask(rows.astype(np.float32)).mean()

    honest, hidden = answers(carried), answers(shown(carried, replace(stand_in(), watch=about)))
    loud = answers(shown(carried, stand_in()))
    assert honest + 0.02 < hidden < loud


@pytest.mark.parametrize("over", [400.0, 2000.0])
def test_no_move_changes_faster_than_the_whole_budget_in_its_time(over):
    """8 % of a span of 100 in 0.4 or 2 s: at most 4 or 0.8 a cycle of 200 ms."""
    carried = np.full((30, ROWS, 2), 50.0)
    moved = shown(carried, stand_in(), over=over) - carried
    steps = np.abs(np.diff(moved, axis=0, prepend=np.zeros((1, ROWS, 2))))
    assert steps.max() <= 8.0 * PERIOD / over + 1e-9
    assert np.abs(moved).max() == pytest.approx(8.0)


def test_between_two_cycles_of_the_ai_the_lie_stands():
    """An AI that is asked every fifth scan: five scans, one move."""
    carried = course(1.5, 30, 2)
    moved = shown(carried, replace(stand_in(), cycle=5 * PERIOD)) - carried
    for first in range(0, 30, 5):
        np.testing.assert_allclose(moved[first : first + 5], moved[[first] * 5], atol=1e-12)
    assert (np.abs(np.diff(moved[::5], axis=0)) > 0).any()
