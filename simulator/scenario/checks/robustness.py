"""Cross-checks of a suite's robustness study: requirements, scenarios, and what may be scaled."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from simulator.core.clock import show
from simulator.scenario.hints import shown
from simulator.scenario.notes import Notes
from simulator.scenario.place import Way
from simulator.scenario.plants import Physics
from simulator.scenario.schema.plant import Plant
from simulator.scenario.schema.requirements import Requirements
from simulator.scenario.schema.robustness import Parameter, Robustness
from simulator.scenario.schema.scenario import Scenario

Plants = Collection[tuple[Plant, Physics]]
_HEAD = "robustness"


def check_robustness(
    notes: Notes,
    asked: Robustness,
    book: Requirements,
    scenarios: Mapping[str, Scenario],
    plants: Plants,
) -> None:
    """Note names that do not exist and inputs that do not stand still.

    Parameters
    ----------
    notes : Notes
        On the suite.
    asked : Robustness
        Its study.
    book : Requirements
        The requirements.
    scenarios : mapping of str to Scenario
        The questions of the suite.
    plants : collection of (Plant, Physics)
        Plants of the suite.
    """
    formulas = [name for name, r in book.requirements.items() if r.formula]
    for key in ("requirements", "provided"):
        for i, name in enumerate(getattr(asked, key)):
            notes.one_of((_HEAD, key, i), name, formulas, "a requirement that is a formula")
    for i, name in enumerate(asked.of):
        way: Way = (_HEAD, "of", i)
        known = notes.one_of(way, name, scenarios, "a scenario of the suite")
        if known and not set(scenarios[name].requirements) & set(asked.requirements):
            notes.refuse(way, shown(name), f"a scenario that asks {' or '.join(asked.requirements)}")
    _check_length(notes, asked, scenarios)
    for name, parameter in asked.parameters.items():
        _PARTS[parameter.way](notes, (_HEAD, "parameters", name, parameter.way), parameter, plants)


def _check_length(notes: Notes, asked: Robustness, scenarios: Mapping[str, Scenario]) -> None:
    """A question that is cut before its threat has done its worst would hold for nothing."""
    chosen = [s for key, s in scenarios.items() if not asked.of or key in asked.of]
    struck = [s for s in chosen if s.threats and set(s.requirements) & set(asked.requirements)]
    longest = max(struck, key=lambda s: s.duration, default=None)
    if longest and asked.longest and asked.longest < longest.duration:
        wanted = (
            f"at least {show(longest.duration)}, the length of {longest.id}: what has threats is run whole"
        )
        notes.refuse((_HEAD, "longest"), show(asked.longest), wanted)


def _input(notes: Notes, way: Way, parameter: Parameter, plants: Plants) -> None:
    for plant, physics in plants:
        name = str(parameter.input)
        if not notes.one_of(way, name, physics.inputs, f"an input of the physics of {plant.plant}"):
            return
        moved = {e.drives for e in plant.final_elements.values()} | set(plant.nominal.disturbances)
        moved |= {one for phase in plant.phases.values() for one in phase.inputs}
        if name in moved:
            wanted = "an input that stands still: no valve, wander or phase moves it"
            notes.refuse(way, shown(name), wanted, f"in {plant.plant}")
            return


def _lag(notes: Notes, way: Way, parameter: Parameter, plants: Plants) -> None:
    lagging = [{tag: m for tag, m in plant.measurements.items() if m.lag} for plant, _ in plants]
    _tags(notes, way, parameter.lag or (), lagging, "a transmitter with a lag")


def _stroke(notes: Notes, way: Way, parameter: Parameter, plants: Plants) -> None:
    elements = [plant.final_elements for plant, _ in plants]
    _tags(notes, way, parameter.stroke or (), elements, "a final element")


def _tags(
    notes: Notes, way: Way, tags: Iterable[str], known: Iterable[Mapping[str, Any]], wanted: str
) -> None:
    listed = list(known)
    for i, tag in enumerate(tags):
        spot = (*way, i) if (*way, i) in notes.source.places else way
        for names in listed:
            if not notes.one_of(spot, tag, names, wanted):
                break


_PARTS = {"input": _input, "lag": _lag, "stroke": _stroke}
