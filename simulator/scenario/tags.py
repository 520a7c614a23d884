"""The tags of a plant: everything an instrument tells, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from simulator.core.units import UnitError, convert
from simulator.scenario.plants import Physics
from simulator.scenario.schema.plant import Measurement, Plant


@dataclass(frozen=True)
class Tag:
    """One measured value.

    Attributes
    ----------
    name, unit : str
        Tag and the unit of its numbers (that of the physics).
    low, high : float
        Span [unit].
    kind : {'transmitter', 'copy', 'readback'}
        Own transmitter, one-way copy from the safety system, or position of a valve.
    of : str
        Quantity of the physics, first tag of the copy, or valve.
    wired_to : tuple of str
        Safety functions it belongs to; empty for the control system's own.
    """

    name: str
    unit: str
    low: float
    high: float
    kind: Literal["transmitter", "copy", "readback"]
    of: str
    wired_to: tuple[str, ...] = ()

    @property
    def span(self) -> tuple[float, float]:
        """Lowest and highest value [unit]."""
        return self.low, self.high


def tags_of(plant: Plant, physics: Physics) -> dict[str, Tag]:
    """Every tag whose declaration makes sense; what does not is reported by the checks."""
    tags = {}
    for name, spec in plant.measurements.items():
        tag = _transmitter(name, spec, physics.quantities)
        if tag:
            tags[name] = tag
    for name, copy in plant.copies.items():
        first = tags.get(copy.median_of[0])
        if first:
            tags[name] = Tag(name, first.unit, first.low, first.high, "copy", first.name)
    for name, element in plant.final_elements.items():
        unit = physics.inputs.get(element.drives, "")
        own = element.readback
        if own and _fits("%", unit):
            tags[own] = Tag(own, unit, 0.0, convert(100.0, "%", unit), "readback", name)
    return tags


def _transmitter(name: str, spec: Measurement, quantities: Mapping[str, str]) -> Tag | None:
    unit = quantities.get(spec.quantity)
    if unit is None or not all(_fits(end.unit, unit) for end in spec.span):
        return None
    low, high = (end.to(unit) for end in spec.span)
    return Tag(name, unit, low, high, "transmitter", spec.quantity, spec.wired_to)


def _fits(given: str, wanted: str) -> bool:
    try:
        convert(0.0, given, wanted)
    except UnitError:
        return False
    return True
