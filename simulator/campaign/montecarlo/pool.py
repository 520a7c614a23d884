"""Blocks on this machine's cores: a few are under way at a time, so that memory stays flat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from simulator.assess.measure import Columns
from simulator.campaign import execute
from simulator.campaign.montecarlo.block import run
from simulator.campaign.montecarlo.plan import Piece
from simulator.campaign.work import Workshop

AHEAD = 2
"""Blocks under way or waiting, for each worker."""
Done = tuple[Piece, Columns]


def local(shop: Workshop, pieces: Iterable[Piece], workers: int, digests: dict[Path, str]) -> Iterator[Done]:
    """Run blocks in processes of this machine, in whatever order they end.

    Parameters
    ----------
    shop : Workshop
        The suite; its kernels are compiled.
    pieces : iterable of Piece
        What to run.
    workers : int
        Processes; 1 runs everything in this one.
    digests : dict of Path to str
        SHA-256 of the input files: a worker that reads others refuses to work.

    Raises
    ------
    InputError
        When an input file has changed since the campaign began.
    WorkerLost
        When a worker process dies.
    """
    if workers == 1:
        yield from ((piece, run(shop, piece)) for piece in pieces)
        return
    pool = execute.begin_pool(shop.suite, workers, digests)
    yield from execute.collected(pool, _run, pieces, AHEAD * workers)


def _run(piece: Piece) -> Columns:
    return run(execute.worker_shop(), piece)
