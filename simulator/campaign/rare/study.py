"""A whole study: refuse, plan, climb in repeats side by side, judge, and leave a folder that stands alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from simulator.assess.rare import judge
from simulator.campaign.experiment import Experiment
from simulator.campaign.folder import begin, digests_of, end
from simulator.campaign.lab import Lab
from simulator.campaign.rare.draws import Draws
from simulator.campaign.rare.kept import keep, nearest_failure, repeat_data
from simulator.campaign.rare.levels import Climb
from simulator.campaign.rare.limit_state import LimitState, asked
from simulator.campaign.rare.options import Options, afford, plan_of
from simulator.campaign.rare.subset import climb, together
from simulator.campaign.transport import IN_PROCESS
from simulator.campaign.wiring import refuse_unwired
from simulator.record.layout import Layout
from simulator.scenario.resolved import ResolvedSuite

KIND = "rare"
Progress = Callable[[str, int, int], None]


def run_rare(suite: ResolvedSuite, options: Options, progress: Progress) -> tuple[Layout, dict[str, Any]]:
    """Run a study and judge it.

    Returns
    -------
    Layout, dict
        The folder and its ``rare.json``.

    Raises
    ------
    InputError
        When there is nothing to climb, the budget is too small, or the folder cannot be made.
    WorkerLost
        When a worker process dies.
    """
    refuse_unwired(suite, (options.scenario,), IN_PROCESS)
    started, digests = time.monotonic(), digests_of(suite)
    with Lab(suite, options.workers, options.block) as lab:
        experiment = asked(lab, options.scenario, options.requirement)
        told = plan_of(experiment, options)
        afford(suite, options, told["at_most"])
        layout = begin(suite, options.results, digests, {"plan": told}, KIND)
        state = LimitState(lab, experiment, options.requirement)
        climbs = climbed(state, options, suite.spec.seed, progress)
    outcome = told | judged(experiment, climbs, told)
    nearest = nearest_failure(climbs)
    if nearest:
        outcome["counterexample"] = keep(layout, experiment, options, nearest)
    spent = {"runs": outcome["simulations"], "wall_s": round(time.monotonic() - started, 1)}
    end(layout, KIND, outcome, spent)
    return layout, outcome


def climbed(state: LimitState, options: Options, seed: int, progress: Progress) -> list[Climb]:
    """All repeats, side by side; `progress` is told runs done, and the most there may be."""
    axes, plan = len(state.experiment.space), options.plan
    repeats = together([climb(axes, plan, Draws(seed, k)) for k in range(options.repeats)])
    question, done, total = next(repeats), 0, plan.most * options.repeats
    while True:
        progress(f"{options.repeats} repeats, {done} runs", done, total)
        margin = state(*question)
        done += len(margin)
        try:
            question = repeats.send(margin)
        except StopIteration as stop:
            found: list[Climb] = stop.value
            return found


def judged(experiment: Experiment, climbs: list[Climb], told: dict[str, Any]) -> dict[str, Any]:
    """Verdict, figures, and the levels of each repeat; plain data."""
    repeats = [repeat_data(one) for one in climbs]
    names = [axis.name for axis in experiment.space.axes]
    return judge(repeats, names, told["at_most"], told["confidence"]) | {"each": repeats}
