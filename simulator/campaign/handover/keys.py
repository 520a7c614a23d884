"""The start-up override of a safety function until its own clock ends it, and re-arm while it holds."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.campaign.handover.demands import quiet
from simulator.campaign.handover.drive import Drive, Raw, ordered, phases
from simulator.core.clock import SECOND
from simulator.scenario.resolved import ResolvedScenario

CUTS = (0.125, 0.875)
"""Shares of a key's time after which the phase changes under it."""
AFTER = 20 * SECOND
"""How long a drive goes on after a key's end [ms]."""
LATE = 5 * SECOND
"""How long before the end of a key the operator takes the loop [ms]."""
LONGEST = 20_000
"""Ticks of the longest key that is outlasted: a longer one fills the memory, and its states stay open."""
Orders = tuple[tuple[str, str], ...]


def keys(question: ResolvedScenario) -> Iterator[Drive]:
    """Drives through every phase that asks for a start-up override.

    Each goes twice: with the sensors of the function as they are, and stuck where they call for nothing,
    since a plant that is cold when its key ends trips at once.
    """
    asking = {phase: end for phase in phases(question) if (end := _end(question, phase))}
    for phase, end in asking.items():
        again = (("override", "10 s"), ("rearm", "30 s"))
        yield Drive(f"{phase}, re-arm while bypassed", phase, (), again[1:], 100 * SECOND)
        yield Drive(f"{phase}, overridden, re-arm while bypassed", phase, (), again, 100 * SECOND)
        if end <= LONGEST * question.plant.spec.scan.base:
            yield from _outlast(question, phase, f"{phase}, bypass", end, ())
    for begins, order in ordered(question):
        end = asking.get(order.upper(), 0)
        if begins in asking and 0 < end <= LONGEST * question.plant.spec.scan.base:
            yield from _changing(question, begins, order, end)


def _changing(question: ResolvedScenario, begins: str, order: str, end: int) -> Iterator[Drive]:
    """Drives in which the phase changes early or late under a key that stays in."""
    for cut in CUTS:
        at = round(cut * end) // SECOND
        name = f"{begins}, {order} ordered at {at} s of the bypass"
        yield from _outlast(question, begins, name, end, ((order, f"{at} s"),))


def _outlast(question: ResolvedScenario, phase: str, name: str, end: int, orders: Orders) -> Iterator[Drive]:
    late = (*orders, ("override", f"{end - LATE} ms"))
    stuck: tuple[Raw, ...] = tuple(quiet(question, _bypassed(question, phase)))
    for how, threats in (("", ()), (", its sensors stuck", stuck)):
        yield Drive(f"{name} until it ends{how}", phase, threats, orders, end + AFTER)
        yield Drive(f"{name}, overridden before it ends{how}", phase, threats, late, end + AFTER)


def _end(question: ResolvedScenario, phase: str) -> int:
    """When the last start-up override that a phase asks for ends by its own clock [ms]; 0: it asks none."""
    sifs = question.plant.spec.sifs
    return max((sifs[name].start_up_override for name in _bypassed(question, phase)), default=0)


def _bypassed(question: ResolvedScenario, phase: str) -> tuple[str, ...]:
    about = question.plant.spec.phase(phase)
    return about.bypass if about else ()
