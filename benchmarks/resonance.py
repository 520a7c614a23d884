"""Simulations until a loop that rings is driven over its limit, beside psy-taliro's searches.

Lightly damped loops (`ringing_loop.py`) whose period and damping the seed draws. The limit is nine
tenths of the highest level that any course within the bounds can reach, which is known exactly. Constant
disturbances and 50,000 random courses stay below it.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np
from contest import RANDOM, Task, contest, random_heights, verdict
from ringing_loop import PIECES, Ringing

SHARE = 0.9
RANGES = {"period": (3.0, 10.0), "damping": (0.02, 0.08)}


def loops(n: int) -> list[Task]:
    """Tasks on loops drawn at random."""
    drawn = np.random.Generator(np.random.Philox(21)).random((n, len(RANGES)))
    found = []
    for row in drawn:
        ends = zip(RANGES.items(), row, strict=True)
        parameters = {name: low + (high - low) * u for (name, (low, high)), u in ends}
        task = Task("ringing_loop", parameters, (PIECES,))
        found.append(replace(task, limit=SHARE * Ringing(**parameters).worst()))
    return found


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=10)
    asked.add_argument("--peers", metavar="PYTHON", help="of an environment with psy-taliro 3.2.0 and numba")
    given = asked.parse_args()
    tasks = loops(given.seeds)
    constant = np.array([[0.0] * PIECES, [1.0] * PIECES])
    print(
        f"{'period':>7}{'damping':>9}{'limit':>8}{'constant':>10}{'random':>8}  (highest of {RANDOM} courses)"
    )
    for task in tasks:
        highest, held = random_heights(task)[-1], task.heights(constant).max()
        print(
            f"{task.parameters['period']:7.2f}{task.parameters['damping']:9.3f}{task.limit:8.2f}{held:10.2f}"
            f"{highest:8.2f}"
        )
        if max(highest, held) > task.limit:
            raise SystemExit("a constant or random course violates: this is no benchmark of resonance")
    counts = contest("resonance", tasks, list(range(given.seeds)), given.peers)
    verdict("resonance", counts, -(-given.seeds * 9 // 10))


if __name__ == "__main__":
    main()
