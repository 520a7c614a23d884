"""What a worker on another machine does: it runs what its parent has checked, or refuses."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from simulator.assess.measure import Columns
from simulator.campaign.montecarlo.block import run
from simulator.campaign.montecarlo.plan import Asked, Piece
from simulator.campaign.work import Workshop
from simulator.core.errors import InputError
from simulator.core.kernel import PRODUCT, source_digest
from simulator.record.writer import sha256
from simulator.scenario.resolve import resolve_suite
from simulator.scenario.resolved import Foreign, ResolvedSuite

_ONE = threading.Lock()
"""A worker with several threads still runs one block at a time: it is a process that fills a core."""


class Refused(RuntimeError):
    """This machine has another version of the product or of the input."""


@dataclass(frozen=True)
class Order:
    """What a campaign is made of, in plain texts: another version must be able to read it.

    Attributes
    ----------
    suite : str
        The suite file, which must stand at the same place on every machine.
    foreign : tuple of str
        Files of a policy in place of the plants' own, and how it is wired; or nothing.
    inputs : tuple of (str, str)
        Every input file with its SHA-256.
    code : str
        Digest of the product's own source.
    """

    suite: str
    foreign: tuple[str, ...]
    inputs: tuple[tuple[str, str], ...]
    code: str

    @property
    def data(self) -> tuple[Any, ...]:
        """As it travels."""
        return self.suite, self.foreign, self.inputs, self.code


def order_of(suite: ResolvedSuite, digests: dict[Path, str]) -> Order:
    """What a worker must find on its machine to work for a campaign of this suite."""
    foreign = (str(suite.foreign.policy.resolve()), str(suite.foreign.io.resolve())) if suite.foreign else ()
    inputs = tuple((str(path), digest) for path, digest in digests.items())
    return Order(str(suite.file), foreign, inputs, source_digest(PRODUCT))


def differs(data: tuple[Any, ...]) -> str:
    """Why this machine cannot work for an order; empty when it can."""
    order = Order(*data)
    if source_digest(PRODUCT) != order.code:
        return "another version of plantproof: its source has another digest"
    for path, digest in order.inputs:
        try:
            there = sha256(Path(path))
        except OSError as error:
            return f"no input file {path}: {error.strerror or error}"
        if there != digest:
            return f"another version of the input file {path}"
    return ""


def work(data: tuple[Any, ...], asked: dict[str, Any], first: int, n: int) -> Columns:
    """Run one block here.

    Parameters
    ----------
    data : tuple
        An order.
    asked : dict
        An `Asked`, as plain data.
    first, n : int
        The replicas.

    Raises
    ------
    Refused
        When this machine has another version of the product or of the input.
    """
    with _ONE:
        return run(_shop(data), Piece(Asked(**asked), first, n))


@lru_cache(1)
def _shop(data: tuple[Any, ...]) -> Workshop:
    why = differs(data)
    if why:
        raise Refused(why)
    order = Order(*data)
    foreign = Foreign(*map(Path, order.foreign)) if order.foreign else None
    try:
        return Workshop(resolve_suite(Path(order.suite), foreign=foreign))
    except InputError as error:
        raise Refused(str(error)) from None
