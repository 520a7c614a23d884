"""Runs jobs on this machine's cores; results come back in the order in which they end."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from pathlib import Path
from typing import TypeVar

from simulator.campaign.jobs import Job
from simulator.campaign.transport import Link, Transport
from simulator.campaign.work import Done, Workshop
from simulator.core.errors import InputError, Problem
from simulator.record.layout import Layout
from simulator.record.writer import sha256
from simulator.scenario.resolve import resolve_suite
from simulator.scenario.resolved import Foreign, ResolvedSuite

T = TypeVar("T")
U = TypeVar("U")

_workshop: Workshop | None = None
_refused: InputError | None = None


class WorkerLost(Exception):
    """A worker process ended by itself: out of memory, or killed."""

    def __init__(self) -> None:
        super().__init__("a worker process ended by itself; is there enough memory?")


def execute(
    workshop: Workshop, jobs: Sequence[Job], workers: int, digests: dict[Path, str]
) -> Iterator[Done]:
    """Run jobs, the first ones first.

    Parameters
    ----------
    workshop : Workshop
        Suite and results folder.
    jobs : sequence of Job
        What to run.
    workers : int
        Processes; 1 runs everything in this one.
    digests : dict of Path to str
        SHA-256 of the input files: a worker that reads others refuses to work.

    Raises
    ------
    InputError
        When an input file has changed since the run began.
    WorkerLost
        When a worker process dies.
    """
    if workers == 1 or len(jobs) == 1:
        yield from (workshop.run(job) for job in jobs)
        return
    root = workshop.layout.root if workshop.layout else None
    link = workshop.transport.link if workshop.transport else None
    pool = begin_pool(workshop.suite, min(workers, len(jobs)), digests, root, link)
    for _, done in collected(pool, _run, jobs, len(jobs)):
        yield done


def begin_pool(
    suite: ResolvedSuite,
    workers: int,
    digests: dict[Path, str],
    root: Path | None = None,
    link: Link | None = None,
) -> ProcessPoolExecutor:
    """A pool whose workers have a suite as it is here; each begins with the first task.

    Where nothing else is under way in this process they are forked from it, with every kernel that it
    has called: starting anew costs each of them more than a second. A thread of Python's could hold a
    lock that a fork would never see opened, so beside threads they start anew; those of libraries do not
    count, since a worker uses none of theirs.
    """
    forked = sys.platform == "linux" and threading.active_count() == 1
    context = multiprocessing.get_context("fork" if forked else "spawn")
    begin = (suite.file, suite.foreign, suite if forked else None, root, digests, os.getpid(), link)
    return ProcessPoolExecutor(workers, context, begin_worker, begin)


def collected(
    pool: ProcessPoolExecutor, task: Callable[[T], U], items: Iterable[T], ahead: int
) -> Iterator[tuple[T, U]]:
    """Items and what came of each, in whatever order they end; the pool ends with the last.

    Parameters
    ----------
    pool : ProcessPoolExecutor
        As of `begin_pool`.
    task : callable
        What a worker does with an item; both travel.
    items : iterable
        The first ones are begun first.
    ahead : int
        How many are under way or waiting at a time.

    Raises
    ------
    WorkerLost
        When a worker process dies.
    """
    left = iter(items)
    try:
        waiting: dict[Future[U], T] = {pool.submit(task, one): one for one in islice(left, ahead)}
        while waiting:
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                item = waiting.pop(future)
                waiting |= {pool.submit(task, one): one for one in islice(left, 1)}
                yield item, future.result()
    except BrokenProcessPool as error:
        raise WorkerLost from error
    finally:
        end_pool(pool)


def end_pool(pool: ProcessPoolExecutor) -> None:
    """End a pool and its processes, whatever they do."""
    processes = list((getattr(pool, "_processes", None) or {}).values())
    manager = getattr(pool, "_executor_manager_thread", None)
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(5)
    if manager:  # until it is gone, the next pool could not be forked
        manager.join(5)


def begin_worker(
    file: Path,
    foreign: Foreign | None,
    given: ResolvedSuite | None,
    root: Path | None,
    digests: dict[Path, str],
    parent: int,
    link: Link | None,
) -> None:
    """Set up a worker: it ignores Ctrl-C (its parent ends it) and ends when its parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow, args=(parent,), daemon=True).start()
    global _workshop, _refused  # noqa: PLW0603 - what a pool's initializer leaves for its tasks
    try:
        suite = _unchanged(file, foreign, given, digests)
    except InputError as error:
        _refused = error  # a pool keeps what its initializer raises to itself: the first job tells it
        return
    _workshop = Workshop(suite, Layout(root) if root else None, Transport(link) if link else None)


def _unchanged(
    file: Path, foreign: Foreign | None, given: ResolvedSuite | None, digests: dict[Path, str]
) -> ResolvedSuite:
    """The suite, given or read again: a worker runs what its parent has checked and nothing else."""
    hint = "what was computed is kept, and proves nothing; run the suite again and leave its files alone"
    try:
        suite = given or resolve_suite(file, foreign=foreign)
    except InputError as error:
        changed = Problem("files that changed during the run", "the files as they were", str(file), hint=hint)
        raise InputError(changed, *error.problems) from None
    now = {path: _digest(path) for path in suite.files}
    moved = sorted(p for p in digests.keys() | now.keys() if now.get(p) != digests.get(p))
    got, wanted = "a file that changed during the run", "the file as it was"
    if moved:
        raise InputError(*(Problem(got, wanted, str(path), hint=hint) for path in moved))
    return suite


def _digest(path: Path) -> str | None:
    """Of a file that may be gone."""
    try:
        return sha256(path)
    except OSError:
        return None


def _follow(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(3)


def worker_shop() -> Workshop:
    """The workshop of this worker; raises what its initializer was refused for."""
    if _refused:
        raise _refused
    assert _workshop is not None  # the initializer has run
    return _workshop


def _run(job: Job) -> Done:
    return worker_shop().run(job)


def processors() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
