"""Collects what is wrong with one file while it is checked against the others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from simulator.core.errors import Problem
from simulator.core.quantity import SCALES, Distribution, Quantity
from simulator.core.units import UnitError
from simulator.scenario.hints import did_you_mean, shown
from simulator.scenario.place import Way
from simulator.scenario.source import Source

Pair = tuple[Quantity, Quantity]


class Notes:
    """Problems (which end the run) and findings (which the report prints) of one file."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.findings: list[str] = []

    def refuse(self, way: Way, got: str, wanted: str, hint: str = "", key: bool = False) -> None:
        """Note a mistake."""
        self.problems.append(self.source.problem(way, got, wanted, hint, key))

    def find(self, way: Way, text: str) -> None:
        """Note something that is allowed and that a reviewer should see."""
        line = self.source.places[way].key_line if way in self.source.places else 1
        self.findings.append(f"{self.source.file}:{line}  {text}")

    def one_of(self, way: Way, name: str, known: Iterable[str], wanted: str, key: bool = False) -> bool:
        """Whether a name is known; notes it with a suggestion when not."""
        names = list(known)
        if name in names:
            return True
        self.refuse(way, shown(name), wanted, did_you_mean(name, names), key)
        return False

    def in_unit(self, way: Way, value: Quantity, unit: str, difference: bool = False) -> float | None:
        """A value in the unit of its place, or None with a note."""
        try:
            return value.difference(unit) if difference else value.to(unit)
        except UnitError:
            self._misfit(way, value.unit, unit, difference)
            return None

    def drawn(
        self, way: Way, value: Distribution, unit: str, difference: bool = False
    ) -> Distribution | None:
        """A distribution in the unit of its place, or None with a note."""
        try:
            return value.to(unit, difference)
        except UnitError:
            self._misfit(way, value.unit, unit, difference)
            return None

    def positive(self, way: Way, value: Quantity, unit: str, zero: bool = False) -> float | None:
        """A difference that is above zero (or zero, if `zero`)."""
        number = self.in_unit(way, value, unit, difference=True)
        if number is not None and (number < 0 or (number == 0 and not zero)):
            self.refuse(way, shown(str(value)), "at least zero" if zero else "more than zero")
        return number

    def pair(self, way: Way, value: Pair, unit: str, inside: tuple[float, float] | None = None) -> None:
        """Both ends in the unit of their place, and inside a range."""
        for i, end in enumerate(value):
            self.inside((*way, i), end, unit, inside)

    def inside(self, way: Way, value: Quantity, unit: str, span: tuple[float, float] | None) -> float | None:
        """A value in the unit of its place and inside a range."""
        number = self.in_unit(way, value, unit)
        if number is not None and span and not span[0] <= number <= span[1]:
            self.refuse(way, shown(str(value)), f"a value from {span[0]:g} to {span[1]:g} {unit}")
        return number

    def _misfit(self, way: Way, given: str, unit: str, difference: bool) -> None:
        raw = self._raw(way)
        kind = "a difference" if difference and given in SCALES else "a quantity"
        wanted = f"{kind} in {unit}" if unit != "1" else "a plain number"
        if isinstance(raw, int | float) and not isinstance(raw, bool):
            wanted += f", such as {raw} {unit}"
        self.refuse(way, shown(raw) if not isinstance(raw, dict) else f"a distribution in '{given}'", wanted)

    def _raw(self, way: Way) -> Any:
        return self.source.value(way)


def inverse(unit: str) -> str:
    """``/K`` of ``K``, ``/L*min`` of ``L/min``: what to append to divide by a unit."""
    return "/" + unit.translate(str.maketrans("*/", "/*"))
