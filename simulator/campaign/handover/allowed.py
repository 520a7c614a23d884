"""What the rules of a plant allow: the states of its control, and the override at the rule itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.campaign.experiment import Experiment
from simulator.campaign.handover.drive import Drive, phases, scenario
from simulator.campaign.handover.proof import prove
from simulator.campaign.handover.reach import Walk, reach
from simulator.campaign.handover.rules import rules
from simulator.campaign.work import Workshop
from simulator.engine.block import Block
from simulator.scenario.build import build
from simulator.scenario.resolved import ResolvedScenario
from simulator.scenario.space import Space

TOGETHER = 4096
"""Replicas of the block that is walked: so many pairs of a joint state and a combination at a time."""


@dataclass(frozen=True)
class Allowed:
    """What one variant of the AI may meet.

    Attributes
    ----------
    walk : Walk
        The search through the joint states.
    rule : dict
        The override at the rule of the modes, as `prove` tells it.
    """

    walk: Walk
    rule: dict[str, Any]


def allowed(shop: Workshop, question: ResolvedScenario) -> Allowed:
    """Walk the rules of a question's plant from the start of every phase in which it may begin."""
    walked = rules(built(shop, question, "RUN", TOGETHER))
    starts = [rules(built(shop, question, phase, 1)).kept for phase in phases(question)]
    loop = list(question.plant.spec.loops).index(question.ai.loops[0])
    return Allowed(reach(walked, np.concatenate(starts, axis=1), loop), prove(walked))


def built(shop: Workshop, question: ResolvedScenario, phase: str, n: int) -> Block:
    """A question without threats, beginning in a phase, in `n` replicas."""
    spec = scenario(question, Drive("the rules alone", phase), False)
    one = Experiment(shop, question.id, duration=spec.duration, given=Space(spec, ()))
    return build(one.case(np.zeros((n, 0)), np.arange(n)))
