"""What commissioning proposes and finds: stated limits held against the recoverable region."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simulator.campaign.commission.linear import rounded
from simulator.campaign.commission.region import worst
from simulator.scenario.build.names import Names

Ends = tuple[float, float]


def envelope(names: Names, seen: dict[str, Ends], moved: dict[str, Ends]) -> dict[str, Any]:
    """Stated operating envelope, what normal days have shown, and the excursion of one watchdog time."""
    found = {}
    for name, ends in names.plant.operating_envelope.items():
        unit = names.quantities[name]
        found[name] = {
            "unit": unit, "stated": [end.to(unit) for end in ends],
            "seen": [rounded(v) for v in seen[name]], "excursion": [rounded(v) for v in moved[name]],
        }  # fmt: skip
    return found


def widened(inside: dict[str, Any], name: str) -> Ends:
    """The operating envelope with the largest excursion of one watchdog time around it."""
    (low, high), (fall, rise) = inside[name]["stated"], inside[name]["excursion"]
    return low + fall, high + rise


def recoverable(region: dict[str, Any], inside: dict[str, Any]) -> Ends | None:
    """Lowest and highest value that is recovered, over the widened envelope of the other states."""
    box = {
        name: widened(inside, name) if name in inside else (axis[0], axis[-1])
        for name, axis in region["against"].items()
    }
    return worst(region, box)


def ai_envelope(names: Names, region: dict[str, Any], inside: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The region less one excursion: where the AI may still have the loop."""
    ends, name = recoverable(region, inside), region["quantity"]
    if ends is None:
        return
    fall, rise = inside[name]["excursion"]
    for mode, guard in names.plant.output_guard.items():
        if any(_quantity(names, ai.loops[0]) == name for ai in names.plant.ai.values() if ai.mode == mode):
            unit = region["unit"]
            for key, proposed in (("below", ends[0] - fall), ("above", ends[1] - rise)):
                yield {
                    "limit": f"AI envelope, {key} ({mode})", "unit": unit,
                    "stated": getattr(guard.envelope, key).to(unit), "proposed": rounded(proposed),
                    "why": "the recoverable region less the excursion of one watchdog time", "lost": [],
                }  # fmt: skip


def _quantity(names: Names, loop: str) -> str | None:
    about = names.plant.measurements.get(names.plant.loops[loop].pv)
    return about.quantity if about else None


def findings(
    names: Names, region: dict[str, Any], inside: dict[str, Any], proposals: list[dict[str, Any]]
) -> list[str]:
    """What a reviewer must see."""
    found = [*_outgrown(inside)]
    if region:
        found += [*_beyond(names, region, inside)]
    for one in proposals:
        lost = next((share for value, share in one["lost"] if value == one["stated"]), 0.0)
        if lost > 0.0:
            told = f"{one['limit']}: at the stated {one['stated']:g} {one['unit']} {lost:.0%} of the trials"
            found.append(f"{told} call upon a safety function")
    return found


def _outgrown(inside: dict[str, Any]) -> Iterator[str]:
    for name, one in inside.items():
        (low, high), (least, most) = one["stated"], one["seen"]
        if least < low or most > high:
            told = f"normal days reach {least:.4g} to {most:.4g} {one['unit']}"
            yield f"operating envelope of {name}: {told}, stated are {low:.4g} to {high:.4g}"


def _beyond(names: Names, region: dict[str, Any], inside: dict[str, Any]) -> Iterator[str]:
    ends, unit, name = recoverable(region, inside), region["unit"], region["quantity"]
    if ends is None:
        yield f"{name}: there are states of the operating envelope from which nothing is recovered"
        return
    low, high = ends
    wide = widened(inside, name)
    region_told = f"the region that the fallback recovers from any valve position, {low:g} to {high:g} {unit}"
    if wide[0] < low or wide[1] > high:
        told = f"with one excursion {wide[0]:.5g} to {wide[1]:.5g} {unit}"
        yield f"operating envelope of {name}: {told}, leaves {region_told}"
    for what, value in _stated(names, name, unit):
        if not low <= value <= high:
            yield f"{what} {value:g} {unit} lies outside {region_told}"


def _stated(names: Names, name: str, unit: str) -> Iterator[tuple[str, float]]:
    """Stated limits on the quantity inside which the AI keeps the loop."""
    for mode, guard in names.plant.output_guard.items():
        if any(_quantity(names, ai.loops[0]) == name for ai in names.plant.ai.values() if ai.mode == mode):
            yield f"output_guard.{mode}.envelope.above", guard.envelope.above.to(unit)
            yield f"output_guard.{mode}.envelope.below", guard.envelope.below.to(unit)
    for tag, loop in names.plant.loops.items():
        if _quantity(names, tag) == name:
            for end in loop.setpoint.clamp:
                yield f"loops.{tag}.setpoint.clamp", end.to(unit)
