"""Re-creates one replica of a results folder and holds it against what was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simulator.assess.measure import measure
from simulator.campaign.jobs import MAIN, Job, comparisons, recorded
from simulator.campaign.sweep import SWEEP, length, plants
from simulator.campaign.transport import IN_PROCESS, Link, opened
from simulator.campaign.work import Workshop
from simulator.core.errors import InputError, Interrupted, Problem
from simulator.core.traces import ArrayTraces
from simulator.record.layout import Layout
from simulator.record.reader import get_json, rows
from simulator.record.writer import sha256
from simulator.scenario.resolve import resolve_suite
from simulator.scenario.resolved import Foreign, ResolvedScenario, ResolvedSuite


@dataclass(frozen=True)
class Replay:
    """A replica run again.

    Attributes
    ----------
    traces : ArrayTraces
        Every signal, one replica.
    identical : bool or None
        Whether it equals the recorded run bit for bit; None when nothing was recorded.
    """

    traces: ArrayTraces
    identical: bool | None


def replay(layout: Layout, scenario: str, replica: int, variant: str = MAIN) -> Replay:
    """Run one replica again; `variant` is ``main``, a comparison, or a plant such as ``heat_transfer=0.8``.

    Raises
    ------
    InputError
        When the input files are not those of the run, there is no such scenario or variant, or its
        threats act on the connection of a controller that is not ours to start.
    Interrupted
        When the AI behind the wire did not answer in time, so that there is nothing to compare.
    """
    suite = same_input(layout)
    if scenario not in suite.scenarios:
        known = ", ".join(suite.scenarios)
        raise InputError(Problem(f"scenario '{scenario}'", f"one of {known}", file=str(layout.root)))
    question = suite.scenarios[scenario]
    job = _job(layout, suite, scenario, replica, variant)
    with opened(_link(layout, question)) as transport:
        shop = Workshop(suite, transport=transport)
        traces = shop.traces(job, everything=True)
        incidents = transport.told() if transport else ()
    if incidents:
        raise Interrupted(f"the wall clock entered, nothing can be compared: {'; '.join(incidents)}")
    names = recorded(suite, question, job.variant)
    judged = ArrayTraces(
        traces.period,
        {n: traces.signals[n] for n in names},
        {n: traces.data[n] for n in names},
        traces.complete,
    )
    digest = measure(judged, shop.yardsticks(question, judged, job.variant), replica)["digest"][0]
    return Replay(traces, _identical(layout, job, str(digest)))


def _link(layout: Layout, question: ResolvedScenario) -> Link:
    """Threats on connections need connections; whatever else ran over a wire is the same without."""
    if not question.spec.wired:
        return IN_PROCESS
    ran = get_json(layout.start).get("transport") or {}
    if ran.get("controller") == "external":
        got = f"{question.id}, whose threats act on the connection of an external controller"
        hint = (
            f"run it again with that controller: --transport tcp --controller external --only {question.id}"
        )
        wanted = "a question that can be run again without it"
        raise InputError(Problem(got, wanted, file=str(layout.root), hint=hint))
    return Link("tcp")


def _job(layout: Layout, suite: ResolvedSuite, scenario: str, replica: int, variant: str) -> Job:
    """The replica as a block of one."""
    question, study = suite.scenarios[scenario], suite.spec.robustness
    if variant in (MAIN, *comparisons(question)):
        return Job(scenario, variant, replica, 1, question.duration)
    if study and plants(study, f"{SWEEP}.{variant}"):
        return Job(scenario, f"{SWEEP}.{variant}", replica, 1, length(study, question))
    known = ", ".join((MAIN, *comparisons(question), *(one.text for one in plants(study, SWEEP) if study)))
    raise InputError(Problem(f"variant '{variant}'", f"one of {known}", file=str(layout.root)))


def _identical(layout: Layout, job: Job, digest: str) -> bool | None:
    kind, _, plant = job.variant.partition(".")
    found = rows(layout, job.scenario, kind)
    if not found:
        return None
    same = found["replica"] == job.first
    mine = np.flatnonzero(same & (found["variant"] == plant) if plant else same)
    return bool(found["digest"][mine[0]] == digest) if len(mine) else None


def same_input(layout: Layout) -> ResolvedSuite:
    """The suite of a results folder, read again from where it was, if nothing has changed."""
    start = get_json(layout.start)
    path = Path(start["suite_file"])
    given = {name: Path(about["file"]) for name, about in (start.get("foreign") or {}).items()}
    suite = resolve_suite(path, foreign=Foreign(**given) if given else None)
    now = {sha256(path) for path in suite.files}
    changed = sorted(name for name, digest in start["inputs"].items() if digest not in now)
    if changed:
        hint = f"the files of the run are kept in {layout.inputs}"
        got = f"files that have changed since the run: {', '.join(changed)}"
        raise InputError(Problem(got, "the files of the run", file=str(path), hint=hint))
    return suite
