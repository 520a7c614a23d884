"""What the rows of one question count up to, block by block: memory does not grow with their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.assess.demand import ANY
from simulator.assess.judge import Plan as Enough
from simulator.assess.judge import rule_formula
from simulator.assess.ladder import Held
from simulator.assess.measure import Columns
from simulator.assess.rates import proportion
from simulator.core.verdict import Verdict
from simulator.scenario.resolved import ResolvedScenario

Data = dict[str, Any]
TRIP = "trip."
_ADDED = ("n", "failed", "undecided")


@dataclass
class Tally:
    """Counts of one question in one variant.

    Parameters
    ----------
    question : ResolvedScenario
        What was asked.
    confidence : float
        Of the two-sided intervals.
    """

    question: ResolvedScenario
    confidence: float
    runs: int = 0
    unknown: int = 0
    exposure: int = 0
    in_charge: int = 0
    held: Counter[str] = field(default_factory=Counter)
    demands: Counter[str] = field(default_factory=Counter)
    peaks: dict[str, Data] = field(default_factory=dict)
    rulings: dict[str, Data] = field(default_factory=dict)

    def add(self, rows: Columns) -> None:
        """Count a block."""
        self.runs += len(rows["replica"])
        self.held.update(rows["held"].tolist())
        self.exposure += int(rows["exposure"].sum())
        self.in_charge += int(rows["in_charge"].sum())
        self._demands(rows)
        for name, limit in self.question.plant.spec.safety_limits.items():
            self._peak(name, limit.below is not None, rows)
        for name in (n.removesuffix(".truth") for n in rows if n.endswith(".truth")):
            self._rule(name, rows)

    def _demands(self, rows: Columns) -> None:
        for name in (name for name in rows if name.startswith(TRIP)):
            self.demands[name.removeprefix(TRIP)] += int((rows[name] >= 0).sum())
        some = called_upon(rows)
        self.demands[ANY] += int(some.sum())
        # a run that ended early, or in no number, might have become a demand
        self.unknown += int(((rows["held"] == Held.UNKNOWN) & ~some).sum())

    def _peak(self, name: str, below: bool, rows: Columns) -> None:
        peak = rows[f"peak.{name}"].astype(float)
        if not np.isfinite(peak).any():
            return
        k = int(np.nanargmax(peak) if below else np.nanargmin(peak))
        there = self.peaks.get(name)
        if there is None or (peak[k] > there["value"] if below else peak[k] < there["value"]):
            self.peaks[name] = {"value": float(peak[k]), "replica": int(rows["replica"][k])}

    def _rule(self, name: str, rows: Columns) -> None:
        formula, requirement = self.question.formulas[name], self.question.requirements[name]
        lenient = requirement.if_unexercised == "PASS"
        once = Enough(1, 0, self.confidence)
        ruling = rule_formula(name, rows, once, formula.margin_unit, lenient, formula.has_implication)
        new = {key: getattr(ruling, key) for key in _ADDED} | {"margin": ruling.margin, "unit": ruling.unit}
        new |= {"replica": ruling.replica, "witness": ruling.witness}
        old = self.rulings.get(name)
        self.rulings[name] = _merged(old, new) if old else new

    @property
    def data(self) -> Data:
        """Everything counted, as ``campaign.json`` has it."""
        limits = self.question.plant.spec.safety_limits
        units = {name: self.question.signals[f"true.{limit.quantity}"].unit for name, limit in limits.items()}
        return {
            "runs": self.runs,
            "unknown": self.unknown,
            "exposure": self.exposure,
            "in_charge": self.in_charge,
            "held": {str(rung): self.held[rung] for rung in Held if self.held[rung]},
            "demands": dict(self.demands),
            "peaks": {name: peak | {"unit": units[name]} for name, peak in self.peaks.items()},
            "requirements": {name: self._ruled(name, ruling) for name, ruling in self.rulings.items()},
        }

    def _ruled(self, name: str, ruling: Data) -> Data:
        requirement, open_ = self.question.requirements[name], ruling["undecided"]
        known = proportion(ruling["failed"], ruling["n"] + open_, self.confidence, open_)
        verdict = Verdict.NOT_ASSESSED if requirement.information else _verdict(ruling)
        bounds = {"verdict": str(verdict), "low": known.low, "high": known.high}
        return {"text": requirement.text} | ruling | bounds


def called_upon(rows: Columns) -> NDArray[np.bool_]:
    """Runs in which any safety function was called upon, shape (n,)."""
    found = np.zeros(len(rows["replica"]), np.bool_)
    for name in (name for name in rows if name.startswith(TRIP)):
        found |= rows[name] >= 0
    return found


def tallied(question: ResolvedScenario, confidence: float, blocks: Iterable[Columns]) -> Data:
    """What all blocks of a question count up to."""
    tally = Tally(question, confidence)
    for rows in blocks:
        tally.add(rows)
    return tally.data


def _merged(old: Data, new: Data) -> Data:
    """Both blocks' counts, with the worse of both margins; a violation is worse than any margin."""
    counts = {key: old[key] + new[key] for key in _ADDED}
    return (new if _place(new) < _place(old) else old) | counts


def _place(ruling: Data) -> tuple[bool, float]:
    unknown = 0.0 if ruling["failed"] else float("inf")
    return not ruling["failed"], unknown if ruling["margin"] is None else ruling["margin"]


def _verdict(ruling: Data) -> Verdict:
    """One violation is a counterexample, however many runs hold."""
    if ruling["failed"]:
        return Verdict.FAIL
    if ruling["undecided"]:
        return Verdict.INCONCLUSIVE
    return Verdict.PASS if ruling["n"] else Verdict.NOT_ASSESSED
