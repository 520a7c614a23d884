"""Transitions of the modes of a loop: a table, so that a reviewer reads all and a mutant replaces them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.core.kernel import part, rule
from simulator.core.states import (
    AUTO,
    GROUNDS,
    MAN,
    MODE_REASON,
    RCAS,
    ROUT,
    START_BUMPLESS,
    START_LAST_GOOD,
)

States = NDArray[np.int8]

AI_HOME = 9  # stands for the mode in which this loop's AI acts
EVENTS = MODE_REASON  # the reason of a transition is the event that caused it
REARM = len(EVENTS)
GROUND_EVENTS = tuple(EVENTS[ground] for ground in GROUNDS)

_KEEP = {MAN: MAN, AUTO: AUTO, RCAS: RCAS, ROUT: ROUT}
_SHED = {MAN: MAN, AUTO: AUTO, RCAS: AUTO, ROUT: AUTO}
TRANSITIONS: dict[str, tuple[dict[int, int], int]] = {
    # event: (mode -> mode, start of the new mode)
    "NONE": (_KEEP, START_BUMPLESS),
    "STALE": (_SHED, START_BUMPLESS),
    "OUTPUT": (_SHED, START_LAST_GOOD),
    "INPUT": (_SHED, START_LAST_GOOD),
    "READBACK": (_SHED, START_BUMPLESS),
    "SIF": (_SHED, START_LAST_GOOD),
    "OPERATOR": (dict.fromkeys(_KEEP, MAN), START_BUMPLESS),
    "PHASE": (_SHED, START_BUMPLESS),
    "LATE": (_SHED, START_BUMPLESS),
    "CONFIG": (_SHED, START_LAST_GOOD),
    "NOVELTY": (_SHED, START_LAST_GOOD),  # what was written beyond the envelope may be bad
    "GUARD": (_SHED, START_LAST_GOOD),  # what a guard that has stopped admitted last may be bad
    "REARM": ({MAN: MAN, AUTO: AI_HOME, RCAS: RCAS, ROUT: ROUT}, START_BUMPLESS),
}


FITS = 16
"""Events of a table, and values of an entry, that go into one number of 64 bits."""


def checked(after: States, starts: States) -> None:
    """Refuse a table of which a number would hold only a part.

    Raises
    ------
    ValueError
        For too many events, or an entry that is too large.
    """
    events, entries = max(after.shape[1], len(starts)), np.concatenate((after.ravel(), starts))
    if events > FITS or not ((entries >= 0) & (entries < FITS)).all():
        got = f"{events} events and entries from {entries.min()} to {entries.max()}"
        raise ValueError(f"{got}, wanted at most {FITS} events and entries from 0 to {FITS - 1}")


def table() -> tuple[States, States]:
    """Next mode (4, n_events) and start (n_events,) as arrays."""
    after = np.zeros((4, len(TRANSITIONS)), np.int8)
    starts = np.zeros(len(TRANSITIONS), np.int8)
    for k, (moves, start) in enumerate(TRANSITIONS.values()):
        after[:, k] = [moves[mode] for mode in range(4)]
        starts[k] = start
    return after, starts


@rule
def entry(row: Any, event: int) -> int:
    """What a row of the table has for an event, four bits each."""
    return int((row >> (4 * event)) & 15)


@part
def in_a_word(row: Any) -> int:
    """A row of the table in one number; `checked` has seen to it that it fits.

    Shifts work on replicas side by side, look-ups do not.
    """
    word = 0
    for event in range(row.shape[0]):
        word |= int(row[event]) << (4 * event)
    return word
