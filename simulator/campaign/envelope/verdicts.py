"""What a point of the plane is: the worst of its replicas on the ladder, and whether anything is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.assess.ladder import Held
from simulator.assess.measure import Columns
from simulator.campaign.experiment import Experiment
from simulator.core.errors import InputError, Problem
from simulator.scenario.hints import did_you_mean, shown

ORDER = (
    Held.NO_DEMAND, Held.GUARD, Held.FALLBACK, Held.OPERATOR, Held.SIF, Held.UNKNOWN, Held.UNSAFE,
)  # fmt: skip
"""From the best to the worst. What is not known is worse than anything that was held."""
UNSAFE = ORDER.index(Held.UNSAFE)
UNKNOWN = ORDER.index(Held.UNKNOWN)
Kinds = NDArray[np.int64]


@dataclass(frozen=True)
class Measured:
    """What a point is held to.

    Attributes
    ----------
    requirement : str
        Its id.
    unexercised : bool
        Whether it is satisfied where it was not exercised.
    """

    requirement: str
    unexercised: bool

    def kinds(self, rows: Columns) -> Kinds:
        """Place of each run in `ORDER`: a violated requirement is UNSAFE as a crossed limit is."""
        found = np.array([ORDER.index(Held(held)) for held in rows["held"]], np.int64)
        truth = rows[f"{self.requirement}.truth"]
        untested = (rows[f"{self.requirement}.exercised"] == 0) & (not self.unexercised)
        open_ = (truth == 0) | (untested & (truth > 0))
        found = np.where(open_ & (found != UNSAFE), UNKNOWN, found)
        return np.where(truth < 0, UNSAFE, found)

    def margins(self, rows: Columns) -> NDArray[np.float64]:
        """Margin of each run; NaN where it is not decided."""
        return np.asarray(rows[f"{self.requirement}.margin"], float)


def measured(asked: Experiment, name: str | None) -> Measured:
    """The requirement that is asked for, or the first of the question that protects a safety limit.

    Raises
    ------
    InputError
        When it is not of the question, or has no margin.
    """
    question, formulas = asked.question, asked.question.formulas
    fit = [key for key, formula in formulas.items() if formula.has_margin]
    guards = [key for key in fit if question.requirements[key].protects]
    chosen = name or next(iter(guards), "")
    if chosen in fit:
        return Measured(chosen, question.requirements[chosen].if_unexercised == "PASS")
    listed = f"those with a margin: {', '.join(fit) or 'none'}"
    if not chosen:
        problem = Problem(
            f"{question.id}, of which no requirement protects a safety limit", "one", hint=listed
        )
    elif chosen in question.requirements:
        got = f"{chosen}, which is judged by yes or no: it has no margin"
        problem = Problem(got, "a requirement that compares a quantity", hint=listed)
    else:
        hint = did_you_mean(chosen, question.requirements)
        problem = Problem(shown(chosen), f"a requirement of {question.id}", hint=hint)
    raise InputError(problem)


def worst(kinds: Kinds, n: int) -> Kinds:
    """The worst of each point's `n` runs, which stand one after another."""
    return np.asarray(kinds.reshape(-1, n).max(axis=1))
