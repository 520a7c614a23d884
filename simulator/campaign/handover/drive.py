"""One way to bring a plant into a state of its control: a phase, a cause, and what the operator orders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from simulator.control.phase import FIRST_ORDER, NEXT, ORDERS
from simulator.core.states import PHASE
from simulator.scenario.resolved import ResolvedScenario
from simulator.scenario.schema.scenario import Desk, Drawn, Scenario, Threat

CAUSE = "20 s"
"""When a cause sets in."""
LASTS = 180_000
"""How long most drives are [ms]: until then the override is pressed."""
HELD = 60_000
"""How much longer the record is [ms]: so long a loop must stay with the operator at least."""

Raw = dict[str, Any]
"""A threat as a file would say it."""


@dataclass(frozen=True)
class Drive:
    """One way: what strikes, what is ordered, and in which phase the plant begins.

    Attributes
    ----------
    name : str
        Phase and cause.
    phase : str
        In which it begins.
    threats : tuple of mapping
        As a file would say them.
    orders : tuple of (str, str)
        What the operator does, and when.
    lasts : int
        Until when the override is pressed [ms].
    """

    name: str
    phase: str
    threats: tuple[Raw, ...] = ()
    orders: tuple[tuple[str, str], ...] = ()
    lasts: int = LASTS


def phases(question: ResolvedScenario) -> tuple[str, ...]:
    """Phases of the plant in which a question may begin; one without a procedure is always in RUN."""
    return tuple(name for name in PHASE if name == "RUN" or name in question.plant.spec.phases)


def ordered(question: ResolvedScenario) -> Iterator[tuple[str, str]]:
    """Every phase with every order that leads elsewhere, by the procedure's own table."""
    there = phases(question)
    for begins, order in product(there, ORDERS):
        after = NEXT[PHASE[begins], FIRST_ORDER + ORDERS.index(order)]
        if order.upper() in there and after == PHASE[order.upper()] != PHASE[begins]:
            yield begins, order


def writes(question: ResolvedScenario, name: str, tap: str, value: float | None, onset: str) -> Iterator[Raw]:
    """Threats by which the AI writes one value to each of its loops; None: the guard's lowest."""
    several = len(question.ai.loops) > 1
    low = question.plant.spec.output_guard[question.ai.mode].range[0]
    for k, loop in enumerate(question.ai.loops):
        unit = question.ai.outputs[loop].centre.unit
        number = low.to(unit) if value is None else value
        raw = {
            "name": f"{name}_{k}",
            "kind": "force",
            "tap": tap,
            "onset": onset,
            "value": f"{number!r} {unit}",
        }
        yield raw | ({"target": loop} if several else {})


OTHER = "other"
"""Name of the threats by which the AI writes something else after the press."""


def scenario(question: ResolvedScenario, drive: Drive, pressing: bool) -> Scenario:
    """A drive as a question; `pressing`: with the override as last order, and an AI that then writes else."""
    orders = [{"do": do, "at": at} for do, at in drive.orders]
    raw = list(drive.threats)
    if pressing:
        orders.append({"do": "override", "at": CAUSE})
        raw += writes(question, OTHER, "ai_write", None, CAUSE)
    return question.spec.model_copy(
        update={
            "id": f"OVERRIDE.{question.variant}",
            "question": f"{drive.name}: does the operator's override win?",
            "ai": question.variant, "phase": drive.phase, "start": {}, "duration": drive.lasts + HELD,
            "threats": tuple(Threat.model_validate(one) for one in raw),
            "operator": Desk.model_validate({"orders": orders}) if orders else None,
            "draws": Drawn(of=f"OVERRIDE.{question.variant}"),
        }
    )  # fmt: skip
