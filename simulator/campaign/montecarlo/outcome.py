"""``campaign.json``: what all rows of a campaign count up to; plain data, made from its part files alone."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import numpy as np

from simulator.assess.measure import Columns
from simulator.assess.statistics import mcnemar
from simulator.campaign.jobs import MAIN
from simulator.campaign.montecarlo.parts import Parts, digest
from simulator.campaign.montecarlo.plan import WITHOUT, Asked, Plan
from simulator.campaign.montecarlo.tally import called_upon, tallied
from simulator.campaign.montecarlo.year import year_of
from simulator.scenario.resolved import ResolvedSuite

Data = dict[str, Any]


def outcome_of(suite: ResolvedSuite, plan: Plan, parts: Parts) -> Data:
    """Count every question, one block in memory at a time.

    Raises
    ------
    InputError
        When a part file is damaged or missing.
    """
    questions = [_question(suite, plan, parts, asked) for asked in plan.asked]
    whole = sha256("".join(one["rows_sha256"] for one in questions).encode()).hexdigest()
    found = {"confidence": plan.confidence, "questions": questions, "rows_sha256": whole, "year": None}
    if plan.plant_years and suite.spec.year:
        counts = {(one["scenario"], one["variant"]): one for one in questions}
        found["year"] = year_of(suite, suite.spec.year, counts, plan.confidence, plan.plant_years)
    return found


def _question(suite: ResolvedSuite, plan: Plan, parts: Parts, asked: Asked) -> Data:
    question = suite.scenarios[asked.scenario]
    head = {
        "scenario": asked.scenario,
        "variant": asked.variant,
        "question": question.spec.question,
        "phase": question.spec.phase,
        "duration": asked.duration,
        "rows_sha256": digest(parts.of(asked)),
    }
    other = next((a for a in plan.asked if (a.scenario, a.variant) == (asked.scenario, WITHOUT)), None)
    paired = other is not None and asked.variant == MAIN
    pairs = {"pairs": _pairs(parts.of(asked), parts.of(other))} if other and paired else {}
    return head | tallied(question, plan.confidence, parts.of(asked)) | pairs


def _pairs(mine: Iterable[Columns], other: Iterable[Columns]) -> Data:
    """Runs with a demand with the AI, without it, and with both: replica k of both met the same day."""
    counts = np.zeros(4, np.int64)
    for one, two in zip(mine, other, strict=True):
        counts += np.bincount(2 * called_upon(one) + called_upon(two), minlength=4)
    _, without, with_ai, both = counts.tolist()
    found = {"both": both, "only_with_ai": with_ai, "only_without": without}
    return found | {"p": mcnemar(with_ai, without)}
