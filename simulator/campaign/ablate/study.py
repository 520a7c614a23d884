"""A whole suite with its layers taken away: what is run, what need not be, and what comes of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from simulator.assess.measure import Columns
from simulator.campaign.ablate.plan import Pair, Tree, counts
from simulator.campaign.ablate.trial import ACTED, trial
from simulator.campaign.lab import Lab, Request
from simulator.core.clock import SECOND, Tick, show
from simulator.core.errors import Interrupted
from simulator.record.layout import Layout
from simulator.record.writer import put_rows
from simulator.scenario.resolved import ResolvedSuite

Progress = Callable[[str, int, int], None]
Removal = tuple[str, tuple[str, ...]]
"""A question and the layers that are taken from it."""


@dataclass(frozen=True)
class Audit:
    """Removals that were spared and run all the same, to see that they change nothing.

    Attributes
    ----------
    singles, pairs : int
        How many were run.
    broken : tuple of str
        Those whose records are not the ones that they must be.
    """

    singles: int = 0
    pairs: int = 0
    broken: tuple[str, ...] = ()


@dataclass
class Study:
    """Runs a suite's questions without one layer, and without two.

    Parameters
    ----------
    lab : Lab
        Where they are run.
    layout : Layout
        Where rows are kept.
    replicas : int
        The first ones of each question.
    tell : callable
        Told what has been done.
    """

    lab: Lab
    layout: Layout
    replicas: int
    tell: Progress
    trees: dict[str, Tree] = field(default_factory=dict)
    audit: Audit = field(default_factory=Audit)

    def __post_init__(self) -> None:
        self._ends = time.monotonic() + self.lab.suite.spec.budget.wall / SECOND

    @property
    def longest(self) -> Tick | None:
        """Of a longer question so much is run [ms], as of a broken build; None runs it whole."""
        return longest(self.lab.suite)

    def run(self, keys: Sequence[str], with_pairs: bool) -> None:
        """Every question, then each layer away, then two at a time."""
        for (key, _), rows in self._rows([(key, ()) for key in keys], "sound", True):
            self.trees[key] = Tree(rows)
        alone = [(key, (layer,)) for key, tree in self.trees.items() for layer in tree.called]
        for (key, (layer,)), rows in self._rows(alone, "without one", with_pairs):
            self.trees[key].single[layer] = rows
        self._keep("single", {key: tree.single for key, tree in self.trees.items()})
        if with_pairs:
            both = [(key, pair) for key, tree in self.trees.items() for pair in tree.pairs()]
            for (key, pair), rows in self._rows(both, "without two", False):
                self.trees[key].pair[pair[0], pair[1]] = rows
            self._keep("pair", {key: tree.pair for key, tree in self.trees.items()})
        self.audit = self._audited(with_pairs)

    def told(self, with_pairs: bool) -> dict[str, Any]:
        """How much was run, and how much was not and why."""
        return counts(self.trees, with_pairs) | {"audited": vars(self.audit)}

    def _rows(self, removals: Sequence[Removal], text: str, watching: bool) -> Iterator[tuple[Any, Columns]]:
        points, noise = np.zeros((self.replicas, 0)), np.arange(self.replicas)
        trials = [trial(self.lab.shop, key, gone, self.longest, watching) for key, gone in removals]
        found = self.lab.map([Request(one, points, noise) for one in trials])
        for k, (removal, rows) in enumerate(zip(removals, found, strict=True)):
            self._within_budget()
            self.tell(f"{text}: {removal[0]} {' + '.join(removal[1])}", k + 1, len(removals))
            yield removal, rows

    def _within_budget(self) -> None:
        if time.monotonic() > self._ends:
            wall = show(self.lab.suite.spec.budget.wall)
            raise Interrupted(
                f"the suite's budget of {wall} is used up; fewer questions: --only; fewer runs: --no-pairs"
            )

    def _keep(self, what: str, runs: dict[str, Any]) -> None:
        """Rows of every run of a question: the sound ones first, then by what was removed."""
        for key, by_layer in runs.items():
            named = {"": self.trees[key].sound} | {_called(gone): rows for gone, rows in by_layer.items()}
            put_rows(self.layout.rows(key, what, 0), _stacked(named))

    def _audited(self, with_pairs: bool) -> Audit:
        """Per question one spared removal and one spared pair, run after all; chosen by its place."""
        wanted: list[tuple[Removal, Columns]] = []
        for k, (key, tree) in enumerate(self.trees.items()):
            if tree.idle:
                wanted.append(((key, (tree.idle[k % len(tree.idle)],)), tree.sound))
        singles = len(wanted)
        for k, (key, tree) in enumerate(self.trees.items()):
            spared = [one for one in tree.spared() if one[1] in tree.single] if with_pairs else []
            if spared:
                pair, left = spared[k % len(spared)]
                wanted.append(((key, pair), tree.single[left]))
        found = self._rows([removal for removal, _ in wanted], "spared after all", False)
        broken = [
            f"{key} without {' and '.join(gone)}"
            for ((key, gone), rows), (_, same) in zip(found, wanted, strict=True)
            if not np.array_equal(rows["digest"], same["digest"])
        ]
        return Audit(singles, len(wanted) - singles, tuple(broken))


def longest(suite: ResolvedSuite) -> Tick | None:
    """How much of a long question a build without a layer runs [ms]: what the suite's mutants do."""
    mutants = suite.spec.controls.mutants
    return mutants.longest if mutants else None


def _called(gone: str | Pair) -> str:
    return gone if isinstance(gone, str) else "+".join(gone)


def _stacked(named: dict[str, Columns]) -> Columns:
    """Rows of several runs under each other, with a column that says what was removed."""
    columns = [name for name in next(iter(named.values())) if not name.startswith(ACTED)]
    gone = np.concatenate([np.full(len(rows["noise"]), what) for what, rows in named.items()])
    return {"removed": gone} | {
        name: np.concatenate([rows[name] for rows in named.values()]) for name in columns
    }
