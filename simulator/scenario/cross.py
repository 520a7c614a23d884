"""Questions crossed with phases, variants of the AI or plants: one file, asked several times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.scenario.notes import Notes
from simulator.scenario.place import Way
from simulator.scenario.schema.scenario import Scenario
from simulator.scenario.schema.suite import Cross
from simulator.scenario.source import Source

_TOLD = {"phase": "in the phase {}", "ai": "with the AI {}", "plant": "on {}"}


@dataclass(frozen=True)
class Asked:
    """One question as it is asked.

    Attributes
    ----------
    source : Source
        File it comes from.
    spec : Scenario
        With its own id, such as ``NET-003.LOAD``.
    base : str
        Id of the file: its row of the catalogue, and the streams that it draws from. A question and
        its crossings share their draws, so that they can be compared replica by replica.
    """

    source: Source
    spec: Scenario
    base: str


def asked(
    notes: Notes, read: list[tuple[Source, Scenario]], crosses: tuple[Cross, ...], known: Mapping[str, Any]
) -> list[Asked]:
    """Every question of a suite, those of the files first.

    Parameters
    ----------
    notes : Notes
        On the suite.
    read : list of (Source, Scenario)
        The scenario files.
    crosses : tuple of Cross
        What the suite asks of them once more.
    known : mapping of str to Plant
        Plants by the name that scenarios use.
    """
    found = [Asked(source, spec, spec.id) for source, spec in read]
    by_id = {one.base: one for one in found}
    for i, cross in enumerate(crosses):
        for k, name in enumerate(cross.of):
            way: Way = ("cross", i, "of", k)
            if notes.one_of(way, name, by_id, "a scenario of the suite"):
                found += _crossings(notes, ("cross", i), by_id[name], cross, known)
    return found


def _crossings(
    notes: Notes, way: Way, base: Asked, cross: Cross, known: Mapping[str, Any]
) -> Iterator[Asked]:
    axis = cross.axis
    for k, value in enumerate(getattr(cross, axis)):
        spot = (*way, axis, k)
        plant = known.get(value if axis == "plant" else base.spec.plant)
        words = {"phase": plant.phases if plant else (), "ai": plant.ai if plant else (), "plant": known}
        if not notes.one_of(spot, value, words[axis], f"a known {axis} of the question's plant"):
            continue
        told = known[value].plant if axis == "plant" else value
        changes: dict[str, Any] = {axis: value, "id": f"{base.base}.{told}"}
        changes["question"] = f"{base.spec.question.rstrip('?')}, {_TOLD[axis].format(told)}?"
        if cross.requirements:
            changes["requirements"] = cross.requirements
        yield Asked(base.source, base.spec.model_copy(update=changes), base.base)
