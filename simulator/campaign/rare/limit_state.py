"""A requirement of a question as a limit state: points of its space and noises to signed margins."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simulator.assess.measure import Columns
from simulator.campaign.experiment import Experiment
from simulator.campaign.lab import Lab
from simulator.campaign.rare.draws import Reals, Whole, to_uniform
from simulator.core.errors import InputError, Problem
from simulator.scenario.resolved import ResolvedScenario
from simulator.scenario.space import Space, space_of

_LEAST = 5e-324
"""The smallest number: a verdict without a margin still has a sign."""


@dataclass(frozen=True)
class LimitState:
    """Margins of one requirement of one question.

    Parameters
    ----------
    lab : Lab
        Workers.
    experiment : Experiment
        The question.
    requirement : str
        A formula of it.
    """

    lab: Lab
    experiment: Experiment
    requirement: str

    def __call__(self, z: Reals, noise: Whole) -> Reals:
        """Margins at standard normal variables (n, n_axes), in noises (n,); NaN where undecided."""
        rows = self.lab.run(self.experiment, to_uniform(z), noise)
        return signed(rows, self.requirement)


def asked(lab: Lab, scenario: str, requirement: str) -> Experiment:
    """A question over what it draws; raises `InputError` where that cannot be climbed.

    A range that is only searched has no probability, and is left away.
    """
    question = lab.suite.scenarios[scenario]
    drawn = tuple(replace(threat, search={}) for threat in question.threats)
    space = space_of(replace(question, threats=drawn))
    _refuse(question, space, requirement)
    return Experiment(lab.shop, scenario, requirements=(requirement,), given=space)


def signed(rows: Columns, requirement: str) -> Reals:
    """Margins whose sign is the verdict, shape (n,): a `<` that is met with margin 0 fails.

    What is undecided, and what has no margin though it holds on a record that broke off, is NaN.
    """
    truth, margin = rows[f"{requirement}.truth"], rows[f"{requirement}.margin"].astype(np.float64)
    known = np.where(np.isnan(margin), 0.0, margin)
    fails, holds = truth < 0, (truth > 0) & (rows["complete"] > 0)
    return np.select([fails, holds], [np.minimum(known, -_LEAST), np.maximum(known, _LEAST)], np.nan)


def _refuse(question: ResolvedScenario, space: Space, requirement: str) -> None:
    """Refuse what cannot be climbed: no axis, no such formula, or one without a margin."""
    file, problems = str(question.file), []
    if not len(space):
        hint = "give a threat, a start or an operator's time a distribution"
        got = f"nothing that is drawn in {question.id}: numbers are fixed, or their ranges have no width"
        problems.append(Problem(got, "at least one axis", file, hint=hint))
    formula = question.formulas.get(requirement)
    if formula is None:
        known = ", ".join(question.formulas)
        problems.append(Problem(f"requirement {requirement}", f"a formula of {question.id}: {known}", file))
    elif not formula.has_margin:
        hint = "between holding and failing there is nothing to climb: count with a campaign"
        got = f"{requirement}, which compares states only, or mixes units"
        problems.append(Problem(got, "a requirement with a margin in one unit", file, hint=hint))
    if problems:
        raise InputError(*problems)
