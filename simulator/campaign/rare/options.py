"""What a study is asked, the plan that is hashed before its first run, and what it must be able to afford."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.assess.statistics import upper_bound
from simulator.campaign.experiment import Experiment
from simulator.campaign.rare.levels import Plan
from simulator.campaign.rare.population import RENEWED
from simulator.core.errors import InputError, Problem
from simulator.scenario.plain import plain
from simulator.scenario.resolved import ResolvedSuite

LEAST_LEVEL = 100
"""States of a level below which ten chains would carry it all."""


@dataclass(frozen=True)
class Options:
    """What is asked, and how much may be spent on it.

    Attributes
    ----------
    scenario, requirement : str
        The question and one of its formulas.
    repeats : int
        Independent repeats, each with streams and noises of its own.
    plan : Plan
        Sizes of each.
    at_most : float or None
        The claim; what the criteria's plan of the requirement would prove when None.
    results : Path
        Folder of all results.
    workers, block : int
        Processes, and replicas that run together.
    """

    scenario: str
    requirement: str
    repeats: int
    plan: Plan
    at_most: float | None
    results: Path
    workers: int = 1
    block: int = 1024


def plan_of(experiment: Experiment, options: Options) -> dict[str, Any]:
    """What is hashed before the first run."""
    suite, question, plan = experiment.shop.suite, experiment.question, options.plan
    wanted = question.plans[options.requirement]
    confidence = suite.criteria.confidence
    proven = upper_bound(wanted.failures_allowed, wanted.replicas, confidence)
    return {
        "method": "subset simulation, conditional sampling",
        "scenario": options.scenario, "requirement": options.requirement,
        "unit": question.formulas[options.requirement].margin_unit,
        "axes": {axis.name: str(plain(axis.source)) for axis in experiment.space.axes},
        "noise": f"part of the state, renewed in {100 * RENEWED:g} % of the candidates",
        "seed": suite.spec.seed, "repeats": options.repeats, "per_level": plan.per_level,
        "most_per_repeat": plan.most, "share": plan.share, "confidence": confidence,
        "at_most": proven if options.at_most is None else options.at_most,
        "claim": "the criteria's plan" if options.at_most is None else "given",
    }  # fmt: skip


def afford(suite: ResolvedSuite, options: Options, at_most: float) -> None:
    """Refuse a budget with which the claim cannot be reached."""
    plan, file, problems = options.plan, str(suite.file), []
    if plan.per_level < LEAST_LEVEL or plan.per_level % 10:
        wanted = f"a multiple of 10, at least {LEAST_LEVEL}"
        problems.append(Problem(f"{plan.per_level} runs a level", wanted, file))
    elif plan.levels < 2:
        wanted = f"at least {2 * plan.per_level - plan.survivors}, for a second level"
        got = f"{plan.most} simulations a repeat with {plan.per_level} a level"
        problems.append(Problem(got, wanted, file, hint="with one level it is direct Monte-Carlo"))
    elif plan.reach > at_most:
        got = f"{plan.most} simulations a repeat, {plan.levels} levels, down to about {plan.reach:.1g}"
        wanted = f"levels down to the claim of {at_most:.1g}"
        problems.append(Problem(got, wanted, file, hint="give more with --max, or fewer with --per-level"))
    if problems:
        raise InputError(*problems)
