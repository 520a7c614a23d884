"""By which number a requirement is searched: its margin, its time left, or, for states alone, a lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.assess.ladder import Limit
from simulator.assess.measure import Columns
from simulator.assess.stl import Formula
from simulator.assess.stl.response import response
from simulator.scenario.resolved import ResolvedScenario

Reals = NDArray[np.float64]
MARGIN, TIME, STATES = "margin", "time left", "states"
FAR, NEAR = 1e9, 1e-9
"""What stands for a margin without end, and for one that is none: a search wants numbers with a sign."""


@dataclass(frozen=True)
class Aim:
    """One requirement that a search tries to violate.

    Attributes
    ----------
    requirement : str
        Its id.
    by : str
        `MARGIN`: robustness in `unit`; `TIME`: time left for a response [s]; `STATES`: states alone, so
        that only whether it holds is known; the distance from `lead` tells satisfied points apart.
    unit : str
        Of the margin; ``1`` for states.
    lead : str
        A safety limit, of a requirement about states; empty where the plant has none.
    """

    requirement: str
    by: str
    unit: str
    lead: str = ""

    @property
    def told(self) -> str:
        """For people."""
        if self.by != STATES:
            return f"{self.by} [{self.unit}]"
        led = f", led by the distance from {self.lead}" if self.lead else ""
        return f"whether it holds (states alone{led})"


def aims(question: ResolvedScenario, asked: Sequence[str]) -> tuple[Aim, ...]:
    """One aim for each requirement, in their order."""
    limits = question.plant.spec.safety_limits
    return tuple(_aim(name, question.formulas[name], next(iter(limits), "")) for name in asked)


def _aim(name: str, formula: Formula, lead: str) -> Aim:
    if formula.has_margin:
        return Aim(name, MARGIN, formula.margin_unit)
    if response(formula.root):
        return Aim(name, TIME, "s")
    return Aim(name, STATES, "1", lead)


def margins(rows: Columns, searched: Sequence[Aim], limits: Mapping[str, Limit]) -> Reals:
    """What a search minimises: below 0 where a requirement is violated, NaN where it is undecided.

    Parameters
    ----------
    rows : mapping of str to ndarray, shape (n,)
        From `Experiment.run`.
    searched : sequence of Aim
        The requirements, m of them.
    limits : mapping of str to Limit
        Safety limits, by the name that leads.

    Returns
    -------
    ndarray, shape (n, m)
        Each column in the unit of its aim.
    """
    return np.stack([_signed(rows, aim, limits) for aim in searched], axis=1)


def _signed(rows: Columns, aim: Aim, limits: Mapping[str, Limit]) -> Reals:
    """The number of an aim with the sign of the verdict: a margin of exactly none may be either."""
    truth = rows[f"{aim.requirement}.truth"]
    number = np.clip(_number(rows, aim, limits), -FAR, FAR)
    held = np.where(np.isnan(number), FAR, np.maximum(number, NEAR))
    violated = np.where(np.isnan(number), -1.0, np.minimum(number, -NEAR))
    return np.where(truth > 0, held, np.where(truth < 0, violated, np.nan))


def _number(rows: Columns, aim: Aim, limits: Mapping[str, Limit]) -> Reals:
    truth = rows[f"{aim.requirement}.truth"]
    if aim.by == MARGIN:
        return np.asarray(rows[f"{aim.requirement}.margin"], float)
    if aim.by == TIME:
        return np.asarray(rows[f"{aim.requirement}.time_margin"], float)
    if not aim.lead:
        return np.asarray(truth, float)
    limit, peak = limits[aim.lead], np.asarray(rows[f"peak.{aim.lead}"], float)
    away = limit.value - peak if limit.below else peak - limit.value
    return np.where(truth < 0, -1.0, away)
