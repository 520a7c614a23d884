"""The book of a search: what was asked, what came of it, and which requirements are still in the race."""

from __future__ import annotations

import numpy as np

from simulator.campaign.search.found import Found, Objective, Reals, Searched


class Race:
    """Puts points to the objective once each, within a budget.

    Parameters
    ----------
    objective : Objective
        What is searched.
    d, m : int
        Numbers in a point, and requirements.
    budget : int
        Most points that are ever put.
    """

    def __init__(self, objective: Objective, d: int, m: int, budget: int) -> None:
        self.d, self.m, self.budget = d, m, budget
        self._objective = objective
        self._points: list[Reals] = []
        self._margins: list[Reals] = []
        self._methods: list[str] = []
        self._known: dict[bytes, int] = {}
        self._lead = [-1] * m

    @property
    def left(self) -> int:
        """How many points may still be put."""
        return self.budget - len(self._points)

    def score(self, place: int, requirement: int) -> float:
        """Margin of a requirement at a point; infinite where it was not decided."""
        margin = float(self._margins[place][requirement])
        return np.inf if np.isnan(margin) else margin

    def lead(self, requirement: int) -> tuple[Reals, float]:
        """Point and margin where a requirement has the least so far; the middle before there is any."""
        place = self._lead[requirement]
        if place < 0:
            return np.full(self.d, 0.5), np.inf
        return self._points[place].copy(), self.score(place, requirement)

    def open(self, stop: bool) -> list[int]:
        """Requirements that take part: those not violated; when all are, none or, without `stop`, all."""
        held = [j for j in range(self.m) if not self.lead(j)[1] < 0.0]
        return held or ([] if stop else list(range(self.m)))

    def put(self, points: Reals, method: str) -> list[int]:
        """Evaluate what is not known yet; places of all in the book, -1 beyond the budget."""
        asked = np.clip(np.asarray(points, float).reshape(-1, self.d), 0.0, 1.0) + 0.0
        names = [point.tobytes() for point in asked]
        fresh: dict[bytes, Reals] = {}
        for name, point in zip(names, asked, strict=True):
            if name not in self._known and len(fresh) < self.left:
                fresh.setdefault(name, point)
        if fresh:
            self._evaluate(fresh, method)
        return [self._known.get(name, -1) for name in names]

    def _evaluate(self, fresh: dict[bytes, Reals], method: str) -> None:
        margins = np.asarray(self._objective(np.array(list(fresh.values()))), float)
        if margins.shape != (len(fresh), self.m):
            raise ValueError(f"got margins of shape {margins.shape}, wanted {(len(fresh), self.m)}")
        for (name, point), row in zip(fresh.items(), margins, strict=True):
            place = len(self._points)
            self._known[name] = place
            self._points.append(point)
            self._margins.append(row)
            self._methods.append(method)
            for j in range(self.m):
                if row[j] < self.lead(j)[1]:
                    self._lead[j] = place

    def searched(self) -> Searched:
        """The book, closed."""
        n = len(self._points)
        points = np.array(self._points).reshape(n, self.d)
        margins = np.array(self._margins).reshape(n, self.m)
        counted = {name: self._methods.count(name) for name in dict.fromkeys(self._methods)}
        best = tuple(self._found(j) for j in range(self.m))
        history = np.fmin.accumulate(margins) if n else margins
        return Searched(points, margins, best, n, history, tuple(counted.items()))

    def _found(self, requirement: int) -> Found:
        place = self._lead[requirement]
        if place < 0:
            return Found(np.full(self.d, np.nan), np.nan, -1, "")
        margin = self.score(place, requirement)
        return Found(self._points[place].copy(), margin, place, self._methods[place])
