"""What the envelope figure draws, without drawing it."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.report.envelope import panels, thin
from simulator.report.figures.envelope import spread
from simulator.report.folder import load
from simulator.report.shown import at, duration, number, parameters, share


@pytest.mark.parametrize("points", [20, 100, 800])
def test_thinning_keeps_every_peak(points):
    value = np.random.default_rng(1).normal(size=50_000)
    kept = thin(value, points)
    assert len(kept) <= points
    assert {int(value.argmin()), int(value.argmax()), 0, len(value) - 1} <= set(kept.tolist())
    assert (np.diff(kept) > 0).all()


def test_thinning_survives_records_that_are_not_numbers():
    value = np.full(5000, np.nan)
    assert len(thin(value, 100)) <= 100


def test_time_counts_from_the_onset_and_marks_are_where_the_layers_acted(folder):
    (panel,) = panels(load(folder))
    assert panel.aligned
    failed, random = panel.curves
    assert (failed.why, random.why) == ("failed", "random")
    assert failed.time[0] == -20.0
    assert failed.value.max() == pytest.approx(21.5)
    assert failed.shed == ((10.0, 10.0),)
    assert failed.trips == {"SIF-1": ((21.0, 10.0),)}


def test_labels_are_moved_apart_and_stay_in_order():
    put = spread([0.1, 0.5, 0.5, 0.52, 0.9], 0.1)
    assert put == sorted(put)
    assert min(np.diff(put)) >= 0.1 - 1e-12
    assert put[0] == 0.1
    assert spread([], 0.1) == []


def test_numbers_are_printed_with_unit_and_three_digits():
    assert [number(49.523, "K"), number(None), number(-0.00978, "%"), number(8919.2, "s")] == [
        "49.5 K",
        "–",
        "-0.00978 %",
        "8919 s",
    ]
    assert [at(346_800), at(-1), share(0.0495), share(None)] == ["346.8 s", "–", "4.95 %", "–"]
    assert [duration(86_400_000), duration(900_000), duration(3400), duration(0)] == [
        "24 h",
        "15 min",
        "3.4 s",
        "0 s",
    ]
    assert (
        parameters({"range": ["5 %", "9 %"], "window": 60_000, "strikes": 3})
        == "range 5 % to 9 %, window 1 min, strikes 3"
    )
