"""Puts questions at many points, on this machine's cores; what comes out does not depend on how many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, fields
from types import TracebackType
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from simulator.assess.measure import Columns
from simulator.campaign import execute
from simulator.campaign.experiment import Experiment, Noise
from simulator.campaign.folder import digests_of
from simulator.campaign.work import Workshop
from simulator.scenario.resolved import ResolvedSuite

Reals = NDArray[np.float64]


class Request(NamedTuple):
    """Points (n, n_axes) of an experiment, each in the noise of a replica (n,)."""

    experiment: Experiment
    points: Reals
    noise: Noise


@dataclass
class Lab:
    """Workers that put questions at points; a context manager.

    Parameters
    ----------
    suite : ResolvedSuite
        The suite.
    workers : int
        Processes; 1 works in this one.
    block : int
        Most replicas that run together; fewer where memory is short.
    """

    suite: ResolvedSuite
    workers: int = 1
    block: int = 256

    def __post_init__(self) -> None:
        self.shop = Workshop(self.suite)
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        if self.workers > 1:
            self._pool = execute.begin_pool(self.suite, self.workers, digests_of(self.suite))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool:
            execute.end_pool(self._pool)
            self._pool = None

    def run(self, experiment: Experiment, points: Reals, noise: Noise) -> Columns:
        """Rows of an experiment at points (n, n_axes), in their order."""
        return next(self.map([Request(experiment, points, noise)]))

    def map(self, requests: Sequence[Request]) -> Iterator[Columns]:
        """Rows of each request, in their order; blocks of all are shared among the workers.

        Raises
        ------
        WorkerLost
            When a worker process dies.
        """
        pieces = [list(self._pieces(one)) for one in requests]
        if self._pool is None:
            for parts in pieces:
                yield joined([part.experiment.run(part.points, part.noise) for part in parts])
            return
        try:
            waiting = [[self._pool.submit(_put, _sent(part)) for part in parts] for parts in pieces]
            for futures in waiting:
                yield joined([future.result() for future in futures])
        except BrokenProcessPool as error:
            raise execute.WorkerLost from error

    def _pieces(self, request: Request) -> Iterator[Request]:
        n, experiment = len(request.points), request.experiment
        size = min(self.block, experiment.most(self.suite.spec.budget.memory_per_worker))
        if self._pool:
            size = min(size, max(-(-n // self.workers), 8))
        for first in range(0, n, size):
            part = slice(first, first + size)
            yield Request(experiment, request.points[part], np.asarray(request.noise)[part])


def joined(parts: Sequence[Columns]) -> Columns:
    """Rows of blocks, one after another."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _sent(request: Request) -> dict[str, Any]:
    """A request as it travels: the worker has the suite already."""
    one = request.experiment
    about = {field.name: getattr(one, field.name) for field in fields(one) if field.name != "shop"}
    return {"kind": type(one), "about": about, "points": request.points, "noise": request.noise}


def _put(sent: dict[str, Any]) -> Columns:
    experiment: Experiment = sent["kind"](execute.worker_shop(), **sent["about"])
    return experiment.run(sent["points"], sent["noise"])
