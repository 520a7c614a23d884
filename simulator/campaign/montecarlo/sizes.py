"""How often each question of a campaign is put."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

from simulator.core.clock import Tick
from simulator.core.errors import InputError, Problem
from simulator.scenario.resolved import ResolvedSuite
from simulator.scenario.schema.year import Year

YEAR: Tick = 365 * 24 * 3_600_000
"""A plant-year of 8,760 h [ms]."""
EVENT_RUNS = 1000
"""Runs of each initiating event where nobody says how many."""


def of_questions(suite: ResolvedSuite, runs: int, only: Sequence[str]) -> dict[str, int]:
    """The same number of runs of every question, or of those that are named.

    Raises
    ------
    InputError
        When the suite has no such question, or none of those that are named draws anything.
    """
    unknown = [name for name in only if name not in suite.asked]
    if unknown:
        wanted = f"one of {', '.join(suite.asked)}"
        raise InputError(*(Problem(f"--only {name}", wanted, str(suite.file)) for name in unknown))
    return {key: runs for key in suite.asked if not only or key in only}


def of_year(suite: ResolvedSuite, plant_years: float, event_runs: int) -> dict[str, int]:
    """Runs that make up so many plant-years of quiet time, and so many of each initiating event.

    Quiet time is divided among its questions by their shares, in whole runs, rounded up.

    Raises
    ------
    InputError
        When the suite does not say what a year is made of, or a question of it cannot be asked.
    """
    year = suite.spec.year
    if year is None:
        hint = "say with 'year: {source, quiet, events}' what its questions stand for (docs/campaigns.md)"
        raise InputError(Problem("no key 'year'", "a suite with a plant-year", str(suite.file), hint=hint))
    found = dict(_of_year(suite, year, plant_years, event_runs))
    left = [name for name in found if name not in suite.asked]
    if left:
        got = f"{', '.join(left)}, which this policy cannot be asked"
        raise InputError(Problem(got, "a policy for every question of the year", str(suite.file)))
    return found


def _of_year(suite: ResolvedSuite, year: Year, plant_years: float, runs: int) -> Iterator[tuple[str, int]]:
    for name, share in year.quiet.items():
        yield name, max(ceil(share * plant_years * YEAR / suite.scenarios[name].duration), 1)
    for event in year.events:
        yield event.of, runs
