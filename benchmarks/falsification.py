"""Simulations until a requirement on a reactor is violated, beside psy-taliro's searches.

A textbook reactor under a PID (`reactor_loop.py`): six pieces of sensor bias and three of feed
temperature. The medium limit is exceeded by 45 of 50,000 random points (p = 9e-4), the hard one by
none: it lies half as far again beyond the highest of them, or 95 % of the way from there to the highest of
all 512 corners, whichever is more. Once on one plant with many seeds, once on as
many plants, each with limits of its own, since corners come in almost the same order whatever the seed.
"""

from __future__ import annotations

import argparse
import itertools
from dataclasses import replace

import numpy as np
from contest import RANDOM, Task, contest, random_heights, verdict

RARE = 45
"""So many of the random points exceed the medium limit."""
RANGES = {"wall": (4.5e4, 5.5e4), "gain": (3.0, 5.0), "integral": (0.5, 1.0), "rate": (0.02, 0.05)}


def limits(task: Task) -> tuple[Task, Task]:
    """The task with the medium and with the hard limit."""
    heights = random_heights(task)
    medium, highest = float(heights[-RARE - 1]), float(heights[-1])
    corner = float(task.heights(np.array(list(itertools.product((0.0, 1.0), repeat=task.d)))).max())
    hard = highest + max(0.5 * (highest - medium), 0.95 * (corner - highest))
    return replace(task, limit=medium), replace(task, limit=hard)


def plants(n: int) -> list[Task]:
    """The first has the default parameters, the others random ones."""
    drawn = np.random.Generator(np.random.Philox(20)).random((n, len(RANGES)))
    others = [
        {name: low + (high - low) * u for (name, (low, high)), u in zip(RANGES.items(), row, strict=True)}
        for row in drawn
    ]
    return [Task("reactor_loop", parameters, (6, 3)) for parameters in ({}, *others)]


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=20)
    asked.add_argument("--peers", metavar="PYTHON", help="of an environment with psy-taliro 3.2.0 and numba")
    given = asked.parse_args()
    both = [limits(task) for task in plants(given.seeds)]
    print(
        f"default plant: medium limit {both[0][0].limit:.3f} K, {RARE} of {RANDOM} random points exceed it;"
    )
    print(f"{'':15}hard limit {both[0][1].limit:.3f} K, none does")
    seeds = list(range(given.seeds))
    for name, tasks in (
        ("one plant", [both[0]] * given.seeds),
        (f"{given.seeds} other plants", both[1:]),
    ):
        medium = contest(f"medium, {name}", [one[0] for one in tasks], seeds, given.peers)
        verdict("medium", medium, given.seeds, 50)
        hard = contest(f"hard, {name}", [one[1] for one in tasks], seeds, given.peers)
        verdict("hard", hard, -(-given.seeds * 9 // 10))


if __name__ == "__main__":
    main()
