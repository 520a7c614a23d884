"""The steam condenser of the falsification competition: how many simulations until it is violated.

Instance 1 lets the steam flow be any piecewise-continuous course: it is searched as equal pieces, 140
of 0.25 s among other lengths. Instance 2 has 20 pieces; nobody has violated it, so the margin counts.
Every violation is simulated again at a fifth of the step.
"""

from __future__ import annotations

import argparse

import numpy as np
from steam_condenser import END, margins

from simulator.campaign.search import Pattern, Searched, search

STEP = 0.0125
FINE = STEP / 5.0


def searched(pieces: int, budget: int, seed: int) -> Searched:
    """Search a steam flow of so many equal pieces over the run."""
    return search(margins, pieces, 1, budget, seed, [Pattern(tuple(range(pieces)))])


def first(pieces: int, seeds: int, asked: int) -> None:
    """Instance 1."""
    runs = [searched(pieces, asked, seed) for seed in range(seeds)]
    found = [1 + run.first(0) for run in runs if run.best[0].violated]
    points = np.array([run.best[0].point for run in runs])
    finer = margins(points, FINE)[:, 0].max()
    ratio = f"{asked / np.mean(found):.2f} times faster than asked" if found else "-"
    print(
        f"instance 1, {pieces} pieces of {END / pieces:.3f} s: {len(found)} of {seeds} seeds within {asked} "
        f"simulations, mean {np.mean(found) if found else np.nan:.0f} ({ratio}); worst margin "
        f"{max(run.best[0].margin for run in runs):+.6f}, at a fifth of the step {finer:+.6f}"
    )
    spread = len({run.first(0) for run in runs})
    print(f"{'':12}{spread} different course(s) of search: the probe and what follows draw nothing at random")


def second(pieces: int, seeds: int, budget: int, asked: float) -> None:
    """Instance 2."""
    runs = [searched(pieces, budget, seed) for seed in range(seeds)]
    got = np.array([run.best[0].margin for run in runs])
    when = [1 + int(np.argmax(run.history[:, 0] <= asked)) for run in runs if run.best[0].margin <= asked]
    print(
        f"instance 2, {pieces} pieces, {budget} simulations: margin {got.min():.5f} to {got.max():.5f} on "
        f"{seeds} seeds; {len(when)} at or below {asked} (ratio {asked / got.max():.3f}), after "
        f"{min(when, default=0)} to {max(when, default=0)} simulations"
    )


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=10)
    seeds = asked.parse_args().seeds
    middle, random = (margins(points)[:, 0] for points in (np.full((1, 20), 0.5), _random(500, 20)))
    print(f"nominal margin {middle[0]:.4f} (reference 0.2063); least of 500 random {random.min():.3f}")
    first(140, seeds, 500)
    for pieces in (70, 100, 175):
        first(pieces, 1, 500)
    second(20, seeds, 1500, 0.0205)


def _random(n: int, d: int) -> np.ndarray:
    return np.random.Generator(np.random.Philox(1)).random((n, d))


if __name__ == "__main__":
    main()
