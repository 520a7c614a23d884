"""Blocks on an existing Dask cluster: the only file that imports distributed."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from typing import Any

from simulator.assess.measure import Columns
from simulator.campaign.montecarlo.plan import Piece
from simulator.campaign.montecarlo.remote import Order, Refused, differs, work
from simulator.core.errors import InputError, Interrupted, Problem

AHEAD = 2
"""Blocks under way or waiting, for each worker."""
LOOK = 2.0
"""How often it is looked whether there are workers left [s]."""
Done = tuple[Piece, Columns]


def reach(address: str, order: Order, answer: float = 10.0) -> None:
    """Connect and leave again; raises as `spread` does, before anything is run."""
    with _connected(address, answer) as client:
        _refuse(client, address, order)


def spread(
    address: str, order: Order, pieces: Iterable[Piece], answer: float = 10.0, patience: float = 60.0
) -> Iterator[Done]:
    """Run blocks on the workers of a cluster, in whatever order they end.

    A block whose worker is lost is run again by another one; each block is handed out once.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://10.0.0.5:8786``.
    order : Order
        What a worker must have.
    pieces : iterable of Piece
        What to run.
    answer : float
        Seconds that the scheduler has to answer.
    patience : float
        Seconds that a cluster may be without any worker.

    Raises
    ------
    InputError
        When the cluster is away, has no worker, or runs another version.
    Interrupted
        When it is lost while it works.
    """
    with _connected(address, answer) as client:
        _refuse(client, address, order)
        yield from _Spread(client, address, order, patience).all(iter(pieces))


class _Spread:
    """Blocks that are under way on a cluster."""

    def __init__(self, client: Any, address: str, order: Order, patience: float) -> None:
        self.client, self.address, self.order, self.patience = client, address, order, patience
        self.waiting: dict[Any, Piece] = {}

    def all(self, pieces: Iterator[Piece]) -> Iterator[Done]:
        """Every block, a few at a time."""
        self._hand_out(pieces, AHEAD * len(self._workers()))
        while self.waiting:
            for future in self._ended():
                piece = self.waiting.pop(future)
                yield piece, self._result(future)
                self._hand_out(pieces, AHEAD * max(len(self._workers()), 1) - len(self.waiting))

    def _hand_out(self, pieces: Iterator[Piece], n: int) -> None:
        for piece in islice(pieces, max(n, 0)):
            sent = (self.order.data, asdict(piece.asked), piece.first, piece.n)
            self.waiting[self.client.submit(work, *sent, pure=False)] = piece

    def _ended(self) -> list[Any]:
        """Those that have ended, as soon as there is one; a cluster without workers is given up."""
        from distributed import wait

        seen = time.monotonic()
        while True:
            try:
                with self.client.as_current():
                    ended = wait(list(self.waiting), timeout=LOOK, return_when="FIRST_COMPLETED")
                return list(ended.done)
            except TimeoutError:
                seen = time.monotonic() if self._workers() else seen
            except Exception as error:  # the library raises whatever its transport does
                raise self._lost(str(error)) from None
            if time.monotonic() - seen > self.patience:
                raise self._lost("it has no worker left")

    def _workers(self) -> list[str]:
        return list(self.client.scheduler_info(n_workers=-1).get("workers", {}))

    def _result(self, future: Any) -> Columns:
        try:
            found: Columns = future.result()
        except Refused as error:
            raise InputError(_other(self.address, str(error))) from None
        except Exception as error:  # a lost scheduler, or a block that has killed several workers
            raise self._lost(f"{type(error).__name__} {error}") from None
        return found

    def _lost(self, why: str) -> Interrupted:
        return Interrupted(f"the cluster {self.address} was lost: {why.splitlines()[0] if why else 'closed'}")


@contextmanager
def _connected(address: str, answer: float) -> Iterator[Any]:
    try:
        from distributed import Client
    except ImportError:
        hint = "install it with: pip install 'plantproof[cluster]'"
        raise InputError(Problem("a cluster without distributed", "the extra 'cluster'", hint=hint)) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it would say is said by us
    try:
        client = Client(address, timeout=answer, set_as_default=False)
    except Exception as error:  # the library raises a dozen types of its own
        got = f"a cluster that is away: {str(error).splitlines()[0] if str(error) else type(error).__name__}"
        hint = "start one with: dask scheduler, and on each machine: dask worker " + address
        raise InputError(Problem(got, "a scheduler that answers", address, hint=hint)) from None
    try:
        yield client
    finally:
        client.close(timeout=2)


def _refuse(client: Any, address: str, order: Order) -> None:
    """Refuse a cluster without workers, or one of whose workers has something else."""
    try:
        answers = client.run(differs, order.data, on_error="return")
    except Exception as error:  # as above
        raise InputError(_other(address, str(error))) from None
    if not answers:
        hint = f"start one on each machine with: dask worker {address} --nworkers auto --nthreads 1"
        raise InputError(Problem("a scheduler without workers", "at least one", address, hint=hint))
    others = [_other(name, _told(why)) for name, why in sorted(answers.items()) if why]
    if others:
        raise InputError(*others)


def _told(why: object) -> str:
    if isinstance(why, ImportError | AttributeError):
        return f"no such version of plantproof there ({why})"
    return str(why)


def _other(where: str, why: str) -> Problem:
    got = f"the cluster runs another version: {why.splitlines()[0] if why else 'no answer'}"
    hint = "every machine needs the same plantproof, and the same input files at the same place"
    return Problem(got, "the version of this machine", where, hint=hint)
