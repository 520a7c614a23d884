"""The steam condenser of the falsification competition: how many simulations until it is violated.

Instance 1 lets the steam flow be any piecewise-continuous course: it is searched as 140 equal pieces of
0.25 s with ten seeds and, because the probe and what follows it hardly hang on the seed, as 100 to 190.
Instance 2 has 20 pieces; nobody has violated it, so the margin counts. Every least margin of instance 1
is simulated again at a fifth of the step.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np
from steam_condenser import margins

from simulator.campaign.search import Pattern, Searched, search

STEP = 0.0125
FINE = STEP / 5.0


def searched(pieces: int, budget: int, seed: int) -> Searched:
    """Search a steam flow of so many equal pieces over the run."""
    return search(margins, pieces, 1, budget, seed, [Pattern(tuple(range(pieces)))])


def first(lengths: Sequence[int], asked: int) -> None:
    """Instance 1: a run for each number of pieces, each with a seed of its own."""
    runs = [searched(pieces, asked, seed) for seed, pieces in enumerate(lengths)]
    counts = [1 + run.first(0) for run in runs]
    found = [n for n in counts if n]
    finer = [float(margins(run.best[0].point[None], FINE)[0, 0]) for run in runs]
    told = f"{lengths[0]}" if len(set(lengths)) == 1 else f"{lengths[0]} to {lengths[-1]}"
    print(
        f"instance 1, {told} pieces, {asked} simulations: violated by {len(found)} of {len(runs)} searches, "
        f"after {min(found, default=0)} to {max(found, default=0)} simulations (ratio "
        f"{asked / max(found, default=np.inf):.2f}); worst margin "
        f"{max(run.best[0].margin for run in runs):+.6f} kPa, at a fifth of the step {max(finer):+.6f}"
    )


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
    first([140] * seeds, 500)
    first(range(100, 200, 10), 500)
    second(20, seeds, 1500, 0.0205)


def _random(n: int, d: int) -> np.ndarray:
    return np.random.Generator(np.random.Philox(1)).random((n, d))


if __name__ == "__main__":
    main()
