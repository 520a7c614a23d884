"""How fast lock step over Modbus TCP is, with the AI host in a process of its own.

One cycle: a question published, the held-back read answered, the policy computed, one write taken, and
everything else of the PLC. Wall time, the best of several rounds; in process for comparison.
"""

from __future__ import annotations

import time
from pathlib import Path

from simulator.campaign.jobs import MAIN, Job
from simulator.campaign.transport import Link, Transport
from simulator.campaign.work import Workshop
from simulator.core.clock import SECOND
from simulator.scenario.resolve import resolve_suite

SUITE = Path(__file__).parents[1] / "scenarios/suites/cstr_predeployment.yaml"
ROUNDS = 5
BEGUN, CYCLES = 300, 3000
QUESTIONS = {"MDL-008": 200, "NET-003": 1000}
"""Question and cycle of its AI [ms]: ROUT has one tick a cycle, RCAS five."""


def rate(shop: Workshop, key: str, cycle: int) -> float:
    """Cycles per second of one replica, without what a run costs before its first cycle."""
    # the best wall of each length by itself: the best of the differences would be the noisiest one
    short, long = (
        min(_wall(shop, key, cycles * cycle) for _ in range(ROUNDS)) for cycles in (BEGUN, BEGUN + CYCLES)
    )
    return CYCLES / (long - short)


def _wall(shop: Workshop, key: str, length: int) -> float:
    start = time.perf_counter()
    shop.traces(Job(key, MAIN, 0, 1, length))
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    suite = resolve_suite(SUITE)
    called = Workshop(suite)
    with Transport(Link("tcp")) as transport:
        wired = Workshop(suite, transport=transport)
        for key, cycle in QUESTIONS.items():
            called.traces(Job(key, MAIN, 0, 1, 10 * SECOND))
            over, inside = rate(wired, key, cycle), rate(called, key, cycle)
            ticks = cycle // suite.plant.spec.scan.base
            print(f"{key}, {ticks} ticks a cycle: {over:7.0f} cycles/s over TCP (at least 1000), "
                  f"{inside:7.0f} in process")  # fmt: skip


if __name__ == "__main__":
    main()
