"""A whole search: folder, nominal point, search, controls, counterexamples, and what it all comes to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.assess.measure import Columns
from simulator.campaign.experiment import Experiment
from simulator.campaign.falsify import outcome
from simulator.campaign.falsify.aims import Aim, aims, margins
from simulator.campaign.falsify.asked import Asked, checked
from simulator.campaign.falsify.control import Control, builds, controlled, spent
from simulator.campaign.falsify.counterexamples import Files
from simulator.campaign.falsify.evidence import drawn
from simulator.campaign.falsify.stories import Violation
from simulator.campaign.falsify.trials import NOISE, Clock, Trials, courses
from simulator.campaign.folder import begin, digests_of, end
from simulator.campaign.lab import Lab
from simulator.campaign.search import Pattern, Searched, search
from simulator.core.clock import SECOND
from simulator.record.layout import Layout
from simulator.record.writer import put_rows, put_trace
from simulator.scenario.resolved import ResolvedSuite

KIND = "falsify"
Reals = NDArray[np.float64]
Progress = Callable[[str, int, int], None]
"""Told what is being done: a text, how much so far, how much in all."""


def falsify(suite: ResolvedSuite, asked: Asked, progress: Progress) -> tuple[Layout, dict[str, Any]]:
    """Search for violations and write what is found.

    Returns
    -------
    Layout, dict
        The results folder and its ``falsify.json``.

    Raises
    ------
    InputError
        When the search is impossible as it is asked.
    Interrupted, WorkerLost
        When it was stopped; rows so far are kept, in a folder that proves nothing.
    """
    question, named = checked(suite, asked)
    removed = builds(question, asked.control)
    seed = suite.spec.seed if asked.seed is None else asked.seed
    plan = _plan(asked, named, seed, removed)
    told = {"plan": plan, "workers": asked.workers, "only": [asked.question]}
    layout = begin(suite, asked.results, digests_of(suite), told, KIND)
    progress("compiling kernels, once", 0, asked.budget)
    with Lab(suite, asked.workers) as lab:
        hunt = _Hunt(lab, asked, layout, seed, aims(question, named), progress)
        hunt.warm()
        found = hunt.run(removed)
    end(layout, KIND, found, {"simulations": found["simulations"]})
    return layout, found


def _plan(asked: Asked, named: tuple[str, ...], seed: int, removed: list[tuple[str, ...]]) -> dict[str, Any]:
    return {
        "question": asked.question, "requirements": list(named), "budget": asked.budget, "seed": seed,
        "noise": NOISE, "controls": [list(layers) for layers in removed], "confirm": asked.confirm,
    }  # fmt: skip


@dataclass
class _Hunt:
    """One search under way."""

    lab: Lab
    asked: Asked
    layout: Layout
    seed: int
    aims: tuple[Aim, ...]
    progress: Progress

    def __post_init__(self) -> None:
        self.clock = Clock(self.lab.suite.spec.budget.wall)
        named = tuple(aim.requirement for aim in self.aims)
        self.experiment = Experiment(self.lab.shop, self.asked.question, requirements=named)
        self.patterns = [Pattern(columns) for columns in courses(self.experiment.space.axes)]

    def warm(self) -> None:
        """Compile in this process what workers then find."""
        ends = 2 * max(self.experiment.question.plant.spec.scan.ai, SECOND)
        point = np.full((1, len(self.experiment.space)), 0.5)
        replace(self.experiment, duration=min(ends, self.experiment.question.duration)).traces(point, [NOISE])

    def run(self, removed: list[tuple[str, ...]]) -> dict[str, Any]:
        """Search, control, write."""
        nominal = self._nominal()
        budget = self.asked.budget if (nominal >= 0).any() else 1
        trials = self._trials((), self.aims, "search")
        done = search(
            trials, len(self.experiment.space), len(self.aims), budget, self.seed, self.patterns, False
        )
        open_ = tuple(aim for k, aim in enumerate(self.aims) if not (done.margins[:, k] < 0).any())
        controls = controlled(
            lambda layers, left: self._trials(layers, left, "control-" + "-".join(layers)),
            removed, open_, self.asked.budget, self.seed, self.patterns,
        )  # fmt: skip
        files = self._files(trials, done)
        return self._outcome(trials, done, nominal, controls, bool(removed), files)

    def _nominal(self) -> Reals:
        """Margins in the middle of every range, shape (m,)."""
        middle = np.full((1, len(self.experiment.space)), 0.5)
        rows = self.lab.run(self.experiment, middle, [NOISE])
        return np.asarray(margins(rows, self.aims, self.experiment.sticks.limits)[0])

    def _trials(self, removed: tuple[str, ...], searched: tuple[Aim, ...], name: str) -> Trials:
        about = replace(self.experiment, removed=removed, requirements=tuple(a.requirement for a in searched))

        def keep(first: int, rows: Columns) -> None:
            put_rows(self.layout.rows(self.asked.question, name, first), rows)
            text = f"{self.asked.question} without {' '.join(removed)}" if removed else self.asked.question
            self.progress(text, first, self.asked.budget)

        return Trials(self.lab, about, searched, keep, self.clock)

    def _files(self, trials: Trials, done: Searched) -> Files:
        n = done.evaluations
        asked = self.asked
        files = Files(
            self.lab, self.experiment, self.layout, self.clock,
            lambda text: self.progress(text, n, n), asked.confirm, asked.into,
        )  # fmt: skip
        held = trials.rows["held"]
        for k, aim in enumerate(self.aims):
            places = np.flatnonzero(done.margins[:, k] < 0)
            found = [
                Violation(aim.requirement, int(p), done.points[p], float(done.margins[p, k]), str(held[p]))
                for p in places
            ]
            files.write(aim, found)
        return files

    def _nearest(self, done: Searched, found: list[dict[str, Any]]) -> None:
        """Keep the runs that came nearest to what was not violated."""
        for best, one in zip(done.best, found, strict=True):
            if one["verdict"] != outcome.FAIL and best.evaluation >= 0:
                name = f"{self.asked.question}.nearest-{one['id']}"
                traces = drawn(self.experiment, best.point)
                put_trace(self.layout.trace(name, 0), traces, 0, "nearest")
                one["nearest"] = name

    def _outcome(
        self,
        trials: Trials,
        done: Searched,
        nominal: Reals,
        controls: list[Control],
        asked: bool,
        files: Files,
    ) -> dict[str, Any]:
        found = [
            outcome.requirement(aim, k, done, trials, nominal, controls) for k, aim in enumerate(self.aims)
        ]
        verdict, why = outcome.overall(found, controls, asked)
        self._nearest(done, found)
        question = self.experiment.question
        counted = {
            "search": done.evaluations, "nominal": 1, "control": spent(controls),
            "shrinking": files.shrinking, "fresh_noises": files.fresh,
        }  # fmt: skip
        return {
            "question": question.id, "text": question.spec.question, "ai": question.variant,
            "verdict": verdict, "why": why, "exit": int(outcome.exit_of(verdict)),
            "requirements": found, "undecided": trials.undecided, "simulations": counted,
            "methods": [list(one) for one in done.methods], "held": outcome.rungs(trials),
            "coverage": outcome.coverage(trials), "controls": [one.told() for one in controls],
            "counterexamples": files.written, "budget": self.asked.budget, "seed": self.seed,
        }  # fmt: skip
