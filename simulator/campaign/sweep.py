"""Parametric robustness as blocks: which plants stand side by side, what they record, what came of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from simulator.assess.measure import Columns
from simulator.assess.robustness import cell
from simulator.core.clock import Tick
from simulator.scenario.resolved import ResolvedScenario, ResolvedSuite
from simulator.scenario.schema.robustness import Robustness
from simulator.scenario.vary import Variation, found, variations

SWEEP = "sweep"
"""Variant of the block in which every plant of the study stands; ``sweep.<name>`` is one of them alone."""


def plants(study: Robustness | None, variant: str) -> list[Variation]:
    """The plants of a block, in the order in which they stand in it; none in any other variant."""
    if variant == SWEEP:
        return [Variation(), *variations(study)]
    kind, _, text = variant.partition(".")
    one = found(study, text) if kind == SWEEP else None
    return [one] if one else []


def swept(suite: ResolvedSuite) -> list[str]:
    """Questions of the study."""
    study = suite.spec.robustness
    if study is None:
        return []
    asked = [key for key, one in suite.scenarios.items() if set(study.requirements) & set(one.formulas)]
    return [key for key in asked if not study.of or key in study.of]


def length(study: Robustness, scenario: ResolvedScenario) -> Tick:
    """How much of a question is run [ms]."""
    return min(scenario.duration, study.longest or scenario.duration)


def judged(study: Robustness, scenario: ResolvedScenario) -> list[str]:
    """Formulas of a question that the study measures."""
    return [name for name in (*study.requirements, *study.provided) if name in scenario.formulas]


def channels_of(study: Robustness, scenario: ResolvedScenario) -> set[str]:
    """Signals that the study records of a question."""
    limits = {f"true.{limit.quantity}" for limit in scenario.plant.spec.safety_limits.values()}
    return limits.union(*(scenario.formulas[name].signals for name in judged(study, scenario)))


def labelled(columns: Columns, varied: Iterable[Variation], numbers: Any, rest: Any) -> Columns:
    """Rows of a block with the plant of each replica, and whether that plant has an operating point."""
    texts = [one.text for one in varied]
    named = np.repeat(np.array(texts), len(numbers) // len(texts))
    return {"variant": named} | columns | {"replica": numbers, "rest": np.asarray(rest, np.int8)}


def study_data(suite: ResolvedSuite, rows: dict[str, Columns]) -> dict[str, Any]:
    """``robustness.json``: what every hazard verdict does on every plant; plain data.

    Parameters
    ----------
    suite : ResolvedSuite
        The suite.
    rows : dict of str to Columns
        Labelled rows by question.
    """
    study = suite.spec.robustness
    assert study is not None  # nothing is swept without one
    told = {key: _question(suite.scenarios[key], study, rows[key]) for key in swept(suite) if key in rows}
    return {"format": 1, "replicas": study.replicas, "scenarios": told}


def _question(scenario: ResolvedScenario, study: Robustness, rows: Columns) -> dict[str, Any]:
    provided = [name for name in study.provided if name in scenario.formulas]
    cells = {
        name: [
            {"parameter": one.name, "factor": one.factor, "variant": one.text}
            | cell(rows, one.text, name, provided)
            for one in plants(study, SWEEP)
        ]
        for name in study.requirements
        if name in scenario.formulas
    }
    units = {name: scenario.formulas[name].margin_unit for name in cells}
    return {"duration": length(study, scenario), "units": units, "requirements": cells}
