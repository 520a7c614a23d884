"""The control of a search: on builds without layers it must find harm, or its silence proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.campaign.falsify.aims import STATES, Aim
from simulator.campaign.falsify.trials import Trials
from simulator.campaign.search import Pattern, search
from simulator.core.errors import InputError, Problem
from simulator.scenario.checks.suite import LAYERS
from simulator.scenario.hints import did_you_mean
from simulator.scenario.resolved import ResolvedScenario

GATES = (
    ("output_guard",),
    ("novelty",),
    ("output_guard", "novelty"),
    ("output_guard", "novelty", "final_clamp"),
)
"""What stands between an AI and the plant: what refuses, what sheds, both, and what limits at last."""
NO_CONTROL = "none"
SHARE = 3
"""A build has this part of the search's budget: harm that is not found in it is not shown to be findable."""


@dataclass(frozen=True)
class Control:
    """What the search found on one build without some layers.

    Attributes
    ----------
    removed : tuple of str
        The layers that were taken away.
    simulations : int
        How many it took.
    first : mapping of str to int
        For each requirement that was violated there, the simulation in which it first was, from 1.
    least : mapping of str to float
        The least margin of each requirement that was searched there, but of states alone.
    """

    removed: tuple[str, ...]
    simulations: int
    first: dict[str, int]
    least: dict[str, float]

    def told(self) -> dict[str, Any]:
        """As plain data."""
        found = {"removed": list(self.removed), "simulations": self.simulations, "first": dict(self.first)}
        return found | {"least": {k: v for k, v in self.least.items() if np.isfinite(v)}}


def builds(question: ResolvedScenario, asked: Sequence[str]) -> list[tuple[str, ...]]:
    """Which layers are taken away, build after build.

    Parameters
    ----------
    question : ResolvedScenario
        The question.
    asked : sequence of str
        Such as ``remove:output_guard+final_clamp``; ``none`` for no control at all. Empty: where an AI
        acts the guard, novelty, both, its last limits too; then the safety functions too.

    Raises
    ------
    InputError
        When a layer is not known.
    """
    sifs = tuple(question.plant.spec.sifs)
    if tuple(asked) == (NO_CONTROL,):
        return []
    if not asked:
        gates = [] if question.spec.fallback_only else list(GATES)
        last = gates[-1] if gates else ()
        return [*gates, *([(*last, *sifs)] if sifs else [])]
    return [_layers(text, (*LAYERS, *sifs)) for text in asked]


def _layers(text: str, known: Sequence[str]) -> tuple[str, ...]:
    named = tuple(text.removeprefix("remove:").split("+"))
    wrong = [name for name in named if name not in known]
    if wrong:
        wanted = "remove: and layers or safety functions, joined by '+', or none"
        raise InputError(*(Problem(f"--control '{n}'", wanted, hint=did_you_mean(n, known)) for n in wrong))
    return named


def controlled(
    trials: Callable[[tuple[str, ...], tuple[Aim, ...]], Trials],
    removed: Sequence[tuple[str, ...]],
    searched: Sequence[Aim],
    budget: int,
    seed: int,
    patterns: Sequence[Pattern],
) -> list[Control]:
    """Search build after build, until every requirement has been violated in one of them.

    Parameters
    ----------
    trials : callable
        Given the layers to remove and the aims, the objective.
    removed : sequence of tuple of str
        From `builds`.
    searched : sequence of Aim
        Requirements that need a control: those that the search itself has violated need none.
    budget, seed, patterns
        As of the search itself; each build has a `SHARE` of the budget.
    """
    found: list[Control] = []
    left = tuple(searched)
    for layers in removed:
        if not left:
            break
        objective = trials(layers, left)
        d = len(objective.experiment.space)
        done = search(objective, d, len(left), max(budget // SHARE, 1), seed, patterns)
        firsts = [done.first(k) for k in range(len(left))]
        first = {aim.requirement: k + 1 for aim, k in zip(left, firsts, strict=True) if k >= 0}
        pairs = zip(left, done.best, strict=True)
        least = {aim.requirement: best.margin for aim, best in pairs if aim.by != STATES}
        found.append(Control(layers, done.evaluations, first, least))
        left = tuple(aim for aim, k in zip(left, firsts, strict=True) if k < 0)
    return found


def shown_to_find(controls: Sequence[Control], requirement: str) -> Control | None:
    """The first control in which a requirement was violated."""
    return next((one for one in controls if requirement in one.first), None)


def spent(controls: Sequence[Control]) -> int:
    """Simulations of all."""
    return int(np.sum([one.simulations for one in controls]))
