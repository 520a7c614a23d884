"""``plantproof envelope``: where in the plane of two numbers safe ends, for three builds on one noise."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from simulator.campaign.adequacy import studies
from simulator.campaign.envelope.asked import Options, asked
from simulator.campaign.envelope.builds import Build, builds
from simulator.campaign.envelope.curve import Curve, curves, drawn
from simulator.campaign.envelope.orbits import keep
from simulator.campaign.envelope.outcome import outcome, stopped
from simulator.campaign.envelope.plane import Plane
from simulator.campaign.envelope.quadtree import Quadtree
from simulator.campaign.envelope.survey import Survey, rounds
from simulator.campaign.envelope.verdicts import UNSAFE
from simulator.campaign.execute import WorkerLost
from simulator.campaign.folder import begin, digests_of, end
from simulator.campaign.lab import Lab
from simulator.core.clock import SECOND, Tick, show
from simulator.core.errors import Interrupted
from simulator.record.layout import Layout
from simulator.record.writer import put_json
from simulator.scenario.resolved import ResolvedSuite

KIND = "envelope"
Progress = Callable[[str, int, int], None]
"""Told what has been done: a text, runs so far, runs at most."""


def envelope(suite: ResolvedSuite, options: Options, progress: Progress) -> tuple[Layout, dict[str, Any]]:
    """Survey the plane for every build, run the curves, and leave a folder that stands alone.

    Parameters
    ----------
    suite : ResolvedSuite
        The suite.
    options : Options
        What is asked for.
    progress : callable
        Told after every round.

    Returns
    -------
    Layout, dict
        The folder, and its ``envelope.json``.

    Raises
    ------
    InputError
        With what is wrong with the question, the axes, the requirement or the sizes.
    Interrupted
        When the suite's budget of time is used up; what was computed is kept.
    WorkerLost
        When a worker process dies.
    """
    flat, sticks = asked(suite, options)
    made = list(builds(flat.asked))
    along = curves(flat, options.sizes, options.repeats)
    told = {"plan": _plan(options, flat, made, along), "only": [options.scenario], "workers": options.workers}
    layout = begin(suite, options.results, digests_of(suite), told, KIND)
    surveys = [
        Survey(
            flat,
            build,
            sticks,
            Quadtree(options.coarse, options.finest, UNSAFE),
            options.replicas,
            options.budget,
        )
        for build in made
    ]
    most = len(made) * (options.budget * options.replicas + len(along) * options.sizes * options.repeats)
    clock = _Clock(suite.spec.budget.wall, progress, most)
    try:
        with Lab(suite, options.workers) as lab:
            for runs in drawn(along, made, sticks, lab, layout):
                clock.tell("attack size", runs)
            for runs in rounds(surveys, lab, layout, options.scenario):
                clock.tell("along the boundary", runs)
    except (Interrupted, KeyboardInterrupt, WorkerLost):
        stopped(layout, surveys, along)
        raise
    progress("initiating events", clock.runs, clock.runs)
    put_json(layout.adequacy, dict(studies({flat.asked.question.plant.key: flat.asked.question.plant})))
    found = outcome(layout, surveys, along) | {"orbits": keep(layout, surveys[-1])}
    ran = {"points": sum(len(one.points) for one in surveys), "runs": clock.runs, "incidents": []}
    end(layout, KIND, found, ran)
    return layout, found


class _Clock:
    """Counts runs, tells progress, and ends what takes longer than the suite allows."""

    def __init__(self, wall: Tick, progress: Progress, most: int) -> None:
        self.wall, self.progress, self.most, self.runs = wall, progress, most, 0
        self.ends = time.monotonic() + wall / SECOND

    def tell(self, text: str, runs: int) -> None:
        """So many runs more."""
        self.runs += runs
        self.progress(text, self.runs, self.most)
        if time.monotonic() > self.ends:
            raise Interrupted(f"the suite's budget of {show(self.wall)} is used up")


def _plan(options: Options, flat: Plane, made: list[Build], along: list[Curve]) -> dict[str, Any]:
    """What will be done, hashed before the first run."""
    return {
        "scenario": options.scenario,
        "requirement": flat.asked.requirements[0],
        "axes": flat.told(),
        "beside": flat.beside(),
        "builds": {build.key: list(build.removed) for build in made},
        "curves": [curve.about() for curve in along],
        **{name: getattr(options, name) for name in ("budget", "replicas", "coarse", "finest", "others")},
    }
