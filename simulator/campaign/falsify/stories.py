"""Counterexamples for people: alike ones told once, each in a sentence with its values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.core.clock import show
from simulator.core.quantity import Distribution, Fixed
from simulator.scenario.schema.scenario import Scenario, Threat

Reals = NDArray[np.float64]
Key = tuple[str, str, tuple[str, ...]]


@dataclass(frozen=True)
class Violation:
    """One point at which a requirement is violated.

    Attributes
    ----------
    requirement : str
        Which.
    place : int
        Number of the simulation.
    point : ndarray, shape (n_axes,)
        Where.
    margin : float
        The number that is searched.
    held : str
        The rung of the verdict ladder.
    """

    requirement: str
    place: int
    point: Reals
    margin: float
    held: str


def diverse(violations: Sequence[Violation], most: int) -> list[Violation]:
    """A few that differ most: the worst, then always the one farthest from all that are chosen.

    On every rung of the ladder the worst comes first, so that none is left out.
    """
    left = sorted(violations, key=lambda one: (one.margin, one.place))
    chosen: list[Violation] = []
    for rung in dict.fromkeys(one.held for one in left):
        if len(chosen) < most:
            chosen.append(next(one for one in left if one.held == rung))
    while len(chosen) < min(most, len(left)):
        away = [min(_apart(one, other) for other in chosen) for one in left]
        if max(away) == 0.0:
            break
        chosen.append(left[int(np.argmax(away))])
    return chosen


def _apart(one: Violation, other: Violation) -> float:
    return float(np.sqrt(np.mean((one.point - other.point) ** 2)))


def key(requirement: str, held: str, spec: Scenario) -> Key:
    """What makes two shrunk counterexamples one story: requirement, rung, and what acts in them."""
    acts = {*(threat.name for threat in spec.threats), *(f"start.{name}" for name in spec.start)}
    return requirement, held, tuple(sorted(acts))


def sentence(spec: Scenario, requirement: str, when: int, by: str, held: str) -> str:
    """One counterexample in a sentence.

    Parameters
    ----------
    spec : Scenario
        Fixed.
    requirement : str
        What it violates.
    when : int
        At what time [ms]; -1 when no moment is the worst.
    by : str
        By how much, such as ``0.51 K``; empty where states alone decide.
    held : str
        The rung of the ladder.
    """
    parts = [*_starts(spec), *(_threat(threat) for threat in spec.threats), *_orders(spec)]
    told = "; ".join(parts) or "with no threat at all"
    at = f" at {show(when)}" if when >= 0 else ""
    amount = f" by {by}" if by else ""
    return f"{told}: {requirement} is violated{amount}{at} ({_RUNGS.get(held, held)})"


_RUNGS = {
    "no demand": "no layer had to act",
    "guard": "the output guard acted",
    "fallback": "the fallback had taken over",
    "operator": "the operator acted",
    "SIF": "a safety function acted",
    "UNSAFE": "the safety limit was crossed",
    "unknown": "which layer held is not known",
}


def _starts(spec: Scenario) -> Iterator[str]:
    if spec.start:
        yield "from " + ", ".join(f"{name} {value(source)}" for name, source in spec.start.items())


def _threat(threat: Threat) -> str:
    where = f"{threat.tap} {threat.target}" if threat.target else threat.tap
    lasts = f" for {value(threat.lasts)}" if threat.lasts else ""
    extra = [f"{name} {value(source)}" for name, source in (threat.__pydantic_extra__ or {}).items()]
    levels = [", then ".join(value(level) for level in threat.levels)] if threat.levels else []
    told = ", ".join((*levels, *extra))
    return f"'{threat.name}' ({threat.kind} at {where}) from {value(threat.onset)}{lasts}" + (
        f": {told}" if told else ""
    )


def _orders(spec: Scenario) -> Iterator[str]:
    if spec.operator:
        yield from (f"the operator orders {one.do} at {value(one.at)}" for one in spec.operator.orders)


def value(source: Distribution) -> str:
    """A fixed value with its unit; times as people say them."""
    if not isinstance(source, Fixed):
        return "what is drawn"
    if source.unit == "ms":
        return show(round(source.value))
    return f"{source.value:.6g}" + ("" if source.unit == "1" else f" {source.unit}")


def clustered(found: Sequence[tuple[Key, float, int]], better: Callable[[int], float]) -> list[list[int]]:
    """Places of those that tell one story, the best first.

    Parameters
    ----------
    found : sequence of tuple
        Of each: its key, its margin, and its place.
    better : callable
        Given a place, how long its story is; the shortest is told, of equals the worst.
    """
    groups: dict[Key, list[tuple[float, float, int]]] = {}
    for one, margin, place in found:
        groups.setdefault(one, []).append((better(place), margin, place))
    return [[place for _, _, place in sorted(group)] for group in groups.values()]
