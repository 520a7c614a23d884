"""A whole suite: prepare the folder, run every job, judge, and leave a record that stands alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.campaign.adequacy import studies
from simulator.campaign.controls import controls, unchallenged
from simulator.campaign.execute import execute
from simulator.campaign.folder import begin, digests_of
from simulator.campaign.jobs import Job, plan
from simulator.campaign.sweep import SWEEP, study_data
from simulator.campaign.transport import IN_PROCESS, Link, opened
from simulator.campaign.wiring import refuse_unwired
from simulator.campaign.work import Done, Workshop
from simulator.core.clock import SECOND, show
from simulator.core.errors import Interrupted
from simulator.record.layout import Layout
from simulator.record.writer import put_json, put_manifest
from simulator.report.judged import assess
from simulator.scenario.checks.suite import LAYERS
from simulator.scenario.resolved import ResolvedSuite


@dataclass(frozen=True)
class Options:
    """How to run a suite.

    Attributes
    ----------
    results : Path
        Folder of all results.
    workers : int
        Processes.
    replicas : int or None
        Replaces every sample size: exploratory, never signable.
    only : tuple of str
        Scenarios; empty for all.
    link : Link
        How the AI is reached.
    """

    results: Path
    workers: int
    replicas: int | None = None
    only: tuple[str, ...] = ()
    link: Link = IN_PROCESS


Progress = Callable[[str, int, int], None]
"""Told what has been done: a text, ticks so far, ticks in all."""


def run_suite(suite: ResolvedSuite, options: Options, progress: Progress) -> tuple[Layout, dict[str, Any]]:
    """Run and judge a suite.

    Returns
    -------
    Layout, dict
        The results folder and its ``verdicts.json``.

    Raises
    ------
    InputError
        When the results folder cannot be written, or a policy is refused.
    WorkerLost
        When a worker process dies; what was computed is kept.
    """
    refuse_unwired(suite, options.only, options.link)
    digests = digests_of(suite)
    layout = begin(suite, options.results, digests, _told(options))
    jobs = plan(suite, options.replicas, options.only)
    progress("compiling kernels, once", 0, 1)
    warm(Workshop(suite, layout))
    with opened(options.link) as transport:
        done = _run(Workshop(suite, layout, transport), jobs, options, digests, progress)
    progress("initiating events", 1, 1)
    _after(layout, suite, done, options.link.kind == "tcp")
    incidents = [text for d in done for text in d.incidents]
    ran = {"format": 1, "jobs": len(done), "ticks": sum(d.ticks for d in done), "incidents": incidents}
    put_json(layout.stop, ran)
    put_manifest(layout)
    return layout, assess(layout)


def _run(
    workshop: Workshop, jobs: list[Job], options: Options, digests: dict[Path, str], progress: Progress
) -> list[Done]:
    total, so_far, done = sum(job.weight for job in jobs), 0, []
    ends = time.monotonic() + workshop.suite.spec.budget.wall / SECOND
    for one in execute(workshop, jobs, options.workers, digests):
        done.append(one)
        if time.monotonic() > ends and len(done) < len(jobs):
            raise Interrupted(f"the suite's budget of {show(workshop.suite.spec.budget.wall)} is used up")
        so_far += one.job.weight
        progress(f"{one.job.scenario} {one.job.variant}", so_far, total)
    return done


def warm(workshop: Workshop) -> None:
    """Compile every kernel in this process, so that workers find them in the cache."""
    for key, scenario in workshop.suite.scenarios.items():
        workshop.traces(Job(key, "main", 0, 2, 2 * max(scenario.plant.spec.scan.ai, SECOND)))


def _after(layout: Layout, suite: ResolvedSuite, done: list[Done], wired: bool) -> None:
    sifs = {sif for plant in suite.plants.values() for sif in plant.spec.sifs}
    names = dict.fromkeys((*LAYERS, *sorted(sifs)), "")
    put_json(layout.controls, controls(suite, done, wired) | {"unchallenged": unchallenged(suite, names)})
    put_json(layout.adequacy, dict(studies(suite.plants)))
    if suite.spec.robustness:
        put_json(
            layout.robustness,
            study_data(suite, {d.job.scenario: d.columns for d in done if d.job.variant == SWEEP}),
        )


def _told(options: Options) -> dict[str, Any]:
    return {
        "exploratory": options.replicas is not None or bool(options.only),
        "replicas": options.replicas,
        "only": list(options.only),
        "workers": options.workers,
        "transport": options.link.told(),
    }
