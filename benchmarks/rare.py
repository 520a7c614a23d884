"""How well subset simulation meets a probability of about 5e-5, with at most 5,000 simulations a seed.

First on limit states whose probability is known, then on the reactor against direct Monte-Carlo. Prints the
ratio of each seed's estimate to the truth, sorted. `python benchmarks/rare.py 400000` sets the runs of the
reference; 0 leaves the reactor away.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from math import erfc, exp, inf, sqrt
from pathlib import Path

import numpy as np

from simulator.assess.rare import judge
from simulator.assess.rates import proportion
from simulator.campaign.lab import Lab
from simulator.campaign.rare.draws import Draws, Reals, Whole
from simulator.campaign.rare.kept import repeat_data
from simulator.campaign.rare.levels import Climb, Plan
from simulator.campaign.rare.limit_state import LimitState, asked
from simulator.campaign.rare.subset import climb, together
from simulator.scenario.resolve import resolve_suite

SUITE = Path(__file__).parent / "rare_event/suite.yaml"
WANTED, SEEDS, PLAN = 5e-5, 30, Plan(per_level=1080, most=5000)
REFERENCE, PIECE = 400_000, 20_480
Limit = Callable[[Reals, Whole], Reals]


def above(z: float) -> float:
    """Probability of a standard normal above `z`."""
    return 0.5 * erfc(z / sqrt(2.0))


def solved(probability: Callable[[float], float]) -> float:
    """Where a falling probability is `WANTED`."""
    low, high = 0.0, 40.0
    for _ in range(80):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if probability(middle) > WANTED else (low, middle)
    return high


def bowl(b: float) -> float:
    """Probability of z0 > b + (z1^2 + z2^2) / 4: half the sum of squares is exponential."""
    t = np.linspace(0.0, 40.0, 40_001)
    values = np.array([above(b + 0.5 * one) * exp(-one) for one in t])
    return float(np.trapezoid(values, t))


def known() -> dict[str, tuple[int, Limit]]:
    """Limit states that fail with probability `WANTED`, with their number of axes."""
    plane, two, deep = solved(above), solved(lambda b: 2.0 * above(b)), solved(bowl)
    ball = solved(lambda x: exp(-0.5 * x) * (1.0 + 0.5 * x))  # four axes: outside of radius sqrt(x)
    return {
        "a plane, 2 axes": (2, lambda z, _: plane - z.sum(axis=1) / sqrt(2.0)),
        "a plane, 20 axes": (20, lambda z, _: plane - z.sum(axis=1) / sqrt(20.0)),
        "outside a ball, 4 axes": (4, lambda z, _: sqrt(ball) - np.sqrt((z**2).sum(axis=1))),
        "inside a bowl, 3 axes": (3, lambda z, _: deep + 0.25 * (z[:, 1] ** 2 + z[:, 2] ** 2) - z[:, 0]),
        "two planes, 6 axes": (6, lambda z, _: two - np.abs(z[:, 0])),
    }


def repeats(limit: Limit, axes: int, seed: int) -> list[Climb]:
    """`SEEDS` repeats side by side."""
    running = together([climb(axes, PLAN, Draws(seed, k)) for k in range(SEEDS)])
    question = next(running)
    while True:
        try:
            question = running.send(limit(*question))
        except StopIteration as stop:
            found: list[Climb] = stop.value
            return found


def show(name: str, found: list[Climb], truth: float, axes: int) -> None:
    """Print one line a limit state, and the warnings."""
    ratios = [one.probability / truth for one in found]
    inside = sum(0.5 <= one <= 2.0 for one in ratios)
    told = judge([repeat_data(one) for one in found], [f"axis {k}" for k in range(axes)], WANTED, 0.95)
    print(f"{name:<26}", " ".join(f"{one:.2f}" for one in sorted(ratios)))
    print(
        f"{'':<26} {inside} of {SEEDS} within a factor of 2 (at least nine of ten); at most "
        f"{max(one.simulations for one in found)} simulations; coefficient of variation "
        f"{told['variation'] or inf:.2f}, by the formula {np.mean([one.variation for one in found]):.2f}; "
        f"mean {told['p'] / truth:.2f}; {len(told['warnings'])} warnings"
    )
    for warning in told["warnings"]:
        print(f"{'':<26} {warning}")


def reactor(runs: int) -> None:
    """The reactor: repeats, then direct Monte-Carlo of its own draws."""
    suite = resolve_suite(SUITE)
    with Lab(suite, 1, 1024) as lab:
        (name, question), *_ = suite.scenarios.items()
        requirement = next(iter(question.formulas))
        experiment = asked(lab, name, requirement)
        limit = LimitState(lab, experiment, requirement)
        axes, began = len(experiment.space), time.process_time()
        found = repeats(limit, axes, suite.spec.seed)
        climbed, failed, done = time.process_time() - began, 0, 0
        draws = Draws(suite.spec.seed, SEEDS + 1)
        while done < runs:
            n = min(PIECE, runs - done)
            margin = limit(draws.normal(f"direct {done}", n, axes), draws.noises(done, n))
            failed, done = failed + int((margin < 0.0).sum()), done + n
    direct = proportion(failed, runs, 0.95)
    print(
        f"reactor, {axes} axes: direct Monte-Carlo {failed} of {runs}: p = {direct.estimate:.3g} "
        f"[{direct.low:.3g}, {direct.high:.3g}] in {time.process_time() - began - climbed:.0f} CPU s; "
        f"{SEEDS} seeds in {climbed:.0f} CPU s"
    )
    show("", found, direct.estimate, axes)


def main() -> None:
    """Measure and print."""
    for name, (axes, limit) in known().items():
        show(name, repeats(limit, axes, 1), WANTED, axes)
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else REFERENCE
    if runs:
        reactor(runs)


if __name__ == "__main__":
    main()
