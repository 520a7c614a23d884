"""Blocks on this machine's cores: a few are under way at a time, so that memory stays flat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
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
    try:
        yield from _collected(pool, iter(pieces), AHEAD * workers)
    except BrokenProcessPool as error:
        raise execute.WorkerLost("a worker process ended by itself; is there enough memory?") from error
    finally:
        execute.end_pool(pool)


def _collected(pool: ProcessPoolExecutor, pieces: Iterator[Piece], ahead: int) -> Iterator[Done]:
    waiting: dict[Future[Columns], Piece] = {pool.submit(_run, one): one for one in islice(pieces, ahead)}
    while waiting:
        done, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            piece = waiting.pop(future)
            waiting |= {pool.submit(_run, one): one for one in islice(pieces, 1)}
            yield piece, future.result()


def _run(piece: Piece) -> Columns:
    return run(execute.worker_shop(), piece)
