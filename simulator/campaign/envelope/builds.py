"""The three builds that an envelope compares: the AI alone, with its guards, with all layers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from simulator.campaign.experiment import Experiment
from simulator.scenario.build import build
from simulator.testing.mutants import removable

ALONE, GUARDED, WHOLE = "alone", "guarded", "all"
GUARDS = (
    "input_guard", "output_guard", "watchdog", "deadline", "novelty", "config_check", "readback",
    "final_clamp", "monitor", "deviation", "alarms",
)  # fmt: skip
"""Layers of the control system that watch, refuse, shed or tell. The PID stays: in RCAS it is what moves the
valve for the AI; without these layers nothing takes the loop from an AI on the valve."""


@dataclass(frozen=True)
class Build:
    """One build.

    Attributes
    ----------
    key : str
        In the names of its files.
    title : str
        As figures say it.
    removed : tuple of str
        Layers and safety functions that are taken away.
    """

    key: str
    title: str
    removed: tuple[str, ...]


def builds(asked: Experiment) -> Iterator[Build]:
    """The builds of a question; where no AI acts there is none that is the AI's alone.

    What is taken away is what this question's path really has.
    """
    there = removable(build(asked.case(np.zeros((1, len(asked.space))), [0])).path, ())
    sifs = tuple(asked.question.plant.spec.sifs)
    if not asked.question.spec.fallback_only:
        guards = tuple(name for name in GUARDS if name in there)
        yield Build(ALONE, "AI alone", (*guards, *sifs))
    yield Build(GUARDED, "with guards and fallback", sifs)
    yield Build(WHOLE, "all layers", ())
