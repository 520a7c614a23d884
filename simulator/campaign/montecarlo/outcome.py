"""``campaign.json``: what all rows of a campaign count up to; plain data, made from its part files alone."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from simulator.campaign.montecarlo.parts import Parts, digest
from simulator.campaign.montecarlo.plan import Asked, Plan
from simulator.campaign.montecarlo.tally import tallied
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
    return {"confidence": plan.confidence, "questions": questions, "rows_sha256": whole}


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
    return head | tallied(question, plan.confidence, parts.of(asked))
