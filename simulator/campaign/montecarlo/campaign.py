"""A campaign from its plan to its outcome, and one that was broken off, from where it stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.campaign.folder import begin, digests_of, end
from simulator.campaign.jobs import Job
from simulator.campaign.montecarlo.outcome import outcome_of
from simulator.campaign.montecarlo.parts import Parts
from simulator.campaign.montecarlo.plan import Piece, Plan, draw_up
from simulator.campaign.montecarlo.pool import Done, local
from simulator.campaign.montecarlo.remote import order_of
from simulator.campaign.transport import IN_PROCESS
from simulator.campaign.wiring import refuse_unwired
from simulator.campaign.work import Workshop
from simulator.core.clock import SECOND
from simulator.record.layout import Layout
from simulator.scenario.resolved import ResolvedSuite

KIND = "campaign"
Progress = Callable[[str, int, int], None]
"""Told what has been done: a text, work so far, work in all."""


@dataclass(frozen=True)
class Hands:
    """Who works.

    Attributes
    ----------
    workers : int
        Processes of this machine.
    cluster : str
        Address of a scheduler whose workers work instead; empty for none.
    """

    workers: int = 1
    cluster: str = ""


@dataclass(frozen=True)
class Options:
    """What to run.

    Attributes
    ----------
    results : Path
        Folder of all results.
    runs : dict of str to int
        Replicas by question.
    without : bool
        Whether each question is also put to the fallback alone.
    block : int or None
        Most replicas that run together.
    plant_years : float or None
        What the quiet questions come to together.
    """

    results: Path
    runs: dict[str, int]
    without: bool = False
    block: int | None = None
    plant_years: float | None = None


def ready(suite: ResolvedSuite, hands: Hands) -> None:
    """Refuse a cluster before anything is made for it.

    Raises
    ------
    InputError
        When it is away, has no worker, or runs another version.
    """
    if hands.cluster:
        from simulator.campaign.cluster import reach

        reach(hands.cluster, order_of(suite, digests_of(suite)))


def start(suite: ResolvedSuite, options: Options) -> tuple[Layout, Plan]:
    """Draw up the plan, hash it, and make the folder.

    Raises
    ------
    InputError
        When a question is about connections, or the folder cannot be made.
    """
    refuse_unwired(suite, tuple(options.runs), IN_PROCESS)
    plan = draw_up(Workshop(suite), options.runs, options.without, options.block, options.plant_years)
    return begin(suite, options.results, digests_of(suite), {"plan": plan.data}, KIND), plan


def carry_on(
    suite: ResolvedSuite, layout: Layout, plan: Plan, hands: Hands, progress: Progress
) -> dict[str, Any]:
    """Run every block that is missing, count, and close the folder.

    Returns
    -------
    dict
        ``campaign.json``.

    Raises
    ------
    InputError
        When an input file has changed, or the cluster is away or another version.
    Interrupted
        When the disk is full or the cluster lost; what was computed is kept.
    WorkerLost
        When a worker process dies.
    """
    shop, parts = Workshop(suite), Parts(layout)
    missing = parts.missing(plan)
    if not hands.cluster:  # whose workers compile for themselves
        progress("compiling kernels, once", 0, 1)
        warm(shop, plan)
    total, done, runs, began = sum(piece.weight for piece in missing), 0, 0, time.monotonic()
    for piece, rows in _hands(shop, missing, hands):
        parts.put(piece, rows)
        done, runs = done + piece.weight, runs + piece.n
        pace = runs / max(time.monotonic() - began, 1e-3)
        progress(f"{piece.asked.name}  {pace:,.0f} runs/s", done, total)
    progress("counting", 1, 1)
    outcome = outcome_of(suite, plan, parts)
    # one that was counted before the disk was full, and the folder not closed
    (layout.root / f"{KIND}.json").unlink(missing_ok=True)
    ran = {"blocks": len(list(plan.pieces())), "runs": sum(one.runs for one in plan.asked)}
    end(layout, KIND, outcome, ran)
    return outcome


def _hands(shop: Workshop, missing: Sequence[Piece], hands: Hands) -> Iterator[Done]:
    digests = digests_of(shop.suite)
    if not missing:
        return
    if not hands.cluster:
        yield from local(shop, missing, min(hands.workers, len(missing)), digests)
        return
    from simulator.campaign.cluster import spread

    yield from spread(hands.cluster, order_of(shop.suite, digests), missing)


def warm(shop: Workshop, plan: Plan) -> None:
    """Compile every kernel in this process, so that workers find them in the cache."""
    for asked in plan.asked:
        scan = shop.suite.scenarios[asked.scenario].plant.spec.scan
        shop.traces(Job(asked.scenario, asked.variant, 0, 2, 2 * max(scan.ai, SECOND)))
