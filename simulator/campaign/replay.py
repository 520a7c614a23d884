"""Re-creates one replica of a results folder and holds it against what was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simulator.assess.measure import measure
from simulator.campaign.jobs import MAIN, Job, recorded
from simulator.campaign.work import Workshop
from simulator.core.errors import InputError, Problem
from simulator.core.traces import ArrayTraces
from simulator.record.layout import Layout
from simulator.record.reader import get_json, rows
from simulator.record.writer import sha256
from simulator.scenario.resolve import resolve_suite
from simulator.scenario.resolved import ResolvedSuite


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


def replay(layout: Layout, scenario: str, replica: int) -> Replay:
    """Run one replica again.

    Raises
    ------
    InputError
        When the input files are not those of the run, or there is no such scenario.
    """
    suite = same_input(layout)
    if scenario not in suite.scenarios:
        known = ", ".join(suite.scenarios)
        raise InputError(Problem(f"scenario '{scenario}'", f"one of {known}", file=str(layout.root)))
    shop = Workshop(suite)
    question = suite.scenarios[scenario]
    job = Job(scenario, MAIN, replica, 1, question.duration)
    traces = shop.traces(job, everything=True)
    names = recorded(suite, question, MAIN)
    judged = ArrayTraces(
        traces.period,
        {n: traces.signals[n] for n in names},
        {n: traces.data[n] for n in names},
        traces.complete,
    )
    digest = measure(judged, shop.yardsticks(question, judged), replica)["digest"][0]
    return Replay(traces, _identical(layout, scenario, replica, str(digest)))


def _identical(layout: Layout, scenario: str, replica: int, digest: str) -> bool | None:
    found = rows(layout, scenario, MAIN)
    if not found:
        return None
    mine = np.flatnonzero(found["replica"] == replica)
    return bool(found["digest"][mine[0]] == digest) if len(mine) else None


def same_input(layout: Layout) -> ResolvedSuite:
    """The suite of a results folder, read again from where it was, if nothing has changed."""
    start = get_json(layout.start)
    path = Path(start["suite_file"])
    suite = resolve_suite(path)
    now = {sha256(path) for path in suite.files}
    changed = sorted(name for name, digest in start["inputs"].items() if digest not in now)
    if changed:
        hint = f"the files of the run are kept in {layout.inputs}"
        got = f"files that have changed since the run: {', '.join(changed)}"
        raise InputError(Problem(got, "the files of the run", file=str(path), hint=hint))
    return suite
