"""A whole suite: prepare the folder, run every job, judge, and leave a record that stands alone."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256 as sha256_of
from importlib.metadata import version
from pathlib import Path
from typing import Any

from simulator.campaign.adequacy import adequacy
from simulator.campaign.controls import controls, unchallenged
from simulator.campaign.execute import execute
from simulator.campaign.jobs import Job, plan
from simulator.campaign.sweep import SWEEP, study_data
from simulator.campaign.transport import IN_PROCESS, Link, opened
from simulator.campaign.wiring import refuse_unwired
from simulator.campaign.work import Done, Workshop
from simulator.core.clock import SECOND, show
from simulator.core.errors import InputError, Interrupted, Problem
from simulator.core.kernel import PRODUCT, source_digest
from simulator.record.layout import Layout, create
from simulator.record.writer import copy_inputs, put_json, put_manifest, sha256
from simulator.report.judged import assess
from simulator.scenario.checks.suite import LAYERS
from simulator.scenario.plain import suite_data
from simulator.scenario.resolved import Foreign, ResolvedSuite

LIBRARIES = ("simpy", "numpy", "numba", "llvmlite", "onnxruntime", "pymodbus", "pydantic", "ruamel.yaml")


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
    digests = {path: sha256(path) for path in suite.files}
    _room(suite, options.results)
    layout = create(options.results, suite.spec.suite, _digest(digests))
    _start(layout, suite, options, digests)
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


def _room(suite: ResolvedSuite, results: Path) -> None:
    """Refuse to begin what the disk cannot hold."""
    there = next(folder for folder in (results, *results.absolute().parents) if folder.is_dir())
    free, wanted = shutil.disk_usage(there).free, suite.spec.budget.disk
    if free < wanted:
        got = f"{free / 1e6:.0f} MB free"
        raise InputError(Problem(got, f"the {wanted / 1e6:.0f} MB of the suite's budget.disk", str(there)))


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
    put_json(layout.adequacy, dict(_studies(suite)))
    if suite.spec.robustness:
        put_json(
            layout.robustness,
            study_data(suite, {d.job.scenario: d.columns for d in done if d.job.variant == SWEEP}),
        )


def _studies(suite: ResolvedSuite) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every safety limit of every plant, by plant, and by limit where a plant has several."""
    for key, plant in suite.plants.items():
        physics = plant.physics.owner(**plant.parameters)
        for k, study in enumerate(adequacy(plant.spec, physics)):
            yield (f"{key} {study['limit']}" if k else key), study


def _digest(digests: dict[Path, str]) -> str:
    return sha256_of(",".join(digests.values()).encode()).hexdigest()


def _start(layout: Layout, suite: ResolvedSuite, options: Options, digests: dict[Path, str]) -> None:
    copied = copy_inputs(layout, suite.files)
    put_json(layout.resolved, suite_data(suite))
    put_json(
        layout.start,
        {
            "format": 1,
            "suite": suite.spec.suite,
            "suite_file": str(suite.file),
            "seed": suite.spec.seed,
            "inputs": copied,
            "digest": _digest(digests),
            **_foreign(suite.foreign),
            "exploratory": options.replicas is not None or bool(options.only),
            "replicas": options.replicas,
            "only": list(options.only),
            "workers": options.workers,
            "transport": options.link.told(),
            "plantproof": version("plantproof"),
            "code": source_digest(PRODUCT),
            "commit": _commit(),
            "python": sys.version.split()[0],
            "libraries": {name: version(name) for name in LIBRARIES},
            "machine": {
                "system": platform.system(),
                "processor": platform.machine(),
                "cores": os.cpu_count(),
            },
            "vector_mathematics": "own elementary functions; vendor vector mathematics off",
        },
    )


def _foreign(given: Foreign | None) -> dict[str, Any]:
    """Which policy took the place of the plants' own, if one did."""
    files = {"policy": given.policy, "io": given.io} if given else {}
    told = {name: {"file": str(file.resolve()), "sha256": sha256(file)} for name, file in files.items()}
    return {"foreign": told} if told else {}


def _commit() -> dict[str, Any]:
    """Commit of the working tree the product runs from; empty when it is installed."""
    head, state = _git("rev-parse", "HEAD"), _git("status", "--porcelain")
    return {"id": head, "dirty": bool(state)} if head else {}


def _git(*words: str) -> str:
    command = ["git", "-C", str(PRODUCT.parent), *words]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""
