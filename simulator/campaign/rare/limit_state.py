"""A requirement of a question as a limit state: points of its space and noises to signed margins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.assess.measure import Columns
from simulator.campaign.experiment import Experiment
from simulator.campaign.lab import Lab
from simulator.campaign.rare.draws import Reals, Whole, to_uniform
from simulator.core.errors import InputError, Problem

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


def signed(rows: Columns, requirement: str) -> Reals:
    """Margins whose sign is the verdict, shape (n,): a `<` that is met with margin 0 fails.

    What is undecided, and what has no margin though it holds on a record that broke off, is NaN.
    """
    truth, margin = rows[f"{requirement}.truth"], rows[f"{requirement}.margin"].astype(np.float64)
    known = np.where(np.isnan(margin), 0.0, margin)
    fails, holds = truth < 0, (truth > 0) & (rows["complete"] > 0)
    return np.select([fails, holds], [np.minimum(known, -_LEAST), np.maximum(known, _LEAST)], np.nan)


def refuse(experiment: Experiment, requirement: str) -> None:
    """Refuse what cannot be climbed.

    Raises
    ------
    InputError
        With everything that is wrong: no axis, no such formula, or one without a margin.
    """
    question, file = experiment.question, str(experiment.question.file)
    problems = []
    if not len(experiment.space):
        hint = "give a threat, a start or an operator's time a distribution, or a range under 'search:'"
        got = f"nothing that varies in {question.id}: every number is fixed, or its range has no width"
        problems.append(Problem(got, "at least one axis", file, hint=hint))
    formula = question.formulas.get(requirement)
    if formula is None:
        known = ", ".join(question.formulas)
        problems.append(Problem(f"requirement {requirement}", f"a formula of {question.id}: {known}", file))
    elif not formula.has_margin:
        hint = (
            "there is nothing to climb between holding and failing; "
            "count with 'plantproof run' or a campaign, or ask for a quantity"
        )
        got = f"{requirement}, which compares states only, or mixes units"
        problems.append(Problem(got, "a requirement with a margin in one unit", file, hint=hint))
    if problems:
        raise InputError(*problems)
