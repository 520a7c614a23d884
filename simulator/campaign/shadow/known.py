"""Which signals a history can speak of, and why it cannot of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from simulator.campaign.shadow.setup import Setup

_OF_AI = ("target", "admitted", "age", "ai_active", "mode")
_OPEN = ("slew", "move", "bump")
_NOT_TOLD = "is not recorded"


def known(setup: Setup) -> tuple[str, ...]:
    """Signals that are recorded, mapped, or made by the layers that act, in the plant's order."""
    made = set(_made(setup))
    return tuple(name for name in setup.signals if name in made or name in setup.recorded)


def _made(setup: Setup) -> Iterator[str]:
    plant, ai, recorded = setup.plant.spec, setup.ai, setup.recorded
    yield from (f"quality.{tag}" for tag in plant.input_guard if tag in recorded)
    for loop in ai.loops:
        yield from (f"{first}.{loop}" for first in _OF_AI)
        yield f"alarm.shed.{loop}"
        of = f".{loop}" if len(ai.loops) > 1 else ""
        yield from (f"reason.input_guard{of}", f"reason.output_guard{of}")
    yield from ("reason.mode", "operator.rearm")
    alarmed = {tag: about.alarms for tag, about in plant.measurements.items() if about.alarms}
    yield from (f"alarm.{tag}.{level}" for tag in alarmed if tag in recorded for level in alarmed[tag])
    if set(alarmed) <= set(recorded):
        yield "alarms.in_10_min"
    yield from (f"alarm.readback.{loop.op}" for name, loop in plant.loops.items() if checked(setup, name))
    if setup.plant.commissioning:
        watched = plant.monitor.signals if plant.monitor else ()
        yield from (f"{first}.{name}" for name in watched for first in ("cusum", "alarm.drift"))
        yield from (f"novelty.{name}" for name in (("t2", "spe") if plant.novelty else ()))


def checked(setup: Setup, loop: str) -> bool:
    """Whether the command and the position of a loop's valve are both recorded."""
    about = setup.plant.spec.loops[loop]
    return {f"op.{loop}", str(setup.plant.spec.final_elements[about.op].readback)} <= set(setup.recorded)


def silence(name: str) -> str:
    """Why a history says nothing of a signal."""
    first, _, rest = name.partition(".")
    why = _WHY.get(first)
    return f"{name} {why(rest) if why else _NOT_TOLD}"


def _true(quantity: str) -> str:
    return f"is the plant's truth, which no history has; map it: --map true.{quantity}=TAG"


_WHY: dict[str, Callable[[str], str]] = {
    "true": _true,
    "threat": lambda _: "is an injected threat: nothing was injected into the past",
    "ai_fault": lambda _: "is an injected fault: nothing was injected into the past",
    **dict.fromkeys(_OPEN, lambda _: "is a move of the closed loop: the plant did not feel the AI"),
}
