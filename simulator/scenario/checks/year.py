"""Cross-checks of a suite's plant-year: its questions exist, and each is of the kind that it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from simulator.scenario.hints import shown
from simulator.scenario.notes import Notes
from simulator.scenario.place import Way
from simulator.scenario.schema.scenario import Scenario
from simulator.scenario.schema.year import Year

_HEAD = "year"


def check_year(notes: Notes, year: Year, scenarios: Mapping[str, Scenario]) -> None:
    """Note questions that do not exist, stand twice, or are none of their kind.

    Parameters
    ----------
    notes : Notes
        On the suite.
    year : Year
        Its plant-year.
    scenarios : mapping of str to Scenario
        The questions of the suite.
    """
    seen: set[str] = set()
    for way, name, struck in _named(year):
        key = way[1] == "quiet"
        if not notes.one_of(way, name, scenarios, "a scenario of the suite", key=key):
            continue
        if name in seen:
            notes.refuse(way, shown(name), "each question once", key=key)
        if struck and not scenarios[name].threats:
            notes.refuse(way, shown(name), "a question in which something happens", key=key)
        if not struck and scenarios[name].threats:
            notes.refuse(way, shown(name), "a question without threats: quiet time", key=key)
        seen.add(name)


def _named(year: Year) -> Iterator[tuple[Way, str, bool]]:
    """Every question with its place, and whether it is that of an event."""
    for name in year.quiet:
        yield (_HEAD, "quiet", name), name, False
    for i, event in enumerate(year.events):
        yield (_HEAD, "events", i, "of"), event.of, True
