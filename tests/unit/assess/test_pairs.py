"""Variants of the AI paired replica by replica, from hand-made rows: what is shared, and what differs."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from simulator.assess.pairs import difference, pairs
from simulator.assess.statistics import lower_bound, mcnemar, upper_bound

NEVER = np.nan


def rows(peaks, trips, fallback=None, replicas=None, complete=None):
    """Rows of one form."""
    n = len(peaks)
    return {
        "replica": np.arange(n) if replicas is None else np.array(replicas),
        "complete": np.ones(n) if complete is None else np.array(complete),
        "held": np.array(["SIF" if np.isfinite(t) else "fallback" for t in trips]),
        "peak.SL-1": np.array(peaks, float), "at.trip.SIF-1": np.array(trips, float),
        "fallback": np.array(fallback or [1.0] * n, float), "beyond.SL-1": np.zeros(n),
    }  # fmt: skip


def resolved(*scenarios):
    return {
        "criteria": {"confidence": 0.95},
        "plants": {
            "tank": {
                "ai": {"rcas": {}, "rout": {}}, "quantities": {"level": "cm"},
                "safety_limits": {
                    "SL-1": {
                        "quantity": "level", "below": "0.2 m", "trip_point": "18 cm", "no_return": "17 cm",
                    }
                },
            }
        },
        "scenarios": {one["id"]: one for one in scenarios},
    }  # fmt: skip


def asked(key, ai, phase="RUN"):
    base = key.partition(".")[0]
    return {
        "id": key,
        "base": base,
        "question": "Holds?",
        "phase": phase,
        "plant": "tank",
        "ai": ai,
        "mode": ai.upper(),
    }


def paired(mine, theirs):
    found = {"MDL-1": mine, "MDL-1.rcas": theirs}
    (one,) = pairs(
        resolved(asked("MDL-1", "rout"), asked("MDL-1.rcas", "rcas")), lambda key, variant: found[key]
    )
    return one


def test_the_default_variant_comes_first_whichever_the_file_asks():
    one = paired(rows([19.0], [2.0]), rows([15.0], [NEVER]))
    assert (one.first.scenario, one.second.scenario) == ("MDL-1.rcas", "MDL-1")
    assert (one.first.peak.tolist(), one.second.peak.tolist()) == ([15.0], [19.0])
    assert one.lines == {"limit": 20.0, "trip_point": 18.0, "no_return": 17.0}


def test_demands_are_counted_pair_by_pair():
    rout = rows([19.0] * 4, [2.0, 2.0, NEVER, NEVER])
    rcas = rows([15.0] * 4, [2.0, NEVER, 3.0, NEVER])
    demands = paired(rout, rcas).demands
    assert (demands.both, demands.first, demands.second, demands.neither) == (1, 1, 1, 1)


def test_only_replicas_that_both_forms_recorded_whole_are_compared():
    rout = rows([19.0, 19.5, np.nan, 18.0], [NEVER] * 4, replicas=[0, 1, 2, 3], complete=[1, 0, 1, 1])
    rcas = rows([15.0, 16.0, 15.5], [NEVER] * 3, replicas=[3, 0, 7])
    one = paired(rout, rcas)
    assert one.n == 2
    assert sorted(one.first.peak.tolist()) == [15.0, 16.0]


def test_unrecorded_demands_are_not_counted_as_none():
    mine, theirs = rows([19.0], [NEVER]), rows([15.0], [NEVER])
    del theirs["at.trip.SIF-1"]
    assert paired(mine, theirs).demands is None


def test_questions_in_another_phase_or_of_one_variant_are_no_pair():
    alone = resolved(asked("MDL-1", "rout"), asked("MDL-1.LOAD", "rcas", "LOAD"))
    assert list(pairs(alone, lambda *_: rows([1.0], [NEVER]))) == []


def test_a_form_of_which_nothing_was_recorded_makes_no_pair():
    two = resolved(asked("MDL-1", "rout"), asked("MDL-1.rcas", "rcas"))
    assert list(pairs(two, lambda key, _: rows([1.0], [NEVER]) if key == "MDL-1" else {})) == []


@pytest.mark.parametrize(("first", "second"), [(0, 0), (0, 5), (5, 0), (3, 9), (6, 6)])
def test_mcnemar_is_the_exact_two_sided_binomial_test(first, second):
    n, least = first + second, min(first, second)
    tail = sum(comb(n, k) for k in range(least + 1)) / 2**n
    assert mcnemar(first, second) == pytest.approx(min(1.0, 2.0 * tail), rel=1e-9)


def test_the_lower_bound_mirrors_the_upper_one():
    assert lower_bound(59, 59, 0.95) == pytest.approx(0.05 ** (1 / 59), rel=1e-9)
    assert lower_bound(0, 59, 0.95) == 0.0
    assert lower_bound(7, 20, 0.95) == pytest.approx(1.0 - upper_bound(13, 20, 0.95), rel=1e-12)


@pytest.mark.parametrize(("p", "q"), [(0.05, 0.3), (0.2, 0.2), (0.0, 0.9)])
def test_the_bounds_of_a_difference_cover_it_as_often_as_they_say(p, q):
    """All outcomes of 12 pairs, with their multinomial probabilities: coverage is at least 95 %."""
    n, covered = 12, 0.0
    for a in range(n + 1):
        for b in range(n + 1 - a):
            low, high = difference(a, b, n, 0.95)
            ways = comb(n, a) * comb(n - a, b)
            if low <= q - p <= high:
                covered += ways * p**a * q**b * (1.0 - p - q) ** (n - a - b)
    assert covered >= 0.95


def test_without_a_discordant_pair_the_difference_may_be_either_way():
    low, high = difference(0, 0, 59, 0.95)
    assert low == pytest.approx(-high)
    assert low < 0.0 < high
