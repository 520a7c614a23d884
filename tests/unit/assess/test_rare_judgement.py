"""When a rare-event study proves something, and when it may not say so."""

from __future__ import annotations

import pytest

from simulator.assess.rare import judge


def repeat(p=5e-5, failed=0, n=1000, **other):
    """A repeat that went well."""
    levels = [
        {"acceptance": 1.0, "renewal": 1.0},
        {"acceptance": 0.44, "renewal": 0.4},
        {"acceptance": 0.4, "renewal": 0.3},
    ]
    well = {
        "p": p, "ended": "reached", "simulations": 4600, "undecided": 0, "failures": 400,
        "first": {"n": n, "failed": failed, "undecided": 0},
        "centre": [3.0, 0.1], "spread": [0.4, 1.0], "levels": levels,
    }  # fmt: skip
    return well | other


SCATTER = (0.7, 0.8, 0.9, 1.0, 1.0, 1.0, 1.1, 1.2, 1.3, 1.4)


def ten(**other):
    return [repeat(5e-5 * s, **other) for s in SCATTER]


def ask(repeats, at_most=1e-4):
    return judge(repeats, ["bias", "onset"], at_most, 0.95)


def test_repeats_without_a_doubt_settle_a_claim_on_either_side():
    assert (ask(ten())["verdict"], ask(ten())["warnings"]) == ("PASS", [])
    assert ask(ten(), at_most=2e-5)["verdict"] == "FAIL"
    assert ask(ten(), at_most=5.2e-5)["verdict"] == "INCONCLUSIVE"


def test_the_figures_beside_it():
    found = ask(ten())
    assert found["p"] == pytest.approx(5.2e-5)
    assert found["low"] < found["p"] < found["high"]
    assert found["direct"]["n"] == 10_000
    assert found["direct"]["high"] == pytest.approx(3.7e-4, rel=0.01)  # 3.69 / n, two-sided 95 %
    assert found["direct_sees"] == pytest.approx(3.0 / found["p"], rel=0.01)
    spread = found["variation"] / 10**0.5
    assert found["direct_needs"] == pytest.approx(1.0 / (found["p"] * spread**2), rel=1e-3)


@pytest.mark.parametrize(
    ("repeats", "word"),
    [
        (ten()[:3], "fewer than 5"),
        ([repeat(), *ten(undecided=1)], "decided nothing"),
        ([repeat(0.0, ended="budget", failures=0), *ten()], "used up their budget"),
        ([repeat(0.0, ended="standstill", failures=0), *ten()], "stood still"),
        ([repeat(5e-5 * s) for s in (0.1, 0.2, 0.4, 0.5, 0.6, 1.0, 1.2, 4.0)], "coefficient of variation"),
        ([repeat(levels=[{"acceptance": 0.05, "renewal": 0.2}]), *ten()], "of its candidates"),
        ([repeat(levels=[{"acceptance": 0.3, "renewal": 0.01}]), *ten()], "of its new noises"),
        ([repeat(centre=[s * 3.0, 0.1]) for s in (1, -1, 1, 1, -1, -1)], "different places of bias"),
        (ten(failed=5), "outside"),
    ],
)
def test_a_doubt_is_told_and_forbids_the_verdict(repeats, word):
    found = ask(repeats, at_most=1e-2 if word == "outside" else 1e-4)
    assert [text for text in found["warnings"] if word in text]
    if word != "outside":  # there, direct Monte-Carlo settles the claim by itself
        assert found["verdict"] == "INCONCLUSIVE"


def test_an_estimate_that_direct_monte_carlo_contradicts_proves_nothing():
    found = ask(ten(failed=1), at_most=1e-3)
    assert "outside" in found["warnings"][0]
    assert found["verdict"] == "INCONCLUSIVE"


def test_direct_monte_carlo_settles_what_it_can_whatever_the_climb_did():
    poor = [repeat(0.0, ended="standstill", failures=0)] * 10
    assert ask(poor, at_most=1e-3)["verdict"] == "PASS"
    many = [repeat(0.02, failed=20)] * 10
    assert ask(many, at_most=1e-2)["verdict"] == "FAIL"


def test_a_failure_that_is_frequent_is_counted_and_not_estimated():
    found = ask([repeat(0.97, failed=970, levels=[]) for _ in range(10)], at_most=0.05)
    assert (found["verdict"], found["warnings"], found["direct"]["suffices"]) == ("FAIL", [], True)


def test_undecided_runs_count_against_either_verdict_of_direct_monte_carlo():
    hazy = {"n": 1000, "failed": 0, "undecided": 10}
    found = ask([repeat(first=hazy, undecided=10) for _ in range(10)], at_most=1e-3)
    assert (found["direct"]["low"], found["verdict"]) == (0.0, "INCONCLUSIVE")
    assert found["direct"]["high"] > 0.01
