"""Phases of a plant (ISA-106): what a phase asks for, and the table of the events that end it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.core.states import ACTIONS, PHASE

States = NDArray[np.int8]

RUN, START, LOAD, SHUTDOWN, AFTER_TRIP = (PHASE[name] for name in PHASE)
NONE, TRIP, DONE = 0, 1, 2
ORDERS = ("start", "run", "load", "shutdown")
EVENTS = ("NONE", "TRIP", "DONE", *(order.upper() for order in ORDERS))
FIRST_ORDER = 3
ORDER_ROWS = tuple(ACTIONS.index(order) for order in ORDERS)

NEXT: States = np.array(
    [
        # NONE    TRIP        DONE      START     RUN       LOAD      SHUTDOWN
        [RUN, AFTER_TRIP, RUN, RUN, RUN, LOAD, SHUTDOWN],  # RUN
        [START, AFTER_TRIP, RUN, START, START, START, SHUTDOWN],  # START
        [LOAD, AFTER_TRIP, LOAD, LOAD, RUN, LOAD, SHUTDOWN],  # LOAD
        [SHUTDOWN, AFTER_TRIP, SHUTDOWN, START, SHUTDOWN, SHUTDOWN, SHUTDOWN],  # SHUTDOWN
        [AFTER_TRIP, AFTER_TRIP, AFTER_TRIP, START, AFTER_TRIP, AFTER_TRIP, AFTER_TRIP],  # TRIPPED
    ],
    np.int8,
)
"""Next phase by phase and event. Only START leads to RUN by itself; nothing leaves TRIPPED but an order."""


@dataclass(frozen=True)
class LoopProgram:
    """What a phase asks of one loop; a target that is no number leaves the setpoint alone."""

    target: float
    rate: float
    low: float
    high: float


@dataclass(frozen=True)
class InputProgram:
    """What a phase does to one plant input: its offset from rest, and how fast it gets there [1/s]."""

    target: float
    rate: float


@dataclass(frozen=True)
class Phase:
    """One phase.

    Attributes
    ----------
    ai : bool
        Whether the AI may have its loops.
    loops : tuple of LoopProgram
        In loop order.
    inputs : mapping of int to InputProgram
        By row of the plant's inputs; others keep their offset.
    bypass : tuple of int
        Rows of the safety functions for which the start-up override is asked.
    within, lasting : float, int
        The phase is done when every driven PV has been this near its target for this long [ms];
        never when `within` is 0.
    """

    ai: bool
    loops: tuple[LoopProgram, ...]
    inputs: dict[int, InputProgram]
    bypass: tuple[int, ...] = ()
    within: float = 0.0
    lasting: int = 0
