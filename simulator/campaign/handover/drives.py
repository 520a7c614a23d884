"""Ways to bring a plant into every state of its control that somebody has thought of."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.campaign.handover.demands import demands
from simulator.campaign.handover.drive import CAUSE, Drive, Raw, ordered, phases, writes
from simulator.campaign.handover.keys import keys
from simulator.campaign.handover.modes import HUGE
from simulator.scenario.resolved import ResolvedScenario


def drives(question: ResolvedScenario) -> Iterator[Drive]:
    """Every phase of the plant with every cause, and the ways through its phases.

    Parameters
    ----------
    question : ResolvedScenario
        Of the variant of the AI that is meant.
    """
    there = phases(question)
    for phase in there:
        for cause, threats, orders in _causes(question):
            yield Drive(f"{phase}, {cause}", phase, threats, orders)
    for begins, order in ordered(question):
        yield Drive(f"{begins}, {order} ordered", begins, orders=((order, CAUSE),))
    trip = (_unsafe(question),)
    again = (("reset", "80 s"), ("rearm", "85 s"), ("start", "90 s"), ("rearm", "100 s"))
    yield Drive("RUN, trip, reset, start and re-arm", "RUN", (trip[0] | {"lasts": "30 s"},), again)
    yield Drive("RUN, shed and re-arm", "RUN", (_silent() | {"lasts": "20 s"},), (("rearm", "60 s"),))
    yield from demands(question, _beyond(question))
    yield from keys(question)


_Cause = tuple[str, tuple[Raw, ...], tuple[tuple[str, str], ...]]


def _causes(question: ResolvedScenario) -> Iterator[_Cause]:
    beyond, unsafe = _beyond(question), _unsafe(question)
    early = (("override", "10 s"),)
    yield "nothing strikes", (), ()
    yield "AI silent", (_silent(),), ()
    yield "AI writes out of range", beyond, ()
    yield "valve driven to its unsafe end", (unsafe,), ()
    yield "overridden before", (), early
    yield "overridden before, valve driven to its unsafe end", (unsafe,), early
    yield "AI silent, valve driven to its unsafe end", (_silent(), unsafe), ()


def _silent() -> Raw:
    return {"name": "silent", "kind": "halt", "tap": "heartbeat", "onset": CAUSE}


def _beyond(question: ResolvedScenario) -> tuple[Raw, ...]:
    return tuple(writes(question, "beyond", "policy", HUGE, CAUSE))


def _unsafe(question: ResolvedScenario) -> Raw:
    loop = question.plant.spec.loops[question.ai.loops[0]]
    value = "0 %" if loop.safe_direction == "up" else "100 %"
    target = {"tap": "actuator", "target": loop.op, "value": value}
    return {"name": "unsafe", "kind": "force", "onset": CAUSE} | target
