"""A search: several methods and requirements share one budget in fixed proportions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from simulator.campaign.search import response
from simulator.campaign.search.cmaes import cma_es
from simulator.campaign.search.corners import corners, plain
from simulator.campaign.search.draws import Draws
from simulator.campaign.search.entropy import cross_entropy
from simulator.campaign.search.found import Objective, Pattern, Reals, Searched
from simulator.campaign.search.method import Asking
from simulator.campaign.search.race import Race

SHARES = {"response": 12.0, "waves": 4.0, "corners": 1.0, "refine": 1.0, "cross-entropy": 2.0, "cma-es": 2.0}
"""What each method may spend for every requirement, in proportion; the order settles ties."""
EARLY = 32
"""So many corners of a design come before any method has a turn; fewer when the budget is small."""
IDLE = 200
"""Turns without a new point after which there is nothing left to ask."""


@dataclass
class Entrant:
    """One method at work on one requirement.

    Attributes
    ----------
    method : str
        Its name, a key of `SHARES`.
    requirement : int
        What it tries to violate.
    asking : generator
        The method.
    guess : int
        How many points it may ask for first; it begins with what is known when its turn comes.
    """

    method: str
    requirement: int
    asking: Asking
    guess: int
    spent: int = 0
    ended: bool = False
    _wanted: Reals | None = field(default=None, repr=False)

    @property
    def turn(self) -> float:
        """Who has the least is next: what it would have spent, in proportion to its share [1]_.

        References
        ----------
        .. [1] A. Demers, S. Keshav, S. Shenker, "Analysis and simulation of a fair queueing
           algorithm", SIGCOMM 1989, doi:10.1145/75246.75248.
        """
        size = self.guess if self._wanted is None else len(self._wanted)
        return (self.spent + size) / SHARES[self.method]

    def ask(self, race: Race) -> None:
        """Put its next points to the race, and tell it the scores."""
        before = race.left
        try:
            wanted = next(self.asking) if self._wanted is None else self._wanted
            places = race.put(wanted, self.method)
            scores = [race.score(k, self.requirement) if k >= 0 else np.inf for k in places]
            self._wanted = self.asking.send(np.array(scores))
        except StopIteration:
            self.ended = True
        self.spent += max(before - race.left, 1)


def search(
    objective: Objective,
    d: int,
    m: int,
    budget: int,
    seed: int,
    patterns: Sequence[Pattern] = (),
    stop: bool = True,
) -> Searched:
    """Look for points at which requirements are violated, and for the least margin of each.

    The nominal point (the middle) comes first, then corners, with constant courses first; then the methods of
    `SHARES` take turns, each for every requirement that is not violated yet. All of them use only the
    order of one requirement's margins, so scales of different requirements do not matter. No point
    is put twice.

    Parameters
    ----------
    objective : Objective
        Margins (n, m) at points (n, d) in [0, 1]; below 0 is violated. NaN, undecided, is never found
        and never a least margin. The same point must have the same margins.
    d : int
        Numbers in a point, at least 1.
    m : int
        Requirements, at least 1.
    budget : int
        Most points; never exceeded.
    seed : int
        The same seed asks for the same points.
    patterns : sequence of Pattern
        Courses over time among the columns.
    stop : bool
        End when every requirement is violated; otherwise the budget is spent on deeper violations.

    Returns
    -------
    Searched
        Everything that was asked. ``margins[0] < 0`` says that the nominal point fails.

    Raises
    ------
    ValueError
        When there is nothing to search, a pattern has a column twice or outside, or the objective answers
        in another shape.
    """
    _check(d, m, budget, patterns)
    race = Race(objective, d, m, budget)
    for method, points in _first(d, budget, seed, patterns):
        if race.open(stop):
            race.put(points, method)
    entrants = [
        Entrant(method, requirement, asking, d)
        for requirement in range(m)
        for method, asking in _methods(race, requirement, seed, patterns)
    ]
    _take_turns(race, entrants, stop)
    return race.searched()


def _first(d: int, budget: int, seed: int, patterns: Sequence[Pattern]) -> Iterator[tuple[str, Reals]]:
    """What is asked for before any method has a turn."""
    yield "nominal", np.full((1, d), 0.5)
    yield "corners", plain(d, patterns)
    yield "corners", next(_corners(d, budget, seed))[: budget // EARLY]


def _corners(d: int, budget: int, seed: int) -> Asking:
    return corners(d, Draws(seed, "corners"), budget // 4, EARLY)


def _take_turns(race: Race, entrants: Sequence[Entrant], stop: bool) -> None:
    idle = 0
    while race.left and idle < IDLE:
        racing = race.open(stop)
        able = [one for one in entrants if not one.ended and one.requirement in racing]
        if not able:
            return
        before = race.left
        min(able, key=lambda one: one.turn).ask(race)
        idle = 0 if race.left < before else idle + 1


def _methods(
    race: Race, requirement: int, seed: int, patterns: Sequence[Pattern]
) -> Iterator[tuple[str, Asking]]:
    def draws(method: str) -> Draws:
        return Draws(seed, f"{method}/{requirement}")

    def lead() -> tuple[Reals, float]:
        return race.lead(requirement)

    if patterns:
        yield "response", response.respond(patterns, lead)
        yield "waves", response.resonate(patterns, draws("waves"), lead)
    yield "corners", _corners(race.d, race.budget, seed)
    yield "refine", response.refine(patterns, draws("refine"), lead)
    yield "cross-entropy", cross_entropy(race.d, draws("cross-entropy"), lead)
    yield "cma-es", cma_es(race.d, draws("cma-es"), lead)


def _check(d: int, m: int, budget: int, patterns: Sequence[Pattern]) -> None:
    if min(d, m, budget) < 1:
        raise ValueError(f"nothing to search: {d} numbers, {m} requirements, {budget} points")
    columns = [column for pattern in patterns for column in pattern.columns]
    if len(set(columns)) < len(columns) or not all(0 <= column < d for column in columns):
        raise ValueError(f"columns of patterns {columns}: each once, from 0 to {d - 1}")
    if not all(pattern.columns for pattern in patterns):
        raise ValueError("a pattern without columns")
