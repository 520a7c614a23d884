"""What is asked of an envelope, and whether it can be: everything that is wrong at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from simulator.campaign.envelope.plane import Others, Plane, plane
from simulator.campaign.envelope.verdicts import Measured, measured
from simulator.campaign.experiment import Experiment
from simulator.campaign.work import Workshop
from simulator.core.errors import InputError, Problem
from simulator.scenario.hints import did_you_mean, shown
from simulator.scenario.resolved import ResolvedScenario, ResolvedSuite


@dataclass(frozen=True)
class Options:
    """What is asked for.

    Attributes
    ----------
    scenario, x, y : str
        The question and its two axes.
    requirement : str or None
        What a point is held to; the first that protects a safety limit when None.
    budget : int
        Most points of each build.
    replicas : int
        Noises of each point, of which the worst counts.
    coarse, finest : int
        Cells along an axis, at first and at most.
    others : str
        What every other axis is: at its ``middle``, or ``drawn``.
    sizes, repeats : int
        Steps and noises of a robustness curve.
    results : Path
        Folder of all results.
    workers : int
        Processes.
    """

    scenario: str
    x: str
    y: str
    requirement: str | None = None
    budget: int = 1500
    replicas: int = 8
    coarse: int = 8
    finest: int = 128
    others: Others = "middle"
    sizes: int = 33
    repeats: int = 16
    results: Path = Path("results")
    workers: int = 1


def asked(suite: ResolvedSuite, options: Options) -> tuple[Plane, Measured]:
    """The plane that is asked for, and what its points are held to.

    Raises
    ------
    InputError
        With everything that is wrong with question, sizes, requirement and axes.
    """
    if options.scenario not in suite.scenarios:
        hint = did_you_mean(options.scenario, suite.scenarios)
        got = shown(options.scenario)
        raise InputError(Problem(got, "a question of the suite", str(suite.file), hint=hint))
    one = Experiment(Workshop(suite), options.scenario)
    problems = [*_sizes(options), *_wired(one.question)]
    sticks = _tried(problems, lambda: measured(one, options.requirement))
    flat = _tried(problems, lambda: plane(one, (options.x, options.y), options.others))
    if problems:
        raise InputError(*problems)
    narrow = replace(flat.asked, requirements=(sticks.requirement,), timed=True)
    return replace(flat, asked=narrow), sticks


def _tried(problems: list[Problem], make: Callable[[], Any]) -> Any:
    try:
        return make()
    except InputError as error:
        problems += error.problems
        return None


def _sizes(options: Options) -> Iterator[Problem]:
    least, ratio = (options.coarse + 1) ** 2, options.finest // options.coarse
    if options.budget < least:
        hint = "raise --budget, or take a smaller --grid"
        got = f"a budget of {options.budget} points"
        yield Problem(got, f"at least {least}: the corners of a grid of {options.coarse}", hint=hint)
    if options.finest != ratio * options.coarse or ratio & (ratio - 1) or not ratio:
        wanted = f"{options.coarse} (--grid) times 1, 2, 4, 8 ..."
        yield Problem(f"--finest {options.finest}", wanted, hint="a cell is cut in halves")


def _wired(question: ResolvedScenario) -> Iterator[Problem]:
    if question.spec.wired:
        got = f"{question.id}, whose threats act on connections"
        hint = "an envelope calls its AI in process"
        yield Problem(got, "a question without a network", str(question.file), hint=hint)
