"""The ways in which the path of an AI fails, each in several degrees, as threats of kinds that exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.core.clock import Tick
from simulator.scenario.schema.plant import Ai, Plant

Reals = NDArray[np.float64]
Raw = Mapping[str, Any]
AT = "60 s"
"""Where an onset stands until it is placed."""
HUGE = 1e300
"""A number that no word holds: it saturates on the wire, as an infinity does."""


@dataclass(frozen=True)
class Part:
    """One threat of a failure mode.

    Attributes
    ----------
    raw : mapping
        As a file would say it, with any onset.
    shift : float
        Its onset lies so many degrees after that of the first [a time].
    """

    raw: Raw
    shift: float = 0.0


@dataclass(frozen=True)
class Failure:
    """One failure mode of the AI's path.

    Attributes
    ----------
    name, text : str
        Name, and what happens.
    parts : tuple of Part
        Its threats.
    degree : str
        Parameter of the threats that says how bad it is; empty: it has no degrees.
    degrees : tuple of float
        Its values, in `unit`.
    unit : str
        Unit of the degree, as the threats take it.
    """

    name: str
    text: str
    parts: tuple[Part, ...]
    degree: str = ""
    degrees: tuple[float, ...] = (0.0,)
    unit: str = ""

    def numbers(self, onset: Reals, degree: Reals) -> Iterator[tuple[str, Reals, str]]:
        """Value and unit of each number of the threats, by the name of its draw, shape (n,)."""
        for part in self.parts:
            name = f"threat/{part.raw['name']}"
            yield f"{name}/onset", onset + part.shift * degree, "ms"
            if self.degree:
                yield f"{name}/{self.degree}", degree, self.unit


def failures(plant: Plant, ai: Ai, cycle: Tick) -> tuple[Failure, ...]:
    """Every failure mode of one variant of a plant's AI.

    Parameters
    ----------
    plant : Plant
        The plant file: its watchdog and the range of its output guard set the degrees.
    ai : Ai
        The variant.
    cycle : Tick
        Its cycle [ms].
    """
    silent = max(plant.watchdog.heartbeat, plant.watchdog.sequence)
    steps = tuple(float(n) for n in (1, 2, 3, 5, 10, 20))
    halt = {"kind": "halt", "tap": "heartbeat", "lasts": "1 s"}
    waits = tuple(share * silent for share in (0.4, 0.8, 1.2, 2.0))
    chances = (0.2, 0.4, 0.6, 0.8)
    return (
        Failure("late", "every answer so many cycles late", _one("late", "policy", cycles=1, probability=1),
                "cycles", steps, "1"),
        Failure("jitter", "answers two cycles late by chance",
                _one("late", "policy", cycles=2, probability=1),
                "probability", chances, "1"),
        Failure("slow line", "all that the AI writes arrives so much later",
                _one("delay", "heartbeat", by="1 s"),
                "by", tuple(n * cycle for n in steps), "ms"),
        Failure("lost heartbeats", "the AI is silent for so long, once", (_part(halt),),
                "lasts", tuple(n * cycle for n in steps) + waits, "ms"),
        Failure("silent", "the AI is silent for good", _one("halt", "heartbeat")),
        Failure("flapping", "six times silent for so long, and back for as long", tuple(_flaps(halt)),
                "lasts", waits, "ms"),
        Failure("frozen", "the same value again and again, in time", _each("freeze", ai)),
        Failure("stale", "values so much older than their numbers", _each("delay", ai, by="1 s"),
                "by", tuple(n * silent for n in (0.5, 1.0, 3.0, 10.0)), "ms"),
        Failure("no number", "NaN in place of a value", _each("blank", ai)),
        Failure("infinite", "a number that no word holds", _each("force", ai, value=HUGE)),
        Failure("too low", "a value below the guard's range", _beyond(plant, ai, 0)),
        Failure("too high", "a value above the guard's range", _beyond(plant, ai, 1)),
        Failure("raising", "the runtime raises in every cycle", _one("raise", "runtime", probability=1)),
        Failure("raising at times", "the runtime raises by chance", _one("raise", "runtime", probability=1),
                "probability", chances, "1"),
    )  # fmt: skip


def _part(raw: Raw, k: int = 0, shift: float = 0.0) -> Part:
    return Part({"name": f"failure_{k}", "onset": AT, **raw}, shift)


def _one(kind: str, tap: str, **parameters: Any) -> tuple[Part, ...]:
    return (_part({"kind": kind, "tap": tap, **parameters}),)


def _flaps(halt: Raw) -> Iterator[Part]:
    for k in range(6):
        yield _part(halt, k, 2.0 * k)


def _each(kind: str, ai: Ai, **parameters: Any) -> tuple[Part, ...]:
    """A threat to each value that the AI writes; of one alone the loop need not be named."""
    head = {"kind": kind, "tap": "policy"}
    named = [{"target": loop} if len(ai.loops) > 1 else {} for loop in ai.loops]
    return tuple(
        _part({**head, **one, **_of(ai, loop, parameters)}, k)
        for k, (loop, one) in enumerate(zip(ai.loops, named, strict=True))
    )


def _of(ai: Ai, loop: str, parameters: Raw) -> Raw:
    unit = ai.outputs[loop].centre.unit
    return {key: f"{value!r} {unit}" if key == "value" else value for key, value in parameters.items()}


def _beyond(plant: Plant, ai: Ai, end: int) -> tuple[Part, ...]:
    """A tenth of the guard's range beyond one of its ends."""
    guard = plant.output_guard[ai.mode]
    unit = ai.outputs[ai.loops[0]].centre.unit
    low, high = (one.to(unit) for one in guard.range)
    value = (low, high)[end] + (-0.1, 0.1)[end] * (high - low)
    return _each("force", ai, value=value)
