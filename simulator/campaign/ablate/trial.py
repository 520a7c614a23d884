"""One question with some layers taken away, on its own first replicas, and what the others then did."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.assess.measure import Columns, measure
from simulator.campaign.ablate.watch import Path, Watch, unread
from simulator.campaign.experiment import Experiment
from simulator.campaign.work import Workshop
from simulator.core.clock import Tick
from simulator.engine.block import Block
from simulator.scenario.build import build
from simulator.scenario.build.channels import channels
from simulator.scenario.build.names import Names
from simulator.scenario.checks.suite import LAYERS
from simulator.scenario.space import Space
from simulator.testing.mutants import Mutation

ACTED = "acted."


@dataclass(frozen=True)
class Trial(Experiment):
    """A question as it is drawn, without the layers that are `removed`; every channel is recorded.

    Its rows are those of the suite's own first replicas, so that two trials of a question differ in what
    was removed and in nothing else. Beside the columns of an experiment they have ``digest``, of all
    channels but those for the record alone, and ``acted.<layer>`` for every layer that is still there.

    Parameters
    ----------
    watching : bool
        Whether the layers that are there are watched; else there is no ``acted``.
    """

    watching: bool = True

    def run(self, points: NDArray[np.float64], noise: Sequence[int] | NDArray[np.int64]) -> Columns:
        """Rows of the replicas `noise` (n,); `points` has no axes."""
        case = self.case(points, noise)
        places = channels(
            Names(case.plant, case.physics), self.question.ai, self.question.signals, self.signals
        )
        mere: list[Any] = []
        block = build(replace(case, mutate=_noting(mere, case.mutate)))
        rows = {name: _row(block, place) for name, place in places.items()}
        judged = [row for name, row in rows.items() if name in self.sticks.signals]
        mere = [one for one in mere if not _shares(one, judged)]
        watch = Watch(LAYERS, tuple(case.plant.sifs), len(noise))
        if self.watching:
            block = replace(block, path=watch.over(block.path, {id(one) for one in mere}))
        traces = block.run({name: place for name, place in places.items() if not _shares(rows[name], mere)})
        found = measure(traces, self.sticks, 0)
        del traces, block  # a run is a ring of references: hundreds of them would wait for the collector
        gc.collect()
        del found["replica"]
        acted = {f"{ACTED}{name}": f for name, f in watch.acted.items() if name not in self.removed}
        return {"noise": np.asarray(noise, np.int64)} | found | acted

    @cached_property
    def signals(self) -> tuple[str, ...]:
        """Everything that can be recorded."""
        return tuple(self.question.signals)


def _noting(mere: list[Any], change: Mutation | None) -> Mutation:
    """The change, after the outputs that are for the record alone were noted on the whole path."""

    def taken(path: Path) -> Path:
        mere.extend(unread(path, LAYERS))
        return change(path) if change else path

    return taken


def _shares(one: Any, others: Iterable[Any]) -> bool:
    return any(np.shares_memory(one, other) for other in others)


def _row(block: Block, place: Any) -> Any:
    """The row of the board on which a channel stands."""
    is_state, row = block.board.place(place.block, place.row)
    return (block.board.states if is_state else block.board.reals)[row]


def trial(
    shop: Workshop, key: str, removed: tuple[str, ...], longest: Tick | None, watching: bool = True
) -> Trial:
    """A question without these layers; one that lasts longer than `longest` [ms] is run so much."""
    question = shop.suite.scenarios[key]
    ends = min(question.duration, longest or question.duration)
    return Trial(shop, key, duration=ends, given=Space(question.spec, ()), removed=removed, watching=watching)
